"""Published standards as a pack of their own, laid over the pack in force by the same machinery as any pack over its parents."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from doudi.packs.overlay import days_of
from doudi.packs.read_pack import COUNTRY
from doudi.rules.declared import WHOLE
from doudi.server.policybook.heirs import Handed, Heir, plain, short
from doudi.server.policybook.policy import Policy, Text

SUFFIX = "-here"
FILE = "standards/published.yaml"
AREAS = "areas.yaml"

Value = str | dict[str, Any]


@dataclass(frozen=True)
class Line:
    """A value to lay over: of the proposal ``proposal``, from ``since`` to ``until`` (inclusive). ``rank`` orders proposals: of two with one cell
    and one day the higher counts."""

    proposal: int
    standard: str
    area: str
    key: str
    since: date
    until: date | None
    value: Value
    document: str
    title: str
    rank: int = 0

    @property
    def cell(self) -> tuple[str, str, str]:
        return self.standard, self.area, self.key


@dataclass(frozen=True)
class Rendered:
    """The text, and which line of the file of standards (from 1) says which of the lines laid over."""

    text: Text
    said: dict[int, Line]


NOTHING = Handed()


def over(base: Policy, lines: Sequence[Line], more: Handed = NOTHING) -> Rendered:
    """``base`` with ``lines`` laid over it, and with what divisions were handed under their new codes. The same gives the same bytes, whatever order
    it comes in."""
    name = f"{base.pack.name}{SUFFIX}"
    written, said = _standards(base, lines, more)
    files = {**base.text.files, f"{name}/pack.yaml": _header(base, name, lines).encode()}
    if said or more.heirs:
        files[f"{name}/{FILE}"] = written.encode()
    if more.areas:
        files[f"{name}/{AREAS}"] = _areas(more).encode()
    return Rendered(Text(name, files), said)


def settled(lines: Iterable[Line]) -> list[Line]:
    """The days on which each line counts: on every day, of the lines of one cell that hold, the one that began last. One that is for a time only
    leaves what was before it in force again afterwards."""
    cells: dict[tuple[str, str, str], list[Line]] = defaultdict(list)
    for line in lines:
        cells[line.cell].append(line)
    return [x for _, some in sorted(cells.items()) for x in _in_turn(some)]


def _in_turn(lines: Sequence[Line]) -> Iterator[Line]:
    """``lines`` of one cell cut to the days on which each of them counts, in the order of the days."""
    after = {x.until + timedelta(days=1) for x in lines if x.until is not None}
    starts = sorted({x.since for x in lines} | after)
    before: Line | None = None
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        held = [x for x in lines if x.since <= start and (x.until is None or start <= x.until)]
        if not held:
            continue
        counts = max(held, key=lambda x: (x.since, x.rank, x.proposal))
        until = following - timedelta(days=1) if following is not None else None
        if before is not None and before.until == start - timedelta(days=1) and _of(before) == _of(counts):
            before = replace(before, until=until)
            continue
        if before is not None:
            yield before
        before = replace(counts, since=start, until=until)
    if before is not None:
        yield before


def _of(line: Line) -> Line:
    """The line without its days."""
    return replace(line, since=date.min, until=None)


def _documents(base: Policy, lines: Iterable[Line]) -> dict[int, str]:
    """Proposal to the short name of its document; one that the packs have already gets the proposal's number beside it."""
    return {
        x.proposal: x.document if x.document not in base.pack.documents else f"{x.document}（{x.proposal}）"
        for x in lines
    }


def _header(base: Policy, name: str, lines: Sequence[Line]) -> str:
    info = base.pack.info
    shorts = _documents(base, lines)
    documents = {shorts[x.proposal]: x.title for x in sorted(lines, key=lambda x: x.proposal)}
    out = [
        f"name: {name}",
        f"zh: {_quoted(info.zh + '及本地公布的标准')}",
        f"en: {_quoted(info.en + ' with the standards published here')}",
        f"area: {_quoted(_area(base))}",
        f"parents: [{info.name}]",
        *(["documents:"] if documents else []),
    ]
    out += [
        f"  {_quoted(short)}: {{zh: {_quoted(title)}, en: {_quoted(title)}, status: document}}"
        for short, title in sorted(documents.items())
    ]
    return "\n".join(out) + "\n"


def _area(base: Policy) -> str:
    """The pack's own area in a word that it can be found by again."""
    code = base.pack.info.area
    if code > 0:
        return f"{code:012d}"
    return COUNTRY


def _areas(more: Handed) -> str:
    said = (
        f"{_quoted(name)}: {{adds: [{', '.join(_quoted(f'{c:012d}') for c in codes)}]}}" for name, codes in more.areas
    )
    return "\n".join(sorted(said)) + "\n"


def _standards(base: Policy, lines: Sequence[Line], more: Handed) -> tuple[str, dict[int, Line]]:
    shorts = _documents(base, lines)
    entries: dict[str, list[tuple[str, Line | None]]] = defaultdict(list)
    for line in settled(lines):
        entries[line.standard].append((_entry(line, _cited([(shorts[line.proposal], WHOLE, "")])), line))
    for heir in sorted(more.heirs, key=lambda h: (h.decl.name, h.line.area, h.line.key, days_of(h.line))):
        entries[heir.decl.name].append((_inherited(base, heir), None))
    out: list[str] = []
    said: dict[int, Line] = {}
    for standard, values in sorted(entries.items()):
        out += [f"{_quoted(standard)}:", "  values:"]
        for entry, of in values:
            out.append(f"    - {{{entry}}}")
            if of is not None:
                said[len(out)] = of
    return "\n".join(out) + "\n", said


def _inherited(base: Policy, heir: Heir) -> str:
    x = heir.line
    assert x.since is not None
    value = plain(heir, base.pack.state.words)
    line = Line(0, heir.decl.name, short(x.area), x.key, x.since, x.until, value, "", "")
    cites = _cited([(c.document, c.clause, c.status) for c in x.cites])
    return _entry(line, cites, x.review_by)


def _cited(cites: Iterable[tuple[str, str, str]]) -> str:
    said = (
        f"{{document: {_quoted(document)}, clause: {_quoted(clause)}{f', status: {status}' if status else ''}}}"
        for document, clause, status in cites
    )
    return f"[{', '.join(said)}]"


def _entry(line: Line, cites: str, review_by: date | None = None) -> str:
    parts = [f"area: {_quoted(line.area)}"] if line.area else []
    parts.append(f"from: {line.since.isoformat()}")
    if line.until is not None:
        parts.append(f"until: {line.until.isoformat()}")
    if review_by is not None:
        parts.append(f"review_by: {review_by.isoformat()}")
    if isinstance(line.value, str):
        parts.append(f"value: {_keyed(line.key, _quoted(line.value))}")
    else:
        steps = ", ".join(f"{_quoted(at)}: {_quoted(value)}" for at, value in line.value.get("bands", {}).items())
        parts.append(f"bands: {_keyed(line.key, f'{{{steps}}}')}")
        parts.append(f"below: {_keyed(line.key, _quoted(line.value.get('below', '')))}")
    parts.append(f"cites: {cites}")
    return ", ".join(parts)


def _keyed(key: str, said: str) -> str:
    return f"{{{_quoted(key)}: {said}}}" if key else said


def _quoted(text: object) -> str:
    """A word in YAML as it stands, whatever is in it."""
    return json.dumps(str(text), ensure_ascii=False)
