"""What speaks for one person and what against, in points. Ten points: ten times likelier to be one person than two; below nought, to be two.

Points are whole numbers that a reader can add up. Rare things weigh more: a name that one person in a million bears is worth 60, one that a
hundred bear 40. See docs/algorithms/duplicates.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log10
from typing import Any

THRESHOLD = 80
"""A pair is shown to a person from here on."""
CERTAIN = 160
"""The same identity number alone: always shown."""

UNIQUE = 60
"""A name that nobody else on record bears."""
LEAST = 12
DAY = 44
"""The same birth date: one in some 27,000 days."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of evidence: its sentence in the reader's language, with ``values`` put in."""

    zh: str
    en: str


KINDS: dict[str, Kind] = {
    "id-same": Kind("身份证号相同", "the same identity number"),
    "id-check": Kind("身份证号只有校验位不同", "identity numbers that differ in the check character alone"),
    "id-digit": Kind(
        "身份证号只有第 {place} 位不同", "identity numbers that differ in one digit, the {place}. from the left"
    ),
    "id-swap": Kind(
        "身份证号第 {place}、{next} 位对调", "identity numbers in which the digits {place} and {next} changed places"
    ),
    "id-different": Kind("两个身份证号不同，校验位都对", "two different identity numbers, both with a fitting check character"),
    "id-doubtful": Kind("两个身份证号不同，至少一个校验位不对", "two different identity numbers, of which at least one is wrong"),
    "name-same": Kind("姓名相同（登记在册同名 {count} 人）", "the same name (borne by {count} on record)"),
    "name-sound": Kind("姓名同音（同音 {count} 人）", "names that are read alike (by {count} on record)"),
    "name-near": Kind("姓名近音（近音 {count} 人）", "names that sound alike with an accent (by {count} on record)"),
    "name-shape": Kind("姓名形近（形近 {count} 人）", "names that look alike (by {count} on record)"),
    "name-mixed": Kind("姓名有同音字也有形近字", "names with characters that sound alike and others that look alike"),
    "name-order": Kind("姓名用字相同，次序不同", "the same characters in another order"),
    "name-part": Kind("姓名只差多一个字", "names of which one has a character more"),
    "name-one": Kind("姓名有一个字不同，音形都不近", "names with one character that is another, alike in neither sound nor shape"),
    "name-given": Kind("名相同，姓不同", "the same given name, another surname"),
    "name-surname": Kind("只有姓相同", "only the surname is shared"),
    "name-different": Kind("姓名不同", "different names"),
    "born-same": Kind("出生日期相同", "the same birth date"),
    "born-common": Kind("出生日期相同，但这一天登记的人特别多（{count} 人）", "the same birth date, but one on which many are recorded ({count})"),
    "born-month-day": Kind("出生日期的月和日对调", "birth dates with month and day changed places"),
    "born-farmers": Kind("一个出生日期是另一个的农历日期", "one birth date is the other by the farmers' calendar"),
    "born-swap": Kind("出生日期有相邻两位数字对调（{parts}）", "birth dates in which two neighbouring digits changed places ({parts})"),
    "born-digit": Kind("出生日期只有一位数字不同（{parts}）", "birth dates that differ in one digit ({parts})"),
    "born-month": Kind("出生年月相同，其中一个只写到月", "born in the same month, of which one has no day"),
    "born-year": Kind("出生年份相同，其中一个只写到年", "born in the same year, of which one has no month and day"),
    "born-near": Kind("出生年月相同，日不同", "born in the same month, on another day"),
    "born-different": Kind("出生日期不同", "different birth dates"),
    "sex-same": Kind("性别相同", "the same sex"),
    "sex-different": Kind("性别不同", "different sexes"),
    "place-village": Kind("同一个村（社区）", "the same village"),
    "place-township": Kind("同一个乡镇（街道）", "the same township"),
    "place-county": Kind("同一个县（区）", "the same county"),
    "place-elsewhere": Kind("不同的县（区）", "different counties"),
    "contact-same": Kind("电话或卡号相同", "the same phone or card"),
    "household-same": Kind("同时登记在一户里", "both on record in one household at once"),
    "twins": Kind("同一户、同一天出生、姓同名不同：像是双胞胎", "one household, one birth date, one surname, another given name: likely twins"),
    "siblings": Kind("姓同、名只差一字：可能是双胞胎或同辈", "one surname, given names that differ in one character: may be twins, siblings or kin"),
}  # fmt: skip

FLAT = {
    "id-same": CERTAIN, "id-check": 120, "id-different": -45, "id-doubtful": -20,
    "name-mixed": 35, "name-order": 38, "name-part": 14, "name-one": 10, "name-given": 0, "name-surname": -20, "name-different": -40,
    "born-month-day": 36, "born-farmers": 34, "born-swap": 30, "born-digit": 26, "born-month": 24, "born-year": 12, "born-near": 5,
    "born-different": -25,
    "sex-same": 3, "sex-different": -15,
    "place-village": 24, "place-township": 15, "place-county": 4, "place-elsewhere": -4,
    "contact-same": 20, "household-same": -10, "twins": -40, "siblings": -12,
}  # fmt: skip
"""Points that do not depend on how many others there are."""
SLIP = {"name-same": 0, "name-sound": 5, "name-near": 8, "name-shape": 5}
"""Taken from a name's points for the slip itself."""
ID_SLIP = {"wrong": 20, "place": 12, "sequence": 5}
"""Identity numbers one slip apart: one of them does not check; both do and the slip is in area or birth date; both do and it is in the sequence,
where neighbours born on one day lie."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """``code`` of KINDS, its points, and values that identify nobody."""

    code: str
    points: int
    values: tuple[tuple[str, int | str], ...] = ()

    def stored(self) -> dict[str, Any]:
        return {"code": self.code, "points": self.points, **({"values": dict(self.values)} if self.values else {})}


def sentence(stored: dict[str, Any], language: str) -> str:
    """A stored piece of evidence as it is said: language zh or en."""
    kind = KINDS.get(str(stored.get("code")))
    if kind is None:
        return str(stored.get("code"))
    values = dict(stored.get("values", {}))
    if "parts" in values:
        words = {"y": ("年", "year"), "m": ("月", "month"), "d": ("日", "day")}
        said = [words[p][language != "zh"] for p in str(values["parts"]) if p in words]
        values["parts"] = ("、" if language == "zh" else ", ").join(said)
    return (kind.zh if language == "zh" else kind.en).format(**values)


def rarity(count: int) -> int:
    """Points of something that ``count`` people on record share, the one at hand among them."""
    return max(LEAST, round(UNIQUE - 10 * log10(max(count, 1))))


def day_rarity(count: int) -> int:
    """Points of a birth date that ``count`` people on record share: the usual ones, fewer where it is a date that many are given."""
    points = rarity(count)
    return DAY if points >= DAY - 5 else points
