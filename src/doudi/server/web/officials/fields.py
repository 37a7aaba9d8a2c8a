"""The forms about officials."""

from __future__ import annotations

from doudi.server.accounts.roles import roles
from doudi.server.web.fields import Field, Option
from doudi.server.web.words import T

_ID = T(
    "用来发现同一人的第二个账号和亲属关系；加密保存",
    "To find a second account of one person, and relatives; kept sealed",
)
NEW = (
    Field("name", "姓名", "Name", required=True),
    Field("username", "账号", "Username", required=True, hint=T("小写字母、数字、点和短横", "Small letters, digits, dots and dashes"), attrs={"autocomplete": "off"}),
    Field("area", "所在单位的区划", "Division of the office", required=True, hint=T("代码或名称，例如 岩滩镇", "Code or name")),
    Field("id_number", "身份证号", "Id number", hint=_ID, attrs={"autocomplete": "off"}),
)  # fmt: skip
RELATIVE = (
    Field("name", "姓名", "Name", required=True),
    Field(
        "relation",
        "与本人的关系",
        "Relation",
        required=True,
        hint=T("例如 配偶、子女、父母", "Such as spouse, child, parent"),
    ),
    Field("id_number", "身份证号", "Id number", required=True, attrs={"autocomplete": "off"}),
)
END = (Field("on", "从哪天起不再担任", "Ends on", "date", required=True), Field("why", "理由", "Why"))


def post_fields() -> tuple[Field, ...]:
    """What is asked to give a post."""
    kinds = tuple(Option(r.code, r.zh, r.en) for r in roles().roles.values())
    return (
        Field("role", "岗位", "Role", "choice", options=kinds, required=True),
        Field(
            "area",
            "管辖的区划",
            "Over which division",
            required=True,
            hint=T("代码或名称；含以下各级", "Code or name; with all below"),
        ),
        Field("since", "从", "From", "date", required=True),
        Field(
            "until",
            "到（不含）",
            "Until (not included)",
            "date",
            hint=T("不填：另行通知", "Empty: until further notice"),
        ),
        Field("why", "理由", "Why"),
    )
