"""A few households in four villages, loaded as one batch::

VILLAGE_CODE   黄家    黄桂花 (head, 1940), 黄小明 (son)           低保 since 2026-02-01
VILLAGE_CODE   单家    单乐 (head, 1975; read shan le or shan yue)
OTHER_VILLAGE  覃家    覃秀英 (head, 1950), 覃小明 (died 2026-03-01)   relocated: other_area VILLAGE_CODE
OTHER_VILLAGE  欧家    欧阳明 (head, 1988)                        高龄 (her mother 黄桂花, of the same name, 1930)
FAR_VILLAGE    韦家    韦小明 (head, 1966)                        残疾人
"""

from __future__ import annotations

from datetime import date
from typing import Any

from doudi.screening.workbook.idnumber import check_character
from doudi.server.areas.actions import ensure
from doudi.server.areas.shapes import NewDivision
from doudi.server.registry import batch as b
from doudi.server.registry.actions.load import load
from doudi.server.registry.batch import Loaded
from tests.server.cast import FAR_VILLAGE, NAMES, OTHER_VILLAGE, SYSTEM, VILLAGE_CODE

ON, DAY = date(2026, 1, 1), date(2026, 11, 1)


def an_id(serial: int, born: str) -> str:
    first = f"990101{born.replace('-', '')}{serial:03d}"
    return first + check_character(first)


PEOPLE = {
    "黄桂花": ("黄桂花", "1940-02-03", "女"), "黄小明": ("黄小明", "1970-05-06", "男"), "单乐": ("单乐", "1975-07-08", "男"),
    "覃秀英": ("覃秀英", "1950-09-10", "女"), "覃小明": ("覃小明", "1972-11-12", "男"), "欧阳明": ("欧阳明", "1988-01-02", "女"),
    "老黄桂花": ("黄桂花", "1930-03-04", "女"), "韦小明": ("韦小明", "1966-05-06", "男"),
}  # fmt: skip
HOMES = {
    "黄家": (VILLAGE_CODE, "", ("黄桂花", "黄小明")), "单家": (VILLAGE_CODE, "", ("单乐",)), "覃家": (OTHER_VILLAGE, VILLAGE_CODE, ("覃秀英", "覃小明")),
    "欧家": (OTHER_VILLAGE, "", ("欧阳明", "老黄桂花")), "韦家": (FAR_VILLAGE, "", ("韦小明",)),
}  # fmt: skip
IDS = {key: an_id(n, PEOPLE[key][1]) for n, key in enumerate(PEOPLE, 1)}
PHONES = {key: f"1990000000{n}" for n, key in enumerate(PEOPLE, 1)}


def settle() -> Loaded:
    """Divisions and people; by the system, so that nobody's areas matter yet."""
    ensure(SYSTEM, [NewDivision(code, name) for code, name in NAMES.items()])
    statements = []
    for key, (_, born, sex) in PEOPLE.items():
        values: dict[str, Any] = {"出生日期": born, "性别": sex, "健在": True}
        if key == "覃小明":
            values |= {"健在": False, "死亡日期": "2026-03-01"}
        statements.append(b.NewStatement("导入", person=key, values=values))
    statements += [
        b.NewStatement("导入", household=home, values={"户籍地": area}) for home, (area, _, _) in HOMES.items()
    ]
    batch = b.Batch(
        people=[b.NewPerson(key, name, {"id": IDS[key], "phone": PHONES[key]}) for key, (name, _, _) in PEOPLE.items()],
        households=[b.NewHousehold(home, area, other, f"{home}地址") for home, (area, other, _) in HOMES.items()],
        memberships=[
            b.NewMembership(home, key, "" if n == 0 else "子女", head=n == 0) for home, (_, _, keys) in HOMES.items() for n, key in enumerate(keys)
        ],
        statements=statements,
        enrolments=[
            b.NewEnrolment("低保", household="黄家", since=date(2026, 2, 1), details={"批次": 3}),
            b.NewEnrolment("高龄", person="老黄桂花"),
            b.NewEnrolment("残疾人", person="韦小明", until=date(2026, 12, 1)),
        ],
    )  # fmt: skip
    return load(by=SYSTEM, batch=batch, on=ON)
