"""Values, names and what is missing, as an official would write them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from doudi.rules.declared import Citation
from doudi.rules.explain import Lang, format_value, words_for
from doudi.rules.explain.words import clause_in_english, decimal
from doudi.rules.nodes import Leaf
from doudi.rules.scalar import Missing
from doudi.rules.types import AREA, DATE, INTEGER, MAX_AREA, MONEY, RATIO, TRUTH, Type
from tests.unit.rules.scalar.little import DAHUA, PEOPLE, TOWN, TYPES, YEARS, day, ruleset

RULES = ruleset()
KIND = TYPES["城乡"]
YEAR = (day("1950-01-01"), day("1950-12-31"))


@pytest.mark.parametrize(
    ("type_", "bounds", "zh", "en"),
    [
        (MONEY, (123_450, 123_450), "1,234.50 元", "CNY 1,234.50"),
        (MONEY, (0, 0), "0.00 元", "CNY 0.00"),
        (MONEY, (-5, -5), "-0.05 元", "CNY -0.05"),
        (MONEY, (100_000_000_001, 100_000_000_001), "1,000,000,000.01 元", "CNY 1,000,000,000.01"),
        (MONEY, (0, 5_000), "在 0.00 元 与 50.00 元 之间", "between CNY 0.00 and CNY 50.00"),
        (RATIO, (3_000, 3_000), "30%", "30%"),
        (RATIO, (3_333, 3_333), "33.33%", "33.33%"),
        (RATIO, (1, 1), "0.01%", "0.01%"),
        (RATIO, (0, 10_000), "在 0% 与 100% 之间", "between 0% and 100%"),
        (INTEGER, (1_234, 1_234), "1,234", "1,234"),
        (PEOPLE, (3, 3), "3 人", "3 people"),
        (PEOPLE, (1, 1), "1 人", "1 person"),
        (YEARS, (1, 1), "1 岁", "1 year"),
        (YEARS, (60, 61), "在 60 岁 与 61 岁 之间", "between 60 years and 61 years"),
        (DATE, (day("2024-02-29"), day("2024-02-29")), "2024-02-29", "2024-02-29"),
        (DATE, YEAR, "在 1950-01-01 与 1950-12-31 之间", "between 1950-01-01 and 1950-12-31"),
        (TRUTH, (1, 1), "是", "yes"),
        (TRUTH, (0, 0), "否", "no"),
        (TRUTH, (0, 1), "未知", "not known"),
        (KIND, (1, 1), "农村", "rural"),
        (KIND, (0, 1), "未知", "not known"),
        (AREA, (DAHUA, DAHUA), "大化", "Dahua"),
        (AREA, (TOWN, TOWN), "大化（451229100000）", "Dahua (451229100000)"),
        (AREA, (110000_000_000, 110000_000_000), "110000000000", "110000000000"),
        (AREA, (0, 0), "全国", "China"),
        (AREA, (0, MAX_AREA), "未知", "not known"),
    ],
)
def test_values(type_: Type, bounds: tuple[int, int], zh: str, en: str) -> None:
    assert format_value(RULES, type_, *bounds) == zh
    assert format_value(RULES, type_, *bounds, lang="en") == en


@pytest.mark.parametrize(
    ("x", "places", "said"),
    [
        (Fraction(1, 2), 0, "0.5"),
        (Fraction(2), 0, "2"),
        (Fraction(2), 2, "2.00"),
        (Fraction(-1, 8), 2, "-0.125"),
        (Fraction(1, 3), 2, "0.3333…"),
        (Fraction(10_000, 1), 0, "10,000"),
        (Fraction(1, 100_000), 0, "0.0000…"),
    ],
)
def test_a_fraction_is_never_rounded_silently(x: Fraction, places: int, said: str) -> None:
    assert decimal(x, places) == said


@pytest.mark.parametrize(
    ("leaf", "path", "zh", "en"),
    [
        (Leaf("fact", "人", "出生"), ("甲",), "人 甲 的 出生", "Birth date of Person 甲"),
        (Leaf("fact", "户", "甲"), (), "户 的 甲", "First of Household"),
        (Leaf("table", "户", "人"), (), "户 的 候选成员是否已全部列出", "whether every Person of Household is listed"),
        (Leaf("standard", "", "标准", "大化/农村/2024-07-01"), (), "标准：没有可用的标准（大化/农村/2024-07-01）",
         "Standard: no standard in force (Dahua/rural/2024-07-01)"),
        (Leaf("stale", "", "标准", "大化//2024-07-01"), (), "标准：标准已过复核日期（大化/2024-07-01）",
         "Standard: the standard is past its review date (Dahua/2024-07-01)"),
        (Leaf("rule", "人", "计入"), ("甲",), "计入：规则在基准日没有生效的版本", "计入 in English: no version of the rule in force on the date"),
        (Leaf("zero", "户", "甲"), (), "户 的 甲：除数为零", "First of Household: division by zero"),
        (Leaf("empty", "人", "收入"), ("甲",), "人 甲 的 收入一行也没有", "Person 甲 has no Income item"),
    ],
)  # fmt: skip
def test_what_is_missing(leaf: Leaf, path: tuple[str, ...], zh: str, en: str) -> None:
    assert words_for(RULES, "zh").missing(Missing(leaf, path)) == zh
    assert words_for(RULES, "en").missing(Missing(leaf, path)) == en


@pytest.mark.parametrize(
    ("given", "zh", "en"),
    [
        ("declared@2024-06-01", "申报 2024-06-01", "declared 2024-06-01"),
        ("checked", "核对", "checked"),
        ("imported@2024-06-01", "导入 2024-06-01", "imported 2024-06-01"),
        ("户口簿", "户口簿", "户口簿"),
    ],
)
def test_sources(given: str, zh: str, en: str) -> None:
    assert words_for(RULES, "zh").source(given) == zh
    assert words_for(RULES, "en").source(given) == en


@pytest.mark.parametrize(
    ("lang", "short", "said"),
    [
        ("zh", "DH", "《衔接并轨方案》二(一)1（已核对原文）"),
        ("en", "DH", "Merging plan, 二(一)1 (checked against the document)"),
        ("zh", "国发〔2014〕47号", "《临时救助制度》（国发〔2014〕47号）二(一)1（已核对原文）"),
        ("en", "国发〔2014〕47号", "Temporary relief (国发〔2014〕47号), 二(一)1 (checked against the document)"),
        ("zh", "别的", "别的 二(一)1（已核对原文）"),
    ],
)
def test_clauses_say_whether_they_were_checked(lang: Lang, short: str, said: str) -> None:
    labels = {
        "文件.DH": "衔接并轨方案",
        "DH": "Merging plan",
        "文件.国发〔2014〕47号": "临时救助制度",
        "国发〔2014〕47号": "Temporary relief",
    }
    rules = replace(RULES, book=replace(RULES.book, labels=labels))
    assert words_for(rules, lang).cite(Citation(short, "二(一)1", "document")) == said


def test_words_are_made_once_for_a_ruleset() -> None:
    assert words_for(RULES, "zh") is words_for(RULES, "zh")
    assert words_for(RULES, "zh") is not words_for(RULES, "en")
    assert words_for(RULES, "zh") is not words_for(ruleset(), "zh")


@pytest.mark.parametrize(
    ("clause", "said"),
    [
        ("第九条", "Article 9"),
        ("第十条", "Article 10"),
        ("第十二条", "Article 12"),
        ("第四十条", "Article 40"),
        ("第一百二十三条", "Article 123"),
        ("家庭收入", "Household income"),
        ("全文", "as a whole"),
        ("二(一)1-b", "二(一)1-b"),
        ("第九条第二款", "第九条第二款"),
    ],
)
def test_a_clause_is_told_in_english(clause: str, said: str) -> None:
    assert clause_in_english(clause, {"条款.家庭收入": "Household income", "家庭收入": "not this"}) == said
