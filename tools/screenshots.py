#!/usr/bin/env python3
"""Takes the pictures of the tutorials by doing their steps before a demonstration.

    tools/screenshots.py            all of them, into src/doudi/server/web/static/web/help
    tools/screenshots.py clerk      those of one tutorial

Makes a small demonstration in a temporary folder first (about a minute). Needs Chromium.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from doudi.server.operations.demo.desks import PASSWORD, accounts
from doudi.server.web.help.tutorials import LANGUAGES, PICTURES, Tutorial, tutorials
from doudi.server.web.help.walking import walk
from tests.server.processes import free_port
from tests.server.web.chromium import chromium

SIZES = {True: ViewportSize(width=390, height=760), False: ViewportSize(width=1080, height=700)}
HOUSEHOLDS = "3000"


def main(wanted: list[str]) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="doudi-pictures-") as folder:
        port = free_port()
        words = ["demo", "--out", folder, "--households", HOUSEHOLDS, "--port", str(port)]
        server = subprocess.Popen(
            [sys.executable, "-m", "doudi.cli.main", *words], env={**os.environ, "PYTHONPATH": str(ROOT / "src")}
        )
        try:
            base = f"http://127.0.0.1:{port}"
            answers(base)
            with sync_playwright() as p:
                browser = p.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
                screened(browser, base)
                for tutorial in tutorials():
                    if not wanted or tutorial.code in wanted:
                        for language in LANGUAGES:
                            take(browser, base, tutorial, language)
                browser.close()
        finally:
            server.terminate()
            server.wait(timeout=60)


def answers(base: str) -> None:
    """Waits until the server answers."""
    until = time.monotonic() + 300
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{base}/health", timeout=10).close()
            return
        except OSError:
            time.sleep(1)
    raise SystemExit("the demonstration did not start")


def screened(browser: Browser, base: str) -> None:
    """Waits until the county is on record and screened: then the home page has nothing running any more."""
    page = browser.new_context(base_url=base, locale="zh-CN").new_page()
    enter(page, "queren")
    until = time.monotonic() + 600
    while time.monotonic() < until:
        page.goto("/")
        if page.locator(".todo li").count() > 3 and not page.locator("#running").count():
            return
        time.sleep(3)
    raise SystemExit("the demonstration was not screened")


def take(browser: Browser, base: str, tutorial: Tutorial, language: str) -> None:
    """One tutorial in one language, from its first step to its last."""
    locale = {"zh": "zh-CN", "en": "en"}[language]
    page = browser.new_context(base_url=base, locale=locale, viewport=SIZES[tutorial.phone]).new_page()
    enter(page, next(a.username for a in accounts("000000", ["000000000"]) if a.role == tutorial.role))
    for step in tutorial.steps:
        walk(page, step)
        page.screenshot(path=PICTURES / step.picture(tutorial.code, language))
        print(step.picture(tutorial.code, language))
    page.context.close()


def enter(page: Page, username: str) -> None:
    page.goto("/sign-in")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button")
    page.wait_for_url("**/")


if __name__ == "__main__":
    main(sys.argv[1:])
