"""The ledgers of the demonstration name ledgers, facts and values that the pack has."""

from __future__ import annotations

from doudi.packs.pack import load
from doudi.server.operations.demo.standing import _rules, ledgers_of


def test_every_ledger_and_fact_is_the_pack_s() -> None:
    pack = load("demo")
    known = {ledger.code for ledger in pack.ledgers}
    categories = {v[0] for c in pack.book.categories for v in c.values}
    for rules in _rules().values():
        assert rules.keys() <= known
        for rule in rules.values():
            assert all(v is True or v in categories for v in rule.get("is", ()))


def test_somebody_stands_where_the_facts_say() -> None:
    paid = {"户领": {"rows": [{"项目": "低保金"}]}}
    assert list(ledgers_of("household", {"建档类别": "已脱贫", "易地搬迁": True}, paid)) == [
        "低保",
        "建档立卡脱贫",
        "易地搬迁",
    ]
    assert list(ledgers_of("household", {"建档类别": "非建档立卡", "易地搬迁": False}, {})) == []
    assert list(ledgers_of("person", {}, {"残疾": {"rows": [{"类别": "肢体"}]}})) == ["残疾人"]
