"""Workbooks that came in, headers that were mapped, lists of other bodies compared with ours, workbooks made to be taken away."""

from __future__ import annotations

from django.db import models

from doudi.server.lib.stored import Stored, code_field


class Kept(Stored):
    """A workbook that somebody may fetch, sealed like a field, until ``until``; then it is thrown away. ``cipher`` holds it as base64."""

    name = models.CharField(max_length=200)
    cipher = models.BinaryField(default=bytes)
    until = models.DateTimeField(db_index=True)


class Import(Stored):
    """A ledger of households, or a list of those on one ledger, handed in. ``digest`` is the SHA-256 of the file; ``cipher`` holds it sealed until
    it is imported or given up, then nothing.

    ``what``: households, or list (then ``ledger`` says of which). ``state``: reading, previewed, importing, done, refused (the file as a whole is
    faulty), given-up. ``counts``: fresh, people, changed, same, held. ``since`` is the day from which what it says holds; ``area`` the division
    that handed it in. ``report`` (the list of faults) and ``marked`` (their own workbook with the faults marked) are ids of Kept. ``cursor`` is
    how far it is imported, where the job that did so was cancelled. ``kinds``: what is wrong, by kind.
    """

    name = models.CharField(max_length=200)
    what = models.CharField(max_length=12, default="households")
    ledger = models.CharField(max_length=30, blank=True)
    digest = models.CharField(max_length=64, db_index=True)
    cipher = models.BinaryField(default=bytes)
    report = models.BigIntegerField(null=True)
    marked = models.BigIntegerField(null=True)
    since = models.DateField()
    source = models.CharField(max_length=20)
    area = code_field(db_index=True)
    state = models.CharField(max_length=12, default="reading", db_index=True)
    counts = models.JSONField(default=dict)
    strangers = models.JSONField(default=list)
    kinds = models.JSONField(default=list)
    cursor = models.JSONField(default=dict)
    job = models.BigIntegerField(null=True)
    official = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80, blank=True)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)


class Line(Stored):
    """One thing that the preview of an import tells: ``kind`` is fresh, changed, or fault. ``row`` is where it stands on ``sheet``, ``code`` the
    office's own number of the household; ``household`` the one on record that would change. The texts say what, and how to mend it."""

    of = models.ForeignKey(Import, models.CASCADE, related_name="lines")
    kind = models.CharField(max_length=8)
    sheet = models.CharField(max_length=80, blank=True)
    row = models.IntegerField(default=0)
    column = models.CharField(max_length=80, blank=True)
    code = models.CharField(max_length=80, blank=True)
    household = models.BigIntegerField(null=True)
    value = models.TextField(blank=True)
    zh = models.TextField(blank=True)
    en = models.TextField(blank=True)
    mend_zh = models.TextField(blank=True)
    mend_en = models.TextField(blank=True)

    class Meta:
        indexes = (models.Index(fields=("of", "kind", "id"), name="exchange_line_kind"),)


class Header(Stored):
    """In workbooks of ``area`` the header ``written`` of the sheet for ``entity`` stands for the ledger's column ``meant``; empty: left out."""

    area = code_field(db_index=True)
    entity = models.CharField(max_length=40)
    written = models.CharField(max_length=80)
    meant = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("area", "entity", "written"), name="header_once"),)


class Comparison(Stored):
    """A list of another body held against one of our ledgers on a day, within an area. ``key``: by which people are the same, id or name (with the
    birth date). ``state``: reading, refused (``zh`` and ``en`` say why), done; ``cipher`` holds the list until it was read."""

    name = models.CharField(max_length=120)
    body = models.CharField(max_length=80)
    ledger = models.CharField(max_length=30)
    key = models.CharField(max_length=8, default="id")
    area = code_field(db_index=True)
    on = models.DateField()
    digest = models.CharField(max_length=64)
    cipher = models.BinaryField(default=bytes)
    state = models.CharField(max_length=10, default="done", db_index=True)
    zh = models.TextField(blank=True)
    en = models.TextField(blank=True)
    strangers = models.JSONField(default=list)
    job = models.BigIntegerField(null=True)
    counts = models.JSONField(default=dict)
    official = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80, blank=True)
    made_at = models.DateTimeField()


class Difference(Stored):
    """One person on whom the two lists do not agree. ``kind``: here (only ours), there (only theirs), differs, likely (theirs looks like ours
    with a slip in the number). What theirs says of somebody unknown to us is kept sealed (``cipher``) but for name and masked number."""

    comparison = models.ForeignKey(Comparison, models.CASCADE, related_name="rows")
    kind = models.CharField(max_length=8, db_index=True)
    person = models.BigIntegerField(null=True, db_index=True)
    area = code_field(db_index=True)
    name = models.CharField(max_length=80, blank=True)
    shown = models.CharField(max_length=40, blank=True)
    cipher = models.BinaryField(default=bytes)
    fields = models.JSONField(default=dict)
    row = models.IntegerField(null=True)
    state = models.CharField(max_length=10, default="open", db_index=True)
    why = models.TextField(blank=True)
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)


def _everything() -> list[str]:
    return [""]


class Export(Stored):
    """A list that somebody asked to take away: what, of where, on which day, which columns. Only who asked may fetch the workbook, ``kept``, only
    until ``until``, and only in a post that reaches all of ``scope``, the code prefixes that it was read from (not known: everything).
    ``filter`` are the words of a filtered list (empty: it is another). ``once`` is the key of the form that asked: sent twice it is one export."""

    official = models.BigIntegerField(null=True, db_index=True)
    by_name = models.CharField(max_length=80, blank=True)
    once = models.CharField(max_length=64, null=True, unique=True)
    what = models.CharField(max_length=12)
    ledger = models.CharField(max_length=30, blank=True)
    comparison = models.BigIntegerField(null=True)
    area = code_field(db_index=True)
    scope = models.JSONField(default=_everything)
    on = models.DateField()
    filter = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    unmasked = models.BooleanField(default=False)
    why = models.TextField(blank=True)
    lang = models.CharField(max_length=2, default="zh")
    title = models.CharField(max_length=120, blank=True)
    rows = models.IntegerField(null=True)
    kept = models.BigIntegerField(null=True)
    job = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
