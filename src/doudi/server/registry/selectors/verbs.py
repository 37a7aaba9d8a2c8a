"""What is said of showing personal data. Nobody is named: households and people are said by their surrogate keys."""

from __future__ import annotations

from doudi.server.audit.verbs import Verb

HOUSEHOLD_SEEN = Verb("registry.see-household", "查看了{household}号家庭户", "looked at household {household}")
PERSON_SEEN = Verb("registry.see-person", "查看了{person}号人员", "looked at person {person}")
FACTS_SEEN = Verb(
    "registry.see-facts", "查看了{household}号家庭户的指标", "looked at the facts of household {household}"
)
TIMELINE_SEEN = Verb("registry.see-timeline", "查看了{whose}的经过", "looked at what happened to {whose}")
FOUND = Verb(
    "registry.find", "查找人员（按{how}），显示了 {count} 人", "searched for people by {how} and was shown {count}",
    {"how": {"name": "姓名", "number": "号码", "place and name": "地名和姓名"}},
)  # fmt: skip
LISTED = Verb(
    "registry.list", "查看了{what}名单，显示了 {count} 条", "looked at a list of {what} and was shown {count}",
    {"what": {"households": "家庭", "people": "人员"}},
)  # fmt: skip
IN_BULK = Verb(
    "registry.read-in-bulk",
    "批量读取了 {count} 户的指标，用于{purpose}",
    "read the facts of {count} households for {purpose}",
)
