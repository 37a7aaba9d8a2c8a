"""Every test of the server runs on SQLite and on PostgreSQL, as the role that owns nothing.

``db``: a migrated database; what the test writes is rolled back. ``committed``: a database of the test's own, for what needs commits,
threads or other processes.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

# The browser of the pages' tests keeps an event loop in this thread for as long as it is open; nothing of the server's runs in it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
_SCRATCH = Path(tempfile.mkdtemp(prefix="doudi-server-"))
os.environ.update(
    DOUDI_HOME=str(_SCRATCH / "home"), DOUDI_KEYS=str(_SCRATCH / "keys"), DOUDI_ANCHORS=str(_SCRATCH / "anchors"), DOUDI_HTTPS="off",
    DJANGO_SETTINGS_MODULE="doudi.server.config.settings",
)  # fmt: skip
for _name in ("DOUDI_DATABASE", "DOUDI_DATABASE_OWNER", "DOUDI_PACK", "DOUDI_DEMO"):
    os.environ.pop(_name, None)
(_SCRATCH / "home").mkdir()

import pytest  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections, transaction  # noqa: E402

from doudi.server.config.start import start  # noqa: E402
from doudi.server.lib import remembered  # noqa: E402
from doudi.server.lib.environment import django_database, read  # noqa: E402
from doudi.server.operations.grants import grant  # noqa: E402
from tests.server import cluster as pg  # noqa: E402

start()


def pytest_sessionfinish() -> None:
    shutil.rmtree(_SCRATCH, ignore_errors=True)


def use(env: dict[str, str]) -> None:
    """From here on Django speaks to the database that ``env`` names."""
    environment = read({**os.environ, **env})
    connections["default"].close()
    del connections["default"]
    connections.settings = connections.configure_settings({"default": django_database(environment)})


def prepare(env: dict[str, str]) -> None:
    """Migrates the database as its owner, gives the application's role what it needs, and goes on as that role."""
    use({**env, "DOUDI_DATABASE": env["DOUDI_DATABASE_OWNER"]} if "DOUDI_DATABASE" in env else env)
    call_command("migrate", verbosity=0)
    grant(pg.APP)
    use(env)


@pytest.fixture(scope="session")
def postgres() -> Iterator[pg.Cluster]:
    if pg.binaries() is None:
        pytest.skip("PostgreSQL is not installed on this machine")
    with pg.cluster() as server:
        yield server


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """A migrated, empty database, as the environment that names it."""
    if request.param == "sqlite":
        env = {"DOUDI_HOME": str(_SCRATCH / "home")}
        prepare(env)
        yield env
    else:
        server: pg.Cluster = request.getfixturevalue("postgres")
        server.make("doudi")
        env = {"DOUDI_DATABASE": server.url("doudi", pg.APP), "DOUDI_DATABASE_OWNER": server.url("doudi", pg.OWNER)}
        prepare(env)
        yield env
        connections.close_all()
        server.drop("doudi")


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Tests take back what they wrote, or put rows past the actions: stamps that no running installation sees twice."""
    remembered._KEPT.clear()


@pytest.fixture
def db(database: dict[str, str]) -> Iterator[str]:
    """Gives the vendor: sqlite or postgresql."""
    use(database)
    with transaction.atomic():
        yield connections["default"].vendor
        transaction.set_rollback(True)


@pytest.fixture
def anchors(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of anchors of the test's own: it belongs to one record."""
    folder = tmp_path_factory.mktemp("anchors")
    monkeypatch.setenv("DOUDI_ANCHORS", str(folder))
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, anchors=folder))
    return folder


@pytest.fixture
def committed(
    database: dict[str, str], request: pytest.FixtureRequest, tmp_path: Path, anchors: Path
) -> Iterator[dict[str, str]]:
    """Gives the environment that another process needs to reach the same database."""
    if "DOUDI_DATABASE" in database:
        server: pg.Cluster = request.getfixturevalue("postgres")
        connections.close_all()
        server.sql(f"CREATE DATABASE doudi_own TEMPLATE doudi OWNER {pg.OWNER}")
        env = {
            "DOUDI_DATABASE": server.url("doudi_own", pg.APP),
            "DOUDI_DATABASE_OWNER": server.url("doudi_own", pg.OWNER),
        }
        use(env)
        yield {**env, "DOUDI_HOME": str(tmp_path), "DOUDI_ANCHORS": str(anchors)}
        connections.close_all()
        server.drop("doudi_own")
    else:
        connections.close_all()
        shutil.copy(Path(database["DOUDI_HOME"]) / "doudi.sqlite3", tmp_path / "doudi.sqlite3")
        env = {"DOUDI_HOME": str(tmp_path)}
        use(env)
        yield {**env, "DOUDI_ANCHORS": str(anchors)}
        connections.close_all()
    use(database)
