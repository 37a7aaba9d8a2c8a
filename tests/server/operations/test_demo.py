"""The demonstration's server: up at once, the county coming on record behind it; stopped and begun again, nothing is there twice."""

from __future__ import annotations

import http.cookiejar
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from doudi.screening.run import open_run
from doudi.server.lib.idnumber import read
from doudi.server.operations.demo.desks import PASSWORD
from doudi.server.operations.demo.people import Namer
from tests.server.processes import environment, free_port, get

HOUSEHOLDS = 400


@contextmanager
def demonstrating(out: Path) -> Iterator[int]:
    """Gives the port once the first page answers."""
    port = free_port()
    words = ["demo", "--households", str(HOUSEHOLDS), "--out", str(out), "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-m", "doudi.cli.main", *words], env=environment({}), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )  # fmt: skip
    try:
        until = time.monotonic() + 120
        while True:
            try:
                get(port, "/sign-in")
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    process.kill()
                    raise AssertionError(f"the server did not start:\n{process.communicate()[0]}") from None
                time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        try:
            process.communicate(timeout=40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


class Visitor:
    """A browser of sorts: keeps cookies, sends forms."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def get(self, path: str) -> str:
        return self.open(path)[1]

    def open(self, path: str, data: bytes | None = None) -> tuple[int, str]:
        """Status and page."""
        try:
            with self.opener.open(self.base + path, data, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def post(self, path: str, **fields: str) -> str:
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', self.get(path))
        assert token is not None
        data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token.group(1)}).encode()
        return self.open(path, data)[1]


def loaded(visitor: Visitor) -> str:
    """The county's home page, once nothing is under way: every household, and the few that an old ledger has once more."""
    until = time.monotonic() + 150
    while 'id="running"' in (page := visitor.get("/")) or not HOUSEHOLDS < _households(page) < 1.03 * HOUSEHOLDS:
        assert time.monotonic() < until, page
        time.sleep(0.5)
    return page


def _households(page: str) -> int:
    found = re.search(r"在册家庭</dt><dd>(?:<a[^>]*>)?([\d,]+)", page)
    return int(found[1].replace(",", "")) if found else 0


def test_a_county_to_look_at(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with demonstrating(out) as port:
        visitor = Visitor(port)
        assert "黄窗明" not in visitor.post("/sign-in", username="queren", password="wrong")
        home = visitor.post("/sign-in", username="queren", password=PASSWORD)
        assert "大化瑶族自治县" in home
        loaded(visitor)
        home = visitor.get("/")
        assert "应保未保" in home
        until = time.monotonic() + 120
        while "疑似重复" not in visitor.get("/"):
            assert time.monotonic() < until, "everybody is compared once what is there is on record"
            time.sleep(0.5)
        rows = visitor.get("/lists?list=" + urllib.parse.quote("应保未保"))
        assert "/household/" in rows
        found = visitor.post("/find", q="韦")
        link = re.search(r'href="(/household/\d+)"', found)
        assert link is not None
        page = visitor.get(link.group(1))
        assert "不享受的项目" in page
        assert not re.search(r"99\d{15}", page), "whole numbers are not shown"
        until = time.monotonic() + 120
        while not (out / "report.html").exists():
            assert time.monotonic() < until, (out / "report.log").read_text()
            time.sleep(0.5)
        assert open_run(out / "run").rows["household"] == HOUSEHOLDS
    # Another township's clerk sees the own township, and again nobody is there twice.
    with demonstrating(out) as port:
        visitor = Visitor(port)
        visitor.post("/sign-in", username="queren", password=PASSWORD)
        loaded(visitor)
        theirs = re.search(r'href="(/household/\d+)"', visitor.get("/ledgers/households?area=451229210"))
        assert theirs is not None
        clerk = Visitor(port)
        mine = clerk.post("/sign-in", username="chuangkou", password=PASSWORD)
        assert "江南乡" in mine
        assert "百马乡" not in mine
        assert clerk.open(theirs.group(1))[0] == 404
        assert visitor.open(theirs.group(1))[0] == 200


def test_people_have_the_same_names_and_numbers_of_their_own() -> None:
    def some(namer: Namer) -> list[str]:
        return [
            namer.named(h, p, relation="户主", male=p % 2 == 0, born=date(1960, 1, 1), township="451229206").number for h in range(5) for p in range(4)
        ]  # fmt: skip

    numbers = some(Namer(1))
    assert numbers == some(Namer(1))
    assert len(set(numbers)) == len(numbers)
    assert all(n.startswith("99") for n in numbers)


def test_a_thousand_of_one_birthday_have_numbers_too() -> None:
    namer = Namer(1)
    numbers = {
        namer.named(1, p, relation="子女", male=True, born=date(2024, 6, 1), township="451229101").number for p in range(1_200)
    }  # fmt: skip
    assert len(numbers) == 1_200
    assert all(read(n, on=date(2024, 7, 1)).male for n in numbers)
