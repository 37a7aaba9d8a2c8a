"""People, what they are called and known by, and the terms that find them."""

from __future__ import annotations

from django.db import models

from doudi.server.lib.stored import Stored, code_field
from doudi.server.registry.models.known import Known


class Person(Stored):
    """A person once. ``name``, ``sex``, ``born``, ``died``, ``area`` and ``other_area`` are what is known today, kept for lists and search;
    the truth through time is in PersonName, Statement and Residence. ``merged_into``: this was a duplicate of that.

    Without a name it is nobody: its registration was undone, or it is merged into another. No list shows it.
    """

    name = models.CharField(max_length=80)
    sex = models.CharField(max_length=4, blank=True)
    born = models.DateField(null=True)
    died = models.DateField(null=True)
    area = code_field()
    other_area = code_field()
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")

    class Meta:
        indexes = (
            models.Index(fields=("area", "id"), name="person_area"),
            models.Index(fields=("other_area", "id"), condition=~models.Q(other_area=""), name="person_other_area"),
        )


class PersonName(Known):
    """What a person is called; one name on any day."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="names")
    name = models.CharField(max_length=80)


class Identifier(Known):
    """A number that tells who somebody is: ``kind`` is id (identity card), card (bank or social-security card), phone, disability
    (certificate). ``cipher`` is SM4-GCM, ``blind`` HMAC-SM3 of the normal form, ``shown`` the masked form that lists may show."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="identifiers")
    kind = models.CharField(max_length=12)
    cipher = models.BinaryField()
    blind = models.BinaryField(max_length=32)
    shown = models.CharField(max_length=40)

    class Meta(Known.Meta):
        indexes = (*Known.Meta.indexes, models.Index(fields=("blind",), name="identifier_blind"))


class Term(Stored):
    """What finds a person: ``kind`` n (name and its tails), p (pinyin and its tails), i (initials), b (blind index of a number, hex).

    One row for each of the person's areas, so that an index serves a search within an area.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="terms")
    kind = models.CharField(max_length=1)
    term = models.CharField(max_length=120)
    area = code_field()

    class Meta:
        indexes = (models.Index(fields=("kind", "term", "area", "person"), name="term_find"),)
