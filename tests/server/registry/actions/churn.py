"""Acts on the registry without end in a process that is killed at a random moment; then whether anything is half-done. Over and over.

    python -m tests.server.registry.actions.churn KILLS SEED

in the environment of the server. Says, as JSON, how many processes were killed, how many acts were done, and how many kills fell within an
act. Fails where anything is half-done. Each process is forked off one that has started already, so a kill costs little but its wait.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections import defaultdict


def churn(seed: int, began: int, ended: int) -> None:
    """Acts until killed; a byte into ``began`` before every act and one into ``ended`` after it."""
    from tests.server.cast import SYSTEM
    from tests.server.registry.actions.dice import throw

    dice = random.Random(seed)
    while True:
        os.write(began, b".")
        throw(SYSTEM, [dice.randrange(10_000) for _ in range(8)])
        os.write(ended, b".")


def killed(seed: int, wait: float) -> bool:
    """Whether the process was in the midst of an act when it was killed."""
    pipes = os.pipe(), os.pipe()
    child = os.fork()
    if not child:
        try:
            churn(seed, pipes[0][1], pipes[1][1])
        finally:
            os._exit(1)  # only after a bug: the parent finds that it was not a kill that ended it
    for _, write in pipes:
        os.close(write)
    os.read(pipes[0][0], 1)
    time.sleep(wait)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the process ended by itself"
    began, ended = (len(os.read(read, 1 << 16)) for read, _ in pipes)
    for read, _ in pipes:
        os.close(read)
    return began + 1 > ended


def whole() -> int:
    """Gives how many acts there are. Fails where one is half-done."""
    from django.db import connection, transaction

    from doudi.server.audit.models import Entry
    from doudi.server.lib.acting import acting
    from doudi.server.registry.actions.laws import obey
    from doudi.server.registry.actions.undo import KNOWN
    from doudi.server.registry.models import Act, ActOn, Household, Person
    from tests.server.cast import SYSTEM

    with transaction.atomic():
        if connection.vendor == "postgresql":
            # What a killed process had asked to commit may be committed while we look.
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with acting(SYSTEM):
            acts = {a.id: a for a in Act.objects.all()}
            obey(Household.objects.values_list("id", flat=True), Person.objects.values_list("id", flat=True))
            assert Entry.objects.filter(verb__startswith="registry.").count() == len(acts)
            assert all("done" in a.params for a in acts.values())
            assert len({a.recorded_at for a in acts.values()}) == len(acts)
            versions = defaultdict(list)
            for on in ActOn.objects.exclude(household=None):
                versions[on.household].append(on.version or 0)
            for home in Household.objects.all():
                assert sorted(versions[home.id]) == list(range(1, home.version + 1))
            for model in KNOWN:
                rows = model._default_manager.exclude(withdrawn=None).select_related("act", "withdrawn")
                assert all(r.act.recorded_at <= r.withdrawn.recorded_at for r in rows if r.withdrawn is not None)
                assert not model._default_manager.exclude(act__in=acts).exists()
        return len(acts)


def warm() -> None:
    """Reads the pack and the dictionaries once, so that those forked off begin with acts at once."""
    from django.db import transaction

    from tests.server.cast import SYSTEM
    from tests.server.registry.actions.dice import throw

    with transaction.atomic():
        throw(SYSTEM, [0, 1, 2, 3, 4, 5, 6, 7])
        transaction.set_rollback(True)


def main(kills: int, seed: int) -> None:
    from django.db import connections

    from doudi.server.config.start import start

    start()
    from doudi.server.audit.chain import verify

    dice = random.Random(seed)
    acts = whole()
    warm()
    within = 0
    for i in range(kills):
        connections.close_all()
        within += killed(seed * 1_000_003 + i, dice.uniform(0, 0.4))
        now = whole()
        assert now >= acts, "an act that was done is gone"
        acts = now
    report = verify()
    assert report.faults == (), report
    sys.stdout.write(json.dumps({"kills": kills, "within": within, "acts": acts}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
