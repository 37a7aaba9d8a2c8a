"""Fields of forms: what is asked, what was typed, what is wrong with it. A form that was refused comes back as it was typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from doudi.server.lib.refusals import Refused
from doudi.server.web.words import T

Kind = Literal[
    "text", "search", "number", "money", "date", "month", "moment", "choice", "radio", "choices", "check", "textarea", "password", "file", "hidden"
]  # fmt: skip


@dataclass(frozen=True)
class Option:
    """One answer that can be chosen."""

    value: str
    zh: str
    en: str

    def __str__(self) -> str:
        return str(T(self.zh, self.en))


@dataclass(frozen=True)
class Field:
    """One thing that a form asks for. ``value`` is text as it stands in the form (``values`` for several choices); ``error`` says what is
    wrong with it and how to mend it; ``attrs`` are further attributes of the control (``hx-…``, ``autocomplete``)."""

    name: str
    zh: str
    en: str
    kind: Kind = "text"
    value: str = ""
    values: tuple[str, ...] = ()
    hint: T | None = None
    error: T | None = None
    options: tuple[Option, ...] = ()
    required: bool = False
    unit: T | None = None
    attrs: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"f-{self.name}"

    @property
    def described(self) -> str:
        """Ids of the texts that belong to the control."""
        return " ".join(f"{self.id}-{part}" for part, there in (("hint", self.hint), ("error", self.error)) if there)

    @property
    def type(self) -> str:
        """Of an ``<input>``."""
        return {"money": "text", "number": "text", "moment": "datetime-local"}.get(self.kind, self.kind)

    @property
    def inputmode(self) -> str:
        return {"money": "decimal", "number": "numeric"}.get(self.kind, "")

    @property
    def label(self) -> str:
        return str(T(self.zh, self.en))


def filled(fields: Iterable[Field], typed: Mapping[str, str], refused: Refused | None = None) -> list[Field]:
    """The fields with what was typed (a ``QueryDict`` gives several values of one name), and the refusal at the field that it names."""
    out = []
    for f in fields:
        several = (
            typed.getlist(f.name) if hasattr(typed, "getlist") else [v for v in [typed.get(f.name)] if v is not None]
        )
        if f.name in typed and f.kind not in ("password", "file"):
            f = replace(f, value=several[-1] if several else "", values=tuple(several))
        elif f.kind in ("check", "choices") and typed:
            f = replace(f, value="", values=())
        if refused is not None and refused.field == f.name:
            f = replace(f, error=T(refused.zh, refused.en))
        out.append(f)
    return out


def options(values: Sequence[str], *, empty: T | None = None) -> tuple[Option, ...]:
    """Options whose words are their values, after an empty one where there is a word for it."""
    first = (Option("", empty.zh, empty.en),) if empty else ()
    return (*first, *(Option(v, v, v) for v in values))
