"""What actions take and selectors give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from doudi.server.accounts.roles import Role


@dataclass(frozen=True)
class PostView:
    """``said`` is the post as one says it: 大化瑶族自治县岩滩镇 乡镇审核岗."""

    id: int
    official: int
    role: Role
    area: str
    said: str
    since: date
    until: date | None

    def holds(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on < self.until)


@dataclass(frozen=True)
class OfficialView:
    """``posts`` are all, the latest first; ``codes`` says whether one-time codes are set up."""

    id: int
    username: str
    name: str
    area: str
    active: bool
    temporary: bool
    codes: bool
    locked: bool
    posts: tuple[PostView, ...]


@dataclass(frozen=True)
class RelativeView:
    """``shown`` is the id number masked."""

    id: int
    official: int
    name: str
    relation: str
    shown: str


@dataclass(frozen=True)
class RelativeMatch:
    """An official who has declared a relative with this blind index, or is that person (``relation`` 本人)."""

    blind: bytes
    official: int
    name: str
    relation: str


@dataclass(frozen=True)
class SignedIn:
    """``next`` is what is to be asked: password (it was set by somebody else), enrol, code, or nothing more (empty)."""

    official: int
    name: str
    next: str


@dataclass(frozen=True)
class Enrolment:
    """Shown once. ``secret`` is to be typed into an authenticator app, or ``uri`` shown to it as a square code."""

    secret: str
    uri: str


@dataclass(frozen=True)
class TokenView:
    """A token as its owner and who looks after the account see it. ``said`` is the post as one says it; ``permissions`` None: all of the post;
    no ``areas``: all of the post; ``ends``: the token's last characters."""

    id: int
    official: int
    post: int
    said: str
    name: str
    ends: str
    permissions: tuple[str, ...] | None
    areas: tuple[str, ...]
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None

    def state(self, at: datetime) -> str:
        """live, expired or revoked."""
        if self.revoked_at is not None:
            return "revoked"
        return "live" if at < self.expires_at else "expired"


@dataclass(frozen=True)
class NewToken:
    """``secret`` is what the program shows; it is told this once and kept nowhere. Empty where the same request had made the token before."""

    token: TokenView
    secret: str
