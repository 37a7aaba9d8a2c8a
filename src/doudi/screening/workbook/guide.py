"""What the template tells the one who fills it in: the rules of the ledger, then every column with its values and bounds."""

from __future__ import annotations

from dataclasses import dataclass

from doudi.rules.types import Kind
from doudi.screening.workbook.cells import shown
from doudi.screening.workbook.columns import (
    COMPLETE,
    HOUSEHOLD_CODE,
    ID_NUMBER,
    NAME,
    PERSON,
    Column,
    Layout,
    Sheet,
    word,
)
from doudi.screening.workbook.parse import BIRTH, SEX

Two = tuple[str, str]
"""Chinese and English."""

INTRODUCTION: tuple[tuple[Two, tuple[Two, ...]], ...] = (
    (
        ("怎样使用", "How to use this workbook"),
        (
            (
                "“家庭”表一户一行，“成员”表一人一行，这两张必须有；其余各表一笔一行，没有的可以空着或删去整张表。",
                "“家庭” has one row a household, “成员” one row a person: both must be there. The other sheets have one row an item; a sheet "
                "with nothing in it may stay empty or be deleted.",
            ),
            (
                "深色表头必须有；浅色表头的列可以整列删去。列的次序可以变，列名不能改。与筛查无关的列，列名以“备注”开头即可保留。",
                "Dark headers must stay; light ones may be deleted with their column. Columns may be moved but not renamed. A column of "
                "your own may stay if its name begins with 备注.",
            ),
            (
                "不要合并单元格；一个格子只写一个值；不要在格子里写“约”“左右”。",
                "Do not merge cells; one value a cell; no “about”.",
            ),
            (
                "填好后运行：doudi screen 文件名.xlsx。有问题的行写进旁边的“问题清单”，那一户整户扣留不筛，其余各户照常筛查。",
                "Then run: doudi screen FILE.xlsx. Faulty rows are listed in a workbook beside it (问题清单); their households are held back "
                "whole, all others are screened.",
            ),
        ),
    ),
    (
        ("留空是什么意思", "What a blank means"),
        (
            (
                "留空 = 不知道。不知道的绝不当作 0，也不当作“否”。没有请写 0 或“否”。",
                "Blank means not known. What is not known is never taken for 0 or for 否 (no): write 0 or 否 where there is none.",
            ),
            (
                "缺了要紧的事项，结果会是“无法判定”，并写明该补哪一项；不影响结论的空白不必补。",
                "Where something decisive is blank the result is 无法判定 (undecided) and names what to supply. Blanks that change nothing "
                "need not be filled.",
            ),
        ),
    ),
    (
        ("“已列全”列（琥珀色表头）", "The columns 已列全, “listed in full” (amber headers)"),
        (
            (
                "没有行不等于没有。例如某人在“收入”表里没有行，可能是没有收入，也可能是没有核。核清以后，在“成员”表“收入已列全”填“是”，"
                "才会把没有列出的当作没有。",
                "No rows is not the same as none. A person without a row in 收入 may have no income, or nobody may have looked. Once it has "
                "been checked, write 是 in 收入已列全 on the person's row; only then is what is not listed taken for none.",
            ),
            (
                "留空或填“否” = 还没有核清，结果可能是“无法判定”。只核清了几类的，写那几类的名称，用顿号隔开，如：存款、机动车。",
                "Blank or 否: not yet checked, the result may be 无法判定. Where only some kinds are checked, write their names with 、 "
                "between, such as 存款、机动车.",
            ),
            (
                "“家庭”表的“成员已列全”填“是”，表示这一户可能共同生活的人都已列出。",
                "成员已列全 on the household's row says that everybody who may belong to it is listed.",
            ),
        ),
    ),
    (
        ("身份证号和日期", "Identity numbers and dates"),
        (
            (
                "身份证号必须是文本（本模板已设好）。存成数字会丢掉后几位，这样的行会被退回。15 位旧号可以用。",
                "Identity numbers must be text (this template has them so). Stored as a number they lose their last digits and the row is "
                "refused. Old numbers of 15 digits are accepted.",
            ),
            (
                "出生日期和性别可以留空，由身份证号得出；填了就必须与身份证号一致。",
                "Birth date and sex may stay blank: they follow from the number, and must agree with it where given.",
            ),
            (
                "日期写成 2024-01-31。只知道年或年月的，写 1950 或 1950-03，按整段时间处理。",
                "Write dates as 2024-01-31. Where only the year or month is known write 1950 or 1950-03: the whole span is then meant.",
            ),
            (
                "金额单位是元，最多两位小数；可以写 1,234.50，也可以写 1.5万元。只知道范围的，写 3000～5000，能判定的照样判定。",
                "Amounts are in yuan with at most two decimals; 1,234.50 and 1.5万元 are understood. Where only bounds are known write "
                "3000～5000: what they decide is decided.",
            ),
            (
                "地区填名称（可从下拉列表选）或 6、9、12 位行政区划代码。",
                "Areas: by name (see the list) or by division code of 6, 9 or 12 digits.",
            ),
        ),
    ),
    (
        ("保密", "Privacy"),
        (
            (
                "姓名和身份证号只用来把各表对上；结果里的身份证号只留前 3 位和后 4 位，运行记录里不出现。",
                "Names and numbers serve only to tie the sheets together. Results show the first 3 and last 4 characters of a number; logs "
                "show neither.",
            ),
        ),
    ),
)


@dataclass(frozen=True)
class Line:
    """One line of the list of columns."""

    sheet: str
    header: str
    english: str
    need: str
    how: str
    example: str


def lines(layout: Layout, lang: str = "zh") -> list[Line]:
    return [_line(layout, sheet, column, lang) for sheet in layout.sheets for column in sheet.columns]


def _line(layout: Layout, sheet: Sheet, column: Column, lang: str) -> Line:
    zh = lang == "zh"
    if column.filled:
        need = "必填" if zh else "every cell"
    elif column.required:
        need = "列必须有，可留空" if zh else "column needed"
    else:
        need = "可选" if zh else "optional"
    how, example = explained(layout, sheet, column, lang)
    return Line(sheet.title, column.header, english(column), need, how, example)


def english(column: Column) -> str:
    if column.key:
        return {HOUSEHOLD_CODE: "Household number", NAME: "Name", ID_NUMBER: "Identity number"}[column.key]
    if column.fact is not None:
        return column.fact.en
    assert column.child is not None
    return f"All listed: {column.child.en}"


def explained(layout: Layout, sheet: Sheet, column: Column, lang: str = "zh") -> Two:
    """How a column is filled in, and an example."""
    zh = lang == "zh"
    if column.key:
        return _key(layout, sheet, column, zh=zh)
    if column.child is not None:
        return _complete(layout, column, zh=zh)
    fact = column.fact
    assert fact is not None
    told = {BIRTH, SEX} if sheet is layout.people else set()
    extra = (f"{fact.help}。" if fact.help else "") if zh else (f"{fact.help_en}. " if fact.help_en else "")
    if fact.name in told:
        extra += "可留空，由身份证号得出。" if zh else "May stay blank: follows from the identity number. "
    unit = fact.type.unit
    match fact.type.kind:
        case Kind.TRUTH:
            return extra + ("是 / 否" if zh else "是 (yes) or 否 (no)"), "是"
        case Kind.CATEGORY:
            values = layout.categories[fact.type.category].values
            said = "、".join(v for v, _ in values) if zh else "; ".join(f"{v} {en}" for v, en in values)
            return extra + said, values[0][0]
        case Kind.AREA:
            named = [a.name for a in layout.book.areas if a.code > 0]
            how = "地区名称或行政区划代码" if zh else "name of the area or division code"
            return extra + how, named[-1] if named else "110101"
        case Kind.DATE:
            return extra + ("日期；只知道年或年月也可以" if zh else "date; a year or month will do"), "2024-01-31"
    bounds = f"{shown(fact.type, fact.lo)} ～ {shown(fact.type, fact.hi)}"
    match fact.type.kind:
        case Kind.MONEY:
            return extra + (f"金额（元），{bounds}" if zh else f"yuan, {bounds}"), "1234.50"
        case Kind.RATIO:
            return extra + (f"百分数，{bounds}" if zh else f"percentage, {bounds}"), "30%"
    return extra + (f"整数（{unit}），{bounds}" if zh else f"whole number ({unit}), {bounds}"), str(max(fact.lo, 1))


def _key(layout: Layout, sheet: Sheet, column: Column, *, zh: bool) -> Two:
    if column.key == HOUSEHOLD_CODE:
        if sheet is layout.households:
            return (
                "本单位自编，一户一个，不能重复" if zh else "your own number, one a household, never twice"
            ), "H0001"
        return (f"与“{layout.households.title}”表一致" if zh else f"as in “{layout.households.title}”"), "H0001"
    if column.key == NAME:
        if column.required:
            return ("与证件一致" if zh else "as on the card"), "张三"
        return (
            "方便查看，可留空；填了须与“成员”表一致" if zh else "for the eye; must agree with “成员” where given"
        ), "张三"
    if sheet.entity.name == PERSON:
        return ("18 位，文本" if zh else "18 characters, as text"), "99…（18 位）" if zh else "99… (18)"
    return (
        "这一笔是谁的，与“成员”表一致" if zh else "whose row this is, as in “成员”"
    ), "99…（18 位）" if zh else "99… (18)"


def _complete(layout: Layout, column: Column, *, zh: bool) -> Two:
    child = column.child
    assert child is not None
    table = word(child)
    kind = next((f for f in layout.book.facts if f.entity == child.name and f.name == child.kind), None)
    if kind is None:
        return (
            f"“{table}”表是否已列全：是 / 否，留空为未核清"
            if zh
            else f"is “{table}” complete: 是, 否; blank: not checked"
        ), "是"
    first = "、".join(v for v, _ in layout.categories[kind.type.category].values[:2])
    if zh:
        return f"“{table}”表是否已列全：是 / 否，或已列全的种类；留空为未核清", f"是；或 {first}"
    return f"is “{table}” complete: 是, 否 or the complete kinds; blank: not checked", f"是 / {first}"


__all__ = ["COMPLETE", "INTRODUCTION", "Line", "english", "explained", "lines"]
