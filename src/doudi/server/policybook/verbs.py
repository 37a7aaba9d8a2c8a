"""What is said of acts on packs and standards."""

from __future__ import annotations

from doudi.server.audit.verbs import Verb

INSTALLED = Verb(
    "policy.installed",
    "存入规则包“{name}”（{digest}，{files} 个文件）",
    "kept the pack “{name}” ({digest}, {files} files)",
)
IN_FORCE = Verb(
    "policy.in-force",
    "使规则包“{name}”（{digest}）自{since}起施行",
    "put the pack “{name}” ({digest}) in force from {since}",
)
DRAFTED = Verb(
    "standard.drafted",
    "起草了 {proposal} 号标准：{standards}，{count} 个值，自{since}起",
    "drafted proposal {proposal}: {standards}, {count} values, from {since}",
)
REDRAFTED = Verb(
    "standard.redrafted",
    "修改了 {proposal} 号标准草案：{standards}，{count} 个值，自{since}起",
    "changed proposal {proposal}: {standards}, {count} values, from {since}",
)
APPROVED = Verb(
    "standard.approved",
    "登记 {proposal} 号标准已获批准（{approval}，{on}）",
    "recorded that proposal {proposal} was approved ({approval}, {on})",
)
PUBLISHED = Verb(
    "standard.published",
    "以 {number}（{on}）公布了 {proposal} 号标准，自{since}起施行",
    "published proposal {proposal} by {number} ({on}), in force from {since}",
)
WITHDRAWN = Verb("standard.withdrawn", "撤回了 {proposal} 号标准", "withdrew proposal {proposal}")
