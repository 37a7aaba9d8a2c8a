"""Where the result of a job is looked at."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse

from doudi.server.jobs.views import JobView
from doudi.server.web.words import T

_PAGES: dict[str, tuple[str, str, str, T]] = {
    # kind of job: page, its argument, where the id stands (params or result), words
    "import-preview": ("exchange-import", "import_id", "import", T("打开这次导入", "Open the import")),
    "import": ("exchange-import", "import_id", "import", T("看导入结果", "See what was imported")),
    "compare": ("exchange-comparison", "comparison_id", "comparison", T("看比对结果", "See the differences")),
    "export": ("exchange-export", "export_id", "export", T("去下载", "Fetch the workbook")),
    "screening": ("lists-run", "run_id", "run", T("看这次筛查", "See this screening")),
    "rescreening": ("lists-run", "run_id", "run", T("看这次筛查", "See this screening")),
    "simulation": ("simulation-one", "simulation_id", "simulation", T("看测算结果", "See the simulation")),
    "duplicates": ("duplicates", "", "", T("看疑似重复", "See suspected doubles")),
}
WORDS: dict[str, T] = {
    "fresh": T("新登记", "new"), "people": T("人", "people"), "changed": T("更新", "updated"), "same": T("未变", "unchanged"), "held": T("扣留", "held back"),
    "households": T("户", "households"), "rows": T("行", "rows"), "added": T("新增", "added"), "kept": T("保留", "kept"), "closed": T("办结", "closed"),
    "here": T("只在我方", "only here"), "there": T("只在对方", "only there"), "differs": T("内容不同", "differ"), "likely": T("疑似写错号码", "slips"),
    "found": T("发现", "found"), "pairs": T("对", "pairs"),
}  # fmt: skip
"""Numbers of a result that say something to who reads it."""


def link_of(job: JobView) -> tuple[str, T] | None:
    """Address and words; None where there is no such page (yet)."""
    page = _PAGES.get(job.kind)
    if page is None:
        return None
    name, argument, key, words = page
    if not argument:
        given: dict[str, Any] = {}
    else:
        found = job.result.get(key, job.params.get(key))
        if not isinstance(found, int):
            return None
        given = {argument: found}
    try:
        return reverse(name, kwargs=given), words
    except NoReverseMatch:
        return None


def figures_of(job: JobView) -> list[tuple[T, int]]:
    """What came of it, in numbers."""
    return [
        (WORDS[k], v) for k, v in job.result.items() if k in WORDS and isinstance(v, int) and not isinstance(v, bool)
    ]
