"""Standards on their way into force."""

from __future__ import annotations

from datetime import date

from doudi.server.decisions.models import Repricing
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import system
from doudi.server.lib.moments import now
from doudi.server.policybook.actions import Draft, NewLine, draft
from tests.server.cast import COUNTY, OTHER_COUNTY_CODE, actor
from tests.server.web.matrix import Entry
from tests.server.web.world import World

DRAFT = ("standards.draft",)


def seed(world: World) -> None:
    """A draft in each county, and a ledger of back-pay in each."""
    elsewhere = actor("policy", OTHER_COUNTY_CODE, official=world.who["OTHER_COUNTY"].official or 0, name="潘策")
    for name, by, area in (("draft", world.who["POLICY"], COUNTY), ("draft there", elsewhere, OTHER_COUNTY_CODE)):
        line = NewLine("低保标准", area, "农村", "9000 元")
        made = draft(
            by, Draft("农村低保标准", (line,), date(2026, 12, 1), "消费支出测算", "统计局", ("民政局", "财政局"))
        )
        world.ids[name] = made.id
    with acting(system("test")):
        for name, area in (("ledger", COUNTY), ("ledger there", OTHER_COUNTY_CODE)):
            at = now()
            world.ids[name] = Repricing.objects.create(
                area=area, since=date(2024, 7, 1), until=date(2024, 7, 31), policy_before="a", policy_after="b", knowing_before=at,
                knowing_after=at, state="whole", made_at=at,
            ).id  # fmt: skip


ENTRIES = {
    "standards-list": Entry("/standards", ("policy.read",)),
    "standards-new": Entry("/standards/new?standard=低保标准", DRAFT),
    "standards-one": Entry(
        lambda w: f"/standards/{w.ids['draft']}", ("policy.read",), status=(200, 404)
    ),
    "standards-edit": Entry(lambda w: f"/standards/{w.ids['draft']}/edit", DRAFT, status=(200, 404)),
    "standards-approve": Entry("/standards/1/approve", form={}, alone=True),
    "standards-publish": Entry("/standards/1/publish", form={}, alone=True),
    "standards-withdraw": Entry("/standards/1/withdraw", form={}, alone=True),
    "standards-effect": Entry("/standards/1/effect", form={}, alone=True),
    "standards-ledgers": Entry("/standards/ledgers", ("screening.read",)),
    "standards-ledger": Entry(lambda w: f"/standards/ledger/{w.ids['ledger']}", ("screening.read",), status=(200, 404)),
}  # fmt: skip
