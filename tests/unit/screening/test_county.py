"""A county screened: what is counted can be counted again from the decisions, and what was planted is found."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow.parquet as pq
import pytest

from doudi.rules.scalar import decide
from doudi.screening.facts import FactsRefused, schema_of
from doudi.screening.household import find_household
from doudi.screening.list_book import write_lists
from doudi.screening.lists import CHANGED, KINDS, MISSED, UNDECIDED, WRONGLY_IN
from doudi.screening.reasons import Reasons, yuan
from doudi.screening.receipts import score
from doudi.screening.report import Report, render
from doudi.screening.run import open_run, screen
from doudi.screening.simulate import ChangeRefused, parse_change, simulate
from doudi.screening.telling import telling
from tests.unit.screening.county import HOUSEHOLDS, County, small_county


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    folder = tmp_path_factory.mktemp("county")
    yield small_county(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def households(made: County) -> list[dict[str, Any]]:
    return [
        row
        for part in sorted(made.run.folder.glob("part-*"))
        for row in pq.read_table(part / "household.parquet").to_pylist()
    ]


def test_every_household_is_decided_and_has_a_class_or_is_said_to_be_undecided(
    made: County, households: list[dict[str, Any]]
) -> None:
    assert len(households) == HOUSEHOLDS
    assert sum(c.households for c in made.summary.classes.values()) == HOUSEHOLDS
    counted = Counter(row["家庭类别"] for row in households)
    assert {k: c.households for k, c in made.summary.classes.items()} == dict(counted)


def test_figures_are_what_the_rows_add_up_to(made: County, households: list[dict[str, Any]]) -> None:
    s = made.summary
    assert s.total.cost == sum(row["月保障合计"] or 0 for row in households)
    assert sum(a.households for a in s.areas.values()) == HOUSEHOLDS
    assert sum(a.cost for a in s.areas.values()) == s.total.cost
    assert sum(s.grid.values()) == HOUSEHOLDS
    for p in s.programmes:
        if p.plan.entity == "户":
            assert p.granted == sum(row[f"{p.plan.name}.granted"] == 1 for row in households)
            assert p.cost == sum(row[f"{p.plan.name}.paid_lo"] for row in households)
        assert p.cost <= p.upper


def test_lists_hold_just_the_rows_that_they_should(made: County, households: list[dict[str, Any]]) -> None:
    listed = {
        (r["list"], r["id"]): r
        for r in pq.read_table(made.folder / "lists.parquet").to_pylist()
        if r["programme"] == "低保"
    }
    for row in households:
        has, paid, now = row["低保.granted"], row["低保.paid"], row["低保现领"]
        expected = None
        if has == 2:
            expected = UNDECIDED
        elif has == 0 and now:
            expected = WRONGLY_IN
        elif has == 1 and now == 0 and paid:
            expected = MISSED
        elif has == 1 and now and paid is not None and paid != now:
            expected = CHANGED
        assert [kind for kind in KINDS if (kind, row["id"]) in listed] == ([] if expected is None else [expected])


def test_the_undecided_of_the_lists_are_those_of_the_programmes(made: County) -> None:
    """Who is barred by another programme anyway is asked for no paper, and is wrongly in where something is received."""
    counted = {p.plan.name: p.undecided for p in made.summary.programmes if p.undecided}
    assert made.summary.lists[UNDECIDED] == counted
    barred = 0
    for p in made.summary.programmes:
        table = "household" if p.plan.entity == made.ruleset.root else "person"
        settled = f"""SELECT count(*) FROM read_parquet('{made.run.folder}/part-*/{table}.parquet')
                      WHERE "{p.plan.name}.outcome" = 2 AND "{p.plan.name}.granted" = 0"""
        barred += duckdb.execute(settled).fetchall()[0][0]
    assert barred, "the county has somebody whose conditions are open and of no account"


def test_no_one_undecided_is_without_what_is_missing(made: County) -> None:
    undecided = [r for r in pq.read_table(made.folder / "lists.parquet").to_pylist() if r["list"] == UNDECIDED]
    assert undecided
    assert all(r["missing"] for r in undecided)


def test_planted_errors_are_found_and_little_else_is_listed(made: County) -> None:
    found = score(
        made.facts.read_extra("planted.parquet"),
        made.screened.db.sql("SELECT list, programme, household, id FROM lists").to_arrow_table(),
    )
    assert len(found.planted) >= 15
    assert found.recall == 1.0, {
        k: (n, found.found.get(k, 0)) for k, n in found.planted.items() if found.found.get(k, 0) != n
    }
    assert found.precision > 0.9


def test_every_row_has_a_reason_in_both_languages(made: County) -> None:
    zh, en = Reasons(made.ruleset, "zh"), Reasons(made.ruleset, "en")
    for row in pq.read_table(made.folder / "lists.parquet").to_pylist():
        assert len(zh.of(row)) > 3
        assert len(en.of(row)) > 5


def test_block_decisions_are_those_of_the_scalar_evaluator(made: County, households: list[dict[str, Any]]) -> None:
    schema = schema_of(made.pack.book)
    words = {"不符合": 0, "符合": 1, "无法判定": 2}
    for row in households[::97]:
        found = find_household(made.facts, schema, row["id"])
        assert found is not None
        for o in decide(made.ruleset, found).programmes:
            if not o.path:
                assert row[f"{o.programme}.outcome"] == words[o.outcome]
                if o.paid is not None:
                    assert (row[f"{o.programme}.paid_lo"], row[f"{o.programme}.paid_hi"]) == o.paid


def test_the_same_facts_give_the_same_digest_whatever_the_threads(made: County, tmp_path: Path) -> None:
    assert made.pack.screening is not None
    again = screen(made.ruleset, made.pack.screening, made.facts, tmp_path / "run", threads=1)
    assert again.digest == made.run.digest


def test_a_run_that_was_killed_is_not_taken_for_whole(made: County, tmp_path: Path) -> None:
    copy = tmp_path / "run"
    shutil.copytree(made.run.folder, copy)
    assert open_run(copy).digest == made.run.digest
    (copy / "run.json").unlink()
    with pytest.raises(FactsRefused):
        open_run(copy)


def test_facts_changed_after_they_were_written_are_refused(made: County, tmp_path: Path) -> None:
    from doudi.screening.parts import open_facts

    copy = tmp_path / "facts"
    shutil.copytree(made.facts.folder, copy)
    target = copy / "part-00000" / "income.parquet"
    target.write_bytes(target.read_bytes()[:-1] + b"x")
    assert made.pack.screening is not None
    with pytest.raises(FactsRefused):
        screen(made.ruleset, made.pack.screening, open_facts(copy), tmp_path / "run")
    with pytest.raises(FactsRefused):
        open_run(tmp_path / "run")


# --- simulation -----------------------------------------------------------------------------------------------------------------------------


def test_a_change_that_changes_nothing_has_no_effect(made: County) -> None:
    assert made.pack.screening is not None
    decl = next(s for s in made.pack.book.standards if s.name == "低保标准")
    now = next(
        x
        for x in decl.lines
        if x.key == "农村"
        and (x.until is None or x.until >= made.ruleset.as_of)
        and (x.since is None or x.since <= made.ruleset.as_of)
    )
    same = parse_change(f"低保标准.农村={yuan(int(now.value)).replace(',', '').replace(' ', '')}", made.pack.book)  # type: ignore[arg-type]
    effects = simulate(made.ruleset, made.pack.screening, made.facts, [same], made.pack.info.area)
    assert effects.total.cost_before == effects.total.cost_after
    assert not effects.moves
    assert effects.total.winners == effects.total.losers == 0


def test_raising_the_line_costs_more_and_nobody_on_it_loses_it(made: County) -> None:
    assert made.pack.screening is not None
    change = parse_change("低保标准.农村=7200元", made.pack.book)
    effects = simulate(made.ruleset, made.pack.screening, made.facts, [change], made.pack.info.area)
    low = next(p for p in effects.programmes if p.programme == "低保")
    assert low.cost_after > low.cost_before
    assert low.no_longer == 0
    assert low.granted_after == low.granted_before + low.newly
    assert sum(a.cost_after for a in effects.areas) == effects.total.cost_after
    assert effects.total.cost_after - effects.total.cost_before == effects.total.gained - effects.total.lost


WRONG_CHANGES = [
    "低保标淮.农村=600元", "低保标准.农春=600元", "低保标准.农村=600", "低保标准.农村=六百元", "低保标准.农村=-1元", "高龄津贴标准=1元", "低保标准",
]  # fmt: skip


@pytest.mark.parametrize("written", WRONG_CHANGES)
def test_a_change_that_makes_no_sense_is_refused_in_words(made: County, written: str) -> None:
    with pytest.raises(ChangeRefused) as refused:
        parse_change(written, made.pack.book)
    assert refused.value.zh
    assert refused.value.en


# --- report and workbook -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_report_needs_nothing_from_outside_and_says_the_figures(made: County, tmp_path: Path, lang: str) -> None:
    areas = {a.code: a for a in made.pack.book.areas}
    page = render(
        Report("县", "demo", made.screened, made.summary, areas, demo=True, lang=lang), tmp_path / "report.html"
    ).read_text(encoding="utf-8")
    body = page.replace("http://www.w3.org/", "")
    assert "http://" not in body
    assert "https://" not in body
    assert "<script" not in page
    assert "<link" not in page
    assert f"{made.summary.total.people:,}" in page
    assert page.count("<svg") == 2
    assert 'name="viewport"' in page
    assert "@media print" in page


def test_the_english_report_has_no_chinese_but_the_numbers_of_documents(made: County, tmp_path: Path) -> None:
    areas = {a.code: a for a in made.pack.book.areas if a.code >= 0}
    report = Report(made.pack.info.en, made.pack.name, made.screened, made.summary, areas, lang="en")
    page = render(report, tmp_path / "report.en.html").read_text(encoding="utf-8")
    page = re.sub(r"<style.*?</style>", "", page, flags=re.DOTALL)
    told = re.sub(r"\([^()]*\)", "", " ".join(re.findall(r">([^<>]+)<", page)))
    assert not re.findall("[一-鿿]+", told)


def test_the_report_says_what_each_standard_is(made: County, tmp_path: Path) -> None:
    areas = {a.code: a for a in made.pack.book.areas if a.code >= 0}
    report = Report(made.pack.info.zh, made.pack.name, made.screened, made.summary, areas)
    told = {(name, where.split()[0]): worth for name, where, worth, _ in report.citations()}
    assert told["低保标准", "农村"] == "6,360.00 元"
    assert told["不能自理起点", "全国"] == "4 项"
    page = render(report, tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("<figure") == page.count('<figure role="img" aria-label="') > 0


def test_the_workbook_holds_every_listed_row(made: County, tmp_path: Path) -> None:
    from python_calamine import CalamineWorkbook

    areas = {a.code: a for a in made.pack.book.areas}
    path = tmp_path / "lists.xlsx"
    total = write_lists(made.screened, areas, path)
    book = CalamineWorkbook.from_path(str(path))
    counted = sum(len(book.get_sheet_by_name(name).to_python()) - 1 for name in book.sheet_names)
    assert counted == total
    first = book.get_sheet_by_name(MISSED).to_python()
    assert len(first) - 1 == sum(made.summary.lists[MISSED].values())
    assert all(row[-1] for row in first)


def test_the_english_workbook_has_no_chinese(made: County, tmp_path: Path) -> None:
    path = tmp_path / "lists.xlsx"
    write_lists(made.screened, {a.code: a for a in made.pack.book.areas}, path, "en")
    book = openpyxl.load_workbook(path)
    said = {
        str(cell)
        for sheet in book
        for row in sheet.iter_rows(values_only=True)
        for cell in (sheet.title, *row)
        if re.search("[一-鿿]", str(cell))
    }
    assert not said
    totals = book["Live on the guarantee"]
    at = [c.value for c in totals[1]].index("Monthly total of the household") + 1
    assert {
        totals.cell(i, at).number_format
        for i in range(2, totals.max_row + 1)
        if not isinstance(totals.cell(i, at).value, str)
    } == {"#,##0.00"}


def test_telling_households_come_from_the_lists(made: County) -> None:
    told = telling(made.screened)
    assert [kind for kind, *_ in told] == [WRONGLY_IN, MISSED, UNDECIDED]
    db = duckdb.connect()
    for kind, household, programme, row in told:
        found = db.execute(
            "SELECT count(*) FROM read_parquet(?) WHERE list = ? AND household = ? AND programme = ? AND id = ?",
            [str(made.folder / "lists.parquet"), kind, household, programme, row],
        ).fetchall()
        assert found[0][0] == 1


def test_run_json_says_what_decided(made: County) -> None:
    kept = json.loads((made.run.folder / "run.json").read_text(encoding="utf-8"))
    assert kept["facts"] == made.facts.digest
    assert kept["ruleset"] == made.ruleset.digest
    assert kept["pack"] == "demo"


def test_without_reasons_the_answers_are_the_same(made: County) -> None:
    from doudi.rules.block import decide_tables

    facts = next(iter(made.facts)).read()
    told, bare = (
        decide_tables(made.ruleset, facts, missing=False, reasons=reasons).tables for reasons in (True, False)
    )
    for name in ("household", "person"):
        left_out = {c for c in told[name].column_names if c.endswith((".failing", ".margin", ".reason"))}
        assert left_out
        assert told[name].drop_columns(sorted(left_out)).equals(bare[name])
