"""An explanation as text, as an HTML fragment and as a plain dict for JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from html import escape as escape_all

from doudi.rules.explain.tree import Explanation, StandardNote

_CAPTIONS: dict[str, tuple[str, str]] = {
    "formula": ("算法", "Rule"),
    "numbers": ("代入", "With numbers"),
    "margin": ("差距", "Margin"),
    "standard": ("标准", "Standard"),
    "source": ("来源", "Source"),
    "cites": ("依据", "Under"),
    "notes": ("说明", "Note"),
    "missing": ("缺少", "Missing"),
    "reason": ("原因", "Because"),
}
_STOP = ("；", "; ")
_COLON = ("：", ": ")
_DEEPER = ("还有更深一层", "goes deeper")


_UNSAFE = re.compile("[&<>\"']")


def escape(text: str) -> str:
    """Most words hold nothing to escape, and looking is quicker than replacing."""
    return escape_all(text) if _UNSAFE.search(text) else text


def to_text(e: Explanation, headline_only: bool = False) -> str:
    """Indented lines; with ``headline_only`` just the lines that a letter prints."""
    if headline_only:
        return "\n".join(e.headline or (_title(e),))
    return "\n".join(_lines(e, 0))


def _lines(e: Explanation, level: int) -> Iterator[str]:
    indent = "  " * level
    if level == 0 and e.headline:
        yield from e.headline
    else:
        yield f"{indent}{'' if level == 0 else '- '}{_title(e)}"
        inner = indent if level == 0 else indent + "  "
        for caption, said in details(e):
            yield f"{inner}{caption}{_COLON[e.lang == 'en']}{said}"
    for part in e.parts:
        yield from _lines(part, level + 1)


def to_html(e: Explanation) -> str:
    """A fragment of nested ``<details>``; everything from rules and facts is escaped. Classes only, no style and no script."""
    out: list[str] = [f'<div class="why" lang="{"zh-CN" if e.lang == "zh" else "en"}">']
    if e.headline:
        out.append('<ul class="why-headline">')
        out.extend(f"<li>{escape(line)}</li>" for line in e.headline)
        out.append("</ul>")
    _html(e, out)
    out.append("</div>")
    return "".join(out)


def _html(e: Explanation, out: list[str]) -> None:
    title = f'<span class="why-label">{escape(e.label)}</span> <span class="why-value">{escape(_value(e))}</span>'
    told = details(e)
    if not told and not e.parts:
        out.append(f'<p class="why-{e.kind}">{title}</p>')
        return
    out.append(f'<details class="why-{e.kind}"{" open" if e.open else ""}><summary>{title}</summary>')
    if told:
        out.append("<dl>")
        out.extend(f"<dt>{caption}</dt><dd>{escape(said)}</dd>" for caption, said in told)
        out.append("</dl>")
    for part in e.parts:
        _html(part, out)
    out.append("</details>")


def to_dict(e: Explanation) -> dict[str, object]:
    """Everything that is not empty, ready for ``json.dumps``; bounds in stored units."""
    out: dict[str, object] = {}
    for f in fields(e):
        value = getattr(e, f.name)
        if f.name == "parts":
            if value:
                out["parts"] = [to_dict(part) for part in value]
        elif isinstance(value, StandardNote):
            out["standard"] = {n.name: said for n in fields(value) if (said := getattr(value, n.name))}
        elif isinstance(value, tuple):
            if value:
                out[f.name] = list(value)
        elif value not in ("", None, False) or (f.name in ("lo", "hi") and value is not None):
            out[f.name] = value
    return out


def _value(e: Explanation) -> str:
    if not (e.assumed or e.again):
        return e.value
    marks = []
    if e.assumed:
        marks.append("含假定" if e.lang == "zh" else "rests on an assumption")
    if e.again:
        marks.append("见上" if e.lang == "zh" else "see above")
    return f"{e.value}（{'，'.join(marks)}）" if e.lang == "zh" else f"{e.value} ({', '.join(marks)})"


def _title(e: Explanation) -> str:
    return f"{e.label}{_COLON[e.lang == 'en']}{_value(e)}"


def details(e: Explanation) -> list[tuple[str, str]]:
    """(caption, text) for everything that an explanation says beside its label and value."""
    lang = 0 if e.lang == "zh" else 1
    stop = _STOP[lang]
    out: list[tuple[str, str]] = []
    if e.reason:
        out.append((_CAPTIONS["reason"][lang], e.reason))
    if e.formula:
        out.append((_CAPTIONS["formula"][lang], e.formula))
    if e.numbers and e.numbers != e.formula:
        out.append((_CAPTIONS["numbers"][lang], e.numbers))
    if e.margin:
        out.append((_CAPTIONS["margin"][lang], e.margin))
    if e.standard is not None:
        out.append((_CAPTIONS["standard"][lang], standard_words(e.standard, zh=lang == 0)))
    if e.source:
        out.append((_CAPTIONS["source"][lang], e.source))
    cut = e.cut and e.kind != "row"
    if e.notes or cut:
        notes = (*e.notes, _DEEPER[lang]) if cut else e.notes
        out.append((_CAPTIONS["notes"][lang], stop.join(notes)))
    if e.missing:
        out.append((_CAPTIONS["missing"][lang], stop.join(e.missing)))
    if e.cites:
        out.append((_CAPTIONS["cites"][lang], stop.join(e.cites)))
    return out


def standard_words(note: StandardNote, zh: bool) -> str:
    """``大化，农村；自 2024-01-01 起；按 2024-07-01 查``."""
    if note.found == "open":
        return "查标准所用的地区、类别或日期尚不知道" if zh else "its area, kind or date is not known"
    of = ("，" if zh else ", ").join(p for p in (note.area, note.key) if p)
    span: list[str] = [of] if of else []
    if note.found == "none":
        span.append("没有生效的标准" if zh else "none in force")
    if note.since:
        span.append(f"自 {note.since} 起" if zh else f"from {note.since}")
    if note.until:
        span.append(f"至 {note.until} 止" if zh else f"until {note.until}")
    if note.found == "stale":
        span.append(f"应于 {note.review_by} 前复核，已过期" if zh else f"was to be reviewed by {note.review_by}: stale")
    span.append(f"按 {note.at} 查" if zh else f"asked at {note.at}")
    return ("；" if zh else "; ").join(span)
