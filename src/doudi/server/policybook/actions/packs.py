"""Packs: kept as they are read, and put in force from a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction

from doudi.packs import load
from doudi.rules import Faults
from doudi.server.audit.actions import record
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import NotAllowed, Refused
from doudi.server.policybook import texts, verbs
from doudi.server.policybook.models import Edition, InForce
from doudi.server.policybook.policy import Policy, text_of
from doudi.server.policybook.selectors import policies
from doudi.server.policybook.selectors.proposals import edition_view
from doudi.server.policybook.shapes import EditionView


def install(by: Actor, what: str | Path, *, origin: str = "") -> EditionView:
    """Keeps a pack, by name or folder, with all its parents, file by file. The same files again give the same edition.

    ``origin`` says where it came from; empty: ``what``. Raises NotAllowed; Faults where anything in the pack is wrong.
    """
    by.require("operations.manage")
    # Loaded again from what is kept of it: so what is kept is whole, whatever happened to the folder in between.
    policy = policies.hold(texts.loaded(text_of(load(what))))
    with transaction.atomic():
        edition = _installed(by, policy, origin or str(what))
    return edition_view(edition)


def put_in_force(by: Actor, digest: str, *, since: date | None, why: str = "") -> EditionView:
    """The kept pack ``digest`` decides from ``since`` on (empty: from ever). Saying the same again does nothing.

    Raises NotAllowed where the pack's area is not the officer's; NotFound; Refused where published standards do not fit it.
    """
    by.require("standards.publish")
    policy = policies.policy_of(digest)
    area = area_code(policy)
    if not by.scope.covers(area):
        raise NotAllowed(
            "outside",
            f"规则包“{policy.pack.name}”施行于{area or '全国'}，不归“{by.post or by.name}”决定。",
            f"The pack “{policy.pack.name}” is for {area or 'the country'}: the post “{by.post or by.name}” does not decide on it.",
        )
    with transaction.atomic():
        edition = Edition.objects.get(digest=digest)
        if edition.base:
            raise Refused(
                "not-a-pack",
                f"“{edition.name}”是规则包加本地标准，不能单独施行；请用它下面的规则包。",
                f"“{edition.name}” is a pack with standards laid over it; put the pack below it in force.",
            )
        lock()
        last = InForce.objects.filter(since=since).order_by("id").last()
        if last is None or last.edition_id != edition.id:
            begin(by, edition, since, why)
            try:
                keep_current(by)
            except Faults as error:
                first = error.faults[0]
                raise Refused(
                    "does-not-fit",
                    f"已公布的标准与规则包“{edition.name}”不合：{first.zh}；请先改规则包，或撤回那些标准。",
                    f"Published standards do not fit the pack “{edition.name}”: {first.en}. Change the pack, or withdraw them, first.",
                ) from None
            record(
                by, verbs.IN_FORCE, area=area, why=why, digest=digest, name=edition.name,
                since=since.isoformat() if since else "最初",
            )  # fmt: skip
    return edition_view(edition)


def ensure(by: Actor) -> EditionView:
    """At start, before a run, before a publication: where no pack was ever put in force, that of the settings is, from ever."""
    first = InForce.objects.select_related("edition").order_by("id").first()
    if first is not None:
        return edition_view(first.edition)
    with transaction.atomic():
        what = str(settings.ENVIRONMENT.pack)
        edition = _installed(by, policies.of_settings(what), what)
        if not InForce.objects.exists():
            begin(by, edition, None, "")
            record(by, verbs.IN_FORCE, digest=edition.digest, name=edition.name, since="最初")
    return edition_view(edition)


def keep(by: Actor, policy: Policy) -> None:
    """Keeps the text of a policy, so that what it decides can be decided again: before a run, once. It is no act: nothing changes by it."""
    if not Edition.objects.filter(digest=policy.digest).exists():
        with transaction.atomic():
            texts.keep(by, policy)


def keep_current(by: Actor) -> None:
    """Keeps every text that is or will be in force, with what is published now."""
    days = [since or date.min for since in InForce.objects.values_list("since", flat=True)]
    for day in days:
        policy, base = policies.policy(day), policies.base_on(day)
        if policy.digest != base.digest:
            texts.keep(by, policy)


def lock() -> None:
    """Until the transaction ends nobody else changes what is in force."""
    list(InForce.objects.select_for_update().order_by("id").values_list("id", flat=True))


def begin(by: Actor, edition: Edition, since: date | None, why: str) -> None:
    InForce.objects.create(edition=edition, since=since, why=why, made_at=now(), official=by.official, by_name=by.name)


def area_code(policy: Policy) -> str:
    """The division that a pack is for, as a prefix; empty: the country, or a set of divisions across it."""
    code = max(policy.pack.info.area, 0)
    whole = f"{code:012d}"
    return next((whole[:n] for n in (2, 4, 6, 9, 12) if code and not int(whole[n:] or 0)), "")


def _installed(by: Actor, policy: Policy, origin: str) -> Edition:
    known = Edition.objects.filter(digest=policy.digest).first()
    if known is not None:
        return known
    edition = texts.keep(by, policy, origin=origin)
    record(by, verbs.INSTALLED, digest=edition.digest, name=edition.name, files=len(edition.manifest), origin=origin)
    return edition
