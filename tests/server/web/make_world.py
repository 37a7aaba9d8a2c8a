"""``python -m tests.server.web.make_world``: the world with all that the page families show, in the database that the environment names."""

from __future__ import annotations

import os


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doudi.server.config.settings")
    from doudi.server.config.start import start

    start()
    from django.contrib.auth import get_user_model
    from django.contrib.auth.hashers import make_password

    from doudi.server.jobs.running import run
    from doudi.server.jobs.selectors import jobs
    from doudi.server.lib.actor import system
    from doudi.server.operations.daily import begin_day
    from tests.server.web.matrix import seeds
    from tests.server.web.world import FAST, PASSWORD, made

    with FAST:
        world = made()
        # The round of today is over before the seeds are put there: no worker looks whether they bear being looked at.
        run(begin_day() or 0)
        for job in jobs(system("world"), kind="duplicates"):
            run(job.id)
        for seed in seeds():
            seed(world)
    # One hash for all: a server takes only slow ones.
    get_user_model().objects.update(password=make_password(PASSWORD))


if __name__ == "__main__":
    main()
