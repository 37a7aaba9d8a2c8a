"""Households, where they live through time, and who belongs to them."""

from __future__ import annotations

from django.db import models

from doudi.server.lib.stored import Stored, code_field
from doudi.server.registry.models.known import Known
from doudi.server.registry.models.people import Person


class Household(Stored):
    """``area`` manages the household; a relocated one has ``other_area`` too, the old village, for land and subsidies. Both, ``closed`` and
    ``people``, how many belong to it, are what is known today; the truth through time is in Residence and Membership. ``version`` rises with every
    act on it or its members. A household is closed when nobody belongs to it any more."""

    number = models.CharField(max_length=30, unique=True)
    area = code_field()
    other_area = code_field()
    closed = models.BooleanField(default=False)
    people = models.IntegerField(default=0)
    version = models.IntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=("area", "id"), name="household_area"),
            models.Index(fields=("other_area", "id"), condition=~models.Q(other_area=""), name="household_other_area"),
        )


class Residence(Known):
    """Where a household is, and which offices it belongs to."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="residences")
    area = code_field()
    other_area = code_field()
    address = models.CharField(max_length=200, blank=True)


class Membership(Known):
    """``relation`` to the head as the pack's category names it (本人, 配偶, …); exactly one ``head`` a household on any day."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    relation = models.CharField(max_length=20, blank=True)
    head = models.BooleanField(default=False)
