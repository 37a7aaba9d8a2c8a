"""Resident identity numbers, as the workbooks read them: one reading for both."""

from __future__ import annotations

import re
from datetime import date

from doudi.screening.workbook.idnumber import BadIdNumber, IdNumber, check_character, parse
from doudi.server.lib.refusals import Refused

__all__ = ["BadIdNumber", "IdNumber", "check_character", "eighteen", "fifteen", "read", "sex"]

_SAID = {
    "id-length": ("身份证号应是 18 位（或旧的 15 位），现在是 {n} 位。", "An id number has 18 characters (or the old 15); this has {n}."),
    "id-characters": ("身份证号只能是数字，最后一位可以是 X。", "An id number is digits; only its last character may be X."),
    "id-birth": ("身份证号里的出生日期不存在。", "The birth date within the id number does not exist."),
    "id-future": ("身份证号里的出生日期晚于 {latest}。", "The birth date within the id number is after {latest}."),
    "id-checksum": ("身份证号的校验位不对，至少有一位写错了。", "The id number's check character does not fit: at least one digit is wrong."),
}  # fmt: skip


def read(text: str, *, on: date) -> IdNumber:
    """The number, of somebody born on ``on`` or before; fifteen digits become eighteen. Raises Refused, without the number in it."""
    try:
        return parse(text, on)
    except BadIdNumber as bad:
        zh, en = _SAID[bad.code]
        raise Refused(bad.code, zh.format(**bad.args_said), en.format(**bad.args_said), field="id") from None


def sex(number: IdNumber) -> str:
    return "男" if number.male else "女"


def eighteen(number: str) -> str | None:
    """The eighteen characters of a number of fifteen digits (a birth in the 1900s); None for anything else."""
    if not re.fullmatch(r"[0-9]{15}", number):
        return None
    first = number[:6] + "19" + number[6:]
    try:
        date(int(first[6:10]), int(first[10:12]), int(first[12:14]))
    except ValueError:
        return None
    return first + check_character(first)


def fifteen(number: str) -> str | None:
    """The old form of a number of eighteen characters; None where its owner was born in this century and never had one."""
    return number[:6] + number[8:17] if len(number) == 18 and number[6:8] == "19" else None
