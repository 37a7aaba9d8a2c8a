"""Values and names in words, in Chinese (``zh``) and English (``en``): money, dates, shares, categories, areas, bounds, clauses, what is missing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from doudi.rules.calendar import from_day
from doudi.rules.declared import WHOLE, Citation
from doudi.rules.nodes import Exact, Leaf
from doudi.rules.ruleset import Key, Ruleset
from doudi.rules.same import Same
from doudi.rules.scalar.missing import Missing
from doudi.rules.scalar.rows import RowId
from doudi.rules.types import MAX_AREA, RATIO_UNIT, Kind, Type

Lang = Literal["zh", "en"]

_UNITS: Mapping[str, str] = {
    "岁": "years", "人": "people", "个月": "months", "天": "days", "项": "items", "次": "times",
    "年": "years", "间": "rooms", "辆": "vehicles", "套": "houses",
}  # fmt: skip
_STATUS: Mapping[Lang, Mapping[str, str]] = {
    "zh": {"document": "已核对原文", "unverified": "未核对原文", "demo": "演示数据"},
    "en": {"document": "checked against the document", "unverified": "not checked against the text", "demo": "demonstration value"},
}  # fmt: skip
_SOURCES: Mapping[Lang, Mapping[str, str]] = {
    "zh": {"declared": "申报", "checked": "核对", "imported": "导入"},
    "en": {"declared": "declared", "checked": "checked", "imported": "imported"},
}  # fmt: skip
_MISSING: Mapping[Lang, Mapping[str, str]] = {
    "zh": {
        "fact": "{row} 的 {name}",
        "table": "{row} 的 {name}是否已全部列出",
        "standard": "{name}：没有可用的标准（{detail}）",
        "stale": "{name}：标准已过复核日期（{detail}）",
        "rule": "{name}：规则在基准日没有生效的版本",
        "zero": "{row} 的 {name}：除数为零",
        "empty": "{row} 的 {name}一行也没有",
    },
    "en": {
        "fact": "{name} of {row}",
        "table": "whether every {name} of {row} is listed",
        "standard": "{name}: no standard in force ({detail})",
        "stale": "{name}: the standard is past its review date ({detail})",
        "rule": "{name}: no version of the rule in force on the date",
        "zero": "{name} of {row}: division by zero",
        "empty": "{row} has no {name}",
    },
}


_ARTICLE = re.compile("第([一二三四五六七八九十百]+)条")
_DIGITS = "〇一二三四五六七八九"


def clause_in_english(clause: str, labels: Mapping[str, str]) -> str:
    """``第十二条`` is Article 12; a heading has its English among the labels; a number such as ``二(一)1-b`` stays."""
    if clause == WHOLE:
        return "as a whole"
    found = _ARTICLE.fullmatch(clause)
    return f"Article {_number(found[1])}" if found else labels.get(f"条款.{clause}") or clause


def _number(text: str) -> int:
    """A Chinese number below a thousand."""
    hundreds, _, rest = text.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    high = (_DIGITS.index(hundreds) if hundreds else 1) * 100 if "百" in text else 0
    middle = (_DIGITS.index(tens) if tens else 1) * 10 if ten else 0
    return high + middle + (_DIGITS.index(ones) if ones else 0)


def format_value(ruleset: Ruleset, type_: Type, lo: int, hi: int, lang: Lang = "zh") -> str:
    """A value in stored units (see ``Type``) as an official would write it; bounds that leave everything open are "not known"."""
    return words_for(ruleset, lang).value(type_, lo, hi)


@lru_cache(64)
def _words(same: Same, lang: Lang) -> Words:
    return Words(same.ruleset, lang)


def words_for(ruleset: Ruleset, lang: Lang = "zh") -> Words:
    """The words of a ruleset in one language; made once and kept."""
    return _words(Same(ruleset), lang)


class Words:
    """Names and values of one ruleset in one language. ``formulas`` keeps the formulas already told in words."""

    def __init__(self, ruleset: Ruleset, lang: Lang) -> None:
        book = ruleset.book
        self.ruleset, self.lang, self.zh = ruleset, lang, lang == "zh"
        self.categories = {c.name: tuple(zh if self.zh else (en or zh) for zh, en in c.values) for c in book.categories}
        self.areas = {a.code: a.name if self.zh else (a.en or a.name) for a in book.areas if a.code >= 0}
        self.views = {v.name for v in book.views}
        self._named = {
            **{zh: en for c in book.categories for zh, en in c.values},
            **book.labels,
            **{a.name: a.en for a in book.areas},
            **{v.name: v.en for v in book.views},
            **{e.table: e.en for e in book.entities if e.table},
            **{e.name: e.en for e in book.entities},
            **{s.name: s.en for s in book.standards},
            **{p.name: p.en for p in book.programmes},
            **{c.name: c.en for c in book.conflicts},
            **{d.name: d.en for d in book.derived},
        }
        self._labels: dict[Key, str] = {}
        self.formulas: dict[Key, str] = {}
        self._cites: dict[Citation, str] = {}

    def pick(self, zh: str, en: str) -> str:
        return zh if self.zh else en

    # --- values -----------------------------------------------------------------------------------------------------

    def value(self, type_: Type, lo: int, hi: int) -> str:
        """Stored units; see ``format_value``."""
        if type_.kind is Kind.RATIO:
            return self.natural(type_, Fraction(lo, RATIO_UNIT), Fraction(hi, RATIO_UNIT))
        return self.natural(type_, lo, hi)

    def natural(self, type_: Type, lo: Exact, hi: Exact) -> str:
        """Natural units: fen, a ratio as itself, whole numbers."""
        if lo == hi:
            return self.known(type_, lo)
        if type_.kind is Kind.TRUTH or (type_.kind is Kind.AREA and (lo, hi) == (0, MAX_AREA)):
            return self.unknown
        if type_.kind is Kind.CATEGORY:
            names = self.categories[type_.category]
            possible = names[int(lo) : int(hi) + 1]
            return self.unknown if len(possible) == len(names) else (" 或 " if self.zh else " or ").join(possible)
        low, high = self.known(type_, lo), self.known(type_, hi)
        return f"在 {low} 与 {high} 之间" if self.zh else f"between {low} and {high}"

    @property
    def unknown(self) -> str:
        return "未知" if self.zh else "not known"

    def known(self, type_: Type, x: Exact) -> str:
        """One value in natural units."""
        match type_.kind:
            case Kind.TRUTH:
                return ("是" if x else "否") if self.zh else ("yes" if x else "no")
            case Kind.MONEY:
                yuan = _yuan(x) if type(x) is int else decimal(Fraction(x) / 100, 2)
                return f"{yuan} 元" if self.zh else f"CNY {yuan}"
            case Kind.RATIO:
                return f"{decimal(Fraction(x) * 100, 0)}%"
            case Kind.DATE:
                return from_day(int(x)).isoformat()
            case Kind.CATEGORY:
                return self.categories[type_.category][int(x)]
            case Kind.AREA:
                return self.area(int(x))
            case _:
                return self._whole(type_, x)

    def _whole(self, type_: Type, x: Exact) -> str:
        number = f"{x:,}" if type(x) is int else decimal(Fraction(x), 0)
        if not type_.unit:
            return number
        return f"{number} {type_.unit if self.zh else _unit(type_.unit, x)}"

    def gap(self, type_: Type, x: Exact) -> str:
        """How far two values of a type are apart; dates in days."""
        if type_.kind is Kind.DATE:
            return f"{x} 天" if self.zh else f"{x} {_unit('天', x)}"
        return self.known(type_, x)

    # --- names ------------------------------------------------------------------------------------------------------

    def area(self, code: int) -> str:
        """The name of a division; one that the ruleset does not name is told by the nearest above it that it does."""
        named = self.areas.get(code)
        if named is not None:
            return named
        digits = f"{code:012d}"
        for level in (9, 6, 4, 2):
            above = self.areas.get(int(digits[:level].ljust(12, "0")))
            if above is not None:
                return f"{above}（{digits}）" if self.zh else f"{above} ({digits})"
        return digits

    def name(self, name: str) -> str:
        """An entity, table, view, standard, programme, conflict or document by its label."""
        return name if self.zh else (self._named.get(name) or name)

    def label(self, key: Key) -> str:
        """What a variable is called; a condition by its words, or by its formula where nobody gave any."""
        made = self._labels.get(key)
        if made is None:
            v = self.ruleset.variables[key]
            own = v.zh if self.zh else v.en
            if not own and v.origin == "condition" and v.text is not None:
                own = v.text.source
            made = self._labels[key] = own or v.name
        return made

    def unit(self, unit: str) -> str:
        """What a number is counted in."""
        return unit if self.zh else _UNITS.get(unit, unit)

    def key(self, key: str) -> str:
        """What a line of a standard is for: a value of some category."""
        if self.zh:
            return key
        return next((en for c in self.ruleset.book.categories for zh, en in c.values if zh == key and en), key)

    def row(self, entity: str, id_: RowId) -> str:
        return f"{self.name(entity)} {id_}"

    def cite(self, c: Citation) -> str:
        """``《办法名称》（文号）第九条（未核对原文）``."""
        made = self._cites.get(c)
        if made is None:
            status = _STATUS[self.lang][c.status]
            made = self.pick(
                f"{self._document(c)}{c.clause}（{status}）",
                f"{self._document(c)}, {clause_in_english(c.clause, self._named)} ({status})",
            )
            self._cites[c] = made
        return made

    def _document(self, c: Citation) -> str:
        title = self._named.get(f"文件.{c.document}") if self.zh else self._named.get(c.document)
        if not title or title == c.document:
            return f"{c.document} " if self.zh else c.document
        # A short name in Latin letters is ours (DH); any other is the document's number, by which an office finds it.
        number = "" if c.document.isascii() else self.pick(f"（{c.document}）", f" ({c.document})")
        return self.pick(f"《{title}》{number}", f"{title}{number}")

    def source(self, given: str) -> str:
        """``declared@2024-06-01`` in words; see ``Row.sources``."""
        kind, _, at = given.partition("@")
        said = _SOURCES[self.lang].get(kind, kind)
        return f"{said} {at}".strip()

    def missing(self, found: Missing) -> str:
        leaf, path = found
        name, row = self._missing_name(leaf), ""
        if leaf.entity:
            row = self.row(leaf.entity, "/".join(map(str, path))) if path else self.name(leaf.entity)
        detail = "/".join(self.name(part) for part in leaf.detail.split("/") if part)
        return _MISSING[self.lang][leaf.kind].format(name=name, row=row, detail=detail)

    def _missing_name(self, leaf: Leaf) -> str:
        if leaf.kind in ("fact", "rule", "zero"):
            return self.label((leaf.entity, leaf.name))
        if leaf.kind in ("table", "empty"):
            # the table's own word (候选成员), which says more than what its rows are called (人)
            entity = self.ruleset.entities[leaf.name]
            return (entity.table or entity.name) if self.zh else entity.en
        return self.name(leaf.name)


def _unit(zh: str, x: Exact) -> str:
    word = _UNITS.get(zh, zh)
    if x == 1 and word in _UNITS.values():
        return {"people": "person"}.get(word, word.removesuffix("s"))
    return word


def _yuan(fen: int) -> str:
    """Whole fen, the most frequent number by far, without fractions."""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{yuan:,}.{rest:02d}"


def decimal(x: Fraction, places: int, most: int = 4) -> str:
    """``x`` with thousands separated and at least ``places`` decimals; more, up to ``most``, where it has more, and ``…`` where it has more still."""
    sign, x = ("-" if x < 0 else ""), abs(x)
    scaled = x * 10**most
    digits, rest = divmod(scaled.numerator, scaled.denominator)
    whole, part = divmod(digits, 10**most)
    shown = f"{part:0{most}d}".rstrip("0") if not rest else f"{part:0{most}d}"
    shown = shown.ljust(places, "0")
    return f"{sign}{whole:,}" + (f".{shown}" if shown else "") + ("…" if rest else "")
