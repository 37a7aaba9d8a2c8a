"""Households and people. What is kept and undone, and that nothing is done twice, is tried in ``test_record``."""

from __future__ import annotations

from collections.abc import Callable

from doudi.server.lib.actor import Actor
from doudi.server.registry.actions import enrol
from doudi.server.registry.selectors.single import person
from doudi.server.registry.selectors.through import through
from tests.server.web.matrix import Entry
from tests.server.web.world import ON, World

ACTS = ("add-member", "leave", "death", "change-head", "relations", "move", "split", "merge", "enrol")
"""Acts that the household's page offers."""
PAST = ("correct-membership", "correct-residence")


def seed(world: World) -> None:
    """A ledger, a number and a statement on each side."""
    for end, who in (("here", "CLERK"), ("there", "OTHER_COUNTY")):
        by: Actor = world.who[who]
        home, one = (world.here, world.person_here) if end == "here" else (world.there, world.person_there)
        done = enrol(by=by, ledger=by_ledger(), on=ON, household=home)
        world.ids[f"act {end}"], world.ids[f"enrolment {end}"] = done.act, done.row or 0
        world.ids[f"number {end}"] = person(by, one, as_of=ON).numbers[0].id
        world.ids[f"statement {end}"] = through(by, home).said[one][0].id


def by_ledger() -> str:
    """A ledger of households."""
    from doudi.server.policybook.selectors import policy

    return next(x.code for x in policy(ON).ledgers if x.of == "户")


def placed(needs: tuple[str, ...], path: str, *ids: str, form: dict[str, str] | None = None) -> Entry:
    """The address of something of the household here, and of the one there."""

    def at(end: str) -> Callable[[World], str]:
        return lambda w: path.format(w.here if end == "here" else w.there, *(w.ids[f"{name} {end}"] for name in ids))

    return Entry(at("here"), needs, there=at("there"), form=form)


CHANGE, READ, CORRECT = ("registry.change",), ("registry.read",), ("registry.correct",)
ENTRIES = {
    "record-register": Entry("/household/new", CHANGE),
    "record-entry": Entry("/household/entry", CHANGE, form={"row": "", "name": "没有的人"}),
    "record-household": placed(READ, "/household/{0}?as_of=2024-07-01"),
    "record-why": placed(("decisions.read",), "/household/{0}/why?programme=低保&as_of=2024-07-01"),
    "record-refused": placed(("decisions.read",), "/household/{0}/refused?as_of=2024-07-01"),
    "record-open": placed(("decisions.read",), "/household/{0}/open?as_of=2024-07-01"),
    "record-facts": placed(READ, "/household/{0}/facts"),
    "record-course": placed(READ, "/household/{0}/course?as_of=2024-07-01"),
    "record-fact": placed(CHANGE, "/household/{0}/fact?name=城乡"),
    "record-preview": placed(
        CHANGE, "/household/{0}/preview", form={"name": "城乡", "value": "农村", "source": "申报", "since": "2024-07-01"}
    ),
    "record-person": Entry(
        lambda w: f"/person/{w.person_here}?as_of=2024-07-01", READ, there=lambda w: f"/person/{w.person_there}?as_of=2024-07-01"
    ),
    "record-reveal": Entry(
        lambda w: f"/number/{w.ids['number here']}", ("registry.reveal",), there=lambda w: f"/number/{w.ids['number there']}"
    ),
    "record-strike": placed(CHANGE, "/household/{0}/strike?enrolment={1}", "enrolment"),
    "record-rename": placed(CHANGE, "/household/{0}/rename"),
    "record-number": placed(CHANGE, "/household/{0}/number"),
    "record-drop-number": placed(CHANGE, "/household/{0}/drop-number?identifier={1}", "number"),
    "record-correct-name": placed(CORRECT, "/household/{0}/correct-name"),
    "record-correct-number": placed(CORRECT, "/household/{0}/correct-number?identifier={1}", "number"),
    "record-end-statement": placed(CHANGE, "/household/{0}/end-statement?statement={1}", "statement"),
    "record-undo": placed(("registry.undo",), "/household/{0}/undo?act={1}", "act"),
    "record-correct": placed(CORRECT, "/household/{0}/correct?statement={1}&name=劳动能力", "statement"),
    "record-withdraw": placed(CORRECT, "/household/{0}/withdraw?statement={1}", "statement"),
    **{f"record-{slug}": placed(CHANGE, f"/household/{{0}}/{slug}") for slug in ACTS},
    **{f"record-{slug}": placed(CORRECT, f"/household/{{0}}/{slug}") for slug in PAST},
}  # fmt: skip
