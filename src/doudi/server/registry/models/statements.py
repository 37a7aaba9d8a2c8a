"""What is said of people and households: the facts that the rules read, and the ledgers of groups."""

from __future__ import annotations

from django.db import models

from doudi.server.registry.models.households import Household
from doudi.server.registry.models.known import Known
from doudi.server.registry.models.people import Person

_OF_ONE = models.Q(household__isnull=True) ^ models.Q(person__isnull=True)


class Statement(Known):
    """What one source said of one household or one person at once. Which facts there are comes from the packs in force.

    ``values``: fact name -> value: true or false, integers (fen, ten-thousandths, months …), "YYYY-MM-DD", a category's name, a twelve-digit
    code as text; null says that it is not known, ``{"lo": …, "hi": …}`` that only bounds are. ``tables``: linked entity ->
    ``{"complete": true, or the names of the complete kinds, "rows": [{fact: value}, …]}``. A fact that is not named is not spoken of.
    ``source`` is a code of the pack's sources (核对, 导入, 申报 …); ``evidence`` says what supports it.
    """

    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="statements")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="statements")
    source = models.CharField(max_length=20)
    evidence = models.CharField(max_length=200, blank=True)
    values = models.JSONField(default=dict)
    tables = models.JSONField(default=dict)

    class Meta(Known.Meta):
        constraints = (
            *Known.Meta.constraints,
            models.CheckConstraint(condition=_OF_ONE, name="statement_of_one"),
        )


class Enrolment(Known):
    """A household or person on a group's ledger (低保, 三留守, 优抚 …: codes come from the pack) from a day until a day, with the ledger's
    own columns in ``details``; on one ledger at most once on any day."""

    ledger = models.CharField(max_length=30)
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="enrolments")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="enrolments")
    details = models.JSONField(default=dict)
    evidence = models.CharField(max_length=200, blank=True)

    class Meta(Known.Meta):
        indexes = (
            *Known.Meta.indexes,
            models.Index(
                fields=("ledger", "household"), condition=models.Q(household__isnull=False), name="enrolment_household"
            ),
            models.Index(
                fields=("ledger", "person"), condition=models.Q(person__isnull=False), name="enrolment_person"
            ),
        )
        constraints = (
            *Known.Meta.constraints,
            models.CheckConstraint(condition=_OF_ONE, name="enrolment_of_one"),
        )
