"""New codes for what lies below a division that is merged or split."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from doudi.server.areas.levels import level_above
from doudi.server.lib.refusals import Refused


def renumbered(
    codes: Collection[str], heads: Mapping[str, str], taken: set[str], told: Mapping[str, str], *, parents: Mapping[str, str] | None = None
) -> dict[str, str]:  # fmt: skip
    """Every one of ``codes`` to its new code. ``heads`` gives new codes of divisions above, ``parents`` the new division above of some of
    ``codes``; the number below the division above is kept where it is not ``taken`` and else becomes the next free one of its hundred (villages
    are numbered from 201, communities from 1), then any. Among those of one level ``told`` comes first. Raises Refused where nothing is free, or ``told`` does not fit.
    """
    found: dict[str, str] = dict(heads)
    used = set(taken)
    for code in sorted(codes, key=lambda c: (len(c), c not in told, c)):
        over = level_above(code)
        target = (parents or {}).get(code) or found.get(over, over)
        new = told.get(code) or _free(target, code[len(over) :], used)
        if new in used or level_above(new) != target:
            raise Refused(
                "bad-number",
                f"{code} 的新代码 {new} 不能用：它应在 {target} 之下，且没有被占用。",
                f"{new} cannot be the new code of {code}: it must lie below {target} and be free.",
                field="renumber",
            )
        used.add(new)
        found[code] = new
    return {code: found[code] for code in codes}


def _free(target: str, number: str, used: set[str]) -> str:
    width, n = len(number), int(number)
    hundred = n // 100 * 100
    order = [n, *range(n + 1, hundred + 100), *range(max(hundred, 1), n), *range(1, 10**width)]
    for candidate in order:
        code = f"{target}{candidate:0{width}d}"
        if len(code) == len(target) + width and code not in used:
            return code
    raise Refused("no-number", f"{target} 之下没有空余的代码了。", f"There is no free code left below {target}.")
