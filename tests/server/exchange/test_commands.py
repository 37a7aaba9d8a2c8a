"""``doudi import``, ``export`` and ``compare``, as whoever works on the server runs them."""

from __future__ import annotations

import stat
from pathlib import Path

import openpyxl
from click.testing import CliRunner, Result

from doudi.cli.main import main
from doudi.server.exchange.models import Import
from doudi.server.lib.acting import acting
from doudi.server.registry.actions.ledgers import enrol
from doudi.server.registry.models import Household, Person
from tests.server.cast import SYSTEM, TOWN
from tests.server.exchange.ledgers import IDS, an_id, office, write
from tests.server.exchange.test_imports import JULY, count


def command(*words: str) -> Result:
    return CliRunner().invoke(main, words)


WHERE = ("--area", TOWN, "--since", "2024-07-01")


def test_looked_at_imported_exported_compared(committed: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    wrong = office()
    wrong["收入"][1][2] = "很多"
    file = write(folder / "台账.xlsx", wrong)

    looked = command("import", str(file), *WHERE, "--source", "导入")
    assert looked.exit_code == 2, looked.stderr
    assert "新登记或列入 2，更新 0，未变 0，扣留 1" in looked.stdout
    assert "--confirm" in looked.stdout
    assert "这里应是数字，却写了文字" in looked.stderr
    assert (count(Household), count(Import, state="given-up")) == (0, 1)
    marked = folder / "台账-已标注.xlsx"
    assert openpyxl.load_workbook(marked)["收入"]["C2"].value == "很多"
    assert stat.S_IMODE(marked.stat().st_mode) == 0o600

    brought = command("import", str(write(file, office())), *WHERE, "--source", "导入", "--confirm")
    assert brought.exit_code == 0, brought.stderr
    assert count(Household) == 3

    out = folder / "人员.xlsx"
    taken = command(
        "export", str(out), "--what", "people", "--on", "2024-07-01", "--columns", "name,id", "--lang", "en"
    )
    assert taken.exit_code == 0, taken.stderr
    assert "People, 5 rows" in taken.stdout
    assert IDS["韦大山"] not in repr(list(openpyxl.load_workbook(out).worksheets[0].iter_rows(values_only=True)))
    assert command("export", str(out)).exit_code == 2
    without = command("export", str(out), "--what", "people", "--unmasked", "--force")
    assert (without.exit_code, "须说明理由" in without.stderr) == (2, True)

    with acting(SYSTEM):
        person = Person.objects.get(name="韦大山").id
    enrol(by=SYSTEM, ledger="残疾人", person=person, on=JULY, details={"等级": "一级"})
    rows = [["姓名", "身份证号"], ["韦大山", IDS["韦大山"]], ["陌生人", an_id("19770707", 31)]]
    listed = write(folder / "残联.xlsx", {"名单": rows})
    asked = ("compare", str(listed), "--ledger", "残疾人", "--area", TOWN, "--body", "残联", "--on", "2024-07-01")
    held = command(*asked, "--out", str(folder / "差异.xlsx"))
    assert held.exit_code == 0, held.stderr
    assert "只在对方名单\t1" in held.stdout
    assert "只在我方台账\t0" in held.stdout
    assert (folder / "差异.xlsx").exists()


def test_what_cannot_be_used_is_said(committed: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"%PDF-1.7")
    for words, said in (
        (("import", str(file), *WHERE, "--source", "导入"), "PDF"),
        (("import", str(file), *WHERE, "--source", "梦"), "没有“梦”这种来源"),
        (("import", str(file), *WHERE, "--ledger", "无"), "没有“无”这本台账"),
        (("compare", str(file), "--ledger", "残疾人", "--area", TOWN, "--body", "x"), "PDF"),
    ):
        done = command(*words)
        assert done.exit_code == 2, done.stdout
        assert said in done.stderr, done.stderr
    assert count(Household) == 0
