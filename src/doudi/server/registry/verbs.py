"""What is said of an act on the registry, by its kind. Nobody is named: households and people are said by their surrogate keys."""

from __future__ import annotations

from collections.abc import Mapping

from doudi.server.audit.verbs import Verb, sentences
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import day_of
from doudi.server.lib.refusals import Told
from doudi.server.lib.scope import Scope
from doudi.server.registry.models import Act

REVEALED = Verb(
    "registry.reveal", "查看了{person}号人员的完整号码（{kind}，号码记录 {identifier}）", "saw the whole number of person {person} ({kind}, record {identifier})"
)  # fmt: skip
TURNED = Verb(
    "registry.turn", "日期到了 {day}，{count} 人的现况随之更新", "{day} came, and what is known today of {count} people was brought up to it"
)  # fmt: skip

ACTS: dict[str, Verb] = {
    kind: Verb(f"registry.{kind}", zh, en)
    for kind, zh, en in (
        ("register", "登记了{household}号家庭户，{count} 人，{area}", "registered household {household}, {count} people, {area}"),
        ("birth", "登记{person}号人员出生，在{household}号家庭户", "recorded the birth of person {person} in household {household}"),
        ("adoption", "登记{person}号人员收养到{household}号家庭户", "recorded the adoption of person {person} into household {household}"),
        ("marry-in", "登记{person}号人员因婚姻加入{household}号家庭户", "recorded that person {person} married into household {household}"),
        ("join", "登记{person}号人员加入{household}号家庭户", "recorded that person {person} joined household {household}"),
        ("found", "补登{household}号家庭户漏登的{person}号人员", "added person {person}, who had been left out, to household {household}"),
        ("leave", "登记{person}号人员迁出{household}号家庭户", "recorded that person {person} left household {household}"),
        ("marry-out", "登记{person}号人员因婚姻离开{household}号家庭户", "recorded that person {person} left household {household} by marriage"),
        ("divorce", "登记{person}号人员离婚后离开{household}号家庭户", "recorded that person {person} left household {household} by divorce"),
        ("death", "登记{person}号人员死亡", "recorded the death of person {person}"),
        ("move", "把{household}号家庭户从{before}迁到{area}", "moved household {household} from {before} to {area}"),
        ("split", "从{household}号家庭户分出{new}号家庭户，{count} 人", "split household {new}, {count} people, off household {household}"),
        ("merge-households", "把{gone}号家庭户并入{household}号家庭户", "merged household {gone} into household {household}"),
        ("head", "把{household}号家庭户的户主改为{person}号人员", "made person {person} the head of household {household}"),
        ("relations", "变更{household}号家庭户成员与户主的关系", "changed relations to the head in household {household}"),
        ("rename", "登记{person}号人员改名", "recorded a new name of person {person}"),
        ("identify", "登记{person}号人员的号码（{sort}）", "recorded a number of person {person} ({sort})"),
        ("drop-identifier", "停用{person}号人员的号码（{sort}）", "ended a number of person {person} ({sort})"),
        ("state", "记录对{whose}的说明（{source}）：{facts}", "recorded a statement on {whose} ({source}): {facts}"),
        ("correct", "更正对{whose}的说明（{source}）：{facts}", "corrected a statement on {whose} ({source}): {facts}"),
        ("withdraw", "撤回对{whose}的说明（{source}）：{facts}", "withdrew a statement on {whose} ({source}): {facts}"),
        ("correct-name", "更正{person}号人员的姓名", "corrected the name of person {person}"),
        ("correct-membership", "更正{person}号人员在{household}号家庭户的时间或关系", "corrected when, or how, person {person} belonged to household {household}"),
        ("correct-residence", "更正{household}号家庭户以往的住址", "corrected a past residence of household {household}"),
        ("enrol", "把{whose}列入“{ledger}”台账", "entered {whose} on the ledger “{ledger}”"),
        ("strike", "把{whose}从“{ledger}”台账移出", "took {whose} off the ledger “{ledger}”"),
        ("merge-people", "认定{gone}号人员就是{person}号人员，合并档案", "found person {gone} to be person {person} and merged the records"),
        ("recode", "按区划变更调整了 {count} 户的区划代码", "gave {count} households the codes of changed divisions"),
        ("load", "批量登记：{count} 人，{households} 户", "entered a batch: {count} people, {households} households"),
        ("absorb", "按台账更新了 {count} 户", "updated {count} households from a ledger"),
        ("undo", "撤销了第 {of} 号业务", "undid act {of}"),
        ("redo", "恢复了第 {of} 号业务", "restored act {of}"),
    )
}  # fmt: skip


def whose(household: int | None, person: int | None) -> str:
    """A household or person as sentences in either language name them."""
    return f"户#{household}" if person is None else f"人#{person}"


def said(act: Act) -> Told:
    """An act as a sentence, in Chinese and in English, with the day, by the clock of the offices, on which it was recorded."""
    values = {"household": None, "person": None, "area": "", "count": 1, "digest": "", **act.params}
    zh, en = sentences(Actor(act.official, act.name, act.post, Scope.nothing()), ACTS[act.kind], act.why, values)
    day = day_of(act.recorded_at).isoformat()
    return Told(f"{day} {zh}", f"{day} {en}")


def deed(act: Act) -> tuple[str, str]:
    """What the act did, in Chinese and in English, without who did it and when."""
    return deed_of(act.kind, act.params)


def deed_of(kind: str, params: Mapping[str, object]) -> tuple[str, str]:
    """The same of an act of ``kind`` with the parameters of its sentence."""
    values = {"household": None, "person": None, "area": "", "count": 1, "digest": "", **params}
    verb = ACTS[kind]
    return verb.zh.format_map(values), verb.en.format_map(values)
