"""What a password must be, and making one."""

from __future__ import annotations

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import override

from doudi.server.accounts.models import Official
from doudi.server.lib.refusals import Refused

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
"""None that could be taken for another when read from paper."""
LONGEST = 128


def checked(password: str, official: Official) -> str:
    """The password, when it may be used. Raises Refused saying every rule that it breaks."""
    said = []
    for language in ("zh-hans", "en"):
        with override(language):
            try:
                validate_password(password, official)
                messages = []
            except ValidationError as error:
                messages = list(error.messages)
        said.append(messages)
    if len(password) > LONGEST:
        said[0].append(f"密码最长 {LONGEST} 个字符。")
        said[1].append(f"A password has at most {LONGEST} characters.")
    if official.password and official.check_password(password):
        said[0].append("新密码不能和现在的相同。")
        said[1].append("The new password must differ from the present one.")
    if said[0]:
        raise Refused("bad-password", "".join(said[0]), " ".join(said[1]), field="password")
    return password


def generated() -> str:
    """80 bits, in groups of four, to be read from paper and changed at once."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
