"""Standards in a formula: which one is named, at what date, and by which area and key it is looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.rules.calendar import to_day
from doudi.rules.declared import StandardDecl
from doudi.rules.faults import hint
from doudi.rules.nodes import Const, Node, Standard
from doudi.rules.syntax import Binary, Name, Span, Tree
from doudi.rules.types import DATE

if TYPE_CHECKING:
    from doudi.rules.check import Checker


def find_standard(check: Checker, tree: Tree) -> tuple[StandardDecl, Node | None]:
    """The standard that ``tree`` names, and the date it is asked at (``标准 于 日期``) or None."""
    at: Node | None = None
    if isinstance(tree, Binary) and tree.op == "AT":
        at = check.fits(check.node(tree.b, DATE), DATE, tree.b.span)
        tree = tree.a
    if not isinstance(tree, Name) or len(tree.parts) != 1 or tree.parts[0] not in check.names.standards:
        word = tree.parts[-1] if isinstance(tree, Name) else check.shown(tree.span)
        zh, en = hint(word, check.names.standards)
        raise check.fail(
            tree.span,
            "not-a-standard",
            f"这里要一个标准，“{word}”不是{zh}",
            f"A standard is wanted here; “{word}” is none{en}",
        )
    return check.names.standards[tree.parts[0]], at


def looked_up(check: Checker, decl: StandardDecl, at: Node | None, span: Span) -> tuple[Node | None, Node | None, Node]:
    """The nodes of area, key and date by which ``decl`` is looked up from this entity's rows."""
    if decl.kind != "standard":
        raise check.fail(
            span,
            "target-looked-up",
            f"“{decl.name}”是{'目标' if decl.kind == 'target' else '下限'}，不是任何一户的标准，不能用在公式里",
            f"“{decl.name}” is a {decl.kind}, nobody's standard: it is never looked up",
        )
    check.standards.add(decl.name)
    found: list[Node | None] = []
    for key in (decl.area, decl.by):
        if key is None:
            found.append(None)
            continue
        if key[0] not in check.names.ancestors(check.entity) or key not in check.names.variables:
            raise check.fail(
                span,
                "standard-scope",
                f"标准“{decl.name}”要按“{key[0]}.{key[1]}”查，在{check.entity}的公式里查不到",
                f"“{decl.name}” is looked up by {key[0]}.{key[1]}, which a formula of {check.entity} cannot see",
            )
        found.append(check.read(key, (0, 0)))
    return found[0], found[1], at or Const(type=DATE, value=to_day(check.as_of), label="基准日")


def standard(check: Checker, name: str, at: Node | None, span: Span) -> Node:
    decl = check.names.standards[name]
    if decl.form != "plain":
        word = "分段" if decl.form == "bands" else "累进"
        raise check.fail(
            span,
            "needs-scale",
            f"“{name}”有多档，请写 {word}(量, {name})",
            f"“{name}” has steps: write {word}(x, {name})",
        )
    area, key, day = looked_up(check, decl, at, span)
    return Standard(type=decl.type, name=name, area=area, key=key, at=day, span=span)
