"""What is said of acts on divisions."""

from __future__ import annotations

from doudi.server.audit.verbs import Verb

ENSURED = Verb(
    "areas.ensured", "登记了 {count} 个行政区划，自 {since} 起", "entered {count} divisions, from {since} on"
)
RENAMED = Verb(
    "areas.renamed",
    "把 {area} {before} 自 {since} 起改名为{after}",
    "renamed {area} {before} to {after} from {since} on",
)
RECODED = Verb(
    "areas.recoded",
    "把 {before} 自 {since} 起改为 {area} {name}，连同下级共 {count} 个代码",
    "made {before} into {area} {name} from {since} on, {count} codes with those below",
)
MERGED = Verb(
    "areas.merged",
    "把 {before} 自 {since} 起并入 {area} {name}，连同下级共 {count} 个代码",
    "merged {before} into {area} {name} from {since} on, {count} codes with those below",
)
SPLIT = Verb(
    "areas.split",
    "把 {area} 自 {since} 起拆分为 {after}，连同下级共 {count} 个代码",
    "split {area} into {after} from {since} on, {count} codes with those below",
)
ENDED = Verb("areas.ended", "自 {since} 起撤销了 {area} {name}", "ended {area} {name} from {since} on")
IMPORTED = Verb(
    "areas.imported",
    "从工作簿导入行政区划：新增 {added}，改名 {renamed}，撤销 {ended}",
    "imported divisions from a workbook: {added} added, {renamed} renamed, {ended} ended",
)
SET_MADE = Verb(
    "areas.set-made", "建立了{kind}“{name}”，{count} 个地区", "made the set {kind} “{name}” of {count} divisions"
)
SET_CHANGED = Verb(
    "areas.set-changed",
    "自 {since} 起调整“{name}”的范围：加入 {added} 个，移出 {removed} 个",
    "changed the set “{name}” from {since} on: {added} added, {removed} removed",
)
