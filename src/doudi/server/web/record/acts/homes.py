"""The household moves, is split, or is merged into another; where it lived is corrected."""

from __future__ import annotations

from doudi.server.lib.refusals import Refused
from doudi.server.registry import actions
from doudi.server.registry.actions import Done
from doudi.server.registry.selectors.around import household_numbered
from doudi.server.web.fields import Field, Option
from doudi.server.web.record.acts.form import ActPage, Ctx, Supposed, Typed, on_field, why_field
from doudi.server.web.record.acts.people import member
from doudi.server.web.record.place import place
from doudi.server.web.words import T

_PLACE = T(
    "写村名、上级加村名（岩滩镇 第1村），或区划代码",
    "The village's name, with the township before it if need be, or the division code",
)
_OTHER = T(
    "易地搬迁户：人口、住房和社会事务归现住地，土地和补贴归原村。不是搬迁户就空着。",
    "Relocated households: people, housing and social matters go with where they live now, land and subsidies with the old village. Empty for others.",
)


def place_fields(area: str = "", other: str = "", address: str = "") -> list[Field]:
    return [
        Field("area", "管理地（村、社区）", "Managed by (village, community)", "text", area, required=True, hint=_PLACE, attrs={"list": "places", "autocomplete": "off"}),
        Field("address", "住址", "Address", "text", address, attrs={"maxlength": "200"}),
        Field("other_area", "原村（搬迁户）", "Old village (relocated households)", "text", other, hint=_OTHER, attrs={"list": "places", "autocomplete": "off"}),
    ]  # fmt: skip


def _move_fields(ctx: Ctx) -> list[Field]:
    return [*place_fields("", ctx.view.other_area, ""), on_field(value=ctx.today.isoformat()), why_field()]


def _move(ctx: Ctx, typed: Typed, version: int | None, once: str) -> Done:
    on = typed.on()
    return actions.move(
        by=ctx.by, household=ctx.view.id, area=place(ctx.by, typed.text("area"), on, "area"), on=on, address=typed.text("address"),
        other_area=place(ctx.by, typed.text("other_area"), on, "other_area"), version=version, why=typed.text("why"), once=once,
    )  # fmt: skip


def _split_fields(ctx: Ctx) -> list[Field]:
    stays = (Option("", "原户主不变", "the head stays"), *ctx.people())
    same = T("空着：与原户相同", "empty: where the old one is")
    return [
        Field("people", "分出的人", "Who leaves", "choices", values=tuple(ctx.asked.data.getlist("person")), options=ctx.people()),
        Field("head", "新户的户主", "Head of the new household", "radio", options=ctx.people(), required=True),
        Field("old_head", "如果原户主分出，原户的新户主", "If the head leaves: the head of those who stay", "choice", options=stays),
        on_field(value=ctx.today.isoformat()),
        Field("area", "新户的管理地", "Where the new household is", "text", hint=same, attrs={"list": "places", "autocomplete": "off"}),
        Field("address", "新户的住址", "Address of the new household", "text"), why_field(),
    ]  # fmt: skip


def _going(typed: Typed) -> list[int]:
    people = typed.keys("people")
    if not people:
        raise Refused("people-needed", "请选择分出的人。", "Choose who leaves.", field="people")
    return people


def _split(ctx: Ctx, typed: Typed, version: int | None, once: str) -> Done:
    on = typed.on()
    return actions.split(
        by=ctx.by, household=ctx.view.id, people=_going(typed), head=member(typed, "head"), on=on,
        area=place(ctx.by, typed.text("area"), on, "area"), address=typed.text("address") or None, old_head=typed.key("old_head"), version=version,
        why=typed.text("why"), once=once,
    )  # fmt: skip


def _split_supposed(_: Ctx, typed: Typed) -> Supposed:
    return {"on": typed.on(), "left": dict.fromkeys(_going(typed), typed.on())}


def _merge_fields(ctx: Ctx) -> list[Field]:
    return [
        Field("gone", "并入本户的是哪一户（户编号）", "Number of the household that is merged into this one", "text", required=True, attrs={"autocomplete": "off"}),
        on_field(value=ctx.today.isoformat()), why_field(),
    ]  # fmt: skip


def _other(ctx: Ctx, typed: Typed) -> tuple[int, int]:
    found = household_numbered(ctx.by, typed.text("gone"))
    if found is None:
        raise Refused(
            "household-unknown",
            "您的辖区内没有这个户编号。",
            "There is no household with this number in your areas.",
            field="gone",
        )
    if found[0] == ctx.view.id:
        raise Refused(
            "same-household", "不能把一户并入它自己。", "A household cannot be merged into itself.", field="gone"
        )
    return found


def _merge(ctx: Ctx, typed: Typed, version: int | None, once: str) -> Done:
    gone, gone_version = _other(ctx, typed)
    return actions.merge_households(
        by=ctx.by, into=ctx.view.id, gone=gone, on=typed.on(), relations=typed.relations(), version=version, gone_version=gone_version,
        why=typed.text("why"), once=once,
    )  # fmt: skip


def _merge_supposed(ctx: Ctx, typed: Typed) -> Supposed:
    return {"on": typed.on(), "merged": (_other(ctx, typed)[0], typed.on())}


def _residence_fields(ctx: Ctx) -> list[Field]:
    v = ctx.view
    return [
        Field("since", "实际从哪一天起住在那里", "Really lived there from", "date", required=True),
        Field("until", "实际到哪一天为止（不含；一直到现在就空着）", "Really until before (empty: ever since)", "date"),
        *place_fields(v.area, v.other_area, v.address), why_field(required=True),
    ]  # fmt: skip


def _residence(ctx: Ctx, typed: Typed, version: int | None, once: str) -> Done:
    since = typed.on("since")
    return actions.correct_residence(
        by=ctx.by, household=ctx.view.id, since=since, until=typed.day("until", needed=False), area=place(ctx.by, typed.text("area"), since, "area"),
        other_area=place(ctx.by, typed.text("other_area"), since, "other_area"), address=typed.text("address"), why=typed.text("why"), version=version,
        once=once,
    )  # fmt: skip


PAGES = (
    ActPage(
        "move",
        T("迁移", "Move"),
        T(
            "从这一天起，本户归新的地方管理。登记的户籍地、居住地等情况请在本户页面另行填写。",
            "From the day on the household is managed elsewhere. Facts such as where it is registered are stated on its page.",
        ),
        T("登记迁移", "Record the move"),
        _move_fields,
        _move,
        empty_too=True,
    ),
    ActPage(
        "split",
        T("分户", "Split"),
        T("从这一天起，一部分成员另立一户。", "From the day on some members are a household of their own."),
        T("分户", "Split the household"),
        _split_fields,
        _split,
        _split_supposed,
    ),
    ActPage(
        "merge",
        T("并户", "Merge"),
        T(
            "从这一天起，另一户的全部成员归入本户；那一户的情况和台账到那天为止。",
            "From the day on all members of another household belong to this one; what is stated of the other, and its ledgers, end that day.",
        ),
        T("并入本户", "Merge into this one"),
        _merge_fields,
        _merge,
        _merge_supposed,
        empty_too=True,
    ),
    ActPage(
        "correct-residence",
        T("更正以往的住址", "Correct a past residence"),
        T(
            "我们一直记错了：这段时间本户实际在别处。",
            "We had it wrongly all along: in this time the household was elsewhere.",
        ),
        T("更正", "Correct"),
        _residence_fields,
        _residence,
        permission="registry.correct",
        menu=False,
    ),
)
