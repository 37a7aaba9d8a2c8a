"""The same few officials in every test.

Two counties of one prefecture, with townships and villages::

    4512 河池市
      451229 大化瑶族自治县        CONFIRMING  FINANCE  POLICY  SUPERVISOR  AUDITOR  ADMINISTRATOR
        451229101 大化镇           OTHER_TOWN (clerk)
        451229103 岩滩镇           CLERK  REVIEWER  OBSERVER
          451229103201 第1村       VILLAGE
          451229103202 第2村
      451228 都安瑶族自治县        OTHER_COUNTY (confirming)
        451228101 安阳镇
    45 广西                        PROVINCE (policy)

As plain values they need no database: ``by=CLERK``. ``settled`` enters the divisions, opens an account for each and gives each the post, all
through actions, and gives back the officials as they then act (with accounts' ids of their own).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from doudi.server.accounts.roles import roles
from doudi.server.lib.actor import Actor, system
from doudi.server.lib.scope import Scope

PROVINCE_CODE, PREFECTURE = "45", "4512"
COUNTY, OTHER_COUNTY_CODE = "451229", "451228"
TOWN, OTHER_TOWN_CODE, FAR_TOWN = "451229103", "451229101", "451228101"
VILLAGE_CODE, NEXT_VILLAGE, OTHER_VILLAGE, FAR_VILLAGE = "451229103201", "451229103202", "451229101201", "451228101201"
NAMES = {
    PROVINCE_CODE: "广西壮族自治区", PREFECTURE: "河池市", COUNTY: "大化瑶族自治县", OTHER_COUNTY_CODE: "都安瑶族自治县", TOWN: "岩滩镇",
    OTHER_TOWN_CODE: "大化镇", FAR_TOWN: "安阳镇", VILLAGE_CODE: "第1村", NEXT_VILLAGE: "第2村", OTHER_VILLAGE: "第1村", FAR_VILLAGE: "第1村",
}  # fmt: skip


def actor(role: str, *areas: str, official: int = 1, name: str = "测试员") -> Actor:
    """An official who holds ``role`` over ``areas``; none is the whole country."""
    what = roles().roles[role]
    where = "、".join(NAMES.get(area, area) for area in areas if area)
    scope = Scope.of(areas) if areas else Scope.everything()
    return Actor(official, name, f"{where} {what.zh}".strip(), scope, what.permissions, "192.0.2.1", role)


SYSTEM = system("test")
VILLAGE = actor("village", VILLAGE_CODE, official=101, name="韦村")
NO_SCREENINGS = replace(VILLAGE, may=VILLAGE.may - {"screening.read"}, role="")
"""As a program with a token for less than its post may do."""
CLERK = actor("clerk", TOWN, official=102, name="黄窗")
REVIEWER = actor("reviewer", TOWN, official=103, name="覃审")
OBSERVER = actor("observer", TOWN, official=104, name="陆监")
OTHER_TOWN = actor("clerk", OTHER_TOWN_CODE, official=105, name="蓝窗")
CONFIRMING = actor("confirming", COUNTY, official=106, name="蒙确")
OTHER_COUNTY = actor("confirming", OTHER_COUNTY_CODE, official=107, name="潘确")
FINANCE = actor("finance", COUNTY, official=108, name="唐财")
POLICY = actor("policy", COUNTY, official=109, name="罗策")
PROVINCE = actor("policy", PROVINCE_CODE, official=110, name="周策")
SUPERVISOR = actor("supervisor", COUNTY, official=111, name="吴督")
AUDITOR = actor("auditor", COUNTY, official=112, name="何审")
ADMINISTRATOR = actor("administrator", COUNTY, official=113, name="梁管")
PARTNER = actor("partner", COUNTY, official=114, name="爱心社")
DEPARTMENT = actor("department", COUNTY, official=115, name="住建局")
NOBODY = Actor(None, "无名", "", Scope.nothing())
EVERYBODY = (
    VILLAGE, CLERK, REVIEWER, OBSERVER, OTHER_TOWN, CONFIRMING, OTHER_COUNTY, FINANCE, POLICY, PROVINCE, SUPERVISOR, AUDITOR, ADMINISTRATOR,
    PARTNER, DEPARTMENT, NOBODY,
)  # fmt: skip


def settled(since: date = date(2000, 1, 1), on: date = date(2024, 7, 1)) -> dict[str, Actor]:
    """The cast in the database, by the names above: ``settled()["CLERK"]``. Posts begin on ``since``; the officials act on ``on``."""
    from django.test import override_settings

    from doudi.server.accounts import actions, selectors
    from doudi.server.areas.actions import ensure
    from doudi.server.areas.shapes import NewDivision

    ensure(SYSTEM, [NewDivision(code, name) for code, name in NAMES.items()], since)
    found: dict[str, Actor] = {}
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        for name, plain in globals().copy().items():
            if isinstance(plain, Actor) and plain.role:
                (area,) = plain.scope.prefixes
                who = actions.make_official(
                    by=SYSTEM, username=name.lower().replace("_", "-"), name=plain.name, password="quiet-river-47-stones", area=area,
                    temporary=False,
                )  # fmt: skip
                post = actions.give_post(by=SYSTEM, official=who, role=plain.role, area=area, since=since)
                found[name] = selectors.actor(who, post, on=on, address=plain.address, second_factor=True)
    return found
