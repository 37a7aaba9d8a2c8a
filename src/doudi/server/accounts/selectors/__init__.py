"""Every read of accounts."""

from __future__ import annotations

from doudi.server.accounts.selectors.acting import (
    actor,
    chosen_actor,
    demands_second_factor,
    must_still_act,
    next_step,
    oneself,
    posts_of,
)
from doudi.server.accounts.selectors.lists import (
    administrators,
    by_username,
    official,
    officials,
    relatives_match,
    relatives_of,
)
from doudi.server.accounts.selectors.tokens import by_token, tokens_of

__all__ = [
    "actor", "administrators", "by_token", "by_username", "chosen_actor", "demands_second_factor", "must_still_act", "next_step", "official", "officials", "oneself",
    "posts_of", "relatives_match", "relatives_of", "tokens_of",
]  # fmt: skip
