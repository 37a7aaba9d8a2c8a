"""On which ledgers the synthetic people stand: by data, from their facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("ledgers.yaml")


@cache
def _rules() -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def ledgers_of(entity: str, values: Mapping[str, Any], tables: Mapping[str, Any]) -> Iterator[str]:
    """The ledgers of a household or a person (``entity``) with these facts."""
    for ledger, rule in _rules()[entity].items():
        if "fact" in rule:
            if values.get(rule["fact"]) in rule["is"]:
                yield ledger
            continue
        rows = tables.get(rule["table"], {}).get("rows", ())
        if any("column" not in rule or row.get(rule["column"]) in rule["is"] for row in rows):
            yield ledger
