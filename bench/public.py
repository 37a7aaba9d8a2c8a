"""“What can my family get?”, measured: ``python -m bench.public [--people 6] [--rounds 200]``.

One process on one core answers a family of six through the whole of Django (middleware, form, rules, page) at every step of the way: from the first
question to the answer, answered truly; and the answer page when next to nothing was said, where most is still open. One Markdown table.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.table import Row, machine, markdown, seconds

BAR = 0.1
"""Seconds for an answer, on one core."""
TOWN = "451229103"


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--people", type=int, default=6)
    ask.add_argument("--rounds", type=int, default=200)
    given = ask.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory(prefix="doudi-bench-") as scratch:
        os.environ.update(
            DOUDI_HOME=f"{scratch}/home", DOUDI_KEYS=f"{scratch}/keys", DOUDI_ANCHORS=f"{scratch}/anchors", DOUDI_HTTPS="off", DOUDI_PACK="demo",
            DJANGO_SETTINGS_MODULE="doudi.server.config.settings",
        )  # fmt: skip
        for name in ("DOUDI_DATABASE", "DOUDI_DATABASE_OWNER"):
            os.environ.pop(name, None)
        Path(scratch, "home").mkdir()
        from doudi.server.config.start import start

        start()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        print(machine())
        print(_measured(given.people, given.rounds))


def _measured(people: int, rounds: int) -> str:
    from django.test import Client

    from doudi.server.web.public import limits

    limits.COMPUTING.burst = 10**9
    limits.COMPUTING.forget()
    client = Client(SERVER_NAME="localhost")
    steps = _way(client, people)
    bare = steps[people + 4]
    full = steps[-1]
    _times(client, full, 20)
    # As the server does before it forks: nobody looks through the rules for garbage.
    gc.collect()
    gc.freeze()
    every = [t for step in steps for t in _times(client, step, max(3, rounds // len(steps)))]
    rows = [
        _row(f"the answer to a family of {people}, all said", _times(client, {**full, "act": "result"}, rounds)),
        _row(
            f"the answer to a family of {people}, place and members said",
            _times(client, {**bare, "act": "result"}, rounds),
        ),
        _row(f"every step of the way ({len(steps)} questions)", every),
    ]
    return markdown(rows)


def _way(client: Any, people: int) -> list[dict[str, Any]]:
    """The forms that a family sends one after another, to the last."""
    relations = ["户主", "配偶", "父母", "父母", "子女", "子女", *["其他亲属"] * people][:people]
    born = [1980, 1982, 1950, 1952, 2010, 2016, *[1990] * people][:people]
    plain = [("v", TOWN), ("v", "农村"), ("v", TOWN)]
    forms: list[dict[str, Any]] = []
    form: dict[str, Any] = {"act": "next", "answers": "", "q": ""}
    members = list(zip(relations, born, strict=True))
    for _ in range(120):
        forms.append(form)
        page = client.post("/can-get", form).content.decode()
        if "您说过的" in page:
            return forms
        hidden = {name: _hidden(page, name) for name in ("answers", "q")}
        form = {"answers": hidden["answers"][0], "q": hidden["q"][0], "among": _hidden(page, "among"), "act": "go"}
        if plain:
            name, value = plain.pop(0)
            form[name] = value
        elif form["q"] == "户.人@" and members:
            relation, year = members.pop(0)
            form |= {
                "act": "add",
                "way": "0",
                "关系": relation,
                "出生日期-y": str(year),
                "出生日期-m": "3",
                "出生日期-d": "4",
            }
        elif 'value="done"' in page:
            form["act"] = "done"
        elif form["q"] in ("人.收入", "人.劳动能力", "人.在读阶段"):
            form["who"] = form["among"][-1:]
        elif form["q"].startswith("人.收入@"):
            form |= {"k": ["工资", "赡养费"], "金额-工资": "8000", "金额-赡养费": "1200-2400"}
        elif 'name="none"' in page:
            form["none"] = "1"
        else:
            form["act"] = "skip"
    raise SystemExit("the questions do not end")


def _hidden(page: str, name: str) -> list[str]:
    import html
    import re

    main = page.partition("<main")[2]
    return [html.unescape(v) for v in re.findall(rf'type="hidden" name="{name}" value="([^"]*)"', main)] or [""]


def _times(client: Any, form: dict[str, Any], rounds: int) -> list[float]:
    out = []
    for _ in range(rounds):
        begun = time.perf_counter()
        answer = client.post("/can-get", form)
        out.append(time.perf_counter() - begun)
        assert answer.status_code == 200
    return out


def _row(what: str, times: list[float]) -> Row:
    ordered = sorted(times)
    p95 = ordered[int(len(ordered) * 0.95)]
    return Row(
        what,
        f"p95 <= {BAR * 1000:.0f} ms",
        f"median {seconds(statistics.median(times))}, p95 {seconds(p95)}",
        p95 <= BAR,
    )


if __name__ == "__main__":
    main()
