"""The facts that the national pack declares, read straight from its files: these tests need no reader of packs."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from doudi.rules.calendar import to_day
from doudi.rules.declared import Area, Book, Category, Entity, Fact
from doudi.rules.types import MAX_AREA, Kind, Type
from doudi.screening.facts import FactsSchema, schema_of

POLICIES = Path(__file__).parents[3] / "src" / "doudi" / "policies"
FEN = {"元": 100, "万元": 1_000_000, "亿元": 10_000_000_000}


def _yaml(path: Path) -> dict[str, Any]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def _stored(kind: Kind, value: object) -> int:
    if isinstance(value, date):
        return to_day(value)
    if kind is Kind.MONEY:
        number, unit = str(value).split()
        return int(number) * FEN[unit]
    return int(str(value))


def _fact(key: str, says: dict[str, Any], categories: dict[str, Category]) -> Fact:
    entity, name = key.split(".")
    word, _, rest = says["type"].partition(" ")
    kind = Kind(word)
    match kind:
        case Kind.TRUTH:
            return Fact(entity, name, says["en"], Type(kind), 0, 1)
        case Kind.CATEGORY:
            return Fact(entity, name, says["en"], Type(kind, category=rest), 0, len(categories[rest].values) - 1)
        case Kind.AREA:
            return Fact(entity, name, says["en"], Type(kind), 0, MAX_AREA)
        case _:
            lo, hi = _stored(kind, says["min"]), _stored(kind, says["max"])
            return Fact(entity, name, says["en"], Type(kind, unit=rest), lo, hi)


@cache
def national() -> Book:
    """The national declarations with the areas of Dahua; no rules."""
    root = POLICIES / "national"
    entities = tuple(
        Entity(name, s["en"], s["file"], s.get("of", ""), s.get("table", ""), s.get("max_rows", 1), s.get("kind", ""))
        for name, s in _yaml(root / "entities.yaml").items()
    )
    categories = {
        name: Category(name, s["en"], tuple(s["values"].items())) for name, s in _yaml(root / "categories.yaml").items()
    }
    facts = tuple(
        _fact(key, says, categories)
        for path in sorted((root / "facts").glob("*.yaml"))
        for key, says in _yaml(path).items()
    )
    areas = tuple(
        Area(name, s["en"], int(s["code"].ljust(12, "0")))
        for name, s in _yaml(POLICIES / "dahua" / "areas.yaml").items()
    )
    return Book("national", entities, (), tuple(categories.values()), areas, facts, (), (), ())


@cache
def schema() -> FactsSchema:
    return schema_of(national())
