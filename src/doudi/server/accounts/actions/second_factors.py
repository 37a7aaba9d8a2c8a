"""One-time codes: set up, confirmed, asked for, taken away by an administrator where the telephone is lost."""

from __future__ import annotations

from datetime import date, datetime

import django_otp
from django.db import transaction
from django.http import HttpRequest

from doudi.server.accounts import codes, verbs
from doudi.server.accounts.access import mastered
from doudi.server.accounts.actions.tokens import revoke_token
from doudi.server.accounts.models import Official, SecondFactor, Token
from doudi.server.accounts.shapes import Enrolment
from doudi.server.audit.actions import record
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import NotAllowed, Refused


def enrol(*, by: Actor) -> Enrolment:
    """Begins to set up codes for oneself; what is shown is shown this once, and asked for again it is another. Refused where codes are set up
    already: an administrator takes them away first.
    """
    with transaction.atomic():
        official = Official.objects.select_for_update().filter(pk=by.official or 0, is_active=True).first()
        if official is None:
            raise _nobody()
        if SecondFactor.objects.filter(user=official, confirmed=True).exists():
            raise Refused(
                "enrolled-already",
                "已经绑定了动态码；手机遗失或更换时，请管理员先解除绑定。",
                "One-time codes are set up already; where the telephone was lost or changed, an administrator takes them away first.",
            )
        secret = codes.new_secret()
        SecondFactor.objects.filter(user=official).delete()
        SecondFactor.objects.create(
            user=official, name="TOTP", confirmed=False, cipher=codes.sealed(secret), made_at=now()
        )
        record(by, verbs.ENROLLING)
        return Enrolment(secret, codes.uri(official.username, secret))


def confirm(*, by: Actor, code: str, at: datetime | None = None, request: HttpRequest | None = None) -> None:
    """Ends setting up, with a first right code; with ``request`` its session then has a second factor, and no other code need be waited for."""
    device = _taken(by, code, at or now(), confirmed=False)
    if request is not None:
        django_otp.login(request, device)


def give_code(*, by: Actor, code: str, at: datetime | None = None, request: HttpRequest | None = None) -> None:
    """A code at sign-in; with ``request`` its session is from now on one with a second factor. Raises NotAllowed for a wrong or used code, and
    before the wait after wrong ones is over.
    """
    device = _taken(by, code, at or now(), confirmed=True)
    if request is not None:
        django_otp.login(request, device)


def reset_second_factor(*, by: Actor, official: int, on: date, why: str) -> None:
    """Takes the codes away: at the next sign-in they are to be set up anew. Sessions that had a second factor have none any more,
    and tokens made in such a session are revoked: whoever holds the lost telephone may have made one."""
    with transaction.atomic():
        row = mastered(by, official, on)
        if SecondFactor.objects.filter(user=row).delete()[0]:
            record(by, verbs.FACTOR_RESET, area=row.area, why=why, account=verbs.account(row.pk))
        for token in Token.objects.filter(official=row, second_factor=True, revoked_at=None).values_list(
            "pk", flat=True
        ):
            revoke_token(by=by, token=token, why=why)


def _taken(by: Actor, code: str, at: datetime, *, confirmed: bool) -> SecondFactor:
    # A wrong code is counted and recorded, so the transaction ends well before the refusal is raised.
    refusal: Refused | None = None
    with transaction.atomic():
        device: SecondFactor | None = (
            SecondFactor.objects.select_for_update().filter(user_id=by.official, confirmed=confirmed).first()
        )
        if device is None:
            raise _nobody() if by.official is None else Refused(
                "not-enrolled", "还没有绑定动态码，请先绑定。", "One-time codes are not set up yet; set them up first."
            )  # fmt: skip
        wait = device.wait_until()
        if wait is not None:
            seconds = max(int((wait - now()).total_seconds()) + 1, 1)
            refusal = NotAllowed(
                "wait",
                f"动态码输错后需稍等，请 {seconds} 秒后再试。",
                f"After a wrong code there is a wait; try again in {seconds} seconds.",
            )
        elif codes.take(device, code, at):
            if not confirmed:
                device.confirmed = True
                device.save(update_fields=["confirmed"])
            record(by, verbs.CODE_TAKEN if confirmed else verbs.ENROLLED)
        else:
            record(by, verbs.CODE_FAILED)
            refusal = NotAllowed(
                "wrong-code",
                "动态码不对或已经用过，请等手机上换了下一个码再输入；一直不对请检查手机时间。",
                "The code is wrong or was used already; wait for the next one. Where it never fits, look at the telephone's clock.",
            )
    if refusal is not None:
        raise refusal
    return device


def _nobody() -> NotAllowed:
    return NotAllowed("not-signed-in", "请先登录。", "Sign in first.")
