"""Numbers in addresses."""

from __future__ import annotations

from typing import Annotated

from ninja import Path

from doudi.server.api.bodies import WIDEST
from doudi.server.api.language import both

HouseholdId = Annotated[int, Path(ge=1, le=WIDEST, description=both("家庭户", "the household"))]
PersonId = Annotated[int, Path(ge=1, le=WIDEST, description=both("编号", "the number that other answers give"))]
