"""Reads what packs list but do not decide: measures open to some, and the clauses of a document with what implements
them."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from doudi.packs.cite import cites_of
from doudi.packs.keys import Keys
from doudi.packs.located import Node, Scalar, Sequence
from doudi.packs.read_schema import each
from doudi.packs.reading import Fields, Reader
from doudi.packs.state import Clause, ClauseBook, Figure, Measure, State
from doudi.rules.faults import Where, hint

GROUPS = {
    "产业": "Farming and trade", "就业": "Employment", "教育": "Education", "住房": "Housing", "医疗": "Medical", "金融": "Finance",
    "搬迁": "Resettlement", "生态": "Ecology", "资产收益": "Returns on assets", "社会救助": "Social assistance",
}  # fmt: skip
"""Of measures, with their English."""
EVERY = {"周": "every week", "月": "every month", "季": "every quarter", "年": "every year"}
CLASS_CATEGORIES = ("家庭类别", "人群类别")
MEASURE = Keys("措施", "A measure", ("en", "group", "classes", "cites"), ("formula", "sum", "sum_en"))
BOOK = Keys("条款清单", "clauses.yaml", ("document", "clauses"))
DOCUMENT = Keys(
    "文件",
    "The document",
    ("short", "title", "en", "issuer", "date"),
    ("issuer_en", "posted", "unit_names", "unclear"),
    ("date", "posted"),
)
CLAUSE = Keys(
    "条款",
    "A clause",
    ("clause", "says", "en", "kind", "status", "implemented_by"),
    ("units", "due", "every", "figures", "rows", "note", "note_en"),
    ("due", "every", "note", "note_en"),
)
UNCLEAR = Keys("不清楚之处", "What is unclear", ("zh",), ("en",))
FIGURE = Keys("数", "A figure", ("what", "value", "kind"), ("year",), ("year",))
CLAUSE_KINDS = ("duty", "rule", "standard", "fund", "target", "organisation", "statement")
FIGURE_KINDS = ("fact", "fund", "rule", "standard", "target", "date")
NOT_YET = "not yet"
REFERENCES = ("规则", "标准", "项目", "措施", "冲突", "派生户", "案例")
_DUE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")


def read_measures(reader: Reader, state: State, root: Node | None, pack: str) -> None:
    """Adds to ``state.measures``; a lower pack's measure of the same name takes the place of the upper one."""

    def one(name: Scalar, node: Node) -> None:
        f = reader.fields(node, MEASURE, name.where)
        if f is None:
            return
        known = state.measures.get(name.text)
        if known is not None and known.pack == pack:
            reader.error(
                name.where,
                "declared-twice",
                f"“{name.text}”在 {known.where} 已经声明过",
                f"“{name.text}” is already declared at {known.where}",
            )
            return
        classes = tuple(c for word in f.words("classes") if (c := _class(reader, state, word)) is not None)
        state.measures[name.text] = Measure(
            name.text,
            f.text("en"),
            f.choice("group", GROUPS, "社会救助"),
            classes,
            f.formula("formula"),
            *f.both("sum", "sum_en"),
            cites_of(f, state, required=True, what=("措施", "A measure")),
            pack,
            name.where,
        )
        state.own("measure", name.text, pack)

    each(reader, root, "措施", "Measures", one)


def _class(reader: Reader, state: State, word: Scalar) -> tuple[str, str] | None:
    known = {v: name for name in CLASS_CATEGORIES if name in state.categories for v, _ in state.categories[name].values}
    if word.text in known:
        return known[word.text], word.text
    reader.unknown(
        word.where, "unknown-class", ("家庭类别或人群类别", "class of household or person"), word.text, known
    )
    return None


def read_clauses(reader: Reader, state: State, root: Node | None, pack: str) -> None:
    """Adds to ``state.clauses``."""
    f = reader.fields(root, BOOK) if root is not None else None
    d = reader.fields(f.node("document"), DOCUMENT, f.places.get("document")) if f else None
    if f is None or d is None:
        return
    short = d.text("short")
    if short and short not in state.documents:
        reader.unknown(d.at("short"), "unknown-document", ("文件", "document"), short, state.documents)
    seen: dict[str, Where] = {}
    clauses = []
    for node in f.items("clauses"):
        clause = _clause(reader, node, short)
        if clause is None:
            continue
        if clause.clause in seen:
            reader.error(
                clause.where,
                "declared-twice",
                f"条款“{clause.clause}”在第 {seen[clause.clause].line} 行已经有了",
                f"Clause “{clause.clause}” is already on line {seen[clause.clause].line}",
            )
        seen[clause.clause] = clause.where
        clauses.append(clause)
    unclear = tuple(said for n in d.items("unclear") if (said := _unclear(reader, n)) is not None)
    day = d.node("date")
    state.clauses[short] = ClauseBook(
        short,
        d.text("title"),
        d.text("en"),
        *d.both("issuer", "issuer_en"),
        day.text if isinstance(day, Scalar) and not day.empty else "",
        unclear,
        tuple(clauses),
        pack,
        d.where,
    )


def _unclear(reader: Reader, node: Node) -> tuple[str, str] | None:
    """In both languages; a text alone is Chinese."""
    if isinstance(node, Scalar):
        text = reader.word(node, "“unclear”", "“unclear”")
        if text is not None:
            reader.no_english(node.where, "“unclear”", "“unclear”", "{zh: …, en: …}")
        return None if text is None else (text, "")
    f = reader.fields(node, UNCLEAR)
    return None if f is None else f.both("zh", "en")


def _clause(reader: Reader, node: Node, short: str) -> Clause | None:
    f = reader.fields(node, CLAUSE)
    if f is None or not f.text("clause"):
        return None
    due, day = _due(f)
    figures = tuple(x for n in f.items("figures") if (x := _figure(reader, n)) is not None)
    return Clause(
        short,
        f.text("clause"),
        f.text("says"),
        f.text("en"),
        tuple(s.text for s in f.words("units")),
        due,
        day,
        _every(f),
        f.choice("kind", CLAUSE_KINDS, "statement"),
        figures,
        tuple(s.text for s in f.words("rows")),
        f.choice("status", ("clear", "unclear"), "clear"),
        *_note(f),
        _implemented(f),
        f.at("clause"),
    )


def _nullable(f: Fields, key: str) -> str:
    node = f.node(key)
    return "" if node is None or (isinstance(node, Scalar) and node.empty) else f.text(key)


def _note(f: Fields) -> tuple[str, str]:
    return f.both("note", "note_en") if _nullable(f, "note") else ("", "")


def _every(f: Fields) -> str:
    text = _nullable(f, "every")
    if text and text not in EVERY:
        f.reader.no_english(f.at("every"), f"“{text}”", f"“{text}”", "、".join(EVERY))
    return text


def _due(f: Fields) -> tuple[str, date | None]:
    """``2020``, ``2017-03`` or a day; the last day that is meant."""
    text = _nullable(f, "due")
    if not text:
        return "", None
    found = _DUE.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        year, month = int(found[1]), int(found[2] or 12)
        return text, date(year, month, int(found[3]) if found[3] else monthrange(year, month)[1])
    except ValueError:
        f.reader.error(
            f.at("due"),
            "bad-date",
            f"“{text}”不是期限；请写 2020、2020-03 或 2020-03-31",
            f"“{text}” is no due date; write 2020, 2020-03 or 2020-03-31",
        )
        return text, None


def _figure(reader: Reader, node: Node) -> Figure | None:
    f = reader.fields(node, FIGURE)
    if f is None:
        return None
    return Figure(f.text("what"), f.text("value"), _nullable(f, "year"), f.choice("kind", FIGURE_KINDS, "fact"))


def _implemented(f: Fields) -> tuple[tuple[str, Where], ...]:
    node = f.node("implemented_by")
    if isinstance(node, Scalar) and node.text == NOT_YET:
        return ()
    if isinstance(node, Sequence) and not node.items:
        f.reader.error(node.where, "empty-value", f"没有的话请写 {NOT_YET}", f"Write {NOT_YET} when there is nothing")
    out = []
    for word in f.words("implemented_by"):
        kind, mark, name = word.text.replace("：", ":").partition(":")
        if not mark or kind not in REFERENCES or not name.strip():
            zh, en = hint(kind, REFERENCES)
            f.reader.error(
                word.where,
                "bad-reference",
                f"“{word.text}”要写成“种类:名称”，种类是 {'、'.join(REFERENCES)}{zh}",
                f"“{word.text}” must be written kind:name, the kind one of {', '.join(REFERENCES)}{en}",
            )
            continue
        out.append((f"{kind}:{name.strip()}", word.where))
    return tuple(out)
