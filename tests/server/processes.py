"""Doudi's own commands in processes of their own, as their users run them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager


def environment(env: dict[str, str]) -> dict[str, str]:
    return {**os.environ, **env, "PYTHONUNBUFFERED": "1"}


def command(env: dict[str, str], *words: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Runs ``doudi`` with ``words`` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "doudi.cli.main", *words], env=environment(env), capture_output=True, text=True, timeout=timeout, check=False
    )  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(port: int, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    """Status, headers and body."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, dict(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read().decode()


@contextmanager
def serving(env: dict[str, str], *words: str) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """A server of its own; gives its port and its process once it answers."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "doudi.cli.main", "serve", "--port", str(port), "--processes", "1", *words],
        env=environment(env), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        until = time.monotonic() + 60
        while True:
            try:
                get(port, "/health")
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    process.kill()
                    raise AssertionError(f"the server did not start:\n{process.communicate()[0]}") from None
                time.sleep(0.1)
        yield port, process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
