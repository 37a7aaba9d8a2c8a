"""Model base with what every table of ours shares."""

from __future__ import annotations

from django.db import models


class Stored(models.Model):
    """A row with a 64-bit surrogate key. Nothing overrides ``save``: rows are written by actions only."""

    id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True


def code_field(**more: object) -> models.CharField[str, str]:
    """A division code: two digits a province, 4 a prefecture, 6 a county, 9 a township, 12 a village, 15 a grid; empty: nowhere yet."""
    return models.CharField(max_length=15, blank=True, default="", **more)  # type: ignore[arg-type]
