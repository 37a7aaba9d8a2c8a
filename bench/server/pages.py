"""The pages at the size of a prefecture: ``python -m bench.server.pages --database postgresql --people 1000000``.

Loads a million people, screens them, serves the pages with as many processes as the machine has cores, and lets twenty visitors ask at once with wrk:
home, search, a household, a ledger, a list, the dashboard, as a county official and as a township clerk. Each visitor looks at a page for about a
second, one shorter, another longer, before the next; then the same without any pause, which says how much the machine can do. One Markdown table:
the 95th percentile of each, and the weight of a first page.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.server.registry import _DURABLE, AS_OF, _load, _migrate
from bench.table import Row, machine, markdown

VISITORS, SECONDS, PAUSE = 20, 15, "math.random(200, 1800)"
"""Visitors at once, how long they come, and how many milliseconds each looks at a page: not all alike, or they would come in step."""
BAR, MOST_QUERIES, MOST_BYTES = 0.200, 25, 150_000
PASSWORD = "quiet-river-47-stones"
SCRIPT = """
local ids = {%(ids)s}
local n = 0
local threads = 0
function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end
function init() math.randomseed(number * 7919) end
request = function()
  n = n + 1
  local path = string.gsub("%(path)s", "ID", ids[(n * 7919) %% #ids + 1])
  local body = %(body)s
  if body then
    body = string.gsub(body, "WORD", ({%(words)s})[(n * 7919) %% %(count)s + 1])
    return wrk.format("POST", path, {["Cookie"] = "%(cookie)s", ["Content-Type"] = "application/x-www-form-urlencoded"}, body)
  end
  return wrk.format("GET", path, {["Cookie"] = "%(cookie)s"})
end
delay = function() return %(pause)s end
done = function(summary, latency, requests)
  local wrong = summary.errors.status + summary.errors.timeout + summary.errors.read + summary.errors.connect
  io.write(string.format("FOUND %%f %%f %%d %%d\\n", latency:percentile(50) / 1e6, latency:percentile(95) / 1e6, summary.requests, wrong))
end
"""


@dataclass(frozen=True)
class Visitor:
    """A session of an official in one post, as a cookie; ``token`` goes with what is posted."""

    cookie: str
    token: str


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    ask.add_argument("--people", type=int, default=1_000_000)
    given = ask.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed (Debian: apt-get install wrk)")
    from tests.server import cluster as pg

    with tempfile.TemporaryDirectory(prefix="doudi-bench-") as scratch:
        home = Path(scratch)
        (home / "home").mkdir()
        os.environ.update(
            DOUDI_HOME=str(home / "home"), DOUDI_KEYS=str(home / "keys"), DOUDI_ANCHORS=str(home / "anchors"), DOUDI_HTTPS="off", DOUDI_DEMO="on",
            DJANGO_SETTINGS_MODULE="doudi.server.config.settings",
        )  # fmt: skip
        for name in ("DOUDI_DATABASE", "DOUDI_DATABASE_OWNER"):
            os.environ.pop(name, None)
        with pg.cluster(_DURABLE) if given.database == "postgresql" else nullcontext() as server:
            if server is not None:
                server.make("doudi")
                os.environ["DOUDI_DATABASE_OWNER"] = server.url("doudi", pg.OWNER)
                os.environ["DOUDI_DATABASE"] = server.url("doudi", pg.APP)
            _migrate(pg.APP)
            rows = _measure(given.people)
    print(f"{machine()}; {given.database}, {given.people:,} people, {VISITORS} visitors at once\n\n{markdown(rows)}")


def _measure(people: int) -> list[Row]:
    from doudi.server.config.start import start

    start()
    from django.db import connection

    from doudi.server.lib.actor import system

    by = system("bench")
    sample, *_ = _load(people, by)
    _officials(by, people)
    begun = time.perf_counter()
    _screen(by)
    rows = [Row("snapshot, screening, work lists and figures, seconds", "", f"{time.perf_counter() - begun:.0f}")]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    county = [str(home) for one, _, home, _ in sample if one.area.startswith("990101")]
    town = [str(home) for one, _, home, _ in sample if one.area.startswith("990101100")] or county
    words = [one.name for one, *_ in sample[:300]]
    kinds: list[tuple[str, str, str, list[str], str]] = [
        ("home, county official", "county", "/", county, ""),
        ("home, township clerk", "town", "/", town, ""),
        ("search by name, county", "county", "/find", county, "csrfmiddlewaretoken=TOKEN&q=WORD"),
        ("household, county", "county", "/household/ID", county, ""),
        ("household, township", "town", "/household/ID", town, ""),
        ("ledger of households, county", "county", "/ledgers/households", county, ""),
        ("ledger of people, county", "county", "/ledgers/people", county, ""),
        ("ledgers with their counts, county", "county", "/ledgers", county, ""),
        ("lists of the screening, county", "county", "/lists", county, ""),
        ("dashboard, county", "county", "/figures/990101", county, ""),
    ]
    with Serving() as base:
        visitors = {who: _sign_in(base, who) for who in ("county", "town")}
        for what, who, path, ids, body in kinds:
            rows += _kind(base, what, visitors[who], path, ids, body, words)
        rows.append(_weight(base, visitors["county"]))
    return rows


def _officials(by: Any, people: int) -> None:
    from bench.server.people import County
    from doudi.server.accounts.actions.officials import make_official
    from doudi.server.accounts.actions.posts import give_post
    from doudi.server.areas.actions import ensure
    from doudi.server.areas.shapes import NewDivision

    codes = {v[:n] for v in County(people, 7).villages for n in (2, 4, 6, 9, 12)}
    ensure(by, [NewDivision(c, f"第{c[-3:]}号") for c in sorted(codes, key=lambda c: (len(c), c))])
    for username, role, area in (("county", "confirming", "990101"), ("town", "clerk", "990101100")):
        who = make_official(by=by, username=username, name=username, password=PASSWORD, area=area, temporary=False)
        give_post(by=by, official=who, role=role, area=area, since=AS_OF.replace(month=1))


def _screen(by: Any) -> None:
    from doudi.server.jobs.actions import start
    from doudi.server.jobs.running import run

    job = start(by, "screening", params={"as_of": AS_OF.isoformat()}, area="9901")
    while (state := run(job.id)) not in ("done", "failed"):
        pass
    if state != "done":
        raise SystemExit(f"the screening ended {state}")


class Serving:
    """The server as ``doudi serve`` starts it, with a process a core."""

    def __enter__(self) -> str:
        from tests.server.processes import free_port

        port = free_port()
        words = ["serve", "--port", str(port), "--processes", str(os.cpu_count() or 2), "--no-worker"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "doudi.cli.main", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        base = f"http://127.0.0.1:{port}"
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{base}/health", timeout=5).close()
                return base
            except OSError:
                time.sleep(0.2)
        raise SystemExit("the server did not start")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=60)


def _sign_in(base: str, username: str) -> Visitor:
    import http.cookiejar

    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = opener.open(f"{base}/sign-in", timeout=20).read().decode()
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
    form = f"csrfmiddlewaretoken={token}&username={username}&password={PASSWORD}&next=/".encode()
    page = (
        opener.open(urllib.request.Request(f"{base}/sign-in", form, {"Referer": f"{base}/sign-in"}), timeout=20)
        .read()
        .decode()
    )
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
    return Visitor("; ".join(f"{c.name}={c.value}" for c in jar), token)


def _kind(base: str, what: str, who: Visitor, path: str, ids: list[str], body: str, words: list[str]) -> list[Row]:
    """Twenty visitors ask for one kind of page; and one of them once, alone."""
    from urllib.parse import quote_plus

    given = {
        "ids": ", ".join(f'"{i}"' for i in ids[:2000]), "path": path, "cookie": who.cookie, "count": len(words),
        "body": f'"{body.replace("TOKEN", who.token)}"' if body else "nil", "words": ", ".join(f'"{quote_plus(w)}"' for w in words).replace("%", "%%"),
    }  # fmt: skip
    paced, at_most = (_wrk(base, SCRIPT % {**given, "pause": pause}) for pause in (PAUSE, "0"))
    p50, p95, _, wrong = paced
    told = f"p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms"
    most = f"without a pause {at_most[2] / SECONDS:.0f} a second"
    print(what, told, most, f"{wrong:.0f} errors", file=sys.stderr, flush=True)
    told = f"{told}; {most}{f'; {wrong:.0f} errors' if wrong else ''}"
    return [Row(what, f"p95 <= {BAR * 1000:.0f} ms", told, p95 <= BAR and not wrong)]


def _wrk(base: str, script: str) -> tuple[float, float, float, float]:
    """Median and 95th percentile in seconds, pages asked for, and how many went wrong."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua", delete=False) as file:
        file.write(script)
    command = ["wrk", f"-c{VISITORS}", "-t2", "--timeout", "20s", "-s", file.name]
    subprocess.run([*command, "-d3s", base], capture_output=True, text=True, check=False)
    done = subprocess.run([*command, f"-d{SECONDS}s", base], capture_output=True, text=True, check=True)
    os.unlink(file.name)
    p50, p95, asked, wrong = (float(x) for x in re.findall(r"FOUND (\S+) (\S+) (\S+) (\S+)", done.stdout)[0])
    return p50, p95, asked, wrong


def _weight(base: str, who: Visitor) -> Row:
    """The bytes that a first visit to the home page brings over the line, with style, scripts and pictures, as the server compresses them."""

    def fetch(path: str) -> bytes:
        request = urllib.request.Request(base + path, headers={"Cookie": who.cookie, "Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return bytes(answer.read())

    page = fetch("/")
    text = (gzip.decompress(page) if page[:2] == b"\x1f\x8b" else page).decode()
    parts = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', text))
    total = len(page) + sum(len(fetch(p)) for p in parts)
    return Row(
        "first page with all that belongs to it",
        f"<= {MOST_BYTES // 1000} kB",
        f"{total / 1000:.0f} kB",
        total <= MOST_BYTES,
    )


if __name__ == "__main__":
    main()
