"""An installation as a whole, for commands: bringing it up, backing it up, restoring it, looking at its health.

Each starts Django itself and is the only thing that its process does.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from doudi.server.lib.environment import DATABASE, Environment
from doudi.server.lib.private import own_file, own_folder
from doudi.server.operations.archive import Manifest
from doudi.server.operations.migrate import as_owner


def bring_up() -> list[str]:
    """Migrates as the owner and gives the application's role its rights. Gives the names of the migrations applied."""
    from doudi.server.config.start import set_up

    environment = as_owner()
    own_folder(environment.home)
    set_up()
    from doudi.server.operations.migrate import migrate

    return migrate(_role(environment))


def bring_up_sqlite() -> None:
    """A file of our own needs no administrator: made on first use, brought up to this version on any other."""
    from doudi.server.config.start import set_up
    from doudi.server.lib.environment import read

    environment = read()
    own_folder(environment.home)
    own_file(environment.home / DATABASE)
    set_up()
    from doudi.server.operations.migrate import ahead, migrate

    if not ahead():
        migrate("")


def back_up(target: Path) -> Manifest:
    """Raises Refused; see ``backup``."""
    from doudi.server.config.start import start
    from doudi.server.lib.environment import read

    start()
    from doudi.server.lib.moments import now
    from doudi.server.operations.backup import backup

    return backup(read(), target, now())


def put_back(source: Path, *, replace: bool) -> Manifest:
    """Restores, then migrates: a backup of an older version is brought up to this one; and notes where the record of acts goes on from.
    Raises Refused, see ``restore``; KeysRefused for a backup made with other keys."""
    from doudi.server.config.start import set_up

    environment = as_owner()
    set_up()
    from doudi.server.lib.moments import now
    from doudi.server.operations.backup import restore
    from doudi.server.operations.migrate import migrate

    manifest = restore(environment, source, replace=replace, at=now())
    migrate(_role(environment))
    from doudi.server.audit.actions import check_keys
    from doudi.server.audit.anchors import restored
    from doudi.server.lib.actor import system

    check_keys()
    restored(system("doudi restore"), now(), why=source.name)
    return manifest


def _role(environment: Environment) -> str:
    return unquote(urlsplit(environment.database).username or "")
