"""What changed standards would do, kept to be looked at again and compared. Sums by township only: nobody's household is in it."""

from __future__ import annotations

from django.db import models

from doudi.server.lib.stored import Stored, code_field


class Simulation(Stored):
    """The households of ``snapshot`` decided under the policy in force on ``as_of`` and under the same with ``changes`` laid over it.

    ``changes``: ``{"standard", "area", "key", "value"}`` each, as a proposal's lines; ``proposal`` is the one that they are of. Until ``state`` is
    whole ``effects`` is empty; then it holds ``doudi.screening.simulate.Effects`` as JSON. ``policy`` and ``after`` are the digests of the two texts.
    """

    name = models.CharField(max_length=120)
    area = code_field(db_index=True)
    snapshot = models.ForeignKey("decisions.Snapshot", models.PROTECT, null=True, related_name="simulations")
    as_of = models.DateField()
    changes = models.JSONField(default=list)
    proposal = models.BigIntegerField(null=True, db_index=True)
    policy = models.CharField(max_length=64, blank=True)
    after = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, default="writing", db_index=True)
    effects = models.JSONField(default=dict)
    job = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    official = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True)
