"""Two people on record who may be one."""

from __future__ import annotations

from django.db import models

from doudi.server.lib.stored import Stored, code_field
from doudi.server.registry.models.known import Act
from doudi.server.registry.models.people import Person


class Pair(Stored):
    """``a`` < ``b``. A decision holds: a pair that was decided is not raised again on the same evidence.

    ``state`` is open, same or different; ``evidence`` lists what speaks for and against, as codes with values that identify nobody.
    """

    a = models.ForeignKey(Person, models.PROTECT, related_name="+")
    b = models.ForeignKey(Person, models.PROTECT, related_name="+")
    area_a = code_field(db_index=True)
    area_b = code_field(db_index=True)
    score = models.IntegerField()
    evidence = models.JSONField(default=list)
    state = models.CharField(max_length=10, default="open", db_index=True)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    act = models.ForeignKey(Act, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("a", "b"), name="pair_once"),
            models.CheckConstraint(condition=models.Q(a__lt=models.F("b")), name="pair_ordered"),
        )
