"""Writes docs/reference from what it tells of, so that the reference cannot say what is not so.

language.md from the examples in tests/spec, which are run on both evaluators; commands.md from the commands; pack-files.md from the readers' tables of keys;
facts.md, names.md and programmes.md from the packs; settings.md from the server's settings.
Run ``python tools/reference.py``; with ``--check`` it writes nothing and exits 1 where a page is out of date.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import click

from doudi.cli.main import COMMANDS
from doudi.cli.main import main as doudi
from doudi.packs import (
    cite,
    read_cases,
    read_english,
    read_lists,
    read_pack,
    read_programmes,
    read_questions,
    read_registers,
    read_rules,
    read_schema,
    read_screening,
    read_standards,
    read_targets,
    survivors,
)
from doudi.packs.keys import SYNONYMS, Keys
from doudi.packs.pack import load
from doudi.rules.lexer import FUNCTIONS, KEYWORDS, ROUND_UNITS, UNITS
from doudi.server.lib.environment import SETTINGS
from tests.spec.examples import Chapter, Group, chapters, small_pack
from tools.key_words import told

FOLDER = ROOT / "docs" / "reference"
HEAD = """# The rules language

*Written by `tools/reference.py` from the examples in `tests/spec`, each of which is run on both evaluators. Edit those, not this page.*

How a pack is laid out, file by file, is told in [how to write a pack](../how-to/write-a-pack.md). What follows is what may stand in a formula. The
examples stand in a small pack of households, people and incomes, decided as of 2024-07-01.

"""


def language() -> str:
    pack = small_pack()
    parts = [HEAD, *(_chapter(c) for c in chapters(pack)), _words()]
    return "\n".join(parts).rstrip() + "\n"


def _chapter(c: Chapter) -> str:
    return f"## {c.title}\n\n{c.text.strip()}\n\n" + "\n".join(_group(g) for g in c.groups)


def _group(g: Group) -> str:
    lines = []
    if g.text:
        lines += [g.text.strip(), ""]
    given = [
        f"{name} = {_said(value)}"
        for name, value in {**{f"户.{k}": v for k, v in g.household.items()}, **g.given}.items()
    ]
    if given:
        lines += ["Given: " + "; ".join(f"`{part}`" for part in given), ""]
    missing = any(e.missing for e in g.examples)
    lines += ["| formula | gives |" + (" missing |" if missing else ""), "|---|---|" + ("---|" if missing else "")]
    for e in g.examples:
        gives = (
            f"refused: `{e.gives.removeprefix('fault ')}`"
            if e.gives.startswith("fault ")
            else e.gives.replace(" assumed", " (an assumption)")
        )
        row = f"| `{e.formula}` | {gives} |"
        lines.append(row + (f" {', '.join(sorted(e.missing))} |" if missing else ""))
    return "\n".join(lines) + "\n"


def _said(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_said(v) for v in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_said(v)}" for k, v in value.items()) + "}"
    return str(value)


def _words() -> str:
    """Every word of the language, Chinese and ASCII."""
    by_meaning: dict[str, list[str]] = {}
    for word, meaning in FUNCTIONS.items():
        by_meaning.setdefault(meaning, []).append(word)
    keywords: dict[str, list[str]] = {}
    for word, kind in KEYWORDS.items():
        keywords.setdefault(kind, []).append(word)
    lines = [
        "## All words",
        "",
        "| functions |",
        "|---|",
        *(f"| {' · '.join(f'`{w}`' for w in words)} |" for words in by_meaning.values()),
        "",
    ]
    lines += [
        "| other words |",
        "|---|",
        *(f"| {' · '.join(f'`{w}`' for w in words)} |" for words in keywords.values()),
        "",
    ]
    lines += [
        f"Units after a number: {' '.join(f'`{u}`' for u in (*UNITS, '%', '‰'))}.",
        "",
        f"Roundings: {' '.join(f'`{u}`' for u in ROUND_UNITS)}.",
    ]
    return "\n".join(lines)


def commands() -> str:
    """Every command with its options, as its help says."""
    parts = ["# Commands", "*Written by `tools/reference.py` from the commands themselves.*", ""]
    parts += [
        "| command | |",
        "|---|---|",
        *(f"| [`doudi {name}`](#doudi-{name}) | {text} |" for name, (_, text) in COMMANDS.items()),
        "",
    ]
    for name in COMMANDS:
        ctx = click.Context(doudi, info_name="doudi")
        command = doudi.get_command(ctx, name)
        assert command is not None
        told = command.get_help(
            click.Context(command, info_name=f"doudi {name}", parent=None, terminal_width=110, max_content_width=110)
        )
        parts += [f"## doudi {name}", "", "```text", told, "```", ""]
        group = command if isinstance(command, click.Group) else None
        for sub in group.list_commands(ctx) if group is not None else ():
            below = group.get_command(ctx, sub) if group is not None else None
            assert below is not None
            whole = f"doudi {name} {sub}"
            told = below.get_help(
                click.Context(below, info_name=whole, parent=None, terminal_width=110, max_content_width=110)
            )
            parts += [f"### {whole}", "", "```text", told, "```", ""]
    return "\n".join(parts).rstrip() + "\n"


FILES: dict[str, tuple[str, list[Keys]]] = {
    "pack.yaml": (
        "what the pack is, its parents and the documents that it cites",
        [read_pack.PACK, read_pack.DOCUMENT],
    ),
    "entities.yaml": ("name: who and what rules speak of", [read_schema.ENTITY]),
    "views.yaml": ("name: some rows of a table", [read_schema.VIEW]),
    "categories.yaml": ("name: a closed list", [read_schema.CATEGORY]),
    "areas.yaml": ("name: a division, or a set of divisions", [read_schema.AREA]),
    "facts/*.yaml": ("entity.name: an input", [read_schema.FACT]),
    "standards/*.yaml": (
        "name: a dated value by area",
        [read_standards.STANDARD, read_standards.LOOK_UP, read_standards.LINE],
    ),
    "rules/*.yaml": ("entity.name: a computed value", [read_rules.RULE, read_rules.VERSION]),
    "programmes/*.yaml": (
        "name: something one may be due",
        [
            read_programmes.PROGRAMME,
            read_programmes.PROGRAMME_VERSION,
            read_programmes.CONDITION,
            read_programmes.FUNDING,
        ],
    ),
    "conflicts.yaml": (
        "name: programmes that touch each other",
        [read_programmes.CONFLICT, read_programmes.CONFLICT_VERSION],
    ),
    "derived.yaml": ("name: a household of one", [read_programmes.DERIVED, read_programmes.DERIVED_VERSION]),
    "measures.yaml": ("name: a measure that is also open", [read_lists.MEASURE]),
    "screening.yaml": ("what is shown of a screened county", [read_screening.SCREENING, read_screening.LIST]),
    "sources.yaml": ("code: where a fact is from; the lower rank counts", [read_registers.SOURCE]),
    "ledgers.yaml": ("code: a list of households or people", [read_registers.LEDGER]),
    "targets.yaml": (
        "name of a standard of kind target: by which figures of a screening it is measured",
        [read_targets.TARGET],
    ),
    "questions.yaml": (
        "how a family that asks for itself is asked, in plain words",
        [
            read_questions.QUESTIONS,
            read_questions.SECTION,
            read_questions.QUESTION,
            read_questions.WAY,
            read_questions.TAKEN,
            read_questions.TEXT,
        ],
    ),
    "where.yaml": ("where help is applied for", [read_questions.WHERE, read_questions.DESK]),
    "clauses.yaml": (
        "the clauses of a document",
        [read_lists.BOOK, read_lists.DOCUMENT, read_lists.UNCLEAR, read_lists.CLAUSE, read_lists.FIGURE],
    ),
    "english.yaml": (
        "the English of names that nothing declares; `check-pack` warns of every shown text that has none",
        [read_english.ENGLISH],
    ),
    "cases/*.yaml": ("worked cases", [read_cases.FILE, read_cases.CASE]),
    "survivors.yaml": ("changes that no case notices, each with its reason", [survivors.SURVIVOR]),
    "anywhere": ("a citation", [cite.CITE]),
}


def pack_files() -> str:
    """Every file of a pack and the keys of its entries, with the Chinese words that may stand for them."""
    parts = [
        "# Files of a pack",
        "*Written by `tools/reference.py` from the tables that the readers use.* Keys in **bold** are always needed; "
        "the words beside a key may stand for it. The packs under `src/doudi/policies` show each in use.",
        "",
    ]
    for name, (what, tables) in FILES.items():
        parts += [f"## {name}", "", f"{what[0].upper()}{what[1:]}.", ""]
        for table in tables:
            keys = [(k, True) for k in table.required] + [(k, False) for k in table.optional]
            parts += [f"### {table.en} ({table.zh})", "", "| key | | what it says |", "|---|---|---|"]
            parts += [
                f"| {f'**`{k}`**' if needed else f'`{k}`'} | {'、'.join(SYNONYMS.get(k, ()))} | {told(table.en, k)} |"
                for k, needed in keys
            ]
            parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def facts() -> str:
    """Every fact that the packs declare, with type and bounds, by entity."""
    book = load("demo").book
    parts = [
        "# Facts",
        "*Written by `tools/reference.py` from the packs up to `demo`.* One Parquet table an entity; see `doudi.screening.facts` for the columns.",
        "",
    ]
    for e in book.entities:
        kind = f", complete by its {e.kind}" if e.kind else ""
        of = f", of {e.of}, at most {e.max_rows} rows{kind}" if e.of else ""
        parts += [f"## {e.name} — {e.en} (`{e.file}.parquet`{of})", "", "| fact | | type | help |", "|---|---|---|---|"]
        parts += [f"| {f.name} | {f.en} | {f.type} | {f.help_en} |" for f in book.facts if f.entity == e.name]
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def names() -> str:
    """Every name that a pack below ``national`` may use in a formula, besides the facts: closed lists, computed values, standards."""
    book = load("national").book
    parts = [
        "# Names of the national pack",
        "*Written by `tools/reference.py` from the pack `national`.* Any pack below it may use these in formulas, beside its [facts](facts.md), "
        "and the four names that each [programme](programmes.md) gives.",
        "",
        "## Closed lists",
        "",
        "| list | | values, in order |",
        "|---|---|---|",
        *(f"| {c.name} | {c.en} | {'、'.join(v for v, _ in c.values)} |" for c in book.categories),
        "",
        "## Some rows of a table",
        "",
        "| name | | of | those where |",
        "|---|---|---|---|",
        *(f"| {v.name} | {v.en} | {v.entity} | `{v.formula.source}` |" for v in book.views),
        "",
    ]
    for e in book.entities:
        rules = [r for r in book.rules if r.entity == e.name]
        if rules:
            parts += [f"## Computed for {e.name} ({e.en})", "", "| name | | type |", "|---|---|---|"]
            parts += [f"| {r.name} | {r.en} | {r.type} |" for r in rules] + [""]
    parts += ["## Standards", "", "A pack below gives values to these; it declares only what is not here.", ""]
    parts += ["| standard | | type | looked up by | has a value |", "|---|---|---|---|---|"]
    for s in book.standards:
        by = "、".join(".".join(key) for key in (s.area, s.by) if key)
        form = {"plain": "", "bands": f"，按{s.x}分段", "slices": f"，按{s.x}累进"}[s.form]
        parts.append(f"| {s.name} | {s.en} | {s.type}{form} | {by} | {'是' if s.lines else ''} |")
    return "\n".join(parts).rstrip() + "\n"


def programmes() -> str:
    """Every programme of every pack: who it is for, how often, what it is cited from."""
    parts = [
        "# Programmes",
        "*Written by `tools/reference.py` from the packs.* 未核 means cited from knowledge and not yet checked against the text.",
        "",
    ]
    for name in ("national", "guangxi", "dahua", "xiamen", "shaanxi", "luoxiao"):
        pack = load(name)
        own = [p for p in pack.book.programmes if any(v.pack == name for v in p.versions)]
        if not own:
            continue
        parts += [
            f"## {pack.info.zh} ({name})",
            "",
            "| programme | | for | paid | conditions in words | sources |",
            "|---|---|---|---|---|---|",
        ]
        for p in own:
            v = next(v for v in p.versions if v.pack == name)
            said = "；".join(c.zh or c.formula.source for c in v.conditions)
            cites = "；".join(
                f"{c.document} {c.clause}{'（未核）' if c.status == 'unverified' else ''}" for c in v.cites
            )
            paid = p.period if v.amount is not None else "—"
            parts.append(f"| {p.name} | {p.en} | {p.entity} | {paid} | {said} | {cites} |".replace("\n", " "))
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def settings() -> str:
    rows = "\n".join(f"| `{s.name}` | {s.zh}<br>{s.en} | `{s.default}` |" for s in SETTINGS)
    return (
        "# Settings\n\n*Written by `tools/reference.py` from `doudi.server.lib.environment`.*\n\n"
        "Environment variables, read once and checked when a command starts; one that is not known or cannot be used stops it with a plain message.\n\n"
        f"| variable | what it says | where it is not set |\n|---|---|---|\n{rows}\n"
    )


PAGES = {
    "language.md": language,
    "commands.md": commands,
    "pack-files.md": pack_files,
    "facts.md": facts,
    "names.md": names,
    "programmes.md": programmes,
    "settings.md": settings,
}


def main() -> int:
    stale = []
    for name, make in PAGES.items():
        path, text = FOLDER / name, make()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv[1:]:
            FOLDER.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if stale:
        sys.stderr.write(f"{'out of date' if '--check' in sys.argv[1:] else 'written'}: {', '.join(stale)}\n")
    return 1 if stale and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
