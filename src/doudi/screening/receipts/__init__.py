"""Today's receipts for made-up people: what they are paid this month, mostly right, with errors planted and recorded.

``payer(terms)`` gives what ``doudi.screening.generate.generate`` takes as ``pay``; ``terms_of`` fills the terms
from a pack's standards; ``score`` holds the lists of a screening against what was planted.
"""

from __future__ import annotations

import numpy as np

from doudi.screening.generate.dates import month_back
from doudi.screening.generate.draft import Draft
from doudi.screening.generate.past import GUARANTEE as GUARANTEE_PAID
from doudi.screening.generate.past import add_history
from doudi.screening.generate.population import Pay
from doudi.screening.generate.sheet import Ints
from doudi.screening.receipts import slips
from doudi.screening.receipts.due import Due, reckon
from doudi.screening.receipts.score import Score, score
from doudi.screening.receipts.slips import Office, Paid, slip
from doudi.screening.receipts.terms import NoTerms, Terms, terms_of

# Programme and what its payments are called.
ITEMS = {
    slips.GUARANTEE: GUARANTEE_PAID,
    slips.EXIT: "渐退金",
    slips.SUPPORT: "特困供养金",
    slips.AGED: "高龄津贴发放",
    slips.LIVING: "残疾生活补贴",
    slips.NURSING: "残疾护理补贴",
    slips.OLD_SERVICE: "养老服务补贴金",
    slips.UNABLE_OLD: "失能护理补贴金",
    slips.ORPHAN: "孤儿生活费",
    slips.UNATTENDED: "无人抚养生活费",
}


def payer(terms: Terms, old: Terms | None = None) -> Pay:
    """Pays everybody by ``terms``, slips included; ``old`` are the terms before the last rise, for sums that were
    not raised.
    """

    def pay(d: Draft, rng: np.random.Generator) -> None:
        due = reckon(d, terms)
        paid = Paid(_sums(due))
        slip(Office(d, due, terms, old, paid), rng)
        for programme, item in ITEMS.items():
            table, codes = ("户领", "户领.项目") if programme in slips.OF_HOUSEHOLD else ("已领", "已领.项目")
            sums = paid.sums[programme]
            if programme == slips.GUARANTEE:
                # Paid to the household's account, as its own would be.
                sums = sums + due.alone_in_all(d)
            for who in (sums > 0, paid.twice.get(programme)):
                if who is not None:
                    d.linked[table].add(who, 项目=d.words(codes)[item], 月份=d.day, 金额=sums[who])
        _on_record(d, rng, paid.sums[slips.GUARANTEE])

    return pay


def _sums(due: Due) -> dict[str, Ints]:
    return {
        slips.GUARANTEE: due.guarantee.copy(),
        slips.EXIT: due.exit.copy(),
        slips.SUPPORT: due.support.copy(),
        slips.AGED: due.aged.copy(),
        slips.LIVING: due.living.copy(),
        slips.NURSING: due.nursing.copy(),
        slips.OLD_SERVICE: due.old_service.copy(),
        slips.UNABLE_OLD: due.unable_old.copy(),
        slips.ORPHAN: due.orphan.copy(),
        slips.UNATTENDED: due.unattended.copy(),
    }


def _on_record(d: Draft, rng: np.random.Generator, guarantee: Ints) -> None:
    """Whoever is on the guarantee has been for some time: earlier decisions, and relief among the income."""
    at = np.flatnonzero((guarantee > 0) & (d.linked["历次决定"].count() == 0))
    months = rng.integers(1, 25, len(at))
    add_history(d, at, last_month_back=np.ones(len(at), np.int64), months=months, amount=guarantee[at])
    head = d.head_of()[at]
    year = guarantee[at] * np.minimum(months, 12)
    d.linked["收入"].add(
        head, 种类=d.words("收入.种类")["社会救助金"], 金额=year, 日期=month_back(d.day, 1) + 14, 评估=0
    )


__all__ = ["ITEMS", "NoTerms", "Pay", "Score", "Terms", "payer", "reckon", "score", "terms_of"]
