"""A real browser before a real server, with the world of ``tests.server.web.world`` in it.

All tests of a module share one server: a test changes only what is its own (make a household of your own to change it). It stands on SQLite; that both
databases answer alike is what the tests through Django's client show.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.server.processes import command, environment, serving
from tests.server.web.chromium import chromium
from tests.server.web.world import PASSWORD

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1440, "height": 900}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Site:
    """A running server and a browser; ``base`` is its address."""

    base: str
    browser: Browser
    kept: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def visit(
        self, who: str = "", *, english: bool = False, size: dict[str, int] = DESK, scripts: bool = True
    ) -> Iterator[Page]:
        """A page of a fresh visitor; ``who`` (a name of the cast, such as CLERK) is signed in. Leaves no error behind in the console."""
        context = self._context(who, english, size, scripts)
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda e: errors.append(str(e)))
        page.on(
            "console",
            lambda m: (
                errors.append(m.text)
                if m.type == "error" and not re.search("status of 4|ERR_INTERNET", m.text)
                else None
            ),
        )
        try:
            yield page
        finally:
            context.close()
        assert not errors, errors

    def _context(self, who: str, english: bool, size: dict[str, int], scripts: bool) -> BrowserContext:
        options: dict[str, Any] = {
            "viewport": size, "locale": "en" if english else "zh-CN", "base_url": self.base, "java_script_enabled": scripts,
        }  # fmt: skip
        if who and who not in self.kept:
            context = self.browser.new_context(**options)
            page = context.new_page()
            page.goto("/sign-in")
            page.fill("[name=username]", who.lower().replace("_", "-"))
            page.fill("[name=password]", PASSWORD)
            page.click("main form button")
            page.wait_for_url("**/")
            self.kept[who] = context.storage_state()
            context.close()
        return self.browser.new_context(**options, **({"storage_state": self.kept[who]} if who else {}))


def faults(page: Page) -> list[str]:
    """What axe finds wrong with the page: rule, and where."""
    found = _axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}}).response["violations"]
    return [f"{v['id']}: {v['help']} at {[n['target'] for n in v['nodes']][:3]}" for v in found]


def too_wide(page: Page) -> bool:
    """Whether the page as a whole must be moved sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@contextmanager
def site() -> Iterator[Site]:
    """A server with the world, and a browser; both end with the context."""
    with tempfile.TemporaryDirectory(prefix="doudi-site-") as folder:
        env = {f"DOUDI_{name}": str(Path(folder) / name.lower()) for name in ("HOME", "KEYS", "ANCHORS")}
        env |= {"DOUDI_DEMO": "on", "DOUDI_DATABASE": "", "DOUDI_DATABASE_OWNER": ""}
        env = {k: v for k, v in env.items() if v}
        done = command(env, "migrate")
        assert done.returncode == 0, done.stderr
        subprocess.run(
            [sys.executable, "-m", "tests.server.web.make_world"], env=environment(env), check=True, timeout=120
        )
        with serving(env) as (port, _), sync_playwright() as p:
            browser = p.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
            try:
                yield Site(f"http://127.0.0.1:{port}", browser)
            finally:
                browser.close()


@cache
def _axe() -> Axe:
    return Axe()
