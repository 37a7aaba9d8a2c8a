"""Packs kept and put in force; standards drafted, approved, published, withdrawn."""

from doudi.server.policybook.actions.packs import ensure, install, keep, put_in_force
from doudi.server.policybook.actions.steps import REPRICE, Done, approve, draft, preview, publish, redraft, withdraw
from doudi.server.policybook.checking import Draft
from doudi.server.policybook.shapes import NewLine

__all__ = [
    "REPRICE",
    "Done",
    "Draft",
    "NewLine",
    "approve",
    "draft",
    "ensure",
    "install",
    "keep",
    "preview",
    "publish",
    "put_in_force",
    "redraft",
    "withdraw",
]
