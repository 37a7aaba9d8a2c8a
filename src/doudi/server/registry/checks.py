"""Whether what is stated of a household or person is what the pack in force declares. All that is wrong is found at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

from doudi.rules.calendar import from_day, to_day
from doudi.rules.types import Kind
from doudi.screening.facts import Column, EntityFacts, FactsSchema
from doudi.screening.workbook.cells import shown
from doudi.server.lib.refusals import Refused

HOUSEHOLD, PERSON = "户", "人"
"""The two entities that are on record themselves; all others are tables linked to them."""
BORN, DIED, ALIVE, SEX, RELATION = "出生日期", "死亡日期", "健在", "性别", "关系"
"""Facts that the registry itself reads, where the pack declares them."""
_AREA_LENGTHS = (2, 4, 6, 9, 12)

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong; ``field`` is where: ``values.性别``, ``tables.收入.rows[2].金额``."""

    field: str
    code: str
    zh: str
    en: str


class FactsRefused(Refused):
    """A statement of which nothing was kept. ``faults`` lists everything that is wrong with it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        first = faults[0]
        code = first.code if len(faults) == 1 else "facts-refused"
        super().__init__(code, "".join(f.zh for f in faults), " ".join(f.en for f in faults), field=first.field)


@dataclass
class _Checker:
    schema: FactsSchema
    today: date
    faults: list[Fault]

    def fault(self, where: str, code: str, zh: str, en: str) -> None:
        self.faults.append(Fault(where, code, zh, en))

    def values(self, entity: EntityFacts, given: Values, where: str) -> dict[str, Any]:
        columns = {c.fact.name: c for c in entity.columns}
        kept: dict[str, Any] = {}
        for name, value in given.items():
            column = columns.get(name)
            if column is None:
                self._unknown(entity, name, f"{where}.{name}")
            else:
                kept[name] = self._value(column, value, f"{where}.{name}")
        return kept

    def _unknown(self, entity: EntityFacts, name: str, where: str) -> None:
        here = [c.fact.name for c in entity.columns]
        near = get_close_matches(name, here, 1, 0.4)
        elsewhere = [e.entity.name for e in self.schema.entities if any(c.fact.name == name for c in e.columns)]
        tables = [e.entity.name for e in self.schema.children(entity.entity.name)]
        if name in tables:
            zh, en = f"“{name}”是一张表，请放在 tables 里。", f"“{name}” is a table: put it into tables."
        elif elsewhere:
            zh, en = f"它是“{elsewhere[0]}”的事实。", f"It is a fact of “{elsewhere[0]}”."
        elif near:
            zh, en = f"是不是“{near[0]}”？", f"Did you mean “{near[0]}”?"
        else:
            zh, en = "请对照政策包声明的事实。", "See the facts that the pack declares."
        who = entity.entity.name
        self.fault(
            where, "fact-unknown", f"“{who}”没有名为“{name}”的事实。{zh}", f"“{who}” has no fact called “{name}”. {en}"
        )

    def _value(self, column: Column, value: Any, where: str) -> Any:
        if value is None:
            return None
        if isinstance(value, Mapping):
            return self._bounds(column, value, where)
        match column.fact.type.kind:
            case Kind.TRUTH:
                return self._truth(column, value, where)
            case Kind.CATEGORY:
                return self._category(column, value, where)
            case Kind.AREA:
                return self._area(column, value, where)
            case _:
                stored = self._number(column, value, where)
                if stored is None:
                    return None
                return from_day(stored).isoformat() if column.fact.type.kind is Kind.DATE else stored

    def _bounds(self, column: Column, value: Values, where: str) -> Any:
        name = column.fact.name
        if not column.ranged or set(value) != {"lo", "hi"}:
            self.fault(
                where, "bounds-wrong", f"“{name}”不能这样填上下限；能填的是数字或日期，写成 lo 和 hi。",
                f"“{name}” takes no such bounds; a number or date may be given as lo and hi.",
            )  # fmt: skip
            return None
        before = len(self.faults)
        lo, hi = (self._number(column, value[k], f"{where}.{k}") for k in ("lo", "hi"))
        if len(self.faults) == before and lo is not None and hi is not None and lo > hi:
            self.fault(
                where,
                "bounds-wrong",
                f"“{name}”的下限大于上限。",
                f"The lower bound of “{name}” is above the upper one.",
            )
        if lo is None or hi is None or column.fact.type.kind is not Kind.DATE:
            return {"lo": lo, "hi": hi}
        return {"lo": from_day(lo).isoformat(), "hi": from_day(hi).isoformat()}

    def _truth(self, column: Column, value: Any, where: str) -> Any:
        if not isinstance(value, bool):
            name = column.fact.name
            self.fault(where, "truth-wanted", f"“{name}”只能填是或否。", f"“{name}” is either true or false.")
        return value

    def _category(self, column: Column, value: Any, where: str) -> Any:
        if value not in column.values:
            near = get_close_matches(str(value), column.values, 1, 0.4)
            name, listed = column.fact.name, "、".join(column.values)
            zh = f"是不是“{near[0]}”？" if near else f"可选：{listed}。"
            en = f"Did you mean “{near[0]}”?" if near else f"Choose one of: {listed}."
            self.fault(
                where, "value-unknown", f"“{name}”没有“{value}”这一项。{zh}", f"“{name}” has no value “{value}”. {en}"
            )
        return value

    def _area(self, column: Column, value: Any, where: str) -> Any:
        text = str(value)
        if isinstance(value, bool) or not text.isascii() or not text.isdigit() or len(text) not in _AREA_LENGTHS:
            name = column.fact.name
            self.fault(
                where,
                "area-wrong",
                f"“{name}”应是 12 位区划代码。",
                f"“{name}” should be a division code of twelve digits.",
            )
        return text.ljust(12, "0")

    def _number(self, column: Column, value: Any, where: str) -> int | None:
        """The stored integer, or None where the value is wrong."""
        fact = column.fact
        if fact.type.kind is Kind.DATE:
            try:
                stored = to_day(_date(value))
            except ValueError:
                self.fault(
                    where,
                    "date-wrong",
                    f"“{fact.name}”应是 YYYY-MM-DD 形式的日期。",
                    f"“{fact.name}” should be a date, YYYY-MM-DD.",
                )
                return None
            if fact.name in (BORN, DIED) and stored > to_day(self.today):
                self.fault(where, "in-future", f"“{fact.name}”晚于今天。", f"“{fact.name}” is after today.")
                return None
        elif isinstance(value, int) and not isinstance(value, bool):
            stored = value
        else:
            unit = {Kind.MONEY: ("分", "fen"), Kind.RATIO: ("万分之一", "ten-thousandths")}.get(
                fact.type.kind, ("个", "one")
            )
            self.fault(
                where, "integer-wanted", f"“{fact.name}”应是整数，单位是{unit[0]}。",
                f"“{fact.name}” should be a whole number, counted in {unit[1]}.",
            )  # fmt: skip
            return None
        if not fact.lo <= stored <= fact.hi:
            lo, hi = shown(fact.type, fact.lo), shown(fact.type, fact.hi)
            self.fault(
                where,
                "out-of-bounds",
                f"“{fact.name}”应在 {lo} 与 {hi} 之间。",
                f"“{fact.name}” should lie between {lo} and {hi}.",
            )
            return None
        return stored

    def tables(self, entity: EntityFacts, given: Values) -> dict[str, Any]:
        children = {e.entity.name: e for e in self.schema.children(entity.entity.name)}
        kept: dict[str, Any] = {}
        for name, table in given.items():
            where, child = f"tables.{name}", children.get(name)
            if child is None:
                near = get_close_matches(name, children, 1, 0.3)
                zh = f"是不是“{near[0]}”？" if near else f"可选：{'、'.join(children)}。"
                en = f"Did you mean “{near[0]}”?" if near else f"Choose one of: {', '.join(children)}."
                who = entity.entity.name
                self.fault(
                    where,
                    "table-unknown",
                    f"“{who}”没有名为“{name}”的表。{zh}",
                    f"“{who}” has no table called “{name}”. {en}",
                )
            elif not isinstance(table, Mapping) or not set(table) <= {"complete", "rows"}:
                self.fault(
                    where, "table-wrong", f"“{name}”表应写成 rows（各行）和 complete（是否齐全）。",
                    f"The table “{name}” consists of rows and complete.",
                )  # fmt: skip
            else:
                kept[name] = self._table(child, table, where)
        return kept

    def _table(self, child: EntityFacts, table: Values, where: str) -> dict[str, Any]:
        name, rows = child.entity.name, table.get("rows", [])
        if name == PERSON and rows:
            self.fault(
                where,
                "people-are-members",
                "家庭成员在成员里登记，不在表里填。",
                "People are members of the household, not rows of a table.",
            )
            return {}
        if not isinstance(rows, list) or not all(isinstance(r, Mapping) for r in rows):
            self.fault(
                where,
                "table-wrong",
                f"“{name}”表的 rows 应是一列行。",
                f"The rows of “{name}” should be a list of rows.",
            )
            return {}
        if len(rows) > child.entity.max_rows:
            most = child.entity.max_rows
            self.fault(where, "too-many-rows", f"“{name}”最多 {most} 行。", f"“{name}” has at most {most} rows.")
        kept: dict[str, Any] = {"rows": [self.values(child, r, f"{where}.rows[{i}]") for i, r in enumerate(rows)]}
        complete = table.get("complete")
        kinds = next((c.values for c in child.columns if c.fact.name == child.entity.kind), ())
        if isinstance(complete, list) and complete:
            for kind in complete:
                if kind not in kinds:
                    self.fault(
                        f"{where}.complete", "value-unknown", f"“{name}”没有“{kind}”这一种类，不能说它齐全。",
                        f"“{name}” has no kind “{kind}” that could be complete.",
                    )  # fmt: skip
            kept["complete"] = complete
        elif complete is True:
            kept["complete"] = True
        elif complete not in (None, False, []):
            self.fault(
                f"{where}.complete", "table-wrong", f"“{name}”是否齐全，应填是，或列出齐全的种类。",
                f"Whether “{name}” is complete: say true, or list the kinds that are.",
            )  # fmt: skip
        return kept


def checked(
    schema: FactsSchema, entity: str, values: Values, tables: Values, *, today: date
) -> tuple[dict[str, Any], dict[str, Any]]:
    """``values`` and ``tables`` as they are kept (see Statement). Raises FactsRefused with everything that is wrong."""
    of, checker = schema.of(entity), _Checker(schema, today, [])
    kept = checker.values(of, values, "values"), checker.tables(of, tables)
    if not values and not tables:
        checker.fault("values", "nothing-said", "没有填任何内容。", "Nothing is stated.")
    if checker.faults:
        raise FactsRefused(tuple(checker.faults))
    return kept


def _date(value: Any) -> date:
    """Raises ValueError for what is no date written YYYY-MM-DD."""
    if type(value) is date:
        return value
    if not isinstance(value, str) or len(value) != len("YYYY-MM-DD") or value[4] != "-" or "W" in value:
        raise ValueError(value)
    return date.fromisoformat(value)


def named(values: Values, tables: Values) -> Iterator[str]:
    """The facts and tables that a statement speaks of, in order: what its sentence may say, for it holds no value."""
    yield from values
    yield from tables
