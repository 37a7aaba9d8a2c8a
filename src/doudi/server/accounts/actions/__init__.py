"""Every write to accounts, and signing in. All of it is recorded."""

from __future__ import annotations

from doudi.server.accounts.actions.first import first_administrator, recover
from doudi.server.accounts.actions.officials import (
    change_password,
    make_official,
    reset_password,
    resume,
    stop,
    unlock,
    unlock_address,
)
from doudi.server.accounts.actions.posts import end_post, give_post
from doudi.server.accounts.actions.relatives import declare_relative, withdraw_relative
from doudi.server.accounts.actions.second_factors import confirm, enrol, give_code, reset_second_factor
from doudi.server.accounts.actions.signing_in import sign_in, sign_out
from doudi.server.accounts.actions.tokens import make_token, revoke_token

__all__ = [
    "change_password", "confirm", "declare_relative", "end_post", "enrol", "first_administrator", "give_code", "give_post", "make_official",
    "make_token", "recover", "reset_password", "reset_second_factor",
    "resume", "revoke_token", "sign_in", "sign_out", "stop", "unlock", "unlock_address", "withdraw_relative",
]  # fmt: skip
