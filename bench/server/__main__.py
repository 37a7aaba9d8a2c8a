"""Every figure of the record, one command: ``python -m bench.server [--quick]``, from the repository's root, on a machine that does nothing else.

Each part makes its own data, in a PostgreSQL of its own with durable settings or in SQLite, and is a process of its own; their tables follow one another.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PARTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "registry": (
        ("--database", "postgresql", "--people", "1000000"),
        ("--database", "postgresql", "--people", "20000"),
    ),
    "registry on SQLite": (
        ("--database", "sqlite", "--people", "100000"),
        ("--database", "sqlite", "--people", "10000"),
    ),
    "snapshot": (("1000000",), ("20000",)),
    "audit": (("1000000",), ("20000",)),
    "duplicates": (("--people", "1000000"), ("--people", "50000")),
    "duplicates_in_place": (("200000",), ("20000",)),
    "pages": (("--people", "1000000"), ("--people", "20000")),
}
"""By part: the words at the sizes that the bars are stated for, and at small ones."""


def main() -> None:
    ask = argparse.ArgumentParser(prog="python -m bench.server", description=__doc__)
    ask.add_argument("--quick", action="store_true", help="small sizes: does everything run, roughly how fast")
    ask.add_argument(
        "--only", nargs="+", choices=list(PARTS), default=list(PARTS), metavar="PART", help=", ".join(PARTS)
    )
    ask.add_argument("--out", type=Path, help="where the tables are kept")
    given = ask.parse_args()
    told, failed = ["# The record, measured\n"], []
    for name in given.only:
        begun = time.perf_counter()
        words = PARTS[name][1 if given.quick else 0]
        done = subprocess.run(
            [sys.executable, "-m", f"bench.server.{name.split()[0]}", *words], cwd=ROOT, capture_output=True, text=True, check=False
        )  # fmt: skip
        print(f"{name}: {time.perf_counter() - begun:.0f} s", file=sys.stderr)
        if done.returncode:
            failed.append(name)
            print(done.stderr[-3000:], file=sys.stderr)
        told.append(f"## {name}\n\n{done.stdout.strip() if not done.returncode else 'could not be measured'}\n")
    text = "\n".join(told)
    print(text)
    if given.out is not None:
        given.out.write_text(text, encoding="utf-8")
    if failed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
