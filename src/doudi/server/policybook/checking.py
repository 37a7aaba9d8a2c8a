"""Whether standards can be what somebody drafts: against the declarations of the pack in force, against who drafts, against what went before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from doudi.packs.read_standards import key_values
from doudi.rules.declared import StandardDecl
from doudi.rules.faults import Fault, hint
from doudi.rules.ruleset import StandardTable
from doudi.server.areas import selectors as areas
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import day_of, now
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from doudi.server.policybook import overlay, texts
from doudi.server.policybook.heirs import whole
from doudi.server.policybook.overlay import Line
from doudi.server.policybook.policy import Policy
from doudi.server.policybook.rising import falls
from doudi.server.policybook.selectors import policies
from doudi.server.policybook.shapes import MOST_MONTHS, NewLine

LEVELS = {0: "全国", 2: "省", 4: "市", 6: "县", 9: "乡", 12: "村"}
CIVIL_AFFAIRS, FINANCE = "民政", "财政"
_LONGEST = {"title": 200, "measured_by": 200, "basis": 5_000}
MOST_LINES = 500


@dataclass(frozen=True)
class Draft:
    """What is proposed. ``until`` is the last day, empty: until further notice. ``proposed_by``: the departments, 民政 and 财政 among them."""

    title: str
    lines: tuple[NewLine, ...]
    since: date
    basis: str
    measured_by: str
    proposed_by: tuple[str, ...]
    until: date | None = None
    replaces: int | None = None


def check(by: Actor, draft: Draft) -> None:
    """Raises Refused with ``field`` (``lines.0`` is the first value), NotAllowed for a division that is not the drafter's."""
    _words(draft)
    _reachable(draft)
    base = policies.base_on(draft.since)
    for line in draft.lines:
        _own(by, line)
    _each(base, draft.lines, draft.since)
    proposed = _fits(base, draft)
    _rises(base, proposed, draft)


def check_trial(by: Actor, lines: Sequence[NewLine], on: date) -> None:
    """Whether values can be tried out, with nothing drafted: those of one's own area, and those that have no area. Raises as ``check`` does."""
    base = policies.base_on(on)
    _counted(lines)
    decls = _each(base, lines, on)
    for line, decl in zip(lines, decls, strict=True):
        if decl.area is not None:
            _own(by, line)
    _fits(base, Draft("模拟", tuple(lines), on, "", "", ()))


def _each(base: Policy, lines: Sequence[NewLine], since: date) -> list[StandardDecl]:
    decls = [_declared(base, i, line) for i, line in enumerate(lines)]
    for i, (line, decl) in enumerate(zip(lines, decls, strict=True)):
        _area(i, line, decl, since)
        _key(base, i, line, decl)
    _twice(lines)
    return decls


def area_of(lines: Sequence[NewLine]) -> str:
    """The smallest division that holds the divisions of all lines; empty: the country."""
    codes = [x.area for x in lines]
    return next(codes[0][:n] for n in (12, 9, 6, 4, 2, 0) if len({c[:n] for c in codes}) == 1 and len(codes[0]) >= n)


def _words(draft: Draft) -> None:
    said = {
        "title": ("名称", "the title"),
        "basis": ("依据", "the basis"),
        "measured_by": ("测算单位", "who measured it"),
    }
    for field, (zh, en) in said.items():
        text = getattr(draft, field).strip()
        if not text:
            raise Refused("empty", f"请填写{zh}。", f"Say {en}.", field=field)
        if len(text) > _LONGEST[field]:
            most = _LONGEST[field]
            raise Refused("too-long", f"{zh}不能超过 {most} 个字。", f"{en} may have {most} characters.", field=field)
    for department in (CIVIL_AFFAIRS, FINANCE):
        if not any(department in who for who in draft.proposed_by):
            raise Refused(
                "not-joint",
                f"标准由民政和财政部门共同提出，提出单位里没有{department}部门；请补上。",
                "A standard is proposed by civil affairs (民政) and finance (财政) jointly; one of them is not named.",
                field="proposed_by",
            )
    if draft.until is not None and draft.until < draft.since:
        raise Refused(
            "empty-span",
            f"截止日 {draft.until} 早于起始日 {draft.since}；请改正。",
            f"It ends on {draft.until}, before it begins on {draft.since}.",
            field="until",
        )
    _counted(draft.lines)


def _reachable(draft: Draft) -> None:
    """Every month that it touches can be decided again."""
    first = first_month(day_of(now()))
    if draft.since < first:
        raise Refused(
            "too-far-back",
            f"起始日 {draft.since} 太早：最多往前重算 {MOST_MONTHS} 个月，请用 {first} 或以后的日子；更早的另行补发，不经系统重算。",
            f"It begins on {draft.since}: at most {MOST_MONTHS} months are priced again. Choose {first} or later, and settle what was before by hand.",
            field="since",
        )


def first_month(today: date) -> date:
    """The first day that can be decided again."""
    months = today.year * 12 + today.month - MOST_MONTHS
    return date(months // 12, months % 12 + 1, 1)


def _counted(lines: Sequence[NewLine]) -> None:
    if not lines or len(lines) > MOST_LINES:
        raise Refused(
            "no-lines" if not lines else "too-many-lines",
            f"请写 1 至 {MOST_LINES} 个标准值。",
            f"Give 1 to {MOST_LINES} values.",
            field="lines",
        )


def _declared(base: Policy, i: int, line: NewLine) -> StandardDecl:
    known = {d.name: d for d in base.pack.book.standards if d.kind == "standard"}
    found = known.get(line.standard)
    if found is None:
        zh, en = hint(line.standard, known)
        raise Refused(
            "unknown-standard",
            f"规则包“{base.pack.name}”没有“{line.standard}”这项标准{zh}。",
            f"The pack “{base.pack.name}” has no standard “{line.standard}”{en}.",
            field=f"lines.{i}.standard",
        )
    return found


def _own(by: Actor, line: NewLine) -> None:
    """Standards are drafted by those whose area it is."""
    if not by.scope.covers(line.area):
        where = line.area or "全国"
        raise NotAllowed(
            "outside",
            f"{where}的标准不归“{by.post or by.name}”起草；请由当地或上级的政策岗办理。",
            f"Standards of {line.area or 'the country'} are not for the post “{by.post or by.name}” to draft, but for the policy officers there.",
        )


def _area(i: int, line: NewLine, decl: StandardDecl, since: date) -> None:
    field = f"lines.{i}.area"
    code = line.area
    if code and (not (code.isascii() and code.isdigit()) or len(code) not in LEVELS):
        raise Refused(
            "bad-area", f"“{code}”不是行政区划代码。", f"“{code}” is not the code of a division.", field=field
        )
    if decl.area is None and code:
        raise Refused(
            "one-for-all",
            f"“{decl.name}”全国一个数，不分地区；请不写地区。",
            f"“{decl.name}” is one for the whole country: give no division.",
            field=field,
        )
    if decl.area is not None and decl.match == "exact" and len(code) != decl.level:
        level = LEVELS[decl.level]
        raise Refused(
            "wrong-level",
            f"“{decl.name}”由{level}级确定，“{code or '全国'}”不是{level}级。",
            f"“{decl.name}” is set by divisions whose code has {decl.level} digits; “{code or 'the country'}” is not one.",
            field=field,
        )
    if code:
        try:
            areas.division(code, since)
        except NotFound as error:
            raise Refused("unknown-area", error.zh, error.en, field=field) from None


def _key(base: Policy, i: int, line: NewLine, decl: StandardDecl) -> None:
    keys = key_values(base.pack.state, decl) or []
    if line.key in keys or (not keys and not line.key):
        return
    zh, en = hint(line.key, keys) if line.key else ("", "")
    listed = "、".join(keys) or "无"
    raise Refused(
        "unknown-key",
        f"“{decl.name}”要写明是哪一类（{listed}），不能是“{line.key}”{zh}。",
        f"“{decl.name}” is kept by {', '.join(keys) or 'nothing'}; “{line.key}” is not one of these{en}.",
        field=f"lines.{i}.key",
    )


def _twice(lines: Sequence[NewLine]) -> None:
    seen: dict[tuple[str, str, str], int] = {}
    for i, x in enumerate(lines):
        cell = x.standard, x.area, x.key
        if cell in seen:
            raise Refused(
                "cell-twice",
                f"第 {i + 1} 个值与第 {seen[cell] + 1} 个值是同一地区的同一项标准；请删去一个。",
                f"Value {i + 1} is for the same standard and division as value {seen[cell] + 1}; remove one.",
                field=f"lines.{i}",
            )
        seen[cell] = i


def _fits(base: Policy, draft: Draft) -> dict[str, StandardDecl]:
    """The standards with the drafted values on them, as the readers of packs understand them. Raises Refused with what they say."""
    lines = [
        Line(0, x.standard, x.area, x.key, draft.since, draft.until, plain(i, x), "拟订", draft.title)
        for i, x in enumerate(draft.lines)
    ]
    made = overlay.over(base, lines)
    pack, faults = texts.looked_at(base, made.text)
    errors = [f for f in faults if f.severity == "error"]
    if errors or pack is None:
        raise _said(errors[0], made.said, made.text.name, draft)
    return {d.name: d for d in pack.book.standards}


def plain(i: int, line: NewLine) -> overlay.Value:
    """The value as text throughout."""
    value = line.value
    if isinstance(value, str) and value.strip():
        return value.strip()
    if isinstance(value, Mapping) and isinstance(value.get("bands"), Mapping) and set(value) == {"bands", "below"}:
        return {"bands": {str(k): str(v) for k, v in value["bands"].items()}, "below": str(value["below"])}
    raise Refused(
        "bad-value",
        f"“{line.standard}”的值请写成一个数（如 720 元），分档的写明各档（bands）和起点以下（below）。",
        f"Write a value of “{line.standard}” as text (720 元), one in bands with “bands” and “below”.",
        field=f"lines.{i}.value",
    )


def _said(fault: Fault, said: Mapping[int, Line], name: str, draft: Draft) -> Refused:
    line = said.get(fault.where.line) if fault.where.file == f"{name}/{overlay.FILE}" else None
    at = next((i for i, x in enumerate(draft.lines) if line and (x.standard, x.area, x.key) == line.cell), None)
    if at is None:
        return Refused(fault.code, f"{fault.where}：{fault.zh}。", f"{fault.where}: {fault.en}.")
    return Refused(
        fault.code,
        f"第 {at + 1} 个值：{fault.zh}。",
        f"Value {at + 1}: {fault.en}.",
        field=f"lines.{at}.value",
    )


def _rises(base: Policy, proposed: Mapping[str, StandardDecl], draft: Draft) -> None:
    """Where the pack lets a standard only rise, no value is below the one before it, nor below what the divisions above have."""
    up = base.rising
    if not any(x.standard in up for x in draft.lines):
        return
    before = draft.since - timedelta(days=1)
    then, now = (_tables(policies.policy(day)) for day in (before, draft.since))
    for i, x in enumerate(draft.lines):
        if x.standard not in up:
            continue
        decl, area = proposed[x.standard], whole(x.area) if x.area else 0
        new = StandardTable(decl).find(area, x.key, draft.since).line
        above = StandardTable(decl).ladder(area)[1:]
        # Before a division had its code, or was one of several, what held there is found under the codes that it had.
        past = (
            [area, *(whole(c) for c in areas.formerly([x.area], draft.since) if len(c) == len(x.area))]
            if x.area
            else [0]
        )
        for table, code, day in (
            *((then, code, before) for code in past),
            *((now, code, draft.since) for code in above),
        ):
            old = table[x.standard].find(code, x.key, day).line if x.standard in table else None
            if new is not None and old is not None and falls(decl, new.value, old.value):
                where = f"{code:012d}" if code else "全国"
                raise Refused(
                    "falls",
                    f"第 {i + 1} 个值：“{x.standard}”只升不降，不能低于 {where} 在 {day} 施行的数（{old.where}）。",
                    f"Value {i + 1}: “{x.standard}” only rises: it cannot be below what holds in {where} on {day} ({old.where}).",
                    field=f"lines.{i}.value",
                )


def _tables(policy: Policy) -> dict[str, StandardTable]:
    return {d.name: StandardTable(d) for d in policy.pack.book.standards}
