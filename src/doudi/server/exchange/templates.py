"""Blank workbooks to be filled in and handed in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from doudi.screening.workbook.columns import ID_NUMBER, NAME
from doudi.screening.workbook.pen import Field, workbook, write_list
from doudi.screening.workbook.template import write_template
from doudi.server.exchange.headers import BORN
from doudi.server.exchange.views import What
from doudi.server.policybook.selectors import policy


def write_blank(path: Path, what: What, *, on: date, lang: str = "zh") -> str:
    """Writes the ledger that the policy of the day asks for, or an empty list of people, to ``path``; gives the name it should have."""
    if what == "households":
        pack = policy(on).pack
        write_template(path, pack.book, on, lang, (pack.info.zh, pack.info.en))
        return "台账模板.xlsx" if lang == "zh" else "ledger.xlsx"
    title = "名单" if lang == "zh" else "List"
    note = (
        f"姓名和身份证号必填，号码用文本格式；其余列可以随意增加，会原样保留。没有号码、只作比对的名单可改填{BORN}。"
        if lang == "zh"
        else f"{NAME} (name) and {ID_NUMBER} (id number, as text) are needed; add any further columns. To compare without numbers, give {BORN} (birth date)."
    )
    fields = [Field(NAME, 14), Field(ID_NUMBER, 24), Field(BORN, 14), Field("备注", 24)]
    with workbook(path, title, on) as pen:
        sheet = pen.sheet("名单")
        write_list(pen, sheet, title, fields, [], note)
        sheet.write_blank(3, 0, None)
        sheet.set_column(1, 1, 24, pen.style("typed"))
    return "名单模板.xlsx" if lang == "zh" else "list.xlsx"
