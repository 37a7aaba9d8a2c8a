"""The demonstration's server: an installation of its own in one folder, with a synthetic county coming on record while it is looked at."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from doudi.packs.pack import Pack


@dataclass(frozen=True)
class Ready:
    """Who can sign in: (username, post as said), and the password of all of them."""

    accounts: tuple[tuple[str, str], ...]
    password: str


def settle(out: Path, pack: str) -> None:
    """This process and those that it starts use the installation in ``out``; whatever else the environment said."""
    for name in [n for n in os.environ if n.startswith("DOUDI_") and n != "DOUDI_PYTHON"]:
        del os.environ[name]
    os.environ.update(
        DOUDI_HOME=str(out / "server"), DOUDI_KEYS=str(out / "keys"), DOUDI_ANCHORS=str(out / "anchors"), DOUDI_DEMO="on", DOUDI_PACK=pack,
    )  # fmt: skip


def prepare(pack: Pack, facts: Path, seed: int, month: date, people: int) -> Ready:
    """Database, divisions, officials; the households come in the background, the pilot townships first. Again does only what is not done."""
    from doudi.server.config.installation import bring_up_sqlite
    from doudi.server.config.start import start

    bring_up_sqlite()
    start()
    from doudi.screening.synthetic import home
    from doudi.server.jobs.actions import start as begin
    from doudi.server.lib.actor import system
    from doudi.server.operations.demo import desks
    from doudi.server.operations.demo import seed as seeding

    by = system("demo")
    seeding.divisions(by, pack)
    townships = [f"{a.code:012d}"[:9] for a in home(pack) if f"{a.code:012d}"[9:] == "000" and a.code // 1000 % 1000]
    pilots = [t for t in seeding.PILOTS if t in townships] or townships[:2]
    wanted = desks.accounts(pilots[0][:6], pilots)
    seeding.officials(by, wanted, month.replace(month=1, day=1))
    for some in (pilots, [t for t in townships if t not in pilots]):
        params = {"facts": str(facts.absolute()), "townships": some, "seed": seed, "on": month.isoformat()}
        if some and not _done("demo-load", params):
            begin(by, "demo-load", params=params, area=pilots[0][:6], total=round(people * _share(some, townships)))
    # After all is there the county is screened, once, and the lists stand on everybody's home page.
    screened: dict[str, object] = {"as_of": month.isoformat()}
    if not _done("screening", screened):
        begin(by, "screening", params=screened, area=pilots[0][:6])
    return Ready(tuple((a.username, a.role) for a in wanted), desks.PASSWORD)


def _done(kind: str, params: dict[str, object]) -> bool:
    from doudi.server.jobs.selectors import jobs
    from doudi.server.lib.actor import system

    return any(j.params == params for j in jobs(system("demo"), kind=kind, state="done"))


def _share(some: Sequence[str], townships: Sequence[str]) -> float:
    """Of the people, roughly: the seat is larger than the others."""
    return len(some) / (len(townships) + 4)
