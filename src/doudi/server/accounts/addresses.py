"""Where a request came from."""

from __future__ import annotations

from ipaddress import ip_address

from django.http import HttpRequest


def address_of(request: HttpRequest) -> str | None:
    """The client's address; None where it cannot be told. A proxy on this very machine is believed, and no other: anybody can write the header."""
    direct = str(request.META.get("REMOTE_ADDR", ""))
    if not direct or _proper(direct) in ("127.0.0.1", "::1"):
        forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")[-1].strip()
        return _proper(forwarded) or _proper(direct)
    return _proper(direct)


def unnamed(*_: object) -> str:
    """What the library for lock-out may write into logs of who tried to sign in: nothing."""
    return "a client"


def _proper(text: str) -> str | None:
    try:
        return str(ip_address(text))
    except ValueError:
        return None
