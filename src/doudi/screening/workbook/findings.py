"""What was found wrong with a workbook, where, and which households it holds back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from doudi.rules.faults import hint
from doudi.screening.workbook.messages import MESSAGES, Message, Severity


@dataclass(frozen=True)
class Finding:
    """One thing found. ``row`` counts from 1 as the spreadsheet shows it, 0 where the whole sheet is meant; ``sheet`` is "" for the whole file.
    ``own`` is what to say where the finding is not one of reading a workbook.

    ``household`` is the 户编号 that it holds back, or "". ``value`` is what stands in the cell, already masked where it tells who someone is.
    """

    code: str
    sheet: str = ""
    row: int = 0
    column: str = ""
    args: tuple[tuple[str, str], ...] = ()
    household: str = ""
    value: str = ""
    own: Message | None = None

    @property
    def message(self) -> Message:
        return self.own or MESSAGES[self.code]

    @property
    def severity(self) -> Severity:
        return self.message.severity

    def what(self, lang: str = "zh") -> str:
        return (self.message.zh if lang == "zh" else self.message.en).format(**dict(self.args))

    def mend(self, lang: str = "zh") -> str:
        return (self.message.mend_zh if lang == "zh" else self.message.mend_en).format(**dict(self.args))

    def place(self, lang: str = "zh") -> str:
        """``家庭 第 5 行 户编号``; never the value, so that it may be shown on a terminal."""
        row = (f"第 {self.row} 行" if lang == "zh" else f"row {self.row}") if self.row else ""
        return " ".join(part for part in (self.sheet, row, self.column) if part)

    def said(self, lang: str = "zh") -> str:
        colon, stop, after = ("：", "。", "") if lang == "zh" else (": ", ".", " ")
        place, what = self.place(lang), self.what(lang)
        # A suggestion ends as a question.
        stop = "" if what.endswith(("？", "?")) else stop
        return f"{place}{colon if place else ''}{what}{stop}{after}{self.mend(lang)}"


class Bad(ValueError):
    """A cell that cannot be read; the reader of the sheet turns it into a ``Finding`` with its place."""

    def __init__(self, code: str, **args: str) -> None:
        super().__init__(code)
        self.code = code
        self.words = tuple(args.items())


class BadWorkbook(Exception):
    """The file as a whole cannot be read; ``findings`` says why."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(f.said("en") for f in self.findings))


def hints(name: str, known: Iterable[str]) -> dict[str, str]:
    """Arguments ``hint_zh`` and ``hint_en``: the nearest right name, or empty."""
    zh, en = hint(name, known)
    return {"hint_zh": zh, "hint_en": en}


def row_list(rows: Iterable[int], most: int = 6) -> str:
    """``5、7、9`` and at most ``most`` of them."""
    listed = sorted(set(rows))
    tail = "…" if len(listed) > most else ""
    return "、".join(str(r) for r in listed[:most]) + tail


@dataclass
class Log:
    """Findings as they come. The same finding for the same cell is kept once."""

    _kept: dict[Finding, None] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        self._kept[finding] = None

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, severity: Severity) -> list[Finding]:
        return [f for f in self._kept if f.severity == severity]

    def sort(self, sheets: Sequence[str]) -> None:
        """Put findings in the order of ``sheets`` and of their rows; those of no sheet come first,
        what only follows from others last."""
        place = {title: i for i, title in enumerate(sheets)}
        self._kept = dict.fromkeys(
            sorted(self._kept, key=lambda f: (f.code == "suspected", place.get(f.sheet, -1), f.row))
        )
