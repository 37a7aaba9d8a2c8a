"""What the record of acts says, for a test to look at."""

from __future__ import annotations


def said(verb: str) -> list[str]:
    """The Chinese sentences of one verb, oldest first."""
    from doudi.server.audit.models import Entry

    return list(Entry.objects.filter(verb=verb).order_by("seq").values_list("zh", flat=True))
