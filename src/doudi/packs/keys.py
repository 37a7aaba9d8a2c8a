"""The keys of pack files: English as the documentation writes them, and the Chinese words that may stand for them.
One table for all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

SYNONYMS: dict[str, tuple[str, ...]] = {
    "adds": ("增加",),
    "amount": ("金额",),
    "apply": ("办理",),
    "area": ("地区",),
    "as_of": ("基准日",),
    "assessed": ("评估",),
    "bands": ("档",),
    "below": ("以下",),
    "by": ("按",),
    "case": ("案例",),
    "cases": ("案例",),
    "cites": ("依据",),
    "classes": ("类别",),
    "class": ("户类别",),
    "clause": ("条款",),
    "code": ("代码",),
    "conditions": ("条件",),
    "counts_in_original": ("原户计入",),
    "document": ("文件",),
    "documents": ("文件",),
    "en": ("英文",),
    "expect": ("预期",),
    "file": ("文件名",),
    "form": ("形式",),
    "formula": ("公式",),
    "from": ("自",),
    "funding": ("出资",),
    "group": ("分组",),
    "headcount": ("人口",),
    "help": ("说明",),
    "help_en": ("英文说明",),
    "household": ("户",),
    "kind": ("种类",),
    "legs": ("各边",),
    "level": ("级别",),
    "lists": ("名单",),
    "look_up": ("查找",),
    "match": ("匹配",),
    "max": ("最大", "上限"),
    "max_rows": ("最多行数",),
    "members": ("成员",),
    "min": ("最小", "下限"),
    "mode": ("方式",),
    "month": ("所属月",),
    "name": ("名称",),
    "of": ("实体",),
    "over": ("超过",),
    "papers": ("材料",),
    "parents": ("上级",),
    "period": ("周期",),
    "person_class": ("人类别",),
    "person_total": ("个人合计",),
    "programmes": ("项目",),
    "rank": ("次序",),
    "reason": ("理由",),
    "received": ("现领",),
    "replaces": ("替换",),
    "review_by": ("复核期限",),
    "rule": ("规则",),
    "settles": ("了结",),
    "shares": ("分担",),
    "show": ("列出",),
    "status": ("状态",),
    "sum": ("数额",),
    "sum_en": ("英文数额",),
    "table": ("表",),
    "template": ("模板",),
    "templates": ("模板",),
    "total": ("合计",),
    "type": ("类型",),
    "until": ("至",),
    "value": ("值",),
    "values": ("取值",),
    "versions": ("版本",),
    "when": ("当",),
    "why": ("理由",),
    "why_en": ("英文理由",),
    "x": ("自变量",),
    "zh": ("中文",),
}
"""English key to its Chinese synonyms. A Chinese word may serve several keys, as long as no one kind of entry has
two of them."""


@dataclass(frozen=True)
class Keys:
    """The keys that one kind of entry may have. ``zh`` and ``en`` name the kind in messages; ``nullable`` keys may
    be left empty (null)."""

    zh: str
    en: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    nullable: tuple[str, ...] = ()

    @cached_property
    def canonical(self) -> dict[str, str]:
        """Every accepted spelling to its English key."""
        table: dict[str, str] = {}
        for key in (*self.required, *self.optional):
            for spelling in (key, *SYNONYMS.get(key, ())):
                if spelling in table:
                    raise ValueError(f"{self.en}: “{spelling}” stands for {table[spelling]} and for {key}")
                table[spelling] = key
        return table
