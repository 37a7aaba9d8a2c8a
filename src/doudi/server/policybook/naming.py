"""What a pack calls things in both languages, for pages that show a class, a kind or a programme."""

from __future__ import annotations

from dataclasses import dataclass

from doudi.packs import Pack
from doudi.rules.declared import Category
from doudi.rules.ruleset import Key


@dataclass(frozen=True)
class Said:
    """One thing in both languages. Where the pack has no English for it ``en`` is the Chinese: better told in Chinese than not at all."""

    zh: str
    en: str


class Names:
    """The words of one pack. A name that the pack does not have (an older record may) is told as it stands."""

    def __init__(self, pack: Pack) -> None:
        self._labels = pack.labels
        self._categories = {c.name: c for c in pack.book.categories}
        self._types = {(f.entity, f.name): f.type for f in pack.book.facts}
        self._types |= {(r.entity, r.name): r.type for r in pack.book.rules}

    def name(self, name: str) -> Said:
        """An entity, table, view, category, standard, programme, conflict, document or division."""
        return Said(name, self._labels.get(name) or name)

    def variable(self, entity: str, name: str) -> Said:
        """A fact or rule of an entity."""
        return Said(name, self._labels.get(f"{entity}.{name}") or self._labels.get(name) or name)

    def value(self, category: str, value: str) -> Said:
        """One value of a category."""
        return Said(value, self._labels.get(f"{category}.{value}") or value)

    def value_of(self, variable: Key, value: str) -> Said:
        """A value of a fact or rule that is of a category (``plan.household_class``, for one)."""
        kind = self._types.get(variable)
        return self.value(kind.category if kind else "", value)

    def values_of(self, variable: Key) -> tuple[Said, ...]:
        """All values of such a fact or rule, in the pack's order; none where it is of another type."""
        kind = self._types.get(variable)
        category: Category | None = self._categories.get(kind.category) if kind else None
        return tuple(self.value(category.name, value) for value, _ in category.values) if category else ()
