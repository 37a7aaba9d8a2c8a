"""What the rules were asked, on which facts, and what came of it. The facts and answers themselves lie in files; here is what they are and whose."""

from __future__ import annotations

from django.db import models

from doudi.server.decisions.simulated import Simulation as Simulation
from doudi.server.lib.stored import Stored, code_field

WRITING, WHOLE, PURGED, LOOKED = "writing", "whole", "purged", "looked"
"""States of what lies in files. Nothing is read of what is not whole."""
OPEN, DONE, DISMISSED, CLOSED = "open", "done", "dismissed", "closed"
"""States of work: not yet looked at, acted upon, found to need nothing, or no longer the case at a later screening."""


class Snapshot(Stored):
    """The facts of all households of ``area`` as they stood on ``as_of``, so far as we knew at ``knowing``: frozen, in ``folder`` under the home.

    ``digest`` is that of the facts, ``policy`` that of the policy whose declarations gave them their shape. The files go after ``keep_until``;
    the row and its digests stay.
    """

    month = models.DateField(db_index=True)
    as_of = models.DateField()
    knowing = models.DateTimeField()
    area = code_field(db_index=True)
    policy = models.CharField(max_length=64)
    shape = models.CharField(max_length=64)
    folder = models.CharField(max_length=120)
    state = models.CharField(max_length=10, default=WRITING, db_index=True)
    digest = models.CharField(max_length=64, blank=True)
    households = models.BigIntegerField(default=0)
    people = models.BigIntegerField(default=0)
    disputed = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()
    official = models.BigIntegerField(null=True)
    keep_until = models.DateField(db_index=True)
    purged_at = models.DateTimeField(null=True)


class Run(Stored):
    """A snapshot decided under one policy by one version of the engine. ``digest`` is the canonical digest of all answers: the same facts and
    the same policy give it again. ``again`` is the run that this one repeats. ``figured``: its figures count as those of its month.
    ``unpaid``: the divisions in which somebody is missed and nobody receives anything, so that the month's receipts are not on record there: the
    run's own area, or townships of it."""

    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="runs")
    area = code_field(db_index=True)
    month = models.DateField(db_index=True)
    as_of = models.DateField()
    policy = models.CharField(max_length=64)
    pack = models.CharField(max_length=80)
    ruleset = models.CharField(max_length=64)
    engine = models.CharField(max_length=40)
    folder = models.CharField(max_length=120)
    state = models.CharField(max_length=10, default=WRITING, db_index=True)
    digest = models.CharField(max_length=64, blank=True)
    parts = models.IntegerField(default=0)
    rows = models.JSONField(default=dict)
    again = models.ForeignKey("self", models.PROTECT, null=True, related_name="repeated")
    why = models.TextField(blank=True)
    made_at = models.DateTimeField()
    official = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    figured = models.BooleanField(default=False)
    unpaid = models.JSONField(default=list)


class WorkItem(Stored):
    """One household or person on one list of a screening, and why. ``person`` is 0 where the household itself is meant.

    ``code`` names the list: one of the pack's or of the four that every pack has; ``programme`` is empty on the pack's own lists. ``certain`` is false where
    something unknown would have to be known first. Amounts are in fen a month. What an official decided stays through later screenings; what a
    later screening no longer finds is closed.
    """

    code = models.CharField(max_length=40)
    programme = models.CharField(max_length=60, blank=True)
    household = models.BigIntegerField()
    person = models.BigIntegerField(default=0)
    area = code_field(db_index=True)
    other_area = code_field()
    zh = models.TextField(blank=True)
    en = models.TextField(blank=True)
    certain = models.BooleanField(default=True)
    due = models.BigIntegerField(null=True)
    received = models.BigIntegerField(null=True)
    missing = models.JSONField(default=list)
    state = models.CharField(max_length=10, default=OPEN)
    why = models.TextField(blank=True)
    decided_by = models.BigIntegerField(null=True)
    decided_name = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)
    first_run = models.ForeignKey(Run, models.PROTECT, related_name="+")
    last_run = models.ForeignKey(Run, models.PROTECT, related_name="items")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("code", "programme", "household", "person"), name="work_item_once"),
        )
        indexes = (
            models.Index(fields=("code", "state", "area", "id"), name="work_item_page"),
            models.Index(fields=("household",), name="work_item_household"),
            models.Index(fields=("state", "area", "code", "first_run", "other_area"), name="work_item_waiting"),
            models.Index(fields=("other_area", "id"), condition=~models.Q(other_area=""), name="work_item_other_area"),
        )


class Standing(Stored):
    """How a household stood at the last screening of its area: ``kind`` is its class (empty: it could not be told), ``due`` what it is due a month
    in all, in fen, ``open`` how many answers wait for something unknown. For lists: the answers themselves lie in the run's files."""

    household = models.BigIntegerField(unique=True)
    area = code_field()
    other_area = code_field()
    kind = models.CharField(max_length=40, blank=True)
    due = models.BigIntegerField(null=True)
    open = models.IntegerField(default=0)
    run = models.ForeignKey(Run, models.PROTECT, related_name="standings")

    class Meta:
        indexes = (models.Index(fields=("kind", "household"), name="standing_kind"),)


class Repricing(Stored):
    """Months decided again because the policy or the record of the past was corrected: ``before`` and ``after`` say the policy and what was known,
    month by month the two runs. Nothing that was decided is overwritten: ``lines`` are what is owed on either side. Of one that is only ``LOOKED`` at
    nothing is: it is in no list, and gone when it was told what it comes to."""

    area = code_field(db_index=True)
    since = models.DateField()
    until = models.DateField()
    policy_before = models.CharField(max_length=64)
    policy_after = models.CharField(max_length=64)
    knowing_before = models.DateTimeField()
    knowing_after = models.DateTimeField()
    months = models.JSONField(default=dict)
    why = models.TextField(blank=True)
    state = models.CharField(max_length=10, default=WRITING, db_index=True)
    back_pay = models.BigIntegerField(default=0)
    recovery = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()
    official = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)


class RepricingLine(Stored):
    """One month of one programme of one household or person (``person`` 0: the household) whose answer differs. ``difference`` = after - before in
    fen: above nought is owed to them, below was overpaid; empty where either side is unknown. ``area`` and ``other_area`` say who answers for it
    today: see ``decisions.owing``."""

    repricing = models.ForeignKey(Repricing, models.CASCADE, related_name="lines")
    month = models.DateField()
    programme = models.CharField(max_length=60)
    household = models.BigIntegerField(db_index=True)
    person = models.BigIntegerField(default=0)
    area = code_field(db_index=True)
    other_area = code_field()
    kind = models.CharField(max_length=20)
    before = models.BigIntegerField(null=True)
    after = models.BigIntegerField(null=True)
    difference = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("repricing", "month", "programme", "household", "person"), name="repricing_line_once"
            ),
        )


class RunFigure(Stored):
    """What a run found in one division of ``level`` digits: how many, and how much in fen. The figures of a level add up to those above it.

    ``measure`` is one of ``running.claims``, ``key`` the class, programme, step or list that it is of (empty: an unknown class). ``items`` are
    rows counted (households, or people where the programme is theirs), ``uncounted`` households whose number of people is unknown, ``unsummed``
    rows whose sum is: neither is among ``people`` or in ``amount``. ``low`` and ``high`` bound the sum, what is unknown taken in.
    """

    run = models.ForeignKey(Run, models.PROTECT, related_name="figures")
    level = models.SmallIntegerField()
    area = code_field()
    measure = models.CharField(max_length=12)
    key = models.CharField(max_length=60, blank=True)
    items = models.BigIntegerField()
    households = models.BigIntegerField()
    people = models.BigIntegerField()
    uncounted = models.BigIntegerField()
    amount = models.BigIntegerField()
    low = models.BigIntegerField()
    high = models.BigIntegerField()
    unsummed = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("run", "level", "area", "measure", "key"), name="run_figure_once"),
        )
