"""What cannot be a standard is said when it is drafted, with where and how to mend it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from doudi.rules.declared import Bands
from doudi.rules.ruleset import StandardTable
from doudi.server.lib.refusals import Refused
from doudi.server.operations.divisions import recode
from doudi.server.policybook import actions, overlay
from doudi.server.policybook.actions import NewLine
from doudi.server.policybook.models import Proposal
from doudi.server.policybook.overlay import Line
from doudi.server.policybook.selectors import policies, policy, policy_with, standards
from tests.server.cast import COUNTY, POLICY, PROVINCE, SYSTEM, TOWN, actor
from tests.server.policybook.standards import DAY, RURAL, draft, published, value
from tests.server.policybook.test_packs import PACK


@pytest.mark.parametrize(
    ("line", "code", "field", "says"),
    [
        (replace(RURAL, standard="低保标淮"), "unknown-standard", "lines.0.standard", "低保标准"),
        (replace(RURAL, key="农材"), "unknown-key", "lines.0.key", "农村"),
        (replace(RURAL, key=""), "unknown-key", "lines.0.key", "城市、农村"),
        (replace(RURAL, value="7200"), "needs-unit", "lines.0.value", "元"),
        (replace(RURAL, value="七千"), "bad-number", "lines.0.value", "不是数"),
        (replace(RURAL, value="72000000 元"), "out-of-bounds", "lines.0.value", "范围"),
        (replace(RURAL, value="7200.005 元"), "not-whole", "lines.0.value", "整分"),
        (replace(RURAL, value="  "), "bad-value", "lines.0.value", "720 元"),
        (replace(RURAL, value="7200 元\n农村: 1 元"), "bad-number", "lines.0.value", ""),
        (replace(RURAL, value="=1+1"), "bad-number", "lines.0.value", ""),
        (replace(RURAL, area="4512291"), "bad-area", "lines.0.area", "代码"),
        (replace(RURAL, area="451229199"), "unknown-area", "lines.0.area", "451229199"),
        (NewLine("刚性支出占比线", COUNTY, "", "120%"), "out-of-bounds", "lines.0.value", "100%"),
        (NewLine("刚性支出占比线", COUNTY, "农村", "60%"), "unknown-key", "lines.0.key", "无"),
        (NewLine("全区农村低保平均标准", COUNTY, "", "1 元"), "unknown-standard", "lines.0.standard", ""),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be(places: str, line: NewLine, code: str, field: str, says: str) -> None:
    with pytest.raises(Refused) as raised:
        draft(line)
    assert (raised.value.code, raised.value.field) == (code, field)
    assert says in raised.value.zh
    assert raised.value.en
    assert not Proposal.objects.exists()


def test_which_of_several_values(places: str) -> None:
    with pytest.raises(Refused) as raised:
        draft(RURAL, NewLine("低保标准", COUNTY, "城市", "880 圆"), NewLine("特困护理标准", COUNTY, "半自理", "300 元"))
    assert (raised.value.field, raised.value.zh[:6]) == ("lines.1.value", "第 2 个值")
    with pytest.raises(Refused) as raised:
        draft(RURAL, NewLine("特困护理标准", COUNTY, "半自理", "300 元"), RURAL)
    assert (raised.value.code, raised.value.field) == ("cell-twice", "lines.2")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"title": " "}, "title"),
        ({"basis": ""}, "basis"),
        ({"measured_by": ""}, "measured_by"),
        ({"proposed_by": ("县民政局",)}, "proposed_by"),
        ({"proposed_by": ("县财政局",)}, "proposed_by"),
        ({"until": date(2026, 6, 30)}, "until"),
        ({"title": "题" * 201}, "title"),
        ({"lines": ()}, "lines"),
    ],
)
def test_what_has_to_be_said(places: str, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as raised:
        draft(**more)
    assert raised.value.field == field


def test_one_for_the_whole_country_takes_no_division(places: str) -> None:
    with pytest.raises(Refused) as raised:
        draft(NewLine("老年人年龄", "45", "", "60 岁"), by=PROVINCE)
    assert raised.value.code == "one-for-all"


def test_words_that_mean_something_in_yaml_stay_words(places: str) -> None:
    title = '标准": {x: 1} # 不是 *注释 &a !b\n第二行 \\'
    one = draft(title=title, basis="- a\n- b")
    assert value(DAY, of=policy_with(POLICY, DAY, [one.id])) == 7200
    assert policy_with(POLICY, DAY, [one.id]).pack.documents[f"拟订{one.id}"].zh == title


def test_values_of_every_form(places: str) -> None:
    shares = [s for s in standards(POLICY, DAY) if s.form != "plain" and s.by_area]
    assert shares
    age = next(s for s in shares if not s.keys)
    table = StandardTable(next(s for s in policy(DAY).pack.book.standards if s.name == age.name))
    old = table.find(451229000000, "", DAY).value
    assert isinstance(old, Bands)
    one = draft(NewLine(age.name, COUNTY, "", {"bands": {"80 岁": "150 元", "90 岁": "260 元"}, "below": "0 元"}))
    assert one.lines[0].value == {"bands": {"80 岁": "150 元", "90 岁": "260 元"}, "below": "0 元"}
    new = policy_with(POLICY, DAY, [one.id])
    found = StandardTable(next(s for s in new.pack.book.standards if s.name == age.name)).find(451229000000, "", DAY)
    assert found.value == Bands(((Fraction(80), Fraction(15000)), (Fraction(90), Fraction(26000))), Fraction(0))
    with pytest.raises(Refused):
        draft(NewLine(age.name, COUNTY, "", {"bands": {"90 岁": "150 元", "80 岁": "260 元"}, "below": "0 元"}))
    with pytest.raises(Refused):
        draft(NewLine(age.name, COUNTY, "", "100 元"))


RISES = """\
低保标准:
  values:
    - {from: 2026-01-01, value: {农村: 6000 元}, mode: raise, cites: [{document: 演示, clause: 演示值}]}
"""


@pytest.fixture
def rises(places: str, tmp_path: Path) -> None:
    (tmp_path / "county/standards").mkdir(parents=True)
    (tmp_path / "county/pack.yaml").write_text(PACK, encoding="utf-8")
    (tmp_path / "county/standards/lines.yaml").write_text(RISES, encoding="utf-8")
    actions.put_in_force(SYSTEM, actions.install(SYSTEM, tmp_path / "county").digest, since=None)


def test_what_only_rises_does_not_fall(rises: None) -> None:
    assert value(DAY) == 6420
    assert {s.name for s in standards(POLICY, DAY) if s.rises} == {"低保标准"}
    with pytest.raises(Refused) as raised:
        draft(replace(RURAL, value="6419.99 元"))
    assert (raised.value.code, raised.value.field) == ("falls", "lines.0.value")
    assert draft(replace(RURAL, value="6420 元")).state == "drafted"
    published(since=date(2026, 7, 1))
    with pytest.raises(Refused):
        draft(replace(RURAL, value="7199 元"), since=date(2027, 7, 1))
    assert draft(replace(RURAL, value="7200 元"), since=date(2027, 7, 1)).state == "drafted"
    # A township's is not below its county's, though it had none of its own before.
    with pytest.raises(Refused):
        draft(replace(RURAL, area=TOWN, value="7199 元"), since=date(2026, 7, 1))
    assert draft(NewLine("特困护理标准", COUNTY, "能自理", "80 元")).state == "drafted"


def test_a_new_code_is_no_way_to_fall(rises: None) -> None:
    published(since=DAY)
    on = date(2026, 9, 1)
    recode(by=SYSTEM, code=COUNTY, new_code="451281", on=on)
    officer = actor("policy", "451281", official=109, name="罗策")
    for since in (on, date(2026, 12, 1)):
        with pytest.raises(Refused) as raised:
            draft(replace(RURAL, area="451281", value="7199 元"), by=officer, since=since)
        assert raised.value.code == "falls"
        assert draft(replace(RURAL, area="451281"), by=officer, since=since).state == "drafted"


def test_where_the_pack_does_not_say_so_it_may_fall(places: str) -> None:
    assert draft(replace(RURAL, value="6000 元")).state == "drafted"


def line(n: int, since: date, yuan: int, until: date | None = None, rank: int = 0) -> Line:
    return Line(n, "低保标准", COUNTY, "农村", since, until, f"{yuan} 元", f"文{n}", f"题{n}", rank)


def test_the_same_lines_are_the_same_text(db: str) -> None:
    base = policies.base_on(DAY)
    lines = [line(1, date(2026, 1, 1), 7000), line(2, date(2026, 7, 1), 7200), line(3, date(2026, 4, 1), 7100)]
    one, other = (overlay.over(base, which) for which in (lines, lines[::-1]))
    assert one.text.digest == other.text.digest
    assert one.text.digest != overlay.over(base, lines[:2]).text.digest != base.digest
    assert policies.compose(base, lines) is policies.compose(base, lines[::-1])
    assert one.text.name == "demo-here"
    file = one.text.files["demo-here/standards/published.yaml"].decode().splitlines()
    assert {n: file[n - 1].partition("元")[0][-5:-1] for n in one.said} == {3: "7000", 4: "7100", 5: "7200"}


def test_the_days_on_which_lines_count() -> None:
    lines = [
        line(1, date(2026, 1, 1), 1), line(2, date(2026, 7, 1), 2), line(3, date(2026, 4, 1), 3, date(2026, 5, 31)),
        line(4, date(2026, 7, 1), 4, rank=1), line(5, date(2026, 1, 1), 5, rank=-1),
    ]  # fmt: skip
    settled = [(x.proposal, x.since, x.until) for x in overlay.settled(lines)]
    assert settled == [
        (1, date(2026, 1, 1), date(2026, 3, 31)), (3, date(2026, 4, 1), date(2026, 5, 31)), (1, date(2026, 6, 1), date(2026, 6, 30)),
        (4, date(2026, 7, 1), None),
    ]  # fmt: skip
