"""Two people on record who may be one."""

from __future__ import annotations

from django.db import models

from doudi.server.lib.stored import Stored, code_field
from doudi.server.registry.models.known import Act
from doudi.server.registry.models.people import Person


class Pair(Stored):
    """``a`` < ``b``. A decision holds: a pair that was decided is not raised again on the same evidence.

    ``state`` is open, same or different (a person decided), or closed: what spoke for it is no longer on record. ``evidence`` lists what speaks
    for and against, as codes with values that identify nobody; ``weighed`` are the codes that lay before who decided, ``why`` is what was said.
    ``seen`` is the job that last found the pair. The areas are those of the offices that manage the two, as when it was last looked at.
    """

    a = models.ForeignKey(Person, models.PROTECT, related_name="+")
    b = models.ForeignKey(Person, models.PROTECT, related_name="+")
    area_a = code_field(db_index=True)
    area_b = code_field(db_index=True)
    score = models.IntegerField()
    evidence = models.JSONField(default=list)
    state = models.CharField(max_length=10, default="open", db_index=True)
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    decided_name = models.CharField(max_length=80, blank=True)
    decided_post = models.CharField(max_length=160, blank=True)
    why = models.TextField(blank=True)
    weighed = models.JSONField(default=list)
    seen = models.BigIntegerField(null=True)
    act = models.ForeignKey(Act, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("a", "b"), name="pair_once"),
            models.CheckConstraint(condition=models.Q(a__lt=models.F("b")), name="pair_ordered"),
        )
