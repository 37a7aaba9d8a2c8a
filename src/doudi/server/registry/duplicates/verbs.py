"""What is said of looking for double records and of deciding on them. Nobody is named: people and pairs are said by their keys."""

from __future__ import annotations

from doudi.server.audit.verbs import Verb

SWEPT = Verb(
    "duplicates.sweep",
    "查找重复档案：比对了 {count} 人，为比对在内存中解开了 {opened} 个证件号码，新提出 {raised} 对，重新提出 {reopened} 对，结案 {closed} 对，"
    "因同组人数过多未比对 {left_out} 对",
    "searched for double records: compared {count} people, opened {opened} identity numbers in memory to do so, raised {raised} pairs, raised "
    "{reopened} again, closed {closed}, and left {left_out} uncompared because too many shared a block",
)
ASKED = Verb(
    "duplicates.on-entry", "录入时查重，提示了 {count} 人，其中辖区外 {outside} 人", "looked for doubles on entry and was shown {count}, {outside} of them elsewhere"
)  # fmt: skip
LISTED = Verb(
    "duplicates.list",
    "查看了疑似重复名单，显示了 {count} 对",
    "looked at suspected doubles and was shown {count} pairs",
)
SEEN = Verb("duplicates.see", "查看了第 {pair} 号疑似重复", "looked at pair {pair} of suspected doubles")
SAME = Verb(
    "duplicates.same",
    "认定第 {pair} 号疑似重复是同一人（人#{person}、人#{other}）",
    "found pair {pair} to be one person (people {person} and {other})",
)
DIFFERENT = Verb(
    "duplicates.different", "认定第 {pair} 号疑似重复是两个人（人#{person}、人#{other}）", "found pair {pair} to be two people ({person} and {other})"
)  # fmt: skip
UNDECIDED = Verb(
    "duplicates.undecided", "撤销了对第 {pair} 号疑似重复的认定（原为{before}）", "took back the decision on pair {pair} (it was {before})"
)  # fmt: skip
RECHECKED = Verb(
    "duplicates.recheck",
    "更正后重新比对，结案 {count} 对疑似重复",
    "compared again after a correction and closed {count} suspected doubles",
)
