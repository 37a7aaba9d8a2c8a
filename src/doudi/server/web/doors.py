"""The main pages, and which post they are for."""

from __future__ import annotations

from dataclasses import dataclass

from doudi.server.lib.actor import Actor
from doudi.server.web.words import T


@dataclass(frozen=True)
class Door:
    """A main page in the bar at the top; ``here``: the reader is in it or below it, ``exact``: in it."""

    href: str
    name: str
    here: bool
    exact: bool


_ALL: tuple[tuple[str, T, tuple[str, ...]], ...] = (
    ("/", T("首页", "Home"), ()),
    ("/ledgers", T("台账", "Ledgers"), ("registry.read",)),
    ("/lists", T("名单", "Lists"), ("screening.read",)),
    ("/duplicates", T("查重", "Duplicates"), ("duplicates.decide",)),
    ("/imports", T("导入比对", "Import"), ("exchange.import",)),
    ("/exports", T("导出", "Export"), ("exchange.export",)),
    ("/figures", T("数据", "Figures"), ("screening.read", "decisions.read")),
    ("/policy", T("政策", "Policy"), ("policy.read",)),
    ("/standards", T("标准", "Standards"), ("policy.read",)),
    ("/simulation", T("测算", "Simulation"), ("screening.read",)),
    ("/audit", T("操作记录", "Audit"), ("audit.read",)),
    ("/officials", T("人员", "Officials"), ("accounts.manage",)),
    ("/divisions", T("区划", "Divisions"), ("areas.change",)),
    ("/jobs", T("任务", "Jobs"), ("jobs.manage", "exchange.import", "exchange.export", "screening.run")),
    ("/system", T("运行", "System"), ("operations.manage",)),
)
"""Address, name, and the permissions of which one is enough (none: everybody): those that its pages ask for, whatever more some acts there need."""


def all_doors() -> tuple[str, ...]:
    """The addresses of the main pages, in their order."""
    return tuple(href for href, _, _ in _ALL)


def doors_of(by: Actor, path: str) -> list[Door]:
    """The main pages that ``by`` may open, in their order."""
    out = []
    for href, name, needs in _ALL:
        if not needs or any(by.allows(p) for p in needs):
            here = path == href or (href != "/" and path.startswith(f"{href}/"))
            out.append(Door(href, str(name), here, path == href))
    return out
