"""The rows of a run's work lists, with their reasons in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doudi.packs.screening_plan import ListPlan
from doudi.rules.types import Kind
from doudi.screening.lists import KINDS, Screened, build, listed, opened, pack_list, parquet
from doudi.screening.reasons import Reasons, yuan
from doudi.screening.run import open_run
from doudi.server.decisions.snapshot.freeze import PLACES
from doudi.server.policybook.policy import Policy

CHUNK = 5_000


@dataclass(frozen=True)
class Listed:
    """A household (``person`` 0) or person on a list."""

    code: str
    programme: str
    household: int
    person: int
    area: str
    other_area: str
    zh: str
    en: str
    certain: bool
    due: int | None
    received: int | None
    missing: list[str]

    @property
    def key(self) -> tuple[str, str, int, int]:
        return self.code, self.programme, self.household, self.person


def codes(policy: Policy) -> tuple[str, ...]:
    """The lists that a run under ``policy`` fills."""
    return (*KINDS, *(x.name for x in policy.plan.lists))


def rows_of(run: Path, snapshot: Path, policy: Policy, as_of: Any, month: Any, scratch: Path) -> Iterator[Listed]:
    """Every row of every list of the finished run in the folder ``run``. ``scratch`` is a folder for what DuckDB writes in between."""
    ruleset = policy.ruleset(month, as_of)
    s = opened(open_run(run), ruleset, policy.plan)
    try:
        s.db.execute(f"CREATE TABLE places AS SELECT * FROM {parquet(snapshot, PLACES)}")
        if listed(s):
            build(s, scratch / "lists.parquet")
            yield from _standing(s)
        for x in policy.plan.lists:
            yield from _own(s, x)
    finally:
        s.db.close()


def _standing(s: Screened) -> Iterator[Listed]:
    """Who is missed, wrongly in, due another sum, or cannot be decided."""
    zh, en = Reasons(s.ruleset, "zh"), Reasons(s.ruleset, "en")
    for row in _fetched(
        s, "SELECT l.*, p.area AS office, p.other_area AS other_office FROM lists l JOIN places p USING (household)"
    ):
        missing = row["missing"] or []
        yield Listed(
            row["list"], row["programme"], row["household"], 0 if row["entity"] == s.ruleset.root else row["id"], row["office"],
            row["other_office"] or "", zh.of(row), en.of(row), not missing, row["paid"], row["received"], list(missing),
        )  # fmt: skip


def _own(s: Screened, x: ListPlan) -> Iterator[Listed]:
    """A list that the pack asks for: the reason is what it shows of each."""
    pack_list(s, x).create_view("own", replace=True)
    for row in _fetched(
        s, "SELECT o.*, p.area AS office, p.other_area AS other_office FROM own o JOIN places p USING (household)"
    ):
        said = [_said(s, x, name, row[name]) for name in x.show]
        zh, en = ("；".join(f"{a} {b}" for a, b, _, _ in said), "; ".join(f"{c} {d}" for _, _, c, d in said))
        yield Listed(
            x.name, "", row["household"], 0 if x.entity == s.ruleset.root else row["id"], row["office"], row["other_office"] or "",
            zh, en, bool(row["certain"]), None, None, [],
        )  # fmt: skip


def _said(s: Screened, x: ListPlan, name: str, value: Any) -> tuple[str, str, str, str]:
    v = s.ruleset.variables[(x.entity, name)]
    if value is None:
        return v.name, "未知", v.en, "unknown"
    if v.type.kind is Kind.MONEY:
        return v.name, yuan(value), v.en, yuan(value, "en")
    if isinstance(value, bool):
        return v.name, "是" if value else "否", v.en, "yes" if value else "no"
    if v.type.kind is Kind.CATEGORY:
        values = next(c.values for c in s.ruleset.book.categories if c.name == v.type.category)
        return v.name, str(value), v.en, dict(values).get(str(value), str(value))
    return v.name, str(value), v.en, str(value)


def _fetched(s: Screened, sql: str) -> Iterator[dict[str, Any]]:
    found = s.db.cursor().execute(sql)
    names = [d[0] for d in found.description or ()]
    while chunk := found.fetchmany(CHUNK):
        for row in chunk:
            yield dict(zip(names, row, strict=True))
