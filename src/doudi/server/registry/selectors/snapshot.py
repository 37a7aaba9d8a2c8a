"""The registry asked in SQL for everything of one moment, a range of households at a time: what ``facts_of`` reads, for a hundred thousand at once.

Texts, not query sets: they are run by drivers that hand over Arrow, outside Django's connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from doudi.server.lib.scope import Scope, after


@dataclass(frozen=True)
class Moment:
    """``as_of`` in the world, ``knowing`` in the record. ``last`` is the last act there is, where all there is was recorded by ``knowing``; else
    None, and each act's own moment is looked at."""

    as_of: date
    knowing: datetime
    last: int | None
    postgresql: bool

    def holds(self, row: str) -> str:
        """The condition that the known row ``row`` (an alias) held and was known."""
        day = f"'{self.as_of.isoformat()}'"
        held = f"{row}.since <= {day} AND ({row}.until IS NULL OR {row}.until > {day})"
        if self.last is not None:
            return f"{held} AND {row}.act_id <= {self.last} AND ({row}.withdrawn_id IS NULL OR {row}.withdrawn_id > {self.last})"
        # SQLite holds moments as text in UTC; PostgreSQL is told that it is UTC.
        zone = "+00" if self.postgresql else ""
        by = f"'{self.knowing.astimezone(UTC).strftime('%Y-%m-%d %H:%M:%S.%f')}{zone}'"
        brought = f"EXISTS (SELECT 1 FROM registry_act k WHERE k.id = {row}.act_id AND k.recorded_at <= {by})"
        gone = f"EXISTS (SELECT 1 FROM registry_act k WHERE k.id = {row}.withdrawn_id AND k.recorded_at <= {by})"
        return f"{held} AND {brought} AND NOT ({row}.withdrawn_id IS NOT NULL AND {gone})"


@dataclass(frozen=True)
class Question:
    """The households that the offices in ``scope`` managed at ``moment``; its codes are those of that day."""

    moment: Moment
    scope: Scope

    def _within(self) -> str:
        parts = [
            "TRUE"
            if not prefix
            else f"r.area >= '{prefix}'" + (f" AND r.area < '{end}'" if (end := after(prefix)) else "")
            for prefix in self.scope.prefixes
        ]
        return f"({' OR '.join(parts) or 'FALSE'})"

    def households(self) -> str:
        """household, area, other_area, in the order of the households."""
        return (
            "SELECT r.household_id AS household, r.area AS area, r.other_area AS other_area FROM registry_residence r "
            f"WHERE {self._within()} AND {self.moment.holds('r')} ORDER BY 1"
        )

    def said_of_households(self, first: int, last: int) -> str:
        """id, statement, source, since, act, said, tables of the households from ``first`` to ``last``: a row for each statement, one of nulls
        where there is none; in the order of the households."""
        return (
            f"SELECT r.household_id AS id, {self._said()} FROM registry_residence r "
            f"LEFT JOIN registry_statement s ON s.household_id = r.household_id AND {self.moment.holds('s')} "
            f"WHERE {self._between(first, last)} ORDER BY r.household_id"
        )

    def said_of_people(self, first: int, last: int) -> str:
        """The same of the people of these households, with parent and relation; in the order of households and people."""
        return (
            f"SELECT m.household_id AS parent, m.person_id AS id, m.relation AS relation, {self._said()} FROM registry_residence r "
            f"JOIN registry_membership m ON m.household_id = r.household_id AND {self.moment.holds('m')} "
            f"LEFT JOIN registry_statement s ON s.person_id = m.person_id AND {self.moment.holds('s')} "
            f"WHERE {self._between(first, last)} ORDER BY m.household_id, m.person_id"
        )

    def _between(self, first: int, last: int) -> str:
        return f"r.household_id BETWEEN {first} AND {last} AND {self._within()} AND {self.moment.holds('r')}"

    def _said(self) -> str:
        # Days as text everywhere: SQLite has nothing else.
        cast, day = ("::text", "to_char(s.since, 'YYYY-MM-DD')") if self.moment.postgresql else ("", "s.since")
        return (
            f"s.id AS statement, s.source AS source, {day} AS since, s.act_id AS act, "
            f's."values"{cast} AS said, s.tables{cast} AS tables'
        )
