"""What is said of workbooks that come and go."""

from __future__ import annotations

from doudi.server.audit.verbs import Verb

RECEIVED = Verb(
    "exchange.receive",
    "交来台账 {id} 号（文件摘要 {digest}），待预览",
    "handed in ledger {id} (digest {digest}) to be looked at",
)
CONFIRMED = Verb("exchange.confirm", "确认导入 {id} 号台账", "confirmed the import of ledger {id}")
GIVEN_UP = Verb("exchange.give-up", "放弃导入 {id} 号台账", "gave up the import of ledger {id}")
IMPORTED = Verb(
    "exchange.import", "导入了 {id} 号台账：新登记 {fresh} 户，更新 {changed} 户，未变 {same} 户，扣留 {held} 户",
    "imported ledger {id}: {fresh} households registered, {changed} updated, {same} unchanged, {held} held back",
)  # fmt: skip
MAPPED = Verb(
    "exchange.map",
    "把表头“{written}”对应到“{meant}”（{entity}）",
    "let the header “{written}” stand for “{meant}” ({entity})",
)
EXPORTED = Verb(
    "exchange.export", "导出了“{title}”，{count} 行，号码{how}", "exported “{title}”, {count} rows, numbers {how}"
)
FETCHED = Verb("exchange.fetch", "取走了导出的“{title}”（{id} 号）", "fetched the export “{title}” ({id})")
FAULTS_FETCHED = Verb(
    "exchange.fetch-faults", "取走了 {id} 号导入退回的工作簿", "fetched the workbook returned of import {id}"
)
COMPARED = Verb(
    "exchange.compare",
    "把外来名单（文件摘要 {digest}）与“{ledger}”比对，{count} 处不一致",
    "compared a list (digest {digest}) with “{ledger}”: {count} differences",
)
LIST_GIVEN_UP = Verb(
    "exchange.give-up-list",
    "放弃了与“{ledger}”比对的名单（文件摘要 {digest}）",
    "gave up a list (digest {digest}) to be compared with “{ledger}”",
)
DIFFERENCES_SEEN = Verb(
    "exchange.see-differences",
    "查看了 {id} 号比对的差异，显示了 {count} 条",
    "looked at the differences of comparison {id} and was shown {count}",
)
DECIDED = Verb("exchange.decide", "办结比对差异 {id} 号：{state}", "settled difference {id}: {state}")
ENROLLED = Verb(
    "exchange.enrol", "按名单（文件摘要 {digest}）把 {count} 个对象列入“{ledger}”台账，{held} 行未采用",
    "entered {count} on the ledger “{ledger}” from a list (digest {digest}); {held} rows were not taken",
)  # fmt: skip
