"""The texts that decide, kept file by file; from which day which is in force; and standards on their way into force."""

from __future__ import annotations

from django.db import models

from doudi.server.lib.stored import Stored, code_field


class PackFile(models.Model):
    """A file of a pack, once however many texts it stands in. ``digest`` is the sha256 of what it says, ``content`` that, compressed."""

    digest = models.CharField(max_length=64, primary_key=True)
    size = models.IntegerField()
    content = models.BinaryField()


class Edition(Stored):
    """A text that decides or decided: a pack with all its parents and, where ``base`` is not empty, published standards over the text with that
    digest. ``manifest`` maps each path to a PackFile; ``digest`` is that of the manifest. Never changed, never deleted."""

    digest = models.CharField(max_length=64, unique=True)
    base = models.CharField(max_length=64, blank=True, db_index=True)
    name = models.CharField(max_length=80)
    zh = models.CharField(max_length=200)
    en = models.CharField(max_length=200)
    book = models.CharField(max_length=64)
    origin = models.CharField(max_length=200, blank=True)
    manifest = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    official = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)


class InForce(Stored):
    """The edition is in force here from ``since`` (empty: from ever) until the next one's day. Of two with one day the later act counts."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="in_force")
    since = models.DateField(null=True)
    why = models.TextField(blank=True)
    made_at = models.DateTimeField()
    official = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)


class Proposal(Stored):
    """Standards that begin on one day by one document: drafted, approved, published, or withdrawn.

    ``area`` is the smallest division that holds the areas of all lines. ``version`` grows with every change: nobody approves what they have not
    seen. ``number`` and ``published_on`` are the document's. ``token`` makes drafting safe to repeat. ``job`` re-prices everybody.
    """

    title = models.CharField(max_length=200)
    area = code_field(db_index=True)
    since = models.DateField()
    until = models.DateField(null=True)
    basis = models.TextField()
    measured_by = models.CharField(max_length=200)
    proposed_by = models.JSONField(default=list)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaced_by")
    state = models.CharField(max_length=10, default="drafted", db_index=True)
    version = models.IntegerField(default=1)
    token = models.CharField(max_length=64, null=True, unique=True)
    drafted_by = models.BigIntegerField()
    drafted_name = models.CharField(max_length=80)
    drafted_at = models.DateTimeField()
    approved_by = models.BigIntegerField(null=True)
    approved_name = models.CharField(max_length=80, blank=True)
    approved_at = models.DateTimeField(null=True)
    approved_on = models.DateField(null=True)
    approval = models.CharField(max_length=200, blank=True)
    published_by = models.BigIntegerField(null=True)
    published_name = models.CharField(max_length=80, blank=True)
    published_at = models.DateTimeField(null=True)
    published_on = models.DateField(null=True)
    number = models.CharField(max_length=80, blank=True)
    issuer = models.CharField(max_length=120, blank=True)
    withdrawn_by = models.BigIntegerField(null=True)
    withdrawn_name = models.CharField(max_length=80, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.TextField(blank=True)
    job = models.BigIntegerField(null=True)


class ProposalLine(Stored):
    """One value: of which standard, for which division and which value of its key (empty: it has none). ``value`` is as written: text, or
    ``{"bands": {threshold: value}, "below": value}`` where the standard has bands."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="lines")
    standard = models.CharField(max_length=80, db_index=True)
    area = code_field(db_index=True)
    key = models.CharField(max_length=80, blank=True)
    value = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("proposal", "standard", "area", "key"), name="proposal_cell_once"),
        )
