"""A token never reaches further than its post, nor than it was narrowed to: every operation, every role, here and elsewhere."""

from __future__ import annotations

import json

import pytest

from doudi.server.api.schema import document
from doudi.server.lib.actor import Actor
from tests.server.api.conftest import Office, Program
from tests.server.cast import COUNTY, NEXT_VILLAGE, OTHER_COUNTY_CODE, VILLAGE_CODE

WHY = {"why": "试"}
SAID = {"source": "申报", "on": "2024-07-02", "values": {"城乡": "农村"}}
NEEDS: dict[str, tuple[str, tuple[str, ...], str, object]] = {
    # operation: (path of something here or elsewhere, permissions of which all are needed, what is posted)
    "read-household": ("households/{home}", ("registry.read",), "home", None),
    "household-facts": ("households/{home}/facts", ("registry.read",), "home", None),
    "household-timeline": ("households/{home}/timeline", ("registry.read",), "home", None),
    "decide-household": ("households/{home}/decision", ("registry.read", "decisions.read"), "home", None),
    "why": ("households/{home}/decision/低保", ("registry.read", "decisions.read"), "home", None),
    "read-person": ("people/{person}", ("registry.read",), "home", None),
    "person-timeline": ("people/{person}/timeline", ("registry.read",), "home", None),
    "read-item": ("lists/items/{item}", ("screening.read",), "home", None),
    "read-run": ("runs/{run}", ("screening.read",), "county", None),
    "compare-runs": ("runs/{run}/differences?after={run}", ("screening.read",), "county", None),
    "read-job": ("jobs/{job}", ("screening.run",), "job", None),
    "state-facts": ("households/{home}/statements", ("registry.change",), "home", SAID),
    "add-member": ("households/{home}/members", ("registry.change",), "home", {"member": {"name": "甲"}, "how": "join", "on": "2024-07-02"}),
    "member-goes": ("households/{home}/departures", ("registry.read", "registry.change"), "home", {"person": "{person}", "how": "leave", "on": "2024-07-02"}),
    "move-household": ("households/{home}/moves", ("registry.change",), "home", {"area": NEXT_VILLAGE, "on": "2024-07-02"}),
    "reveal-number": ("identifiers/{number}/reveal", ("registry.reveal",), "home", WHY),
    "decide-item": ("lists/items/{item}/decide", ("screening.read", "decisions.read"), "home", {"state": "done", "why": "试"}),
    "cancel-job": ("jobs/{job}/cancel", ("jobs.manage",), "job", None),
}  # fmt: skip
"""Operations on one thing that is somewhere."""
LISTS: dict[str, tuple[str, str, object]] = {
    "list-households": ("households", "registry.read", None),
    "find-people": ("people/find", "registry.read", {"text": "小"}),
    "list-items": ("lists/items", "screening.read", None),
    "count-items": ("lists/counts?level=12", "screening.read", None),
    "list-runs": ("runs", "screening.read", None),
    "list-jobs": ("jobs", "", None),
}
"""Operations that list what is in the areas."""
ANYWHERE = {
    "me",
    "suppose",
    "list-programmes",
    "list-facts",
    "list-standards",
    "standard-values",
    "register-household",
    "start-screening",
}
"""Operations on nothing that is somewhere already; that nobody registers or screens elsewhere is tried with the changes."""
PAST = (200, 201, 412, 422)
"""Let through: done, or refused for what was asked and not for who asked."""


def test_every_operation_is_tried() -> None:
    known = {o["operationId"] for methods in document(english=True)["paths"].values() for o in methods.values()}
    assert known == {*NEEDS, *LISTS, *ANYWHERE}


def where(office: Office, *, far: bool) -> dict[str, int]:
    far_ = "far_" if far else ""
    return {
        "home": office.there if far else office.here, "person": office.person_there if far else office.person_here,
        "number": office.ids["far_number" if far else "number"], **{k: office.ids[far_ + k] for k in ("item", "run", "job")},
    }  # fmt: skip


@pytest.fixture
def counties(office: Office) -> Office:
    for name, program, person in (
        ("number", office.program("CONFIRMING"), office.person_here), ("far_number", office.program("OTHER_COUNTY"), office.person_there),
    ):  # fmt: skip
        office.ids[name] = program.get(f"people/{person}").json["numbers"][0]["id"]
    return office


def asked(program: Program, said: str, body: object, **place: int) -> tuple[int, str]:
    said = said.format(**place)
    if isinstance(body, dict) and "person" in body:
        body = {**body, "person": place["person"]}
    operation = program.get(said) if body is None and "cancel" not in said else program.post(said, body, match='"1"')
    return operation.status, operation.text


def sees(by: Actor, kind: str, *, far: bool) -> bool:
    village, county = ("451228101201", OTHER_COUNTY_CODE) if far else (VILLAGE_CODE, COUNTY)
    if kind == "home":
        return by.scope.covers(village)
    # A run of a county is seen by its townships too.
    return by.scope.covers(county) or (kind == "county" and any(p.startswith(county) for p in by.scope.prefixes))


def test_nobody_reaches_what_is_elsewhere(counties: Office) -> None:
    wrong = []
    for role, by in counties.who.items():
        program = counties.program(role)
        for name, (said, needs, kind, body) in NEEDS.items():
            for far in (False, True):
                status, text = asked(program, said, body, **where(counties, far=far))
                allowed = all(by.allows(n) for n in needs)
                mine = name in ("read-job", "cancel-job") and {False: "CONFIRMING", True: "OTHER_COUNTY"}[far] == role
                allowed = allowed or (name == "read-job" and by.allows("jobs.manage"))
                right = (status in PAST) if (allowed and sees(by, kind, far=far)) or mine else (status in (403, 404))
                if allowed and not sees(by, kind, far=far) and not mine:
                    right = status == 404
                if not right:
                    wrong.append(f"{role} {name} {'there' if far else 'here'}: {status} {text[:200]}")
                if not by.scope.covers("451228101201" if far else VILLAGE_CODE):
                    wrong += [
                        f"{role} {name} tells of {who}" for who in ("覃小花" if far else "韦大山",) if who in text
                    ]
    assert not wrong, "\n".join(wrong)


def test_what_is_elsewhere_is_as_what_is_nowhere(counties: Office) -> None:
    program = counties.program("CONFIRMING")
    for name, (said, _, _, body) in NEEDS.items():
        there, nowhere = where(counties, far=True), dict.fromkeys(where(counties, far=True), 987654321)
        one, other = asked(program, said, body, **there), asked(program, said, body, **nowhere)
        for place in (there, nowhere):
            one, other = ((s, t.replace(str(max(place.values())), "N")) for s, t in (one, other))
        assert one[0] == other[0] == 404, name
        assert json.loads(one[1])["code"] == json.loads(other[1])["code"], name


def test_lists_hold_what_is_in_the_areas(counties: Office) -> None:
    wrong = []
    for role, by in counties.who.items():
        program = counties.program(role)
        for name, (said, needs, body) in LISTS.items():
            status, text = asked(program, said, body)
            if needs and not by.allows(needs):
                right = status == 403
            else:
                right = status == 200
                for row in json.loads(text)["items"] if right else []:
                    area = str(row["area"])
                    inside = by.scope.covers(area) or (
                        name == "list-runs" and any(p.startswith(area) for p in by.scope.prefixes)
                    )
                    wrong += [] if inside else [f"{role} {name} shows {area}"]
            wrong += [] if right else [f"{role} {name}: {status}"]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("areas", [[NEXT_VILLAGE], [VILLAGE_CODE]])
def test_a_narrowed_token_sees_its_areas_only(counties: Office, areas: list[str]) -> None:
    program = counties.program("CONFIRMING", areas=areas)
    here = areas == [VILLAGE_CODE]
    for name, (said, _, kind, body) in NEEDS.items():
        status, text = asked(program, said, body, **where(counties, far=False))
        within = (here and kind == "home") or kind == "county"
        assert (status in PAST) == within, (name, status, text)
        assert within or status == 404, (name, status)
    assert [h["id"] for h in program.get("households").json["items"]] == ([counties.here] if here else [])
    assert program.get("jobs").json["items"] == []


def test_a_narrowed_token_does_what_it_may_only(counties: Office) -> None:
    program = counties.program("CONFIRMING", permissions=["registry.read"])
    for name, (said, needs, kind, body) in NEEDS.items():
        status, text = asked(program, said, body, **where(counties, far=False))
        allowed = needs == ("registry.read",)
        assert (status in PAST) == allowed, (name, status, text)
        assert allowed or status == (404 if kind == "job" else 403), (name, status)
