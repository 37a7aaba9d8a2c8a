"""An explanation as text, HTML and JSON."""

from __future__ import annotations

import json
from html.parser import HTMLParser

from doudi.rules.explain import Explanation, to_dict, to_html, to_text, why
from doudi.rules.scalar import Row, decide
from tests.unit.rules.scalar.little import TOWN, home, programme, ruleset

RULES = ruleset({}, [programme("低保", "户", [("甲 < 标准", "低于标准", "Below the line")], "标准 - 甲")])


def explained(lang: str = "zh") -> Explanation:
    given = home({"甲": 512_40, "户籍地": TOWN, "城乡": 1}, people=[])
    given.sources["甲"] = "declared@2024-06-01"
    return why(decide(RULES, given), "低保", lang="en" if lang == "en" else "zh")


def test_text() -> None:
    assert (
        to_text(explained())
        == """\
低保：不符合
不满足的条件：低于标准；甲 高出标准 12.40 元
依据：DH 二(一)1（已核对原文）
  - 低于标准：否
    算法：甲 < 标准
    代入：甲（512.40 元） < 标准（500.00 元）
    差距：甲 高出标准 12.40 元
    - 甲：512.40 元
      来源：申报 2024-06-01
    - 标准：500.00 元
      标准：大化，农村；按 2024-07-01 查
      依据：DH 二(一)1（已核对原文）"""
    )


def test_text_in_english() -> None:
    assert to_text(explained("en")).splitlines()[3:7] == [
        "  - Below the line: no",
        "    Rule: First < Standard",
        "    With numbers: First (CNY 512.40) < Standard (CNY 500.00)",
        "    Margin: First is CNY 12.40 above Standard",
    ]


def test_the_headline_alone() -> None:
    assert to_text(explained(), headline_only=True).count("\n") == 2


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    tags.close()
    assert not tags.open, "every element is closed"
    return tags


def test_html_opens_what_decided() -> None:
    tags = read(to_html(explained()))
    details = [attrs for tag, attrs in tags.seen if tag == "details"]
    assert [("open" in attrs, attrs["class"]) for attrs in details] == [
        (True, "why-programme"),
        (True, "why-condition"),
        (False, "why-fact"),
        (False, "why-standard"),
    ]
    assert tags.seen[0] == ("div", {"class": "why", "lang": "zh-CN"})
    assert {tag for tag, _ in tags.seen} == {"div", "ul", "li", "details", "summary", "span", "dl", "dt", "dd"}


def test_html_is_escaped() -> None:
    """Reasons come from packs, sources and row ids from whoever fills in the facts."""
    rules = ruleset({"户.果": ("是否", '缺省(真假, 是, "<b>&</b>") 且 任一(候选成员, 残疾) 且 甲 < 5 元')})
    given = Row(1, {"甲": 1}, rows={"人": [Row("<i>\"'", {"残疾": 1})]}, sources={"甲": "<img src=x onerror='1'>"})
    html = to_html(why(decide(rules, given), ("户", "果")))
    tags = read(html)
    assert {tag for tag, _ in tags.seen} == {"div", "p", "details", "summary", "span", "dl", "dt", "dd"}
    words = "".join(tags.words)
    assert "<b>&</b>" in words
    assert "<img src=x onerror='1'>" in words
    assert "人 <i>\"'：残疾" in words
    assert "'" not in html
    assert html.count('"') % 2 == 0


def test_json_holds_everything_that_is_not_empty() -> None:
    made = to_dict(explained())
    assert json.loads(json.dumps(made, ensure_ascii=False)) == made
    condition = made["parts"][0]  # type: ignore[index]
    assert condition["lo"] == 0
    assert condition["hi"] == 0
    assert condition["parts"][1]["standard"] == {"found": "found", "area": "大化", "key": "农村", "at": "2024-07-01"}
    assert "again" not in condition
    assert "source" not in condition
