"""Examples of answers, about people who do not exist."""

from __future__ import annotations

from typing import Any

_NUMBER = {"id": 15702, "kind": "id", "shown": "990***********0017", "since": "2024-07-01", "until": None}
_MEMBER = {
    "person": 8012, "name": "韦大山", "sex": "男", "born": "1950-01-01", "died": None, "relation": "户主", "head": True, "since": "2024-07-01",
    "until": None, "elsewhere": False, "numbers": [_NUMBER],
}  # fmt: skip
_ENROLMENT = {
    "id": 310, "ledger": "低保", "household": 4711, "person": None, "since": "2024-07-01", "until": None, "details": {}, "evidence": "",
}  # fmt: skip
HOUSEHOLD: dict[str, Any] = {
    "id": 4711, "number": "D000004711", "area": "451229103201", "other_area": "", "address": "下屯 12 号", "closed": False, "version": 12,
    "members": [_MEMBER], "enrolments": [_ENROLMENT], "as_of": "2024-07-01", "knowing": None,
}  # fmt: skip
HOUSEHOLD_ROW: dict[str, Any] = {
    "id": 4711, "number": "D000004711", "area": "451229103201", "other_area": "", "closed": False, "head": "韦大山", "people": 1,
}  # fmt: skip
PERSON: dict[str, Any] = {
    "id": 8012, "name": "韦大山", "names": [{"name": "韦大山", "since": "2024-07-01", "until": None}], "sex": "男", "born": "1950-01-01",
    "died": None, "area": "451229103201", "other_area": "", "numbers": [_NUMBER],
    "memberships": [
        {"household": 4711, "number": "D000004711", "relation": "户主", "head": True, "since": "2024-07-01", "until": None}
    ],
    "enrolments": [], "merged_into": None, "as_of": "2024-07-01", "knowing": None,
}  # fmt: skip
FOUND: dict[str, Any] = {
    "person": 8012, "name": "韦大山", "sex": "男", "born": "1950-01-01", "died": None, "area": "451229103201", "other_area": "",
    "household": 4711, "household_number": "D000004711", "relation": "户主", "numbers": [{"kind": "id", "shown": "990***********0017"}],
    "exact": False,
}  # fmt: skip
HAPPENED: dict[str, Any] = {
    "act": 90210, "kind": "state", "on": "2024-07-01", "recorded_at": "2024-07-02T01:10:00+00:00", "official": "黄窗",
    "post": "大化瑶族自治县岩滩镇 乡镇窗口经办岗", "zh": "2024-07-02 记录对人#8012的说明（申报）：劳动能力",
    "en": "2024-07-02 recorded a statement on 人#8012 (申报): 劳动能力", "undone": False,
}  # fmt: skip
_WORD = {"value": "完全丧失", "source": "申报", "since": "2024-07-01", "statement": 5120, "evidence": "县医院证明"}
_FACT = {
    "name": "劳动能力", "value": "完全丧失", "source": "申报", "since": "2024-07-01", "statement": 5120, "disputed": False, "said": [_WORD],
}  # fmt: skip
FACTS: dict[str, Any] = {
    "household": 4711, "area": "451229103201", "other_area": "", "values": [], "tables": [],
    "members": [{"person": 8012, "relation": "户主", "head": True, "elsewhere": False, "values": [_FACT], "tables": []}],
    "as_of": "2024-07-01", "knowing": None,
}  # fmt: skip
_OUTCOME = {
    "programme": "低保", "en": "Minimum living guarantee", "entity": "户", "person": None, "path": [], "fulfils": "unknown",
    "granted": "unknown", "amount": {"least": 0, "most": 42000}, "paid": {"least": 0, "most": 42000}, "reason": "",
    "missing": [{"entity": "人", "name": "收入", "person": 8012}],
}  # fmt: skip
DECISION: dict[str, Any] = {
    "household": 4711, "as_of": "2024-07-01", "knowing": None, "policy": "6a1f0c9e5b", "household_class": "",
    "monthly": {"least": 0, "most": 42000}, "outcomes": [_OUTCOME], "disputed": [], "elsewhere": [],
}  # fmt: skip
WHY: dict[str, Any] = {
    "programme": "低保", "text": "低保：无法判定\n  - 缺少：8012 号人员的收入",
    "steps": {"kind": "programme", "lang": "zh", "label": "低保", "value": "无法判定", "missing": ["收入（8012）"]},
}  # fmt: skip
SUPPOSING: dict[str, Any] = {
    "as_of": "2024-07-01",
    "household": {"values": {"居住地": "451229103201", "户籍地": "451229103201", "城乡": "农村"}},
    "members": [{"relation": "户主", "values": {"出生日期": "1950-01-01", "健在": True, "劳动能力": "完全丧失"}}],
}
ITEM: dict[str, Any] = {
    "id": 77, "code": "应享未享", "programme": "低保", "household": 4711, "person": None, "area": "451229103201", "other_area": "",
    "zh": "符合低保条件而没有领取", "en": "fulfils the conditions and does not receive it", "certain": True, "due": 42000, "received": 0,
    "missing": [], "state": "open", "why": "", "decided_by": "", "decided_at": None, "run": 17,
}  # fmt: skip
RUN: dict[str, Any] = {
    "id": 17, "snapshot": 21, "area": "451229", "month": "2024-07-01", "as_of": "2024-07-01", "policy": "6a1f0c9e5b", "pack": "dahua",
    "ruleset": "0f3d2c", "engine": "0.1.0", "digest": "b94d27b9934d3e08", "state": "whole", "rows": {"household": 6000}, "again": None,
    "made_at": "2024-07-02T01:10:00+00:00", "ended_at": "2024-07-02T01:10:20+00:00",
}  # fmt: skip
DIFFERENCES: dict[str, Any] = {
    "before": 16, "after": 17, "count": 1,
    "items": [
        {
            "programme": "低保", "household": 4711, "person": None, "kind": "granted", "granted_before": 0, "granted_after": 1, "paid_before": 0,
            "paid_after": 42000, "class_before": None, "class_after": None, "area": "451229103201", "other_area": "",
        }
    ],
    "sums": [{"area": "451229103", "programme": "低保", "kind": "granted", "items": 1, "before": 0, "after": 42000}], "next": None,
}  # fmt: skip
JOB: dict[str, Any] = {
    "id": 5, "kind": "screening", "kind_zh": "筛查", "kind_en": "Screening", "state": "done", "done": 1, "total": 1, "remaining": None,
    "cancelling": False, "result": {"snapshot": 21, "run": 17}, "zh": "", "en": "", "area": "451229",
    "made_at": "2024-07-02T01:10:00+00:00", "started_at": "2024-07-02T01:10:01+00:00", "ended_at": "2024-07-02T01:10:20+00:00",
}  # fmt: skip
ME: dict[str, Any] = {
    "official": 3, "name": "黄窗", "post": "大化瑶族自治县岩滩镇 乡镇窗口经办岗", "role": "clerk", "areas": ["451229103"],
    "permissions": ["registry.change", "registry.read"], "token": "县平台", "expires_at": "2025-07-01T00:00:00+00:00",
}  # fmt: skip
PROGRAMME: dict[str, Any] = {
    "name": "低保", "en": "Minimum living guarantee", "entity": "户", "period": "月", "group": "基本生活", "group_en": "Basic living", "amount": True,
    "apply_zh": "向户籍所在地乡镇（街道）申请", "apply_en": "Apply to the township or street of registration",
}  # fmt: skip
FACT: dict[str, Any] = {
    "entity": "人", "name": "劳动能力", "en": "Ability to work", "type": "类别 劳动能力", "values": ["有劳动能力", "部分丧失", "完全丧失"],
    "least": None, "most": None, "table": False,
}  # fmt: skip
STANDARD: dict[str, Any] = {
    "name": "低保月标准", "en": "Monthly standard", "type": "金额", "form": "plain", "keys": ["城市", "农村"], "least": "0 元", "most": "10000 元",
    "rises": True, "by_area": True,
}  # fmt: skip
VALUE: dict[str, Any] = {
    "standard": "低保月标准", "key": "农村", "value": "563 元", "bands": [], "why": "", "area": "451229", "since": "2024-01-01", "until": None,
    "document": "县政办发〔2024〕1号", "clause": "一", "pack": "dahua",
}  # fmt: skip
