"""A scenario as a workbook: what was changed, townships, programmes, classes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from doudi.screening.simulate import AreaEffect, Effects
from doudi.screening.workbook.pen import Cell, Field, workbook, write_list
from doudi.server.decisions.views import SimulationView
from doudi.server.web.words import said


def written(
    s: SimulationView,
    effects: Effects,
    changes: Sequence[Sequence[str]],
    names: dict[int, str],
    value: Callable[[str], str],
    on: date,
) -> bytes:
    """The bytes of the workbook. ``names``: divisions by code; ``value``: a class in the reader's language."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "simulation.xlsx"
        with workbook(path, s.name, on) as pen:
            note = said(
                f"按 {s.as_of} 的档案测算，每月，元；没有改变任何认定。金额未定、不在比较之内的 {effects.undecided} 户。",
                f"On the record of {s.as_of}, a month, in CNY; nobody's decision changed. {effects.undecided} households have no certain sum and are left out.",
            )
            heads = [
                said("标准", "Standard"),
                said("类", "Kind"),
                said("哪里", "Where"),
                said("原来", "Before"),
                said("改成", "Changed to"),
            ]
            write_list(
                pen,
                pen.sheet(said("改了什么", "Changes")),
                s.name,
                [Field(h, 24) for h in heads],
                [list(c) for c in changes],
                note,
            )
            write_list(pen, pen.sheet(said("按乡镇", "Townships")), s.name, _heads(), _areas(effects, names), note)
            programmes: list[list[Cell]] = [
                [
                    said(p.programme, p.en),
                    p.granted_before,
                    p.granted_after,
                    p.newly,
                    p.no_longer,
                    p.cost_before,
                    p.cost_after,
                ]
                for p in effects.programmes
            ]
            titles = [
                (said("项目", "Programme"), "text"), (said("原享受", "Granted before"), "whole"), (said("现享受", "Granted after"), "whole"),
                (said("新增", "Newly"), "whole"), (said("退出", "No longer"), "whole"), (said("原应发", "Cost before"), "money"),
                (said("现应发", "Cost after"), "money"),
            ]  # fmt: skip
            fields = [Field(t, 28 if i == 0 else 14, style) for i, (t, style) in enumerate(titles)]  # type: ignore[arg-type]
            write_list(pen, pen.sheet(said("按项目", "Programmes")), s.name, fields, programmes, note)
            moves: list[list[Cell]] = [[value(a), value(b), n] for a, b, n in effects.moves]
            write_list(
                pen, pen.sheet(said("类别变动", "Classes")), s.name,
                [Field(said("原类别", "Class before"), 24), Field(said("现类别", "Class after"), 24), Field(said("户", "Households"), 12, "whole")],
                moves, note,
            )  # fmt: skip
        return path.read_bytes()


def _heads() -> list[Field]:
    return [
        Field(said("地区", "Place"), 22), Field(said("原应发", "Cost before"), 16, "money"), Field(said("现应发", "Cost after"), 16, "money"),
        Field(said("变化", "Change"), 16, "money"), Field(said("原享受户", "Households before"), 12, "whole"),
        Field(said("现享受户", "Households after"), 12, "whole"), Field(said("增加的户", "Gain"), 12, "whole"),
        Field(said("减少的户", "Lose"), 12, "whole"), Field(said("增加额", "Gained"), 16, "money"), Field(said("减少额", "Lost"), 16, "money"),
    ]  # fmt: skip


def _areas(effects: Effects, names: dict[int, str]) -> list[list[Cell]]:
    rows = [_row(a, names.get(a.area, str(a.area))) for a in effects.areas]
    return [*rows, _row(effects.total, said("合计", "Total"))]


def _row(a: AreaEffect, name: str) -> list[Cell]:
    return [
        name, a.cost_before, a.cost_after, a.cost_after - a.cost_before, a.covered_before, a.covered_after, a.winners, a.losers, a.gained, a.lost
    ]  # fmt: skip
