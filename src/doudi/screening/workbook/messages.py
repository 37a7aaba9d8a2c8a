"""Everything that can be said of a workbook: what is wrong and how to mend it, Chinese and English, in one table.

``{…}`` are filled from the arguments of the finding. A finding's severity is its code's: ``file`` stops everything, ``row`` holds the
household back, ``note`` only tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal

Severity = Literal["file", "row", "note"]


@dataclass(frozen=True)
class Message:
    severity: Severity
    zh: str
    mend_zh: str
    en: str
    mend_en: str


_AS_XLSX = (
    "在 Excel 或 WPS 中打开，另存为“Excel 工作簿（.xlsx）”后再用",
    "open it in Excel or WPS and save it as an .xlsx workbook",
)
_TEMPLATE = (
    "可对照空白模板（导入页可下载，命令行用 doudi template）",
    "compare with the blank template (`doudi template`, or the import page)",
)
_RETYPE_ID = "按证件以文本输入 18 位号码", "type the 18 characters from the card, as text"


_file, _row, _note = partial(Message, "file"), partial(Message, "row"), partial(Message, "note")

FILE = {
    "empty-file": _file(
        "文件是空的（0 字节）", "重新导出或重新拷贝该文件", "the file is empty (0 bytes)", "export or copy it again"
    ),
    "old-xls": _file("这是旧版 .xls 工作簿", _AS_XLSX[0], "this is an old .xls workbook", _AS_XLSX[1]),
    "password": _file(
        "工作簿设有打开密码",
        "去掉密码另存后再用",
        "the workbook is locked by a password",
        "save it without the password",
    ),
    "other-format": _file(
        "这是 {kind} 文件，不是 .xlsx 工作簿", _AS_XLSX[0], "this is {kind}, not an .xlsx workbook", _AS_XLSX[1]
    ),
    "not-a-workbook": _file("这不是 Excel 工作簿", _AS_XLSX[0], "this is not an Excel workbook", _AS_XLSX[1]),
    "damaged": _file(
        "工作簿已损坏，读不出来",
        "重新导出；或在 Excel 中打开修复后另存",
        "the workbook is damaged and cannot be read",
        "export it again, or let Excel repair and save it",
    ),
    "too-big": _file(
        "工作簿展开后超过 {limit} MB",
        "删去空白行列和图片，或分成几个文件",
        "the workbook unpacks to more than {limit} MB",
        "delete empty rows and pictures, or split it",
    ),
    "swollen": _file(
        "工作簿展开后是文件的 {times} 倍，不是正常的工作簿，没有读取",
        "把数据复制到新的工作簿后再用",
        "the workbook unpacks to {times} times its size, which no ordinary one does; it was not read",
        "copy the data into a new workbook",
    ),
    "too-far": _file(
        "工作表一直用到 {last} 格，连空格子超过 {most} 个，没有读取",
        "选中数据右边的空列和下面的空行，整列整行删除后保存；数据确有这么多的，分成几个文件",
        "the sheet reaches as far as {last}, more than {most} cells with the blank ones; it was not read",
        "select the empty columns right of the data and the empty rows below, delete them whole and save; split a ledger that is really so large",
    ),
    "no-sheet": _file(
        "没有名为“{sheet}”的工作表（现有：{found}）{hint_zh}",
        f"把台账放在名为“{{sheet}}”的工作表里；{_TEMPLATE[0]}",
        "there is no sheet “{sheet}” (found: {found}){hint_en}",
        f"name the sheet “{{sheet}}”; {_TEMPLATE[1]}",
    ),
    "misspelt-sheet": _file(
        "工作表“{sheet}”像是“{meant}”表，名称却不是",
        "改名为“{meant}”；与筛查无关的，请把名称改成以“备注”开头",
        "the sheet “{sheet}” looks like “{meant}” but is not called so",
        "rename it “{meant}”; begin the name of a sheet that is not for screening with 备注",
    ),
    "doubled-sheet": _file(
        "“{sheet}”和“{other}”是同一张表的两个名字",
        "只留一张",
        "“{sheet}” and “{other}” name the same table",
        "keep one of them",
    ),
    "no-header": _file(
        "前 {n} 行里找不到写有“{keys}”的表头行",
        f"把列名写在第 1 行；{_TEMPLATE[0]}",
        "none of the first {n} rows is a header with “{keys}”",
        f"write the column names in row 1; {_TEMPLATE[1]}",
    ),
    "missing-column": _file(
        "缺少必需的列“{column}”{hint_zh}",
        "补上该列，或把那一列改成这个列名；不知道的格子可以留空",
        "the column “{column}” is missing{hint_en}",
        "add it, or give the column that is it this name; cells that are not known may stay blank",
    ),
    "doubled-column": _file(
        "列“{column}”出现了两次（{places}）",
        "删去一列",
        "the column “{column}” stands twice ({places})",
        "delete one of them",
    ),
    "misspelt-column": _file(
        "不认识的列“{column}”{hint_zh}",
        "改成模板里的列名；与筛查无关的列请以“备注”开头",
        "unknown column “{column}”{hint_en}",
        "use the name in the template; begin a column that is not for screening with 备注",
    ),
    "merged-cells": _file(
        "有合并的单元格：{ranges}",
        "选中整张表，取消合并，再把每一行填全",
        "cells are merged: {ranges}",
        "unmerge the whole sheet and fill every row",
    ),
    "no-rows": _file(
        "表头下面没有一行数据", "填入数据后再筛查", "there is no row below the header", "fill it in first"
    ),
}

_SEE_LIST = "从下拉列表中选", "choose from the drop-down list"

CELL = {
    "formula-error": _row(
        "单元格是公式错误（如 #N/A、#REF!）",
        "改成数值",
        "the cell holds a formula error such as #N/A",
        "put the value in",
    ),
    "formula-empty": _row(
        "单元格是公式，但没有算出的值",
        "在 Excel 中打开保存一次，或复制后选择性粘贴为数值",
        "the cell holds a formula without a computed value",
        "open and save it in Excel once, or paste it as a value",
    ),
    "percentage": _row(
        "单元格是百分比格式，显示的不是里面的数",
        "把单元格设为常规格式，填实际的数（如金额按元填）",
        "the cell is formatted as a percentage, which shows another number than it holds",
        "format it as a plain number and give the amount itself",
    ),
    "text-in-number": _row(
        "这里应是数字，却写了文字",
        "只写数字；没有请填 0，不知道请留空",
        "text where a number is wanted",
        "write digits only; 0 for none, blank for not known",
    ),
    "negative": _row("不能是负数", "填 {lo} 到 {hi} 之间的数", "cannot be negative", "give a number from {lo} to {hi}"),
    "too-small": _row(
        "小于允许的最小值 {lo}",
        "填 {lo} 到 {hi} 之间的值",
        "below the least allowed, {lo}",
        "give a value from {lo} to {hi}",
    ),
    "too-large": _row(
        "大于允许的最大值 {hi}",
        "核对单位（元，不是万元或分），填 {lo} 到 {hi} 之间的值",
        "above the most allowed, {hi}",
        "check the unit (yuan); give a value from {lo} to {hi}",
    ),
    "not-whole": _row("应是整数", "填整数", "must be a whole number", "give a whole number"),
    "below-fen": _row("金额有分以下的尾数", "保留两位小数", "an amount smaller than a fen", "keep two decimals"),
    "bad-range": _row(
        "范围的前一个数大于后一个数",
        "写成 3000～5000，小的在前",
        "the range ends below where it begins",
        "write 3000~5000, the smaller first",
    ),
    "bad-truth": _row(
        "应填“是”或“否”",
        "填“是”或“否”，不知道请留空",
        "must be 是 (yes) or 否 (no)",
        "write 是 or 否, blank if not known",
    ),
    "bad-category": _row(
        "不在允许的取值里{hint_zh}",
        f"{_SEE_LIST[0]}：{{values}}",
        "not one of the allowed values{hint_en}",
        f"{_SEE_LIST[1]}: {{values}}",
    ),
    "bad-area": _row(
        "不认识的地区{hint_zh}",
        f"{_SEE_LIST[0]}，或填 6、9、12 位行政区划代码",
        "unknown area{hint_en}",
        f"{_SEE_LIST[1]}, or give a division code of 6, 9 or 12 digits",
    ),
    "bad-date": _row(
        "不是有效的日期",
        "写成 2024-01-31；只知道年或年月的，写 1950 或 1950-03",
        "not a valid date",
        "write 2024-01-31; where only the year or month is known, 1950 or 1950-03",
    ),
    "date-as-year": _row(
        "日期格式的单元格里像是只填了年份 {year}",
        "把单元格改为文本格式，写 {year} 或完整日期",
        "the date cell seems to hold only the year {year}",
        "make the cell text and write {year} or a whole date",
    ),
    "date-as-number": _row(
        "像是日期，却存成了数字",
        "把单元格设为日期格式，或写成文本 2024-01-31",
        "looks like a date stored as a number",
        "format the cell as a date or write 2024-01-31 as text",
    ),
    "future-birth": _row(
        "出生日期晚于 {latest}，尚未到来",
        "按证件核对",
        "the birth date lies after {latest}",
        "check it against the card",
    ),
    "bad-complete": _row(
        "应填“是”“否”或已列全的种类{hint_zh}",
        "填“是”或“否”；只列全了几类的，写种类名，用顿号隔开：{values}",
        "must be 是, 否 or the kinds that are complete{hint_en}",
        "是 (yes), 否 (no), or the complete kinds: {values}",
    ),
}

IDENTITY = {
    "code-missing": _row("没有填户编号", "填入该户的编号", "the household number (户编号) is blank", "fill it in"),
    "code-as-number": _row(
        "户编号是位数太长的数字，后几位已丢失",
        "先把单元格设为文本格式再输入",
        "the household number is a long number: its last digits are lost",
        "make the cell text first, then type it again",
    ),
    "name-missing": _row("没有填姓名", "填入姓名", "the name is blank", "fill it in"),
    "id-missing": _row("没有填身份证号", "填入身份证号", "the id number is blank", "fill it in"),
    "id-as-number": _row(
        "身份证号存成了数字，后几位已丢失",
        "先把单元格设为文本格式，再按证件重新输入 18 位",
        "the id number is stored as a number: its last digits are lost",
        "make the cell text first, then type all 18 characters again",
    ),
    "id-length": _row(
        "身份证号是 {n} 位，应为 18 位", _RETYPE_ID[0], "the id number has {n} characters, not 18", _RETYPE_ID[1]
    ),
    "id-characters": _row(
        "身份证号里有数字和末位 X 以外的字符",
        _RETYPE_ID[0],
        "the id number holds other characters than digits and a last X",
        _RETYPE_ID[1],
    ),
    "id-birth": _row(
        "身份证号里的出生日期不存在", _RETYPE_ID[0], "the birth date inside the id number does not exist", _RETYPE_ID[1]
    ),
    "id-birth-bounds": _row(
        "身份证号里的出生日期不在 {lo} 到 {hi} 之间",
        _RETYPE_ID[0],
        "the birth date inside the id number is not within {lo} to {hi}",
        _RETYPE_ID[1],
    ),
    "id-future": _row(
        "身份证号里的出生日期晚于 {latest}，尚未到来",
        _RETYPE_ID[0],
        "the birth date inside the id number lies after {latest}",
        _RETYPE_ID[1],
    ),
    "id-checksum": _row(
        "身份证号的校验位不对，至少有一位写错",
        _RETYPE_ID[0],
        "the id number fails its check digit: a digit is wrong",
        _RETYPE_ID[1],
    ),
    "birth-contradiction": _row(
        "出生日期与身份证号不一致",
        "以证件为准改一处；两处一致或留空均可",
        "the birth date contradicts the id number",
        "mend one of them; the birth date may stay blank",
    ),
    "sex-contradiction": _row(
        "性别与身份证号不一致",
        "以证件为准改一处；性别可以留空",
        "the sex contradicts the id number",
        "mend one; it may stay blank",
    ),
    "name-contradiction": _row(
        "姓名与“{sheet}”表里这个身份证号的姓名不一致",
        "核对是谁的，改正姓名或身份证号",
        "the name is not that of this id number in “{sheet}”",
        "find out whose row it is, mend the name or the number",
    ),
}

LINKS = {
    "doubled-household": _row(
        "户编号在本表出现多次（第 {rows} 行）",
        "一户只留一行；若是两户，改其中一个编号",
        "the household number stands more than once (rows {rows})",
        "keep one row a household, or give the other its own number",
    ),
    "no-members": _row(
        "这一户在“{sheet}”表里一个人也没有",
        "补上成员，或删去这一户",
        "the household has nobody in “{sheet}”",
        "add its members or delete it",
    ),
    "no-household": _row(
        "户编号在“{sheet}”表里找不到{hint_zh}",
        "改正户编号，或在“{sheet}”表补上这一户",
        "the household number is not in “{sheet}”{hint_en}",
        "mend it, or add the household to “{sheet}”",
    ),
    "no-person": _row(
        "身份证号在“{sheet}”表里找不到",
        "改正身份证号，或在“{sheet}”表补上这个人",
        "the id number is not in “{sheet}”",
        "mend it, or add the person to “{sheet}”",
    ),
    "person-twice": _row(
        "同一个身份证号在这一户写了多次（第 {rows} 行）",
        "一人只留一行",
        "the same id number stands twice in the household (rows {rows})",
        "keep one row a person",
    ),
    "person-in-two": _row(
        "同一个人出现在两户（第 {rows} 行）",
        "查明属于哪一户，另一处删去",
        "the same person is in two households (rows {rows})",
        "find out where the person belongs and delete the other row",
    ),
    "two-heads": _row(
        "这一户有 {n} 个户主（第 {rows} 行）",
        "只留一个户主",
        "the household has {n} heads (rows {rows})",
        "keep one head",
    ),
    "too-many-rows": _row(
        "同一{owner}的行数 {n} 超过上限 {most}",
        "核对是否重复；可合并的合并成一行",
        "{n} rows of one {owner_en}, more than {most}",
        "look for doubled rows; join those that can be",
    ),
    "suspected": _row(
        "“{sheet}”表第 {rows} 行不知属于谁，可能是本户的",
        "改正那些行后本户即可筛查",
        "rows {rows} of “{sheet}” belong to nobody and may be this household's",
        "mend those rows and the household can be screened",
    ),
}

NOTES = {
    "old-id": _note(
        "15 位旧身份证号，已按 18 位处理",
        "方便时换成 18 位",
        "a 15-digit id number, taken as its 18-digit form",
        "replace it when convenient",
    ),
    "unknown-division": _note(
        "身份证号前两位不是已知的省份代码",
        "按证件核对",
        "the id number begins with no known province",
        "check it against the card",
    ),
    "column-ignored": _note(
        "列“{column}”与筛查无关，未读取",
        "不需要改；列名以“备注”开头可不再提醒",
        "the column “{column}” is not for screening and was not read",
        "nothing to do",
    ),
    "column-nameless": _note(
        "{column} 列有内容，但没有列名，未读取",
        "补上列名，或删去这一列",
        "column {column} has cells but no name; it was not read",
        "name it or delete it",
    ),
    "sheet-ignored": _note(
        "工作表“{sheet}”与筛查无关，未读取{hint_zh}",
        "不需要改",
        "the sheet “{sheet}” was not read{hint_en}",
        "nothing to do",
    ),
    "area-outside": _note(
        "地区代码的前两位不是省份", "核对代码", "the division code lies in no province", "check the code"
    ),
    "twin-rows": _note(
        "与第 {row} 行完全相同，按两笔计算",
        "若是重复录入，删去一行",
        "the same as row {row} in every cell; counted as two",
        "delete one if it was entered twice",
    ),
    "no-head": _note("这一户没有标明户主", "在“关系”列标明户主", "the household names no head", "mark one"),
}

MESSAGES: dict[str, Message] = {**FILE, **CELL, **IDENTITY, **LINKS, **NOTES}
