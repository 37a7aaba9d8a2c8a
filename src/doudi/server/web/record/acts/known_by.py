"""What a member is called and known by: a new name or number, one that ends, one that was written wrongly. Reached from the person's page."""

from __future__ import annotations

from doudi.server.registry import actions
from doudi.server.registry.actions import Done
from doudi.server.web.fields import Field, Option
from doudi.server.web.record.acts.form import ActPage, Ctx, Typed, on_field, why_field
from doudi.server.web.record.acts.people import member
from doudi.server.web.words import T

NUMBERS = {
    "id": T("身份证号", "Identity number"), "phone": T("电话", "Phone"), "card": T("银行卡号", "Bank card"), "disability": T("残疾证号", "Disability certificate"),
}  # fmt: skip
_WHICH = ("请选择是哪一个号码。", "Choose which number is meant.")


def _who(ctx: Ctx) -> Field:
    return Field("person", "谁", "Who", "radio", ctx.asked.text("person"), options=ctx.people(), required=True)


def _name(ctx: Ctx) -> Field:
    known = {str(m.person): m.name for m in ctx.living}
    return Field(
        "name", "姓名", "Name", "text", known.get(ctx.asked.text("person"), ""), required=True, attrs={"maxlength": "80", "autocomplete": "off"}
    )  # fmt: skip


def _number() -> Field:
    return Field("number", "号码", "Number", "text", required=True, attrs={"maxlength": "60", "autocomplete": "off"})


def _known(ctx: Ctx) -> tuple[Option, ...]:
    """The numbers of everybody in the household, masked."""
    return tuple(
        Option(str(n.id), f"{m.name} · {NUMBERS[n.kind].zh} {n.shown}", f"{m.name} · {NUMBERS[n.kind].en} {n.shown}")
        for m in ctx.living
        for n in m.numbers
    )


def _which(ctx: Ctx) -> Field:
    return Field(
        "identifier", "哪一个号码", "Which number", "choice", ctx.asked.text("identifier"), options=_known(ctx), required=True
    )  # fmt: skip


def _rename_fields(ctx: Ctx) -> list[Field]:
    return [_who(ctx), _name(ctx), on_field(value=ctx.today.isoformat()), why_field()]


def _rename(ctx: Ctx, typed: Typed, version: int | None, once: str) -> Done:
    return actions.rename(
        by=ctx.by, person=member(typed), name=typed.text("name"), on=typed.on(), version=version, why=typed.text("why"), once=once
    )  # fmt: skip


def _correct_name_fields(ctx: Ctx) -> list[Field]:
    return [_who(ctx), _name(ctx), why_field(required=True)]


def _correct_name(ctx: Ctx, typed: Typed, version: int | None, once: str) -> Done:
    return actions.correct_name(
        by=ctx.by, person=member(typed), name=typed.text("name"), on=ctx.today, version=version, why=typed.text("why"), once=once
    )  # fmt: skip


def _number_fields(ctx: Ctx) -> list[Field]:
    kinds = tuple(Option(code, name.zh, name.en) for code, name in NUMBERS.items())
    none = Option("", "不替换，另加一个", "none, it is one more")
    return [
        _who(ctx), Field("kind", "哪一类", "What kind", "radio", ctx.asked.text("kind") or "phone", options=kinds, required=True), _number(),
        Field("replaces", "替换哪一个", "Instead of which", "choice", ctx.asked.text("identifier"), options=(none, *_known(ctx)),
              hint=T("一个人只有一个身份证号：新的总是接替旧的。", "A person has one identity number: a new one always follows the old.")),
        Field("shared", "这个号码也在别人的档案上，照样登记", "Somebody else on record has this number too; record it all the same", "check",
              hint=T("只用于疑似重复、还没有认定的档案。", "Only for records that may be doubles and are not yet decided.")),
        on_field(value=ctx.today.isoformat()), why_field(),
    ]  # fmt: skip


def _add_number(ctx: Ctx, typed: Typed, version: int | None, once: str) -> Done:
    return actions.identify(
        by=ctx.by, person=member(typed), kind=typed.text("kind"), number=typed.text("number"), on=typed.on(), replaces=typed.key("replaces"),
        shared=bool(typed.text("shared")), version=version, why=typed.text("why"), once=once,
    )  # fmt: skip


def _drop_fields(ctx: Ctx) -> list[Field]:
    return [_which(ctx), on_field(value=ctx.today.isoformat()), why_field()]


def _drop(ctx: Ctx, typed: Typed, version: int | None, once: str) -> Done:
    key = typed.the_key("identifier", *_WHICH)
    return actions.drop_identifier(
        by=ctx.by, identifier=key, on=typed.on(), version=version, why=typed.text("why"), once=once
    )


def _correct_number_fields(ctx: Ctx) -> list[Field]:
    return [_which(ctx), _number(), why_field(required=True)]


def _correct_number(ctx: Ctx, typed: Typed, version: int | None, once: str) -> Done:
    return actions.correct_identifier(
        by=ctx.by, identifier=typed.the_key("identifier", *_WHICH), number=typed.text("number"), on=ctx.today, version=version,
        why=typed.text("why"), once=once,
    )  # fmt: skip


PAGES = (
    ActPage(
        "rename",
        T("改名", "New name"),
        T(
            "从那一天起用新的姓名；原来的姓名仍然找得到。",
            "Called by the new name from that day; the old one still finds the person.",
        ),
        T("登记改名", "Record the name"),
        _rename_fields,
        _rename,
        menu=False,
    ),
    ActPage(
        "number",
        T("登记号码", "A number"),
        T("新的电话、银行卡、残疾证或身份证号。", "A new phone, bank card, disability certificate or identity number."),
        T("登记号码", "Record the number"),
        _number_fields,
        _add_number,
        menu=False,
        numbers=True,
    ),
    ActPage(
        "drop-number",
        T("停用号码", "A number ends"),
        T("从那一天起不再是本人的号码；以前的记录不变。", "From that day the person's no more; what was before stays."),
        T("停用", "End it"),
        _drop_fields,
        _drop,
        menu=False,
        numbers=True,
    ),
    ActPage(
        "correct-name",
        T("更正姓名", "Correct a name"),
        T("当初写错了：一直就是这个姓名。", "It was written wrongly: the person was called this all along."),
        T("更正", "Correct"),
        _correct_name_fields,
        _correct_name,
        permission="registry.correct",
        menu=False,
        grave=True,
    ),
    ActPage(
        "correct-number",
        T("更正号码", "Correct a number"),
        T("当初录错了：一直就是这个号码。", "It was entered wrongly: it was this number all along."),
        T("更正", "Correct"),
        _correct_number_fields,
        _correct_number,
        permission="registry.correct",
        menu=False,
        grave=True,
        numbers=True,
    ),
)
