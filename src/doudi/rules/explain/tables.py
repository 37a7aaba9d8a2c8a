"""Tables in an explanation: which rows are worth showing, and how many were listed, counted, left out or uncertain."""

from __future__ import annotations

from doudi.rules.explain.words import Words
from doudi.rules.nodes import Table
from doudi.rules.scalar.evaluate import Run
from doudi.rules.scalar.missing import settled
from doudi.rules.scalar.rows import Live
from doudi.rules.scalar.tables import completeness, could_be_latest
from doudi.rules.scalar.values import TRUE, V


def membership(run: Run, node: Table, row: Live) -> V:
    """Whether a row is in."""
    return TRUE[0] if node.where is None else run.of_node(node.where, row)


def in_question(run: Run, node: Table, r: Live) -> list[Live]:
    """The rows that the value came from: those in or uncertain; of these, the one that settled it where one did, and none of a sum's that added
    nothing."""
    inside = [(row, membership(run, node, row)) for row in r.kids[node.entity]]
    inside = [(row, w) for row, w in inside if w[1]]
    value = node.value
    result = run.of_node(node, r)
    if node.op == "count" or value is None:
        if node.op == "any" and result[0]:
            return [min((found for found in inside if found[1][0]), key=lambda found: found[1][2])[0]]
        return [row for row, _ in inside]
    values = [(row, w, run.of_node(value, row)) for row, w in inside]
    match node.op:
        case "all":
            broke = [row for row, w, v in values if w[0] and not v[1]]
            return broke[:1] if broke else [row for row, w, v in values if not (settled(v) and v[0])]
        case "sum":
            return [row for row, _, v in values if v[0] or v[1]]
        case "max":
            return [row for row, _, v in values if v[1] >= result[0]]
        case "min":
            return [row for row, _, v in values if v[0] <= result[1]]
        case "latest" if node.by is not None:
            times = [(row, run.of_node(node.by, row), w) for row, w, _ in values]
            return could_be_latest([(row, t[0], t[1], bool(w[0])) for row, t, w in times])
    return [row for row, _, _ in values]


NAMED = 6
"""Rows left out that are told by name."""


def standing(words: Words, run: Run, node: Table, r: Live) -> str:
    """``已列 4 行，计入 3 行；不计入：丁；是否已全部列出不明``."""
    rows = [(row, membership(run, node, row)) for row in r.kids[node.entity]]
    inside, open_ = sum(1 for _, w in rows if w[0]), sum(1 for _, w in rows if w[1] and not w[0])
    out = [str(row.id) for row, w in rows if not w[1]]
    said = words.pick(f"已列 {len(rows)} 行，计入 {inside} 行", f"{len(rows)} listed, {inside} counted")
    if open_:
        said += words.pick(f"，不确定 {open_} 行", f", {open_} uncertain")
    if 0 < len(out) <= NAMED:
        said += words.pick(f"；不计入：{'、'.join(out)}", f"; left out: {', '.join(out)}")
    if not completeness(node)(r):
        said += words.pick("；是否已全部列出不明", "; not known whether all are listed")
    return said
