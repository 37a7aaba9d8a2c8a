"""What the application's role may do on PostgreSQL: it owns nothing, and what must never change it cannot change."""

from __future__ import annotations

from django.db import connection

NEVER_CHANGED = ("audit_entry", "policybook_edition", "policybook_packfile")
"""Tables to which the application adds, and from which it reads."""
NEVER_DELETED = (
    "accounts_official", "accounts_post", "accounts_relative", "accounts_token", "areas_succession", "policybook_inforce", "policybook_proposal",
    "audit_head", "registry_act", "registry_acton", "registry_person", "registry_personname", "registry_identifier", "registry_household",
    "registry_residence", "registry_membership", "registry_statement", "registry_enrolment", "registry_pair",
)  # fmt: skip
"""Tables whose rows the application may change but not delete."""


def grant(role: str) -> None:
    """After every migration, as the owner: gives ``role`` what the application needs. Does nothing on SQLite, or where the role is the owner."""
    if connection.vendor != "postgresql" or role == connection.settings_dict["USER"]:
        return
    name = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}")
        for table in NEVER_CHANGED:
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {name}")
        for table in NEVER_DELETED:
            cursor.execute(f"REVOKE DELETE, TRUNCATE ON {table} FROM {name}")
