"""People join the household, leave it, die; the head changes; how people belonged is corrected."""

from __future__ import annotations

from datetime import timedelta

from doudi.server.lib.idnumber import read, sex
from doudi.server.lib.refusals import Refused
from doudi.server.registry import actions
from doudi.server.registry.actions import Done, NewMember, NewStatement
from doudi.server.registry.checks import ALIVE, BORN, PERSON, SEX
from doudi.server.registry.selectors import household
from doudi.server.registry.selectors.homes import homes_of
from doudi.server.registry.selectors.through import Belonging, Supposing
from doudi.server.web.fields import Field, Option
from doudi.server.web.record.acts.form import ActPage, Ctx, Supposed, Typed, evidence_field, on_field, why_field
from doudi.server.web.words import T

NEW = -1
"""Somebody who is not on record yet, while it is tried what would follow."""
_JOINING = (
    Option("birth", "出生", "born"), Option("adoption", "收养", "adopted"), Option("marry-in", "婚入", "married in"),
    Option("join", "迁入，共同生活", "came to live here"), Option("found", "补登：原来漏登", "had been left out"),
)  # fmt: skip
_LEAVING = (
    Option("leave", "迁出", "moved out"), Option("marry-out", "婚出", "married out"), Option("divorce", "离婚", "divorced"),
)  # fmt: skip
_NO_NUMBER = T("没有就空着；填了，性别和出生日期可不填", "empty where there is none; it tells sex and birth date")
_WHO = ("请选择是哪一位。", "Choose who is meant.")


def person_fields(ctx: Ctx, prefix: str = "", *, number: str = "") -> list[Field]:
    """What is asked of somebody new: name, number, sex, birth date."""
    columns = ctx.tell.columns(PERSON)
    names = ctx.tell.policy.names
    sexes = tuple(Option(s.zh, s.zh, s.en) for s in names.values_of((PERSON, SEX)))
    found = [
        Field(f"{prefix}name", "姓名", "Name", "text", ctx.asked.text("name"), required=True, attrs={"maxlength": "80", "autocomplete": "off"}),
        Field(f"{prefix}id", "身份证号", "Identity number", "text", number, attrs={"autocomplete": "off"}, hint=_NO_NUMBER),
    ]  # fmt: skip
    if SEX in columns:
        found.append(
            Field(f"{prefix}sex", "性别", "Sex", "choice", options=(Option("", "不清楚", "not known"), *sexes))
        )
    if BORN in columns:
        found.append(Field(f"{prefix}born", "出生日期", "Born on", "date"))
    found.append(Field(f"{prefix}phone", "电话", "Phone", "text", attrs={"autocomplete": "off"}))
    return found


def values_of(ctx: Ctx, typed: Typed, prefix: str = "") -> dict[str, object]:
    """What the answers to ``person_fields`` state, so far as the pack declares it; sex and birth date that were left open as the identity number
    has them. Raises Refused for a number that is none."""
    columns = ctx.tell.columns(PERSON)
    born, which = typed.day(f"{prefix}born", needed=False), typed.text(f"{prefix}sex")
    written = typed.text(f"{prefix}id")
    if written:
        number = read(written, on=ctx.today)
        born, which = born or number.birth, which or sex(number)
    said = {ALIVE: True, SEX: which or None, BORN: born.isoformat() if born else None}
    return {k: v for k, v in said.items() if k in columns and v is not None}


def new_member(ctx: Ctx, typed: Typed, prefix: str = "", *, head: bool = False) -> NewMember:
    """Somebody on record (``person``), or somebody new, as the form says."""
    relation = typed.text(f"{prefix}relation")
    person = typed.key(f"{prefix}person")
    if person is not None:
        return NewMember(relation=relation, head=head, person=person)
    numbers = {kind: typed.text(f"{prefix}{kind}") for kind in ("id", "phone") if typed.text(f"{prefix}{kind}")}
    said = NewStatement(
        typed.text("source") or _least(ctx), values_of(ctx, typed, prefix), evidence=typed.text("evidence")
    )
    return NewMember(typed.text(f"{prefix}name"), relation, head=head, identifiers=numbers, statements=(said,))


def _least(ctx: Ctx) -> str:
    return ctx.tell.policy.sources[-1].code


def _add_fields(ctx: Ctx) -> list[Field]:
    person = ctx.asked.key("person")
    who = [Field("person", "", "", "hidden", str(person))] if person else person_fields(ctx)
    how = "marry-in" if person else "birth"
    return [
        Field("how", "怎样加入", "How", "radio", how, options=_JOINING, required=True), *who,
        Field("relation", "与户主的关系", "Relation to the head", "choice", options=ctx.relation_options()),
        *_left_behind(ctx, person), on_field(value=ctx.today.isoformat()), *([] if person else [ctx.source_field(), evidence_field()]), why_field(),
    ]  # fmt: skip


def _left_behind(ctx: Ctx, person: int | None) -> list[Field]:
    """Who marries in from another household leaves that: asked where others stay there, of whom one may have to become the head."""
    home = homes_of(ctx.by, [person], on=ctx.today).get(person) if person else None
    if person is None or home is None or home == ctx.view.id:
        return []
    there = household(ctx.by, home, as_of=ctx.today).members
    staying = tuple(Option(str(m.person), m.name, m.name) for m in there if m.person != person and not m.elsewhere)
    none = Option("", "不是户主，不用指定", "not the head; nobody to name")
    field = Field(
        "new_head", "婚入的人如果是原户的户主：原户的新户主是谁", "Who marries in, if the head there: who is the new head of that household", "choice",
        options=(none, *staying), hint=T("婚入的同时从原户迁出，一次办完", "Who marries in leaves that household in the same act"),
    )  # fmt: skip
    return [field] if staying else []


def _add(ctx: Ctx, typed: Typed, version: int | None, once: str) -> Done:
    return actions.add_member(
        by=ctx.by, household=ctx.view.id, member=new_member(ctx, typed), how=typed.text("how"), on=typed.on(),
        new_head=typed.key("new_head"), version=version, why=typed.text("why"), once=once,
    )  # fmt: skip


def _add_supposed(ctx: Ctx, typed: Typed) -> Supposed:
    on, person = typed.on(), typed.key("person") or NEW
    said = [] if person > 0 else [Supposing(typed.text("source") or _least(ctx), on, NEW, values=values_of(ctx, typed))]
    joined = [Belonging(person, typed.text("relation"), not ctx.view.members, on, None)]
    return {"on": on, "joined": joined, "stated": said}


def _who(ctx: Ctx, zh: str = "谁", en: str = "Who") -> Field:
    return Field("person", zh, en, "radio", ctx.asked.text("person"), options=ctx.people(), required=True)


def _new_head(ctx: Ctx) -> list[Field]:
    """Asked where the head may be the one who goes, and others stay."""
    if len(ctx.living) < 2:
        return []
    none = Option("", "不是户主，不用指定", "not the head; nobody to name")
    return [
        Field(
            "new_head",
            "如果是户主，新户主是谁",
            "If it is the head: who is the new head",
            "choice",
            options=(none, *ctx.people()),
        )
    ]


def _leave_fields(ctx: Ctx) -> list[Field]:
    return [
        _who(ctx), Field("how", "怎样离开", "How", "radio", "leave", options=_LEAVING, required=True), on_field(value=ctx.today.isoformat()),
        *_new_head(ctx), why_field(),
    ]  # fmt: skip


def _leave(ctx: Ctx, typed: Typed, version: int | None, once: str) -> Done:
    return actions.leave(
        by=ctx.by, person=member(typed), on=typed.on(), how=typed.text("how"), new_head=typed.key("new_head"), version=version,
        why=typed.text("why"), once=once,
    )  # fmt: skip


def member(typed: Typed, name: str = "person") -> int:
    """Who is chosen. Raises Refused for nobody; whether they belong to the household, the act looks."""
    return typed.the_key(name, *_WHO)


def _death_fields(ctx: Ctx) -> list[Field]:
    return [
        _who(ctx), on_field("死亡日期", "Died on"), ctx.source_field(), evidence_field(), *_new_head(ctx), why_field(),
    ]  # fmt: skip


def _death(ctx: Ctx, typed: Typed, version: int | None, once: str) -> Done:
    return actions.death(
        by=ctx.by, person=member(typed), on=typed.on(), source=typed.text("source"), evidence=typed.text("evidence"),
        new_head=typed.key("new_head"), version=version, why=typed.text("why"), once=once,
    )  # fmt: skip


def _gone(_: Ctx, typed: Typed) -> Supposed:
    return {"on": typed.on(), "left": {member(typed): typed.on()}}


def _dead(_: Ctx, typed: Typed) -> Supposed:
    after = typed.on() + timedelta(days=1)
    return {"on": after, "left": {member(typed): after}}


def _head_fields(ctx: Ctx) -> list[Field]:
    return [
        _who(ctx, "新户主", "New head"), on_field(value=ctx.today.isoformat()), *ctx.relation_fields(blank=True), why_field()
    ]  # fmt: skip


def _head(ctx: Ctx, typed: Typed, version: int | None, once: str) -> Done:
    person = member(typed)
    relations = {k: v for k, v in typed.relations().items() if k != person}
    return actions.change_head(
        by=ctx.by, household=ctx.view.id, person=person, on=typed.on(), relations=relations, version=version, why=typed.text("why"), once=once
    )  # fmt: skip


def _relations_fields(ctx: Ctx) -> list[Field]:
    head = ctx.view.head
    return [
        on_field(value=ctx.today.isoformat()),
        *(f for f in ctx.relation_fields(blank=False) if not head or not f.name.endswith(f"-{head.person}")),
        why_field(),
    ]


def _relations(ctx: Ctx, typed: Typed, version: int | None, once: str) -> Done:
    was = {m.person: m.relation for m in ctx.living}
    relations = {k: v for k, v in typed.relations().items() if was.get(k) != v}
    if not relations:
        raise Refused("nothing-changed", "没有改动任何关系。", "No relation is changed.")
    return actions.change_relations(
        by=ctx.by, household=ctx.view.id, relations=relations, on=typed.on(), version=version, why=typed.text("why"), once=once
    )  # fmt: skip


def _membership_fields(ctx: Ctx) -> list[Field]:
    person = ctx.asked.key("person")
    m = next((m for m in ctx.living if m.person == person), None)
    everybody = tuple(Option(str(x.membership), x.name, x.name) for x in ctx.living)
    return [
        Field("membership", "谁", "Who", "radio", str(m.membership) if m else "", options=everybody, required=True),
        Field("since", "实际从哪一天起属于本户", "Really belonged from", "date", m.since.isoformat() if m else "", required=True),
        Field("until", "实际到哪一天为止（不含；仍在本户就空着）", "Really until before (empty: still does)", "date", m.until.isoformat() if m and m.until else ""),
        Field("relation", "与户主的关系", "Relation to the head", "choice", m.relation if m else "", options=ctx.relation_options()),
        why_field(required=True),
    ]  # fmt: skip


def _membership(ctx: Ctx, typed: Typed, version: int | None, once: str) -> Done:
    return actions.correct_membership(
        by=ctx.by, membership=typed.the_key("membership", *_WHO), since=typed.on("since"), until=typed.day("until", needed=False),
        relation=typed.text("relation") or None, why=typed.text("why"), version=version, once=once,
    )  # fmt: skip


PAGES = (
    ActPage(
        "add-member",
        T("添加成员", "Add a member"),
        T(
            "出生、收养、婚入、迁入，或补登原来漏登的人。",
            "Birth, adoption, marriage, somebody who comes to live here, or who had been left out.",
        ),
        T("登记成员", "Add the member"),
        _add_fields,
        _add,
        _add_supposed,
        empty_too=True,
    ),
    ActPage(
        "leave",
        T("成员离开", "A member leaves"),
        T("从这一天起不再属于本户。", "From the day on they belong to the household no more."),
        T("登记离开", "Record that they left"),
        _leave_fields,
        _leave,
        _gone,
    ),
    ActPage(
        "death",
        T("登记死亡", "Record a death"),
        T(
            "此人到死亡当天仍属于本户，之后退出所有台账。",
            "The person belongs to the household through that day, and leaves every ledger after it.",
        ),
        T("登记死亡", "Record the death"),
        _death_fields,
        _death,
        _dead,
        grave=True,
    ),
    ActPage(
        "change-head",
        T("变更户主", "Change the head"),
        T(
            "各成员的关系是对户主而言的：换了户主，请逐一重填。",
            "Relations are to the head: with another head, say them anew.",
        ),
        T("变更户主", "Change the head"),
        _head_fields,
        _head,
    ),
    ActPage(
        "relations",
        T("变更关系", "Change relations"),
        T("从这一天起，成员与户主的关系如下。", "From the day on the members are related to the head as follows."),
        T("变更关系", "Change relations"),
        _relations_fields,
        _relations,
    ),
    ActPage(
        "correct-membership",
        T("更正成员的时间或关系", "Correct when somebody belonged"),
        T(
            "我们一直记错了：此人实际在本户的时间或关系不同。",
            "We had it wrongly all along: when, or how, the person belonged.",
        ),
        T("更正", "Correct"),
        _membership_fields,
        _membership,
        permission="registry.correct",
        menu=False,
    ),
)
