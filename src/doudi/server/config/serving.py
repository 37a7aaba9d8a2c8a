"""Serving: gunicorn over this process's settings, with the worker of background jobs beside it."""

from __future__ import annotations

import contextlib
import gc
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from gunicorn.app.base import BaseApplication

from doudi.server.lib.environment import Environment
from doudi.server.lib.refusals import Refused


class _Server(BaseApplication):  # type: ignore[misc] # gunicorn ships no types
    """Gunicorn set by this program and by no file of its own."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from doudi.server.config.wsgi import application

        return application


def check(environment: Environment, host: str, port: int) -> None:
    """Raises Refused where the server could not start: a port that is taken, a database that is away, behind or ahead."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise Refused(
                "port-taken",
                f"{host}:{port} 已被占用或不能使用，请用 --port 换一个端口。",
                f"{host}:{port} is taken or cannot be used: choose another with --port.",
            ) from None
    from doudi.server.operations.health import health

    for part in health(environment.home):
        if part.state == "down":
            raise Refused(part.code, part.zh, part.en)


def keep_pack() -> None:
    """From the first start on the text of the pack in force is kept, so that what it decided can be decided again when its files have changed."""
    from django.db import connections

    from doudi.server.lib.actor import system
    from doudi.server.policybook.actions import ensure

    ensure(system("doudi serve"))
    warm()
    # The server forks after this, and a connection cannot be shared between processes.
    connections.close_all()


def warm() -> None:
    """The rules of today are read and compiled before the server forks: its processes share them, the first visitor does not wait for them, and
    none of the processes looks through them for garbage, which would hold every request up for as long as it takes to answer one."""
    from doudi.server.policybook.selectors import policy
    from doudi.server.web.signed_in import today

    day = today()
    for as_of in {day, day.replace(day=1)}:
        policy(day).ruleset(day, as_of)
    gc.collect()
    gc.freeze()


def serve(host: str, port: int, *, processes: int, worker: bool) -> None:
    """Serves until it is told to stop; then the worker is told too."""
    # A page asks the database some twenty times, and after each answer waits until the thread that computes lets go: five times shorter than usual.
    sys.setswitchinterval(0.001)
    with _worker() if worker else contextlib.nullcontext():
        _Server(
            {
                "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
                "workers": processes,
                "worker_class": "gthread",
                "threads": 4,
                # A socket for each process, among which Linux shares out who connects. At one socket, whoever wakes first takes nearly everybody, and
                # one process is out of breath while the other has nothing to do.
                "reuse_port": processes > 1 and sys.platform == "linux",
                "timeout": 60,
                "graceful_timeout": 20,
                "loglevel": "warning",
                # A worker that has served much is replaced, so that nothing it leaks piles up.
                "max_requests": 20_000,
                "max_requests_jitter": 2_000,
                "limit_request_line": 8190,
            }
        ).run()


@contextlib.contextmanager
def _worker() -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", "doudi.cli.main", "worker"])
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
