"""What is said of acts on accounts, and of signing in. Officials are named by the ids of their accounts."""

from __future__ import annotations

from doudi.server.audit.verbs import Verb

SIGNED_IN = Verb("accounts.signed-in", "登录", "signed in")
SIGNED_OUT = Verb("accounts.signed-out", "退出登录", "signed out")
FAILED = Verb("accounts.sign-in-failed", "登录失败：{account}", "failed to sign in: {account}")
LOCKED = Verb(
    "accounts.locked", "因多次输错密码被锁定登录：{account}", "was locked out after many wrong passwords: {account}"
)
UNLOCKED = Verb("accounts.unlocked", "解除了{account}的登录锁定", "took the lock from {account}")
CODE_TAKEN = Verb("accounts.code-taken", "通过了动态码验证", "gave a right one-time code")
CODE_FAILED = Verb("accounts.code-failed", "动态码验证失败", "gave a wrong one-time code")
ENROLLING = Verb("accounts.enrolling", "开始绑定动态码", "began to set up one-time codes")
ENROLLED = Verb("accounts.enrolled", "绑定了动态码", "set up one-time codes")
FACTOR_RESET = Verb("accounts.factor-reset", "解除了{account}的动态码绑定", "took the one-time codes from {account}")
MADE = Verb("accounts.made", "开立了{account}", "opened {account}")
PASSWORD_CHANGED = Verb("accounts.password-changed", "修改了自己的密码", "changed the own password")
PASSWORD_RESET = Verb("accounts.password-reset", "重设了{account}的密码", "set a new password for {account}")
STOPPED = Verb("accounts.stopped", "停用了{account}", "stopped {account}")
RESUMED = Verb("accounts.resumed", "恢复了{account}", "took {account} into use again")
POST_GIVEN = Verb(
    "accounts.post-given",
    "安排{account}自 {since} 起担任{post}（岗位 {number}），至 {until}",
    "gave {account} the post {post} (post {number}) from {since} on, until {until}",
)
POST_ENDED = Verb(
    "accounts.post-ended",
    "自 {until} 起免去{account}的{post}（岗位 {number}）",
    "ended the post {post} (post {number}) of {account} from {until} on",
)
RELATIVE_DECLARED = Verb(
    "accounts.relative-declared",
    "为{account}申报了一名近亲属（{relation}，申报 {number}）",
    "declared a relative of {account} ({relation}, entry {number})",
)
RELATIVE_WITHDRAWN = Verb(
    "accounts.relative-withdrawn",
    "撤回了{account}的一名近亲属申报（申报 {number}）",
    "withdrew a declared relative of {account} (entry {number})",
)
TOKEN_MADE = Verb(
    "accounts.token-made",
    "为{account}的{post}开立了接口令牌 {token}，至 {until}",
    "made token {token} for {account} in the post {post}, until {until}",
)
TOKEN_REVOKED = Verb(
    "accounts.token-revoked", "撤销了{account}的接口令牌 {token}", "revoked token {token} of {account}"
)


def account(official: int | None) -> str:
    """How an account is called in the record: ``账号 7``; one that there is not, by no name at all, for a password may have been typed there."""
    return f"账号 {official}" if official is not None else "没有的账号"
