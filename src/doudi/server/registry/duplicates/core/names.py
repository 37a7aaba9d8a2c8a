"""Two names: the same, alike to the ear, alike to the eye, or different."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pypinyin import Style, pinyin

from doudi.server.registry.duplicates.core.lookalikes import shapes
from doudi.server.registry.pinyin import SURNAMES, plain, readings

_SOFT = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_BLURRED = (("ang", "an"), ("eng", "en"), ("ing", "in"))


@lru_cache(maxsize=5_000)
def near(syllable: str) -> str:
    """The syllable as many people of the south say it: zh ch sh as z c s, l as n, -ang -eng -ing as -an -en -in."""
    for hard, soft in _SOFT:
        if syllable.startswith(hard):
            syllable = soft + syllable[2:]
            break
    if syllable.startswith("l") and len(syllable) > 1:
        syllable = "n" + syllable[1:]
    for wide, narrow in _BLURRED:
        if syllable.endswith(wide):
            return syllable[: -len(wide)] + narrow
    return syllable


@dataclass(frozen=True, slots=True)
class Name:
    """A name made ready to be compared. ``sounds`` and ``nears`` hold for each character the syllables that it may be read as."""

    text: str
    sounds: tuple[frozenset[str], ...]
    nears: tuple[frozenset[str], ...]
    shapes: str
    sound_key: str
    near_keys: tuple[str, ...]

    @property
    def near_key(self) -> str:
        return self.near_keys[0] if self.near_keys else ""


@lru_cache(maxsize=5_000)
def _only(syllable: str) -> frozenset[str]:
    return frozenset((syllable,))


@lru_cache(maxsize=5_000)
def _heard(surname: str) -> tuple[frozenset[str], frozenset[str]]:
    """How a surname is read by who does not know it for one: 单 as dan."""
    sounds = frozenset(pinyin(surname, style=Style.NORMAL, heteronym=True)[0])
    return sounds, frozenset(near(s) for s in sounds)


@lru_cache(maxsize=100_000)
def name(written: str) -> Name:
    """The name, plain: without spaces and dots. The first reading is the commonest."""
    text = plain(written)
    ways = readings(text)
    if not ways:
        return Name(text, (), (), "", "", ())
    if len(ways) == 1:
        nearly = [near(s) for s in ways[0]]
        sounds, nears = [_only(s) for s in ways[0]], [_only(n) for n in nearly]
        near_keys: tuple[str, ...] = ("'".join(nearly),)
    else:
        columns = list(zip(*ways, strict=True))
        sounds = [frozenset(column) for column in columns]
        nears = [frozenset(near(s) for s in column) for column in columns]
        near_keys = tuple(dict.fromkeys("'".join(near(s) for s in way) for way in ways))
    if text[0] in SURNAMES:
        more, nearly_more = _heard(text[0])
        if not more <= sounds[0]:
            sounds[0], nears[0] = sounds[0] | more, nears[0] | nearly_more
    return Name(text, tuple(sounds), tuple(nears), shapes(text), "'".join(ways[0]), near_keys)


def relation(a: Name, b: Name) -> str:
    """unknown, same, sound (read alike), shape (look alike), near (read alike with an accent), mixed (some of each), order (the same
    characters in another order), part (one character more), one (one character of three or more is another), given (only the given name is
    shared), surname (only the surname is shared), or different."""
    if not a.text or not b.text:
        return "unknown"
    if a.text == b.text:
        return "same"
    if len(a.text) == len(b.text):
        return _alike(a, b)
    short, long = (a, b) if len(a.text) < len(b.text) else (b, a)
    if len(long.text) == len(short.text) + 1 and len(short.text) > 1 and _is_part(short.text, long.text):
        return "part"
    return "surname" if a.nears[0] & b.nears[0] else "different"


def _alike(a: Name, b: Name) -> str:
    other: list[int] = []
    kinds: set[str] = set()
    for k, (x, y) in enumerate(zip(a.text, b.text, strict=True)):
        if x == y:
            continue
        if a.sounds[k] & b.sounds[k]:
            kinds.add("sound")
        elif a.shapes[k] == b.shapes[k]:
            kinds.add("shape")
        elif a.nears[k] & b.nears[k]:
            kinds.add("near")
        else:
            other.append(k)
    if not other:
        return kinds.pop() if len(kinds) == 1 else "mixed"
    if sorted(a.text) == sorted(b.text):
        return "order"
    if len(other) == 1 and len(a.text) >= 3:
        return "given" if other == [0] else "one"
    if other == [0]:
        return "given"
    return "surname" if 0 not in other else "different"


def _is_part(short: str, long: str) -> bool:
    return any(long[:k] + long[k + 1 :] == short for k in range(len(long)))
