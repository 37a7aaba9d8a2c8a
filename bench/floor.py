"""The floor under every streamed run: only reading its columns and writing its result, nothing computed.

``python -m bench.floor read FACTS`` reads every column of the parts; ``reread RESULT`` reads the parts of a result; ``copy
RESULT OUT`` reads and writes them. The floor is read + copy - reread, each a whole process: what is written is then the very
result, not something like it that packs better or worse. With ``duckdb-`` before the word DuckDB does it.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

THREADS = 2


def write_result(table: pa.Table, path: Path) -> None:
    """How every result in bench/ is written, whoever made it, so that none is cheaper to write than another: fast to write, and without figures
    for a search in it that nobody will do.

    Making a dictionary of a column's values takes longer than compressing them; only what comes with one keeps it.
    """
    ids = {name for name in table.column_names if name in ("id", "parent", "household", "row")}
    named = [f.name for f in table.schema if pa.types.is_dictionary(f.type)]
    pq.write_table(
        table, path, compression="lz4", write_statistics=False, use_dictionary=named,
        column_encoding=dict.fromkeys(ids, "DELTA_BINARY_PACKED") or None,
    )  # fmt: skip


def _read(path: Path) -> pa.Table:
    with pq.ParquetFile(path, memory_map=True) as file:
        return file.read(use_threads=False)


def _with_pyarrow(source: Path, out: Path | None) -> None:
    # Who only writes results with this module need not load what this takes.
    from concurrent.futures import ThreadPoolExecutor

    def part(folder: Path) -> None:
        if out is not None:
            (out / folder.name).mkdir(parents=True)
        for path in sorted(folder.glob("*.parquet")):
            table = _read(path)
            if out is not None:
                write_result(table, out / folder.name / path.name)

    folders = sorted(p for p in source.iterdir() if p.is_dir())
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in pool.map(part, folders):
            pass


def _with_duckdb(source: Path, out: Path | None) -> None:
    import duckdb

    db = duckdb.connect(config={"threads": THREADS, "preserve_insertion_order": False})
    names = sorted({p.name for p in (source / "part-00000").glob("*.parquet")})
    for name in names:
        files = f"read_parquet('{source.as_posix()}/part-*/{name}')"
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            target = (out / name).as_posix()
            db.execute(f"COPY (FROM {files}) TO '{target}' (FORMAT parquet, COMPRESSION lz4)")
        else:
            columns = [c[0] for c in db.execute(f"DESCRIBE FROM {files}").fetchall()]
            # hash touches every value; count(column) could be answered from the files' footers.
            looked_at = ", ".join(f'bit_xor(hash("{c}"))' for c in columns)
            db.execute(f"SELECT {looked_at} FROM {files}").fetchall()


def main(word: str, source: Path, out: Path | None) -> None:
    how, _, what = word.rpartition("-")
    if how not in ("", "duckdb") or what not in ("read", "reread", "copy") or (what == "copy") != (out is not None):
        raise SystemExit(f"unknown: {word}")
    if out is not None:
        shutil.rmtree(out, ignore_errors=True)
    (_with_duckdb if how else _with_pyarrow)(source, out)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
