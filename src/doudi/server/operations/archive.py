"""A backup as one file: a tar of the database, the data folder's files and a manifest with a hash of each.

Keys are never in it: what it holds of numbers that identify people stays sealed. The manifest says which keys it needs.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from doudi.server.lib.refusals import Refused

MANIFEST = "manifest.json"
FORMAT = 1
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. ``files``: path in the archive -> sha256; ``about``: vendor, version, migrations, head of the audit chain."""

    about: dict[str, Any]
    files: dict[str, str]


def pack(target: IO[bytes], files: dict[str, Path], about: dict[str, Any]) -> Manifest:
    """Writes the archive; the manifest comes last, so that a file that was cut off has none."""
    hashes: dict[str, str] = {}
    with tarfile.open(fileobj=target, mode="w:gz", compresslevel=1) as tar:
        for name, path in sorted(files.items()):
            with path.open("rb") as source:
                hashes[name] = hashlib.file_digest(source, "sha256").hexdigest()
            tar.add(path, arcname=name, recursive=False, filter=_plain)
        manifest = Manifest({"format": FORMAT, **about}, hashes)
        text = json.dumps({"about": manifest.about, "files": hashes}, ensure_ascii=False, indent=1).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text))
    return manifest


def unpack(source: Path, folder: Path) -> Manifest:
    """Unpacks into the empty ``folder`` and holds every file against its hash.

    Raises Refused for a file that is no backup, was cut off, was changed, or holds anything but plain files inside itself.
    """
    found: dict[str, str] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(source, mode="r|gz") as tar:
            for entry in tar:
                if manifest is not None or not entry.isfile() or not _inside(entry.name):
                    raise _damaged(source)
                data = tar.extractfile(entry)
                assert data is not None
                if entry.name == MANIFEST:
                    said = json.loads(data.read())
                    manifest = Manifest(dict(said["about"]), dict(said["files"]))
                    continue
                target = folder / entry.name
                target.parent.mkdir(parents=True, exist_ok=True)
                digest = hashlib.sha256()
                with target.open("wb") as out:
                    for chunk in _chunks(data):
                        digest.update(chunk)
                        out.write(chunk)
                found[entry.name] = digest.hexdigest()
    except FileNotFoundError:
        raise Refused("no-backup", f"没有这个文件：{source}", f"There is no such file: {source}") from None
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError, KeyError, TypeError) as error:
        raise _damaged(source) from error
    if manifest is None or manifest.files != found or manifest.about.get("format") != FORMAT:
        raise _damaged(source)
    return manifest


def _chunks(data: IO[bytes]) -> Iterator[bytes]:
    while chunk := data.read(_CHUNK):
        yield chunk


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _damaged(source: Path) -> Refused:
    return Refused(
        "backup-damaged",
        f"“{source}”不是完整的备份文件：可能没有写完、被改过，或者不是 doudi backup 写的。请换一份备份。",
        f"“{source}” is not a whole backup: it was cut off, changed, or not written by doudi backup. Use another one.",
    )
