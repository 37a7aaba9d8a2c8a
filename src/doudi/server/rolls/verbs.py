"""What is said of rolls. Nobody is named, and no text that was searched for."""

from __future__ import annotations

from doudi.server.audit.verbs import Verb

VIEW_SAVED = Verb("rolls.view-saved", "保存了常用筛选{view}", "saved view {view} of a list")
VIEW_DROPPED = Verb("rolls.view-dropped", "删除了常用筛选{view}", "deleted view {view} of a list")
CHOSEN = Verb(
    "rolls.chosen", "选出 {count} 条拟批量办理（{act}，批量{choice}）", "chose {count} lines for one act on all ({act}, choice {choice})"
)  # fmt: skip
CARRIED_OUT = Verb(
    "rolls.carried-out",
    "批量办理完成（批量{choice}）：办成 {done} 条，原已如此 {same} 条，未办成 {refused} 条",
    "carried out choice {choice}: {done} done, {same} were so already, {refused} refused",
)
EXPORTED = Verb(
    "rolls.exported", "导出了筛选后的名册，{count} 行（证件号码遮盖）", "took away a filtered list of {count} lines, id numbers masked"
)  # fmt: skip
