"""The kinds of long work. An app says in its module ``work.py`` which kinds it has; all such modules are read when a kind is first asked for.

    @kind("screening", zh="筛查", en="Screening", permission="screening.run", single=True)
    def screening(job: Running) -> Result:
        for part in parts_after(job.cursor):
            with acting(job.actor), transaction.atomic():
                do(part)
                job.progress(job.done + 1, cursor={"after": part})  # last in the transaction
        return {"run": 17}

The function is called again, with the cursor that was last committed, after a worker was killed: what a step did and the cursor that says
so are committed together or not at all. It holds no connection, file or lock between two steps that would be missed after such an end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.module_loading import autodiscover_modules

from doudi.rules.faults import hint

if TYPE_CHECKING:
    from doudi.server.jobs.running import Running

Result = Mapping[str, Any] | None
Work = Callable[["Running"], Result]


@dataclass(frozen=True)
class Kind:
    """``permission`` is needed to start one and to see those of others (empty: anybody who may sign in). ``single``: while one with the same
    parameters waits or runs, that one is given back instead of a second. ``whole``: it goes over everything whatever the areas of who began it, so
    that one begun by somebody with other areas is the same."""

    name: str
    zh: str
    en: str
    work: Work
    permission: str = ""
    single: bool = False
    whole: bool = False


_KINDS: dict[str, Kind] = {}


def kind(
    name: str, *, zh: str, en: str, permission: str = "", single: bool = False, whole: bool = False
) -> Callable[[Work], Work]:
    """Registers a function as the work of the kind ``name``. Raises ValueError where another function has the name."""

    def register(work: Work) -> Work:
        before = _KINDS.get(name)
        if before is not None and (before.work.__module__, before.work.__qualname__) != (
            work.__module__,
            work.__qualname__,
        ):
            raise ValueError(f"two kinds of job are called {name!r}")
        _KINDS[name] = Kind(name, zh, en, work, permission, single, whole)
        return work

    return register


def kind_of(name: str) -> Kind:
    """Raises LookupError, with the nearest name that exists."""
    found = find(name)
    if found is None:
        raise LookupError(f"there is no kind of job {name!r}{hint(name, _KINDS)[1]}")
    return found


def find(name: str) -> Kind | None:
    """The kind, or None: a job may be older than the release that runs."""
    if name not in _KINDS:
        discover()
    return _KINDS.get(name)


def kinds() -> list[Kind]:
    """All of them, by name."""
    discover()
    return sorted(_KINDS.values(), key=lambda k: k.name)


def discover() -> None:
    """Reads every app's ``work.py``."""
    autodiscover_modules("work")
