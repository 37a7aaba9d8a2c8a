"""Where packs lie and which files they have: Doudi's own beside this package, anybody else's in any folder."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

from doudi.packs.reading import Reader
from doudi.rules.faults import Where, hint

BUILT_IN = Path(__file__).resolve().parent.parent / "policies"
"""The folder of the packs that come with Doudi."""

SINGLE = (
    "pack",
    "entities",
    "views",
    "categories",
    "areas",
    "conflicts",
    "derived",
    "measures",
    "clauses",
    "screening",
    "sources",
    "ledgers",
    "questions",
    "where",
    "targets",
    "english",
    "survivors",
)
MANY = ("facts", "standards", "rules", "programmes", "cases")
KINDS = (*SINGLE, *MANY)
MOST_FILES = 2_000


@dataclass(frozen=True)
class PackFolder:
    """A pack's folder. ``files`` are, by kind, (path, name in messages), in the order of their names:
    ``rules/income.yaml`` is of kind ``rules``."""

    path: Path
    files: dict[str, tuple[tuple[Path, str], ...]]


def names() -> list[str]:
    """The packs that come with Doudi."""
    return sorted(p.parent.name for p in BUILT_IN.glob("*/pack.yaml"))


def find(what: str | Path) -> Path | None:
    """The folder of a pack given by path, or by the name of one that comes with Doudi; None when there is none."""
    path = Path(what)
    if (path / "pack.yaml").is_file():
        return path.resolve()
    if path.name == "pack.yaml" and path.is_file():
        return path.resolve().parent
    built_in = BUILT_IN / str(what)
    if simple(str(what)) and (built_in / "pack.yaml").is_file():
        return built_in
    return None


def parent(child: Path, name: str) -> Path | None:
    """The folder of the upper pack ``name``: the one beside ``child`` first, so that a copied set of packs stays
    together."""
    if not simple(name):
        return None
    for folder in (child.parent / name, BUILT_IN / name):
        if (folder / "pack.yaml").is_file():
            return folder.resolve()
    return None


def parent_names(child: Path) -> list[str]:
    """Every name that ``parent`` would find."""
    beside = [p.parent.name for p in child.parent.glob("*/pack.yaml") if p.parent != child]
    return sorted({*beside, *names()})


def simple(name: str) -> bool:
    """A plain folder name: nothing that could lead elsewhere."""
    return bool(name) and all(c.isalnum() or c in "-_" for c in name)


def scan(reader: Reader, path: Path) -> PackFolder:
    """List the files of a pack. What was meant to be read and that no reader would look at is a fault: it would be
    ignored without a word."""
    files: dict[str, list[tuple[Path, str]]] = {kind: [] for kind in KINDS}
    count = 0
    for found in sorted(path.rglob("*"), key=lambda p: (len(p.parts), p)):
        inside = found.relative_to(path)
        shown = f"{path.name}/{inside.as_posix()}"
        if any(part.startswith(".") for part in inside.parts):
            continue
        if found.is_symlink() and found.is_dir():
            _linked(reader, inside, shown)
            continue
        if found.is_dir() or not _meant(inside):
            continue
        count += 1
        if count > MOST_FILES:
            text = f"多于 {MOST_FILES} 个 YAML 文件", f"More than {MOST_FILES} YAML files"
            reader.error(Where(path.name, 1, 1), "too-many-files", *text)
            break
        kind = inside.parts[0] if len(inside.parts) == 2 else inside.stem
        allowed = MANY if len(inside.parts) == 2 else KINDS if len(inside.parts) == 1 else ()
        if found.suffix == ".yaml" and kind in allowed:
            files[kind].append((found, shown))
            continue
        zh, en = (
            ("；扩展名要写 .yaml", "; the suffix must be .yaml") if found.suffix != ".yaml" else hint(kind, allowed)
        )
        if not zh and allowed == MANY:
            zh, en = f"；文件夹有：{'、'.join(MANY)}", f"; the folders are {', '.join(MANY)}"
        reader.error(
            Where(shown, 1, 1),
            "unknown-file",
            f"规则包里没有“{inside.as_posix()}”这种文件，不会有人读它{zh}",
            f"A pack has no file “{inside.as_posix()}”; nothing would read it{en}",
        )
    return PackFolder(path, {kind: tuple(found) for kind, found in files.items()})


def _meant(inside: Path) -> bool:
    """Whether somebody meant a file to be read as part of the pack: it calls itself YAML, in capitals or with the .txt
    that some editors put behind it without showing it, or is plain text among the files of a kind."""
    name = unicodedata.normalize("NFKC", inside.name).casefold().strip()
    text = name.endswith(".txt")
    stem = name.removesuffix(".txt").rstrip()
    return stem.endswith((".yaml", ".yml")) or (text and len(inside.parts) == 2 and inside.parts[0] in MANY)


def _linked(reader: Reader, inside: Path, shown: str) -> None:
    reader.error(
        Where(shown, 1, 1),
        "linked-folder",
        f"“{inside.as_posix()}”是链接，不会跟进去读；请把文件夹本身放进规则包",
        f"“{inside.as_posix()}” is a link and is not followed; put the folder itself into the pack",
    )
