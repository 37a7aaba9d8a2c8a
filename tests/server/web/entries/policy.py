"""Policy, to be read."""

from __future__ import annotations

from tests.server.web.matrix import Entry

READ = ("policy.read",)


ENTRIES = {
    "policy-home": Entry("/policy?q=gaoling", READ),
    "policy-names": Entry("/policy/names", READ),
    "policy-programme": Entry("/policy/programme?name=低保", READ),
    "policy-term": Entry("/policy/term?of=户&name=人均月收入", READ),
    "policy-category": Entry("/policy/category?name=家庭类别", READ),
    "policy-table": Entry("/policy/table?name=成员", READ),
    "policy-conflict": Entry("/policy/conflict?name=没有这项", READ, status=(404,)),
    "policy-conflicts": Entry("/policy/conflicts", READ),
    "policy-derived": Entry("/policy/derived?name=单人户", READ),
    "policy-standards": Entry("/policy/standards?area=451229", READ),
    "policy-standard": Entry("/policy/standard?name=低保标准&area=451229", READ),
    "policy-standard-chart": Entry("/policy/standard/chart.svg?name=低保标准&area=451229", READ),
    "policy-documents": Entry("/policy/documents", READ),
    "policy-document": Entry("/policy/document?name=DH", READ),
    "policy-measures": Entry("/policy/measures", READ),
    "policy-cases": Entry("/policy/cases?programme=高龄津贴", READ),
    "policy-case": Entry("/policy/case?pack=demo&name=没有这个", READ, status=(404,)),
    "policy-try": Entry("/policy/try?name=高龄津贴", READ),
    "policy-try-household": Entry(
        lambda w: f"/policy/try/household?name=低保&household={w.here}&on=2024-07-01", ("decisions.read",),
        there=lambda w: f"/policy/try/household?name=低保&household={w.there}&on=2024-07-01",
    ),
    "policy-compare": Entry("/policy/compare?on2=2016-01-01", READ),
}  # fmt: skip
