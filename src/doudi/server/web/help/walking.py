"""Doing the steps of a tutorial in a browser: for the pictures, and for the test that they can be done."""

from __future__ import annotations

from typing import Any, Protocol

from doudi.server.web.help.tutorials import Step


class Page(Protocol):
    """What is needed of a Playwright page."""

    def goto(self, url: str) -> Any: ...
    def fill(self, selector: str, value: str) -> Any: ...
    def select_option(self, selector: str, value: str) -> Any: ...
    def click(self, selector: str) -> Any: ...
    def wait_for_selector(self, selector: str) -> Any: ...
    def wait_for_load_state(self, state: Any) -> Any: ...


def walk(page: Page, step: Step) -> None:
    """Does what leads to the step's page. Raises what Playwright raises where something is not there."""
    for act in step.do:
        ((kind, what),) = act.items()
        if kind == "goto":
            answer = page.goto(what)
            assert answer.status < 400, f"{what}: {answer.status}"
        elif kind == "fill":
            page.fill(*what)
        elif kind == "choose":
            page.select_option(*what)
        elif kind == "click":
            page.click(what)
        elif kind == "wait":
            page.wait_for_selector(what)
        else:
            raise ValueError(f"a step knows no {kind!r}")
    page.wait_for_load_state("load")
