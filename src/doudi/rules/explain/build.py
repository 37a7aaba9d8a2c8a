"""Building the tree of one run: a variable on a row, what it came from, and so on down to the facts."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from math import inf

from doudi.rules.calendar import from_day
from doudi.rules.declared import Citation
from doudi.rules.explain.margin import margin
from doudi.rules.explain.parts import Assumed, LookUp, Name, Part, Rows, mattered
from doudi.rules.explain.phrases import Teller, in_words, with_numbers
from doudi.rules.explain.tables import in_question, membership, standing
from doudi.rules.explain.tree import Explanation, PartKind, StandardNote
from doudi.rules.explain.words import Words
from doudi.rules.nodes import Const, If, Node, Read, Standard, Table
from doudi.rules.ruleset import Key, Variable
from doudi.rules.same import Same
from doudi.rules.scalar.evaluate import Run
from doudi.rules.scalar.lookups import key_names
from doudi.rules.scalar.rows import Live
from doudi.rules.types import TRUTH, Kind

SHOWN_ROWS = 12
"""Rows of one table that are shown; the rest is counted."""

# Tuples made once: ``A | B`` would be put together anew at every step.
_INLINE = (Table, Standard)
_PLAIN = (Const, Read, Table, Standard)


class Builder:
    """Explains values of one run. Each rule is explained once, where it is first met; ``depth`` is how many rules deep to go."""

    def __init__(self, run: Run, words: Words, quiet: frozenset[tuple[Key, Live]] = frozenset()) -> None:
        self.run, self.words, self.lang, self.zh, self.pick = run, words, words.lang, words.zh, words.pick
        self.quiet = quiet
        self._assessed = _assessed_rules(Same(run.program.ruleset))
        self._seen: dict[tuple[Key, Live], float] = {}

    # --- variables --------------------------------------------------------------------------------------------------

    def variable(self, key: Key, r: Live, depth: int, unfold: bool = False, label: str = "") -> Explanation:
        """A fact or rule on a row of its entity; ``unfold``: worth seeing at first sight, and its parts with it."""
        label = label or self.words.label(key)
        key, r = self._through(key, r)
        v = self.run.program.ruleset.variables[key]
        lo, hi, assumed = self.run.value(key, r)
        value = self.words.value(v.type, lo, hi)
        if v.origin in ("fact", "derived"):
            return self._fact(v, r, label, value, lo, hi)
        kind: PartKind = "condition" if v.origin == "condition" else "rule"
        # What was cut short further up is told again where there is room for more of it.
        if self._seen.get((key, r), -1) >= depth:
            return Explanation(kind, self.lang, label, value, lo, hi, assumed, again=True)
        self._seen[key, r] = depth
        node = v.node
        if node is None or (key, r.path) in self.run.fixed:
            note = self._not_computed(node)
            return Explanation(kind, self.lang, label, value, lo, hi, assumed, notes=(note,), open=unfold)
        parts, cut = self.parts(node, r, depth)
        if not cut and not any(part.cut for part in parts):
            self._seen[key, r] = inf
        notes = (self.pick("按地区标准评估", "assessed by an area standard"),) if key in self._assessed else ()
        cites, standard = self.cites(v.cites), None
        # A rule that is nothing but a table or a standard needs no step of its own for it.
        if len(parts) == 1 and isinstance(node, _INLINE) and parts[0].kind in ("table", "standard"):
            (only,) = parts
            parts, notes, cites, standard = only.parts, (*notes, *only.notes), (*cites, *only.cites), only.standard
        plain = isinstance(node, _PLAIN)
        numbers = "" if plain else with_numbers(self.words, node, self.run, r)
        return Explanation(
            kind,
            self.lang,
            label,
            value,
            lo,
            hi,
            assumed,
            formula=self._formula(v, node),
            numbers="" if numbers == value else numbers,
            margin=margin(self.words, self.run, node, r) if v.type.kind is Kind.TRUTH and lo == hi else "",
            standard=standard,
            cites=cites,
            notes=notes,
            parts=parts,
            cut=cut,
            open=unfold,
        )

    def _through(self, key: Key, r: Live) -> tuple[Key, Live]:
        """Past what the compiler made that only hands another value on (granted, where nothing is in its way, is eligible)."""
        variables = self.run.program.ruleset.variables
        while True:
            v = variables[key]
            node = v.node
            if v.text is not None or not isinstance(node, Read) or (key, r.path) in self.run.fixed:
                return key, r
            while r.entity != node.entity:
                r = r.parent
            key = (node.entity, node.name)

    def _fact(self, v: Variable, r: Live, label: str, value: str, lo: int, hi: int) -> Explanation:
        given = r.row.sources.get(v.name, "")
        source = self.words.source(given) if given else ""
        if v.origin == "derived":
            source = self.pick("由系统设定", "set by the system")
        notes: tuple[str, ...] = ()
        if v.name not in r.row.facts and lo != hi:
            notes = (self.pick("未提供", "not supplied"),)
        return Explanation("fact", self.lang, label, value, lo, hi, source=source, notes=notes)

    def _not_computed(self, node: Node | None) -> str:
        if node is None:
            return self.pick("规则在基准日没有生效的版本", "no version of the rule is in force on the date")
        return self.pick("由派生户的规定设定", "set by the rule on split-off households")

    def _formula(self, v: Variable, node: Node) -> str:
        if self.zh and v.text is not None:
            return v.text.source
        # The amount of a programme is wrapped by the compiler (nothing where not eligible); only what was written is told.
        if v.origin == "amount" and isinstance(node, If):
            node = node.a
        formulas = self.words.formulas
        told = formulas.get(v.key)
        if told is None:
            told = formulas[v.key] = in_words(self.words, node, v.entity)
        return told

    def cites(self, cites: tuple[Citation, ...]) -> tuple[str, ...]:
        return tuple(self.words.cite(c) for c in cites)

    # --- parts ------------------------------------------------------------------------------------------------------

    def parts(self, node: Node, r: Live, depth: int) -> tuple[tuple[Explanation, ...], bool]:
        """What a formula's value came from, and whether more was left out because ``depth`` is used up."""
        found = list(mattered(self.run, node, r))
        if depth <= 0:
            return (), bool(found)
        out: list[Explanation] = []
        told: set[tuple[Key, Live]] = set()
        for part in found:
            if isinstance(part, Name):
                place = (part.key, part.row)
                if place in told or place in self.quiet:
                    continue
                told.add(place)
            out.append(self.part(part, r, depth - 1))
        return tuple(out), False

    def part(self, part: Part, here: Live, depth: int) -> Explanation:
        match part:
            case Name():
                return self.variable(part.key, part.row, depth, label=self._from(part, here))
            case LookUp():
                return self._standard(part)
            case Rows():
                return self._table(part, depth)
            case Assumed():
                return self._assumption(part)

    def _from(self, part: Name, here: Live) -> str:
        """A name that is read from the household by a formula of a person says so."""
        label = self.words.label(part.key)
        if part.row is here:
            return label
        of = self.words.name(part.row.entity)
        return self.pick(f"{of}.{label}", f"{label} ({of.lower()})")

    def _assumption(self, part: Assumed) -> Explanation:
        node = part.node
        lo, hi, _ = self.run.of_node(node, part.row)
        label = Teller(self.words, part.row.entity).tell(node.x)
        note = self.pick(f"假定，理由：{node.reason}", f"assumed, because: {node.reason}")
        return Explanation(
            "assumption", self.lang, label, self.words.natural(node.type, lo, hi), assumed=True, notes=(note,)
        )

    # --- standards --------------------------------------------------------------------------------------------------

    def _standard(self, part: LookUp) -> Explanation:
        run, node, r, words = self.run, part.node, part.row, self.words
        lo, hi, assumed = run.of_node(node, r)
        label, value = words.name(node.name), words.natural(node.type, lo, hi)
        area = (0, 0, False) if node.area is None else run.of_node(node.area, r)
        key = (0, 0, False) if node.key is None else run.of_node(node.key, r)
        at = run.of_node(node.at, r)
        if area[0] != area[1] or key[0] != key[1] or at[0] != at[1]:
            note = StandardNote("open")
            return Explanation("standard", self.lang, label, value, assumed=assumed, standard=note)
        names, day = key_names(run.program.ruleset, node), from_day(int(at[0]))
        name = names[int(key[0])]
        found = run.program.ruleset.standards[node.name].find(int(area[0]), name, day)
        line = found.line
        note = StandardNote(
            found.why,
            words.area(int(area[0]) if line is None else line.area),
            words.name(name),
            day.isoformat(),
            _iso(None if line is None else line.since),
            _iso(None if line is None else line.until),
            _iso(None if line is None else line.review_by),
        )
        cites = () if line is None else self.cites(line.cites)
        return Explanation("standard", self.lang, label, value, assumed=assumed, standard=note, cites=cites)

    # --- tables -----------------------------------------------------------------------------------------------------

    def _table(self, part: Rows, depth: int) -> Explanation:
        run, node, r = self.run, part.node, part.row
        lo, hi, assumed = run.of_node(node, r)
        shown = in_question(run, node, r)
        notes = [standing(self.words, run, node, r)]
        if len(shown) > SHOWN_ROWS:
            left = len(shown) - SHOWN_ROWS
            notes.append(self.pick(f"另有 {left} 行未列出", f"{left} more rows are not shown"))
        return Explanation(
            "table",
            self.lang,
            Teller(self.words, r.entity).tell(node),
            self.words.natural(node.type, lo, hi),
            assumed=assumed,
            notes=tuple(notes),
            parts=tuple(self._row(part, row, depth) for row in shown[:SHOWN_ROWS]),
        )

    def _row(self, part: Rows, row: Live, depth: int) -> Explanation:
        """One row of a table: what it is worth, or whether it is in where nothing is asked of it but that."""
        run, node = self.run, part.node
        label = self.words.row(row.entity, row.id)
        sure = bool(membership(run, node, row)[0])
        told = node.value if node.value is not None else node.where
        if told is None:
            return Explanation("row", self.lang, label, self.pick("在列", "listed"))
        key: Key | None = None
        if isinstance(told, Read) and told.entity == row.entity:
            key = (told.entity, told.name)
            name = self.words.label(key)
            label = self.pick(f"{label}：{name}", f"{label}: {name}")
        if sure and node.op == "count":
            # That a row is in is said; why it is in is not followed down for each of them.
            return Explanation("row", self.lang, label, self.words.known(TRUTH, 1), 1, 1, cut=True)
        if key is not None and (sure or node.value is None):
            return self.variable(key, row, depth, label=label)
        lo, hi, _ = run.of_node(told, row)
        notes = () if sure else (self.pick("是否在内尚不能确定", "not certain to be among them"),)
        parts, cut = self.parts(told, row, depth)
        if not sure and node.where is not None and told is not node.where:
            why_in, less = self.parts(node.where, row, depth)
            parts, cut = (*why_in, *parts), cut or less
        value = self.words.natural(told.type, lo, hi)
        return Explanation("row", self.lang, label, value, notes=notes, parts=parts, cut=cut)


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()


@lru_cache(32)
def _assessed_rules(same: Same) -> frozenset[Key]:
    """Rules whose version in force is an assessment."""
    at = same.ruleset.as_of
    return frozenset(
        (r.entity, r.name)
        for r in same.ruleset.book.rules
        for v in r.versions
        if v.assessed and (v.since is None or v.since <= at) and (v.until is None or at <= v.until)
    )
