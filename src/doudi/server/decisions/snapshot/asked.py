"""The registry asked in SQL for everything of one moment, a range of households at a time: what ``facts_of`` reads, for a hundred thousand at once.

Texts, not query sets: they are run by drivers that hand over Arrow, outside Django's connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from doudi.server.lib.scope import after


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
    """The households that the offices of ``area`` managed at ``moment``."""

    moment: Moment
    area: str

    def _within(self) -> str:
        if not self.area:
            return "TRUE"
        end = after(self.area)
        return f"r.area >= '{self.area}'" + (f" AND r.area < '{end}'" if end else "")

    def households(self) -> str:
        """household, area, other_area, in the order of the households."""
        return (
            "SELECT r.household_id AS household, r.area AS area, r.other_area AS other_area FROM registry_residence r "
            f"WHERE {self._within()} AND {self.moment.holds('r')} ORDER BY 1"
        )

    def members(self, first: int, last: int) -> str:
        """household, person, relation of the households from ``first`` to ``last``."""
        return (
            "SELECT m.household_id AS household, m.person_id AS person, m.relation AS relation FROM registry_membership m "
            f"WHERE m.household_id BETWEEN {first} AND {last} AND {self.moment.holds('m')} AND {self._lives('m.household_id')} ORDER BY 1, 2"
        )

    def statements(self, kind: str, first: int, last: int) -> str:
        """subject, id, source, since, act, said, tables: of the households from ``first`` to ``last`` (``kind`` household) or of their people (person)."""
        cast = "::text" if self.moment.postgresql else ""
        day = "to_char(s.since, 'YYYY-MM-DD')" if self.moment.postgresql else "s.since"
        what = (
            f"s.{kind}_id AS subject, s.id AS id, s.source AS source, {day} AS since, s.act_id AS act, "
            f's."values"{cast} AS said, s.tables{cast} AS tables'
        )
        if kind == "household":
            return (
                f"SELECT {what} FROM registry_statement s WHERE s.household_id BETWEEN {first} AND {last} AND {self.moment.holds('s')} "
                f"AND {self._lives('s.household_id')}"
            )
        return (
            f"SELECT {what} FROM registry_membership m JOIN registry_statement s ON s.person_id = m.person_id "
            f"WHERE m.household_id BETWEEN {first} AND {last} AND {self.moment.holds('m')} AND {self.moment.holds('s')} AND {self._lives('m.household_id')}"
        )

    def _lives(self, household: str) -> str:
        """Households of other offices lie in the same range of numbers."""
        if not self.area:
            return "TRUE"
        return f"EXISTS (SELECT 1 FROM registry_residence r WHERE r.household_id = {household} AND {self._within()} AND {self.moment.holds('r')})"
