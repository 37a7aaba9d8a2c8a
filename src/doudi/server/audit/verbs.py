"""What is said of an act. Each app keeps its verbs in a ``verbs.py`` of its own; those of this app stand below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter

from doudi.server.lib.actor import Actor


@dataclass(frozen=True)
class Verb:
    """What was done to whom, as templates over the parameters: ``Verb("registry.move", "把{household}号家庭户迁到{to}", "moved household
    {household} to {to}")``.

    Beside the parameters a template may use ``household``, ``person``, ``area``, ``count`` and ``digest``. The Chinese follows the name of who
    acts, and so does the English, in the past tense; neither ends in a full stop. Households and people are named by their surrogate keys.
    ``words``: parameter -> its English word -> what the Chinese says for it; any other value stands in both as it is.
    """

    code: str
    zh: str
    en: str
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        if self.wants(self.zh) != self.wants(self.en):
            raise ValueError(f"the Chinese and the English of {self.code} do not use the same parameters")

    def chinese(self, values: Mapping[str, object]) -> dict[str, object]:
        """The parameters as the Chinese sentence says them."""
        said = {name: words.get(str(values.get(name)), values.get(name)) for name, words in self.words.items()}
        return {**values, **{name: word for name, word in said.items() if name in values}}

    @staticmethod
    def wants(template: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def sentences(by: Actor, verb: Verb, why: str, values: Mapping[str, object]) -> tuple[str, str]:
    """Who, in what post, did what, to whom, why, from where; in Chinese and in English. Raises KeyError for a parameter not given."""
    zh_post = f"（{by.post}）" if by.post and by.post != by.name else ""
    en_post = f" ({by.post})" if zh_post else ""
    zh_from, en_from = (f"（来自 {by.address}）", f", from {by.address}") if by.address else ("", "")
    zh_why, en_why = (f"，理由：{why}", f", because: {why}") if why else ("", "")
    zh = f"{by.name}{zh_post}{verb.zh.format_map(verb.chinese(values))}{zh_why}{zh_from}。"
    return zh, f"{by.name}{en_post} {verb.en.format_map(values)}{en_why}{en_from}."


SEARCHED = Verb("audit.search", "查阅了操作记录（{filters}）", "searched the record of acts ({filters})")
RESTORED = Verb(
    "audit.restored", "从备份恢复了数据库，操作记录从第 {kept} 条接续", "restored the database from a backup; the record goes on after entry {kept}"
)  # fmt: skip
BEGUN = Verb(
    "audit.begun",
    "开始了一份新的操作记录，锚点文件从此改记这一份",
    "began a new record; the anchors are from now on those of this one",
)
KEY_ADDED = Verb("keys.added", "启用了 {key}.key", "took {key}.key into use")
KEY_RETIRED = Verb(
    "keys.retired", "停用了 {key}.key：已没有用它加密的值", "retired {key}.key: no value is sealed with it any more"
)
ROTATED = Verb(
    "keys.rotated",
    "把 {field} 的 {count} 个值改用 {key}.key 加密",
    "re-sealed {count} values of {field} with {key}.key",
)
