"""Texts kept in the database file by file, and laid out in the data folder to be loaded."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
import zlib
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from doudi.packs import Pack, load
from doudi.packs.extend import extend
from doudi.rules import Fault, Faults
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.policybook.models import Edition, PackFile
from doudi.server.policybook.overlay import AREAS, FILE, SUFFIX
from doudi.server.policybook.policy import Policy, Text, digest_of

MOST_FILE = 5_000_000


def keep(by: Actor, policy: Policy, *, origin: str = "") -> Edition:
    """The edition of a policy's text, kept from now on if it was not yet."""
    found = Edition.objects.filter(digest=policy.digest).first()
    if found is not None:
        return found
    text, info = policy.text, policy.pack.info
    shas = text.manifest
    known = set(PackFile.objects.filter(digest__in=set(shas.values())).values_list("digest", flat=True))
    fresh = {sha: text.files[path] for path, sha in shas.items() if sha not in known}
    PackFile.objects.bulk_create(
        [PackFile(digest=sha, size=len(said), content=zlib.compress(said, 9)) for sha, said in fresh.items()],
        ignore_conflicts=True,
    )
    edition = Edition(
        digest=policy.digest, base=base_of(text), name=text.name, zh=info.zh[:200], en=info.en[:200], book=policy.pack.book.digest,
        origin=origin[:200], manifest=shas, made_at=now(), official=by.official, by_name=by.name,
    )  # fmt: skip
    Edition.objects.bulk_create([edition], ignore_conflicts=True)
    return Edition.objects.get(digest=policy.digest)


def base_of(text: Text) -> str:
    """The digest of the text below, where ``text`` is one with standards of ours over it; else empty."""
    own = [path for path in text.files if path.startswith(f"{text.name}/")]
    laid = {f"{text.name}/{path}" for path in ("pack.yaml", FILE, AREAS)}
    if not text.name.endswith(SUFFIX) or not laid.issuperset(own):
        return ""
    rest = {path: said for path, said in text.files.items() if path not in own}
    return Text(text.name.removesuffix(SUFFIX), rest).digest


def kept(digest: str) -> Text:
    """The text that was kept under ``digest``, whole and unaltered. Raises NotFound; Refused where the database no longer holds it as it was."""
    edition = Edition.objects.filter(digest=digest).first()
    if edition is None:
        raise NotFound(
            "no-edition",
            f"这里没有保存过摘要为 {digest[:12]}… 的政策文本。",
            f"No policy text with the digest {digest[:12]}… was kept here.",
        )
    manifest: dict[str, str] = edition.manifest
    found = {
        f.digest: zlib.decompressobj().decompress(bytes(f.content), MOST_FILE)
        for f in PackFile.objects.filter(digest__in=set(manifest.values()))
    }
    whole = digest_of(edition.name, manifest) == digest and all(
        sha in found and sha256(found[sha]).hexdigest() == sha for sha in manifest.values()
    )
    if not whole:
        raise Refused(
            "edition-damaged",
            f"保存的政策文本“{edition.name}”（{digest[:12]}…）与它的摘要不符，不能用来认定；请从备份恢复。",
            f"The kept policy text “{edition.name}” ({digest[:12]}…) is not what its digest says and cannot decide; restore a backup.",
        )
    return Text(edition.name, {path: found[sha] for path, sha in manifest.items()})


def loaded(text: Text) -> Policy:
    """The policy that ``text`` says. Raises Faults."""
    return Policy(load(laid_out(text) / text.name), text.digest, text)


def loaded_over(base: Policy, text: Text) -> Policy:
    """The same for a text that is ``base`` with standards over it, without reading all that is below again."""
    pack, faults = extend(base.pack, laid_out(text) / text.name)
    if pack is None:
        raise Faults(faults)
    return Policy(pack, text.digest, text)


def looked_at(base: Policy, text: Text) -> tuple[Pack | None, list[Fault]]:
    """What would be loaded, and every fault, without leaving anything behind."""
    root: Path = settings.ENVIRONMENT.home / "policybook"
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".look-", dir=root) as folder:
        own = {path: said for path, said in text.files.items() if path.startswith(f"{text.name}/")}
        _write(own, Path(folder))
        return extend(base.pack, Path(folder) / text.name)


def laid_out(text: Text) -> Path:
    """A folder in the data folder with the packs of ``text`` beside each other, just as the digest says."""
    folder: Path = settings.ENVIRONMENT.home / "policybook" / text.digest
    if not _same(folder, text):
        fresh = folder.with_name(f".{text.digest[:16]}-{secrets.token_hex(6)}")
        try:
            _write(text.files, fresh)
            if folder.exists():
                os.rename(folder, fresh.with_name(f"{fresh.name}-old"))
            # Another process may have done the same in between: then theirs stands, and is the same.
            with contextlib.suppress(OSError):
                os.rename(fresh, folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.rmtree(fresh.with_name(f"{fresh.name}-old"), ignore_errors=True)
    return folder


def _write(files: dict[str, bytes], folder: Path) -> None:
    for path, said in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(said)


def _same(folder: Path, text: Text) -> bool:
    """Whether the folder holds exactly the files of ``text``: one that somebody has touched does not decide."""
    if not folder.is_dir():
        return False
    there = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    return there.keys() == text.files.keys() and all(p.read_bytes() == text.files[name] for name, p in there.items())
