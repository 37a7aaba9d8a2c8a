"""Facts on disk: a folder of parts and a manifest that is written last.

``part-00000/household.parquet`` and its like hold whole households, at most ``PART_HOUSEHOLDS`` a part, so that a
run can stream parts with flat memory. ``manifest.json`` names every file with its SHA-256. A folder without one was
never finished, and a file whose hash differs was changed since: both are refused rather than decided upon.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from doudi.rules.types import Kind
from doudi.screening.facts import ID, PARENT, PART_HOUSEHOLDS, EntityFacts, FactsRefused, FactsSchema

MANIFEST = "manifest.json"
FORMAT = 1
_PART = re.compile(r"part-\d{5,}(\.tmp)?")

Tables = Mapping[str, pa.Table]
"""By the entity's file name (``household``, ``person``, …)."""


def write_table(path: Path, table: pa.Table, few: Collection[str] = ()) -> dict[str, Any]:
    """Writes one file; the same table gives the same bytes. ``few`` names whole-number columns of few different values.

    Returns the file's entry for the manifest.
    """
    # Ids and amounts of one column lie close together, so differences pack small; categories, areas and flags repeat.
    repeats = [f.name for f in table.schema if f.name in few or not pa.types.is_primitive(f.type)]
    deltas = {
        f.name: "DELTA_BINARY_PACKED"
        for f in table.schema
        if f.name not in repeats and (pa.types.is_integer(f.type) or pa.types.is_date32(f.type))
    }
    # LZ4 is read a quarter faster than Zstandard, and takes a tenth more room: what is packed so already leaves little to compress.
    pq.write_table(table, path, compression="lz4", use_dictionary=repeats, column_encoding=deltas or None)
    data = path.read_bytes()
    return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "rows": table.num_rows}


def write_json(path: Path, content: Any) -> None:
    """Whole or not at all: written beside its place, flushed to disk, then moved there."""
    beside = path.with_name(path.name + ".tmp")
    with beside.open("w", encoding="utf-8") as f:
        json.dump(content, f, ensure_ascii=False, indent=1)
        f.write("\n")
        f.flush()
        os.fsync(f.fileno())
    beside.replace(path)


class FactsWriter:
    """Writes a folder of facts.

    Parts may come from several threads and in any order; ``finish`` makes the folder valid.
    """

    def __init__(
        self,
        folder: Path,
        schema: FactsSchema,
        month: date,
        *,
        origin: str,
        seed: int | None = None,
        overwrite: bool = False,
    ) -> None:
        """``month`` is the month the facts are of; ``origin`` says where they come from (``generated``, ``registry``).

        Raises FactsRefused where the folder already holds finished facts, unless ``overwrite``. What an unfinished
        writing left is removed; files that are not ours are never touched.
        """
        self.folder, self.schema, self.month = folder, schema, month.replace(day=1)
        self.origin, self.seed = origin, seed
        self._parts: dict[int, dict[str, Any]] = {}
        self._extra: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        manifest = folder / MANIFEST
        if manifest.exists() and not overwrite:
            raise FactsRefused(
                "exists",
                f"“{folder}”里已有完整的数据，未覆盖。",
                f"“{folder}” already holds finished facts; left as they are.",
            )
        # The manifest goes first: from here on, until finish, the folder is refused by every reader.
        manifest.unlink(missing_ok=True)
        for path in folder.iterdir():
            if path.is_dir() and _PART.fullmatch(path.name):
                shutil.rmtree(path)

    def part(self, index: int, tables: Tables) -> None:
        """Writes part ``index``.

        An entity without a table has no rows. Raises FactsRefused where a table does not fit the schema.
        """
        if unknown := sorted(set(tables) - {e.file for e in self.schema.entities}):
            raise FactsRefused(
                "unknown-table", f"没有声明的表：{'、'.join(unknown)}。", f"Tables not declared: {', '.join(unknown)}."
            )
        whole = {e.file: e.conform(tables[e.file]) if e.file in tables else e.empty() for e in self.schema.entities}
        households = whole[self.schema.root.file].num_rows
        if households > PART_HOUSEHOLDS:
            raise FactsRefused(
                "too-many",
                f"一个分块最多 {PART_HOUSEHOLDS} 户，实有 {households} 户。",
                f"A part holds at most {PART_HOUSEHOLDS} households, not {households}.",
            )
        name = f"part-{index:05d}"
        beside = self.folder / (name + ".tmp")
        beside.mkdir(exist_ok=True)
        files = {
            f"{file}.parquet": write_table(beside / f"{file}.parquet", t, self.schema.of(file).few)
            for file, t in whole.items()
        }
        beside.replace(self.folder / name)
        with self._lock:
            self._parts[index] = {"name": name, "households": households, "files": files}

    def extra(self, name: str, table: pa.Table) -> None:
        """A file beside the parts that is not facts (``planted.parquet``)."""
        beside = self.folder / (name + ".tmp")
        entry = write_table(beside, table)
        beside.replace(self.folder / name)
        with self._lock:
            self._extra[name] = entry

    def finish(self) -> Facts:
        """Writes the manifest and opens the folder. Raises ValueError where a part is missing."""
        if sorted(self._parts) != list(range(len(self._parts))):
            raise ValueError(f"parts missing: have {sorted(self._parts)}")
        parts = [self._parts[i] for i in range(len(self._parts))]
        rows = {e.file: sum(p["files"][f"{e.file}.parquet"]["rows"] for p in parts) for e in self.schema.entities}
        hashes = [f["sha256"] for p in parts for _, f in sorted(p["files"].items())]
        content = {
            "format": FORMAT,
            "origin": self.origin,
            "month": self.month.isoformat(),
            "seed": self.seed,
            "digest": hashlib.sha256("\n".join(hashes).encode()).hexdigest(),
            "schema_digest": self.schema.digest,
            "rows": rows,
            "parts": parts,
            "extra": self._extra,
            "schema": self.schema.description,
        }
        write_json(self.folder / MANIFEST, content)
        return open_facts(self.folder, self.schema)


@dataclass(frozen=True)
class Part:
    """One part of a folder, not yet read."""

    folder: Path
    name: str
    households: int
    files: dict[str, dict[str, Any]] = field(repr=False)

    def read(self, columns: Mapping[str, Sequence[str]] | None = None, *, verify: bool = True) -> dict[str, pa.Table]:
        """The tables by file name.

        ``columns`` chooses tables and, within each, facts (those absent are skipped; ids always come).

        Raises FactsRefused where a file is gone or its hash differs; ``verify`` False skips the hash and reads only
        the columns.
        """
        out = {}
        for name in self.files:
            file = name.removesuffix(".parquet")
            if columns is None or file in columns:
                out[file] = self._read_file(name, None if columns is None else columns[file], verify)
        return out

    def _read_file(self, name: str, columns: Sequence[str] | None, verify: bool) -> pa.Table:
        path = self.folder / self.name / name
        try:
            source = pa.BufferReader(checked(path, self.files[name]["sha256"])) if verify else pa.memory_map(str(path))
        except FileNotFoundError as e:
            raise _gone(path) from e
        with pq.ParquetFile(source) as f:
            present = f.schema_arrow.names
            chosen = None if columns is None else [c for c in present if c in columns or c in (ID, PARENT)]
            return f.read(columns=chosen, use_threads=False)


def checked(path: Path, sha256: str) -> bytes:
    """The bytes of a file whose hash is right. Raises FactsRefused where it is not."""
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise FactsRefused(
            "changed",
            f"“{path}”与清单记录的不一致，文件已被改动或损坏。",
            f"“{path}” is not what the manifest says: changed or damaged.",
        )
    return data


@dataclass(frozen=True)
class Facts:
    """An opened folder.

    ``digest`` identifies all the facts in it; ``rows`` counts them by table; ``extra`` names the files that are not
    facts.
    """

    folder: Path
    month: date
    seed: int | None
    origin: str
    digest: str
    schema_digest: str
    rows: dict[str, int]
    parts: tuple[Part, ...] = field(repr=False)
    extra: dict[str, dict[str, Any]] = field(repr=False)

    def __iter__(self) -> Iterator[Part]:
        return iter(self.parts)

    def verify(self) -> None:
        """Hashes every file. Raises FactsRefused at the first that differs."""
        for part in self.parts:
            for name, entry in part.files.items():
                path = self.folder / part.name / name
                try:
                    checked(path, entry["sha256"])
                except FileNotFoundError as e:
                    raise _gone(path) from e
        for name in self.extra:
            self.read_extra(name)

    def read_extra(self, name: str) -> pa.Table:
        """Raises KeyError for a file that the manifest does not name, FactsRefused where it was changed."""
        try:
            return pq.read_table(pa.BufferReader(checked(self.folder / name, self.extra[name]["sha256"])))
        except FileNotFoundError as e:
            raise _gone(self.folder / name) from e


def open_facts(folder: Path, schema: FactsSchema | None = None) -> Facts:
    """Opens a folder by its manifest; files are hashed as they are read.

    Raises FactsRefused for a folder without a manifest, of another format, or (where ``schema`` is given) whose
    columns ``schema`` does not declare alike. A pack may since have declared more facts or more values; those are
    simply unknown here.
    """
    path = folder / MANIFEST
    try:
        m = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as e:
        raise FactsRefused(
            "unfinished",
            f"“{folder}”里没有 {MANIFEST}：不是数据文件夹，或写入没有完成，请重新生成或导出。",
            f"“{folder}” has no {MANIFEST}: it is no folder of facts, or its writing never finished. Make it again.",
        ) from e
    except ValueError as e:
        raise FactsRefused("bad-manifest", f"“{path}”已损坏。", f"“{path}” is damaged.") from e
    if not isinstance(m, dict) or m.get("format") != FORMAT:
        raise FactsRefused("bad-manifest", f"“{path}”的格式不认识。", f"“{path}” has a format that is not known.")
    if schema is not None and m["schema_digest"] != schema.digest:
        _same_meaning(m["schema"], schema)
    return Facts(
        folder,
        date.fromisoformat(m["month"]),
        m["seed"],
        m["origin"],
        m["digest"],
        m["schema_digest"],
        m["rows"],
        tuple(Part(folder, p["name"], p["households"], p["files"]) for p in m["parts"]),
        m["extra"],
    )


def _same_meaning(written: dict[str, Any], schema: FactsSchema) -> None:
    """Facts written under another schema may be read under this one if every column means the same in both."""
    declared = {e.file: e for e in schema.entities}
    for file, was in written.items():
        now = declared.get(file)
        wrong = [file] if now is None or now.entity.of != was["of"] else _changed(was, now)
        if wrong:
            raise FactsRefused(
                "other-schema",
                f"数据是按另一套事项声明写的，“{file}”中不一致：{'、'.join(wrong)}。",
                f"The facts were written under other declarations; they differ in “{file}”: {', '.join(wrong)}.",
            )


def _changed(was: dict[str, Any], now: EntityFacts) -> list[str]:
    columns = {c.fact.name: c for c in now.columns}
    wrong = []
    for name, old in was["facts"].items():
        c = columns.get(name)
        same = c is not None and str(c.fact.type) == old["type"]
        if c is not None and c.fact.type.kind is Kind.CATEGORY:
            values = old["values"]
            # Codes are positions: a kind's bit in 齐全 stays right only if the older list begins the newer one.
            same = same and list(c.values[: len(values)]) == values
        if not same:
            wrong.append(name)
    return wrong


def _gone(path: Path) -> FactsRefused:
    return FactsRefused("gone", f"清单所列的“{path}”不见了。", f"“{path}”, which the manifest lists, is gone.")
