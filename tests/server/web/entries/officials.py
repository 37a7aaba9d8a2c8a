"""Accounts and posts."""

from __future__ import annotations

from tests.server.web.matrix import Entry

MANAGE = ("accounts.manage",)
ENTRIES = {
    "officials-list": Entry("/officials", MANAGE),
    "officials-new": Entry("/officials/new", MANAGE),
    "officials-one": Entry(
        lambda w: f"/officials/{w.who['VILLAGE'].official}", MANAGE, there=lambda w: f"/officials/{w.who['OTHER_COUNTY'].official}"
    ),
    "officials-act": Entry(
        lambda w: f"/officials/{w.who['VILLAGE'].official}/unlock", MANAGE, there=lambda w: f"/officials/{w.who['OTHER_COUNTY'].official}/unlock",
        form={"why": "x"}, status=(302,),
    ),
    "officials-me": Entry("/me"),
    "officials-declare": Entry("/me/relatives", form={"name": ""}, status=(422,)),
    "officials-withdraw": Entry("/me/relatives/999999/withdraw", form={"why": "x"}, status=(404,)),
}  # fmt: skip
