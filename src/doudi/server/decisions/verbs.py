"""What the record says of screenings."""

from __future__ import annotations

from doudi.server.audit.verbs import Verb

DECISION_SEEN = Verb(
    "decisions.seen", "查看了{household}号户 {as_of} 的判定和依据", "looked at the decision on household {household} as of {as_of} and its facts"
)  # fmt: skip
PREVIEWED = Verb(
    "decisions.previewed", "试算了{household}号户 {as_of} 的判定：若情况有变",
    "tried what the decision on household {household} as of {as_of} would be if something changed"
)  # fmt: skip
COURSE_SEEN = Verb(
    "decisions.course-seen", "查看了{household}号户 {as_of} 前后各月的判定", "looked at the decisions on household {household} in the months around {as_of}"
)  # fmt: skip
SNAPSHOT_TAKEN = Verb(
    "decisions.snapshot",
    "留存了 {area} 地区 {as_of} 的数据快照{snapshot}：{count} 户，保存到 {until}",
    "took snapshot {snapshot} of area {area} as of {as_of}: {count} households, kept until {until}",
)
PURGED = Verb(
    "decisions.purged", "按期清除了快照{snapshot}的数据文件，保留摘要", "removed the files of snapshot {snapshot}, whose time is up; its digests stay"
)  # fmt: skip
RUN_DONE = Verb(
    "decisions.run",
    "按政策 {policy} 完成了快照{snapshot}的筛查{run}：{count} 户",
    "screened snapshot {snapshot} under the policy {policy} as run {run}: {count} households",
)
LISTED = Verb(
    "decisions.listed", "按筛查{run}更新了工作清单：新增 {added} 条，关闭 {closed} 条",
    "brought the work lists up to run {run}: {added} new, {closed} closed",
)  # fmt: skip
WORK_DECIDED = Verb(
    "decisions.work", "把清单事项{item}（{code}）改为{state}", "set item {item} of the list {code} to {state}"
)  # fmt: skip
DIFFERENCE_SEEN = Verb(
    "decisions.difference", "对比了筛查{before}和筛查{after}：{count} 处不同", "compared runs {before} and {after}: {count} differences"
)  # fmt: skip
WORK_SEEN = Verb(
    "decisions.listed-seen", "查看了工作清单（{code}）{count} 条", "looked at {count} items of the work list {code}"
)
REPRICED = Verb(
    "decisions.repriced",
    "重算了 {area} 地区 {since} 至 {until}：{count} 条差额，应补 {back_pay} 分，应追回 {recovery} 分（重算{repricing}）",
    "decided area {area} again from {since} to {until}: {count} differences, {back_pay} fen owed, {recovery} fen overpaid (repricing {repricing})",
)
FIGURES_REBUILT = Verb(
    "decisions.figures", "按筛查{run}重新汇总了数字：{count} 项", "counted run {run} again: {count} figures"
)
FIGURE_SEEN = Verb(
    "decisions.figure-seen", "查看了筛查{run}一项数字（{measure} {key}）背后的名单 {count} 条",
    "looked at {count} rows behind a figure ({measure} {key}) of run {run}",
)  # fmt: skip
SIMULATED = Verb(
    "decisions.simulated",
    "模拟测算了方案{simulation}（{standards}，按 {as_of} 的数据）",
    "simulated scenario {simulation} ({standards}, on the facts of {as_of})",
)
SIMULATION_NAMED = Verb(
    "decisions.simulation-named", "把模拟方案{simulation}命名为“{name}”", "named scenario {simulation} “{name}”"
)
SIMULATION_DROPPED = Verb(
    "decisions.simulation-dropped", "删除了模拟方案{simulation}（{name}）", "deleted scenario {simulation} ({name})"
)
