"""What a password must be, and making one."""

from __future__ import annotations

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from doudi.server.accounts.models import Official
from doudi.server.lib.refusals import Refused

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
"""None that could be taken for another when read from paper."""
LONGEST = 128
_SAID = {
    "password_too_short": ("密码至少 12 个字符。", "A password has at least 12 characters."),
    "password_too_common": ("这个密码太常见，容易被猜到。", "This password is too common and easily guessed."),
    "password_entirely_numeric": ("密码不能全是数字。", "A password cannot be digits alone."),
    "password_too_similar": ("密码和账号太相似。", "The password is too similar to the username."),
}
"""The rules of settings.AUTH_PASSWORD_VALIDATORS, by the codes of their errors."""


def checked(password: str, official: Official) -> str:
    """The password, when it may be used. Raises Refused saying every rule that it breaks."""
    try:
        validate_password(password, official)
        said = []
    except ValidationError as error:
        said = [_SAID[e.code or ""] for e in error.error_list]
    if len(password) > LONGEST:
        said.append((f"密码最长 {LONGEST} 个字符。", f"A password has at most {LONGEST} characters."))
    if official.password and official.check_password(password):
        said.append(("新密码不能和现在的相同。", "The new password must differ from the present one."))
    if said:
        raise Refused("bad-password", "".join(zh for zh, _ in said), " ".join(en for _, en in said), field="password")
    return password


def generated() -> str:
    """80 bits, in groups of four, to be read from paper and changed at once."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
