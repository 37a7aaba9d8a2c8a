"""What differs between two days, or between two places: programmes, rules, standards."""

from __future__ import annotations

from dataclasses import dataclass

from doudi.packs.read_standards import key_values
from doudi.rules.ruleset import StandardTable, Variable
from doudi.server.policybook.browse.programmes import inner
from doudi.server.policybook.browse.refs import Ref
from doudi.server.policybook.browse.shelf import Shelf
from doudi.server.policybook.browse.standards import said


@dataclass(frozen=True)
class Changed:
    """One thing that is another; ``before`` and ``after`` in words (empty: it is not there)."""

    ref: Ref
    key: str
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    programmes: tuple[Changed, ...]
    rules: tuple[Changed, ...]
    standards: tuple[Changed, ...]
    regional: tuple[Changed, ...]
    """Rules that ask for one of the two places by name, and so may answer otherwise."""

    @property
    def nothing(self) -> bool:
        return not (self.programmes or self.rules or self.standards or self.regional)


def compared(a: Shelf, area_a: str, b: Shelf, area_b: str) -> Comparison:
    """``b`` at ``area_b`` against ``a`` at ``area_a``; names and words are those of ``b``."""
    same_text = a.policy.digest == b.policy.digest and a.on == b.on
    return Comparison(
        () if same_text else tuple(_programmes(a, b)),
        () if same_text else tuple(_rules(a, b)),
        tuple(_standards(a, area_a, b, area_b)),
        tuple(_regional(b, area_a, area_b)) if area_a != area_b else (),
    )


def _programmes(a: Shelf, b: Shelf) -> list[Changed]:
    before, after = ({p.name: _programme(s, p.name) for p in s.book.programmes} for s in (a, b))
    return [
        Changed(b.ref("programme", name), "", before.get(name, ""), after.get(name, ""))
        for name in dict.fromkeys([*after, *before])
        if before.get(name, "") != after.get(name, "")
    ]


def _programme(s: Shelf, name: str) -> str:
    plan = next(p for p in s.ruleset.programmes if p.name == name)
    if not plan.in_force:
        return s.pick("没有生效的版本", "no version in force")
    said_ = []
    for n in (*plan.conditions, *([plan.amount] if plan.amount else [])):
        v = s.ruleset.variables[plan.entity, n]
        said_.append(
            s.pick(f"{v.zh}：", f"{v.en}: " if v.en else "") + _formula(s, v) if v.text else s.pick(v.zh, v.en)
        )
    return s.pick("；", "; ").join(said_)


def _rules(a: Shelf, b: Shelf) -> list[Changed]:
    before, after = (
        {
            k: " ".join(v.text.source.split())
            for k, v in s.ruleset.variables.items()
            if v.origin == "rule" and v.text and v.in_force
        }
        for s in (a, b)
    )
    return [
        Changed(
            b.ref("term", k[1], k[0]),
            "",
            *(_formula(s, s.ruleset.variables[k]) if k in said else "" for s, said in ((a, before), (b, after))),
        )
        for k in sorted(before.keys() | after.keys())
        if before.get(k) != after.get(k)
    ]


def _formula(s: Shelf, v: Variable) -> str:
    """As the pack writes it; in English in words."""
    if v.text is None or s.lang == "zh":
        return " ".join(v.text.source.split()) if v.text else ""
    node = inner(v.node) if v.origin == "amount" else v.node
    return "; ".join("".join(piece.text for piece in line) for line in s.formula(node, v.entity))


def _standards(a: Shelf, area_a: str, b: Shelf, area_b: str) -> list[Changed]:
    before, after = _values(a, area_a), _values(b, area_b)
    order = {d.name: i for i, d in enumerate(b.book.standards)}
    keys = sorted(before.keys() | after.keys(), key=lambda k: (order.get(k[0], len(order)), k[1]))
    return [
        Changed(b.ref("standard", name), _key(b, name, key), before.get((name, key), ""), after.get((name, key), ""))
        for name, key in keys
        if before.get((name, key), "") != after.get((name, key), "")
    ]


def _key(s: Shelf, standard: str, key: str) -> str:
    by = next((d.by for d in s.book.standards if d.name == standard), None)
    return s.pick(key, s.names.value_of(by, key).en) if by and key else key


def _values(s: Shelf, area: str) -> dict[tuple[str, str], str]:
    code = int(area.ljust(12, "0")[:12]) if area else 0
    out: dict[tuple[str, str], str] = {}
    for decl in s.book.standards:
        table = StandardTable(decl)
        for key in key_values(s.pack.state, decl) or [""]:
            found = table.find(code, key, s.on)
            if found.line is None or found.why == "stale":
                continue
            value, bands, _ = said(s, decl, found.line.value)
            out[decl.name, key] = s.pick("；", "; ").join([value, *(f"{at} → {there}" for at, there in bands)])
    return out


def _regional(s: Shelf, area_a: str, area_b: str) -> list[Changed]:
    yes, no = s.pick("适用", "applies"), s.pick("不适用", "does not apply")
    codes = [int(x.ljust(12, "0")[:12]) if x else 0 for x in (area_a, area_b)]
    out = []
    for key, found in s.uses.reads.items():
        v = s.ruleset.variables[key]
        for i in found.inside:
            inside = [any(lo <= code <= hi for lo, hi in i.ranges) for code in codes]
            if inside[0] == inside[1]:
                continue
            ref = s.ref("programme", v.programme) if v.programme else s.ref("term", key[1], key[0])
            label = s.pick("、", ", ").join(s.words.name(x) for x in i.label.split("、"))
            change = Changed(ref, label, yes if inside[0] else no, yes if inside[1] else no)
            if change not in out:
                out.append(change)
    return out
