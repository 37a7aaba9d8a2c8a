"""Planted slips found again: recall by kind, precision, seconds and memory.

``python -m bench.server.duplicates [--people N]``, from the repository's root. The figures are of the sweep's core; reading people from a
database and writing pairs come on top (``--database``).
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter

from bench.measure import child
from bench.table import machine, mib

SHARE = 0.002
"""Of all people, for each kind of slip: the planted ones."""


def _made(people: int, seed: int):  # type: ignore[no-untyped-def]  # noqa: ANN202
    from bench.server.people import County
    from bench.server.slips import SLIPS
    from doudi.server.registry.duplicates.core.columns import Builder

    county, builder = County(people, seed), Builder()
    planted: dict[tuple[int, int], str] = {}
    wanted = {kind: int(people * SHARE) for kind in SLIPS}
    kinds = list(SLIPS)
    numbers: list[str] = []
    households: list[int] = []
    counts: Counter[str] = Counter()

    def put(one) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        builder.add(one.id, one.name, one.sex, one.born, one.area)
        numbers.append(one.number)
        households.append(one.household)

    twins = 0
    for family in county.households():
        births = Counter(p.born for p in family)
        twins += sum(1 for n in births.values() if n > 1)
        for one in family:
            put(one)
        # Rare kinds (a surname read in two ways) take whoever fits, so every family is asked.
        taken = False
        for one in county.chance.sample(family, len(family)):
            for kind in kinds:
                due = wanted[kind] * county.next_id / people
                if counts[kind] >= due:
                    continue
                changed = SLIPS[kind](county.chance, one)
                if changed is None:
                    continue
                again = county.copy(one, **changed)
                put(again)
                planted[one.id, again.id] = kind
                counts[kind] += 1
                taken = True
                break
            if taken:
                break
    for row, number in enumerate(numbers):
        if number:
            builder.number(row, number)
        if households[row]:
            builder.live_in(row, households[row])
    return builder, planted, twins


def one(people: int, seed: int) -> dict[str, object]:
    """One run in this process."""
    from doudi.server.registry.duplicates.core.blocks import KINDS
    from doudi.server.registry.duplicates.core.evidence import THRESHOLD
    from doudi.server.registry.duplicates.core.find import Sweep

    begun = time.perf_counter()
    builder, planted, twins = _made(people, seed)
    made = time.perf_counter() - begun
    begun, used = time.perf_counter(), time.process_time()
    columns = builder.columns()
    sweep = Sweep(columns)
    keyed = time.perf_counter() - begun
    found: dict[tuple[int, int], int] = {}
    codes: dict[tuple[int, int], str] = {}
    stages = {}
    for kind in KINDS:
        start = time.process_time()
        stage, pairs = sweep.stage(kind)
        for f in pairs:
            found[f.a, f.b] = f.compared.score
            codes[f.a, f.b] = " ".join(e.code for e in f.compared.evidence)
        stages[kind] = {**stage.said(), "seconds": round(time.process_time() - start, 1)}
    wall, used = time.perf_counter() - begun, time.process_time() - used
    missed = {p: k for p, k in planted.items() if p not in found}
    rows = {p: k for k, p in enumerate(columns.ids.tolist())}
    why: Counter[str] = Counter()
    for (a, b), kind in missed.items():
        compared = sweep.compare(rows[a], rows[b]).compared
        why[f"{kind}: {compared.score // 10 * 10} " + " ".join(e.code for e in compared.evidence)] += 1
    false = [p for p in found if p not in planted]
    total = Counter(planted.values())
    hit = Counter(k for p, k in planted.items() if p in found)
    return {
        "people": len(columns), "planted": len(planted), "found": len(found), "false": len(false), "twins": twins, "threshold": THRESHOLD,
        "recall": {k: [hit[k], total[k]] for k in total}, "made": made, "keyed": keyed, "wall": wall, "used": used, "stages": stages,
        "false_by": Counter(codes[p] for p in false).most_common(12), "missed_by": why.most_common(15),
        "curve": [[t, sum(1 for p, s in found.items() if s >= t and p in planted), sum(1 for s in found.values() if s >= t)] for t in range(80, 131, 5)],
    }  # fmt: skip


def table(said: dict, peak: int) -> str:  # type: ignore[type-arg]
    """What is printed."""
    lines = [
        f"{said['people']:,} people, {said['planted']:,} planted, {said['twins']:,} pairs of twins; {machine()}.",
        "",
    ]
    lines += ["| slip | planted | found | recall |", "|---|---|---|---|"]
    lines += [f"| {k} | {n:,} | {h:,} | {h / n:.1%} |" for k, (h, n) in said["recall"].items()]
    right = said["found"] - said["false"]
    lines += [
        "",
        f"Pairs raised at {said['threshold']}: {said['found']:,}; planted among them {right:,}: precision {right / max(1, said['found']):.1%}.",
        "",
    ]
    lines += [
        "| stage | blocks | pairs in them | compared in full | raised first here | blocks cut | pairs left out | processor seconds |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {k} | {s['blocks']:,} | {s['pairs']:,} | {s['compared']:,} | {s['found']:,} | {s['cut_blocks']:,} | {s['left_out']:,} | {s['seconds']} |"
        for k, s in said["stages"].items()
    ]
    lines += [
        "",
        f"Sweep {said['wall']:.0f} s, of one processor {said['used']:.0f} s; peak memory {mib(peak)}, the making of people included.",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.server.duplicates", description="Recall, precision and cost of the sweep for duplicates."
    )
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--one", action="store_true", help="this process, JSON out")
    parser.add_argument("--why", action="store_true", help="with what was missed or raised wrongly, by evidence")
    a = parser.parse_args()
    if a.one:
        print(json.dumps(one(a.people, a.seed), ensure_ascii=False))
        return
    run = child("bench.server.duplicates", "--one", "--people", a.people, "--seed", a.seed)
    print(table(run.said, run.peak))
    if a.why:
        for name in ("missed_by", "false_by", "curve"):
            print(f"\n{name}")
            for row in run.said[name]:
                print("  ", *row)


if __name__ == "__main__":
    main()
