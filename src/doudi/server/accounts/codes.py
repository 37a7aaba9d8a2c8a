"""One-time codes by time: six digits every thirty seconds, one step early or late allowed, none twice."""

from __future__ import annotations

import hmac
import secrets
from base64 import b32decode, b32encode
from datetime import datetime
from unicodedata import normalize
from urllib.parse import quote, urlencode

from django_otp.oath import hotp

from doudi.server.accounts.models import SecondFactor
from doudi.server.lib.sealed import seal, unseal

STEP, DIGITS, TOLERANCE = 30, 6, 1
ISSUER = "Doudi"
TABLE, FIELD = "accounts_secondfactor", "cipher"


def new_secret() -> str:
    """160 bits, as authenticator apps take them typed."""
    return b32encode(secrets.token_bytes(20)).decode()


def sealed(secret: str) -> bytes:
    return seal(secret, table=TABLE, field=FIELD)


def uri(username: str, secret: str) -> str:
    """What authenticator apps read as a square code."""
    query = urlencode({"secret": secret, "issuer": ISSUER, "algorithm": "SHA1", "digits": DIGITS, "period": STEP})
    return f"otpauth://totp/{quote(f'{ISSUER}:{username}')}?{query}"


def code_at(secret: str, at: datetime) -> str:
    """The code that an authenticator shows at that moment."""
    return _code(secret, _step(at))


def take(device: SecondFactor, code: str, at: datetime) -> bool:
    """Whether ``code`` is right, and not used before. Stores what came of it: the caller holds the row's lock, and its transaction must not be
    rolled back where the answer is no, for that is what the wait after wrong codes counts by.
    """
    if not device.verify_is_allowed()[0]:
        return False
    said = normalize("NFKC", code).replace(" ", "")
    secret = unseal(bytes(device.cipher), table=TABLE, field=FIELD)
    now = _step(at)
    for step in range(now - TOLERANCE, now + TOLERANCE + 1):
        if step > device.last and said.isascii() and hmac.compare_digest(_code(secret, step), said):
            device.last = step
            device.throttle_reset(commit=False)
            device.save()
            return True
    device.throttle_increment()
    return False


def _step(at: datetime) -> int:
    return int(at.timestamp()) // STEP


def _code(secret: str, step: int) -> str:
    return f"{hotp(b32decode(secret), step, DIGITS):0{DIGITS}d}"
