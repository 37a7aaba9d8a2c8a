"""Numbers in addresses."""

from __future__ import annotations

from typing import Annotated

from ninja import Path

from doudi.server.api.language import both
from doudi.server.api.shapes.common import AskedId

HouseholdId = Annotated[AskedId, Path(description=both("家庭户", "the household"))]
PersonId = Annotated[AskedId, Path(description=both("编号", "the number that other answers give"))]
