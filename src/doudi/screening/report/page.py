"""Puts a summary, its lists and a few households explained in full into one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape

from doudi.rules.declared import Area, Bands, StandardDecl, StandardLine
from doudi.rules.explain.words import Words, words_for
from doudi.rules.ruleset import Ruleset
from doudi.screening.lists import KINDS, Screened, pack_list
from doudi.screening.reasons import Reasons, yuan
from doudi.screening.report.charts import bars, stacked
from doudi.screening.summary import ProgrammeSum, Summary

SHOWN = 60
"""Rows of each list that the page itself shows; the workbook beside it holds them all."""


@dataclass(frozen=True)
class Told:
    """A household explained: a heading, why it was chosen, and the explanation as an HTML fragment (already escaped)."""

    heading: str
    chosen: str
    html: str


@dataclass(frozen=True)
class Report:
    """Everything that the page shows. ``title`` names the area; ``facts`` says what was screened; ``score`` rows are (what, planted, found, wrong)."""

    title: str
    pack: str
    screened: Screened
    summary: Summary
    areas: dict[int, Area]
    told: Sequence[Told] = ()
    score: Sequence[tuple[str, int, int, int]] = ()
    demo: bool = False
    seconds: float | None = None
    files: Sequence[tuple[str, str]] = ()
    lang: str = "zh"
    notes: Sequence[str] = field(default=())

    @cached_property
    def reasons(self) -> Reasons:
        return Reasons(self.screened.ruleset, self.lang)

    @property
    def ruleset(self) -> Ruleset:
        return self.screened.ruleset

    def t(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def money(self, fen: int | None) -> str:
        return yuan(fen, self.lang)

    def area(self, code: int | None) -> str:
        found = self.areas.get(code) if code is not None else None
        if found is None:
            return self.t("不详", "unknown") if code is None else str(code)
        return found.name if self.lang == "zh" else found.en

    def klass(self, value: str | None, category: str) -> str:
        """A category value in the page's language."""
        if value is None:
            return self.t("无法判定", "cannot be decided")
        listed = next(c for c in self.ruleset.book.categories if c.name == category)
        return value if self.lang == "zh" else next((en for zh, en in listed.values if zh == value), value)

    @cached_property
    def class_category(self) -> str:
        return self.ruleset.variables[self.screened.plan.household_class].type.category

    @cached_property
    def person_category(self) -> str:
        return self.ruleset.variables[self.screened.plan.person_class].type.category

    def class_order(self) -> list[str | None]:
        listed = next(c for c in self.ruleset.book.categories if c.name == self.class_category)
        return [
            *(zh for zh, _ in listed.values if zh in self.summary.classes),
            *([None] if None in self.summary.classes else []),
        ]

    def class_chart(self) -> str:
        rest = self._largest()
        rows = [
            (self.klass(k, self.class_category), float(self.summary.classes[k].households))
            for k in self.class_order()
            if k != rest
        ]
        return bars(rows, self.t("各类家庭户数", "Households by class"), self.t("户", "households"))

    def _largest(self) -> str | None:
        """The class that most households are in: it is told in words, because its bar would flatten all others."""
        return max(self.summary.classes, key=lambda k: self.summary.classes[k].households, default=None)

    def rest(self) -> tuple[str, int]:
        largest = self._largest()
        return self.klass(largest, self.class_category), self.summary.classes[largest].households

    def area_chart(self) -> str:
        rest = self._largest()
        order = [self.klass(k, self.class_category) for k in self.class_order() if k != rest]
        rows = [
            (self.area(code), self.klass(k, self.class_category), float(self.summary.grid.get((code, k), 0)))
            for code in self.summary.areas
            for k in self.class_order()
            if k != rest
        ]
        return stacked(
            rows, order, self.t("各乡镇各类家庭户数", "Households by township and class"), self.t("户", "households")
        )

    def big_money(self, fen: int) -> str:
        """A large sum in 万元, so that a card can hold it."""
        return f"{fen / 1_000_000:,.2f} 万元" if self.lang == "zh" else f"CNY {fen / 100:,.0f}"

    def upper(self, p: ProgrammeSum) -> str:
        """What the programme would cost if all who are undecided were due; not said where bounds of unknown facts leave it without meaning."""
        if not p.plan.amount:
            return "—"
        return self.money(p.upper) if p.upper <= 4 * p.cost else self.t("说不清", "no saying")

    def listed(self, kind: str) -> int:
        """Households that a list concerns, each once."""
        return self.summary.concerned.get(kind, 0)

    def lacking(self) -> list[tuple[str, int]]:
        return [(self.reasons.leaf(leaf), n) for leaf, n in self.summary.lacking]

    def programme(self, name: str) -> str:
        plan = next(p for p in self.ruleset.programmes if p.name == name)
        return name if self.lang == "zh" else plan.en

    def list_kinds(self) -> list[tuple[str, str]]:
        return [(kind, kind if self.lang == "zh" else en) for kind, en in KINDS.items()]

    def rows(self, kind: str) -> list[dict[str, Any]]:
        """The first rows of a list, spread over its programmes, each with its reason."""
        db = self.screened.db
        found = db.execute(
            "SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY programme ORDER BY area, household, id) AS n FROM lists WHERE list = ?) "
            "ORDER BY n, programme LIMIT ?",
            [kind, SHOWN],
        )
        names = [d[0] for d in found.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        rows.sort(key=lambda r: (r["programme"], r["area"] or 0, r["household"]))
        return [{**row, "reason": self.reasons.of(row)} for row in rows]

    def pack_rows(self, name: str) -> tuple[list[str], list[list[str]]]:
        """Headings and the first rows of one of the pack's own lists, in words."""
        plan = next(x for x in self.screened.plan.lists if x.name == name)
        rel = pack_list(self.screened, plan, SHOWN)
        heads = [self.label(plan.entity, n) for n in plan.show]
        rows = []
        for row in rel.fetchall():
            shown = [self.value(plan.entity, n, v) for n, v in zip(plan.show, row[4:], strict=True)]
            sure = "" if row[3] else self.t("（待定）", " (unsettled)")
            rows.append([f"{row[1]}{sure}", self.area(_town(row[2])), *shown])
        return heads, rows

    @cached_property
    def words(self) -> Words:
        return words_for(self.ruleset, "zh" if self.lang == "zh" else "en")

    def label(self, entity: str, name: str) -> str:
        return name if self.lang == "zh" else self.ruleset.variables[(entity, name)].en

    def value(self, entity: str, name: str, value: Any) -> str:
        """A stored value in words."""
        variable = self.ruleset.variables[(entity, name)]
        if value is None:
            return self.t("未知", "unknown")
        match variable.type.kind.value:
            case "金额":
                return self.money(int(value))
            case "是否":
                return self.t("是", "yes") if value else self.t("否", "no")
            case "类别":
                return self.klass(str(value), variable.type.category)
            case "比例":
                return f"{int(value) / 100:g}%"
        return self.words.value(variable.type, int(value), int(value))

    def citations(self) -> list[tuple[str, str, str, str]]:
        """Standards in force: name, for whom, where and since when, value, source with its status."""
        out = []
        for name, table in sorted(self.ruleset.standards.items()):
            for line in table.decl.lines:
                covers = (line.since is None or line.since <= self.ruleset.as_of) and (
                    line.until is None or self.ruleset.as_of <= line.until
                )
                if not covers or table.decl.kind != "standard":
                    continue
                cites = self.t("；", "; ").join(self.words.cite(c) for c in line.cites)
                key = f"{self.words.key(line.key)} " if line.key else ""
                where = f"{key}{self.area(line.area)} {line.since or ''}".strip()
                out.append((self.words.name(name), where, self._worth(table.decl, line), cites))
        return out

    def _worth(self, decl: StandardDecl, line: StandardLine) -> str:
        if isinstance(line.value, Bands):
            n = len(line.value.steps) + (line.value.below is not None)
            return self.t(f"分 {n} 档", f"{n} bands")
        stored = int(line.value * decl.type.store_scale)
        return self.words.value(decl.type, stored, stored)


def _town(code: int | None) -> int | None:
    return None if code is None else code // 1000 * 1000


def render(report: Report, path: Path) -> Path:
    """Write the page to ``path``, whole or not at all."""
    env = Environment(
        loader=PackageLoader("doudi.screening.report", "templates"),
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    html = env.get_template("page.html").render(r=report, s=report.summary, t=report.t)
    beside = path.with_name(path.name + ".tmp")
    beside.write_text(html, encoding="utf-8")
    beside.replace(path)
    return path
