"""Supabase's Data API over our schema api: opened once by choice, kept in step by every later migration."""

from pathlib import Path

from sqlalchemy import Connection, text

from hotdash.base.errors import ConflictError
from hotdash.storage.appdb.migrations.ddl import run

ROLES = ("anon", "authenticated", "service_role")
STATEMENTS = (Path(__file__).parent / "data_api.sql").read_text(encoding="utf-8")
_PRESENT = text("select rolname from pg_catalog.pg_roles where rolname = any(:roles)")
_OPENED = text("select exists (select from pg_catalog.pg_policies where policyname = 'data_api')")


def is_open(connection: Connection) -> bool:
    return bool(connection.scalar(_OPENED))


def has_roles(connection: Connection) -> bool:
    return set(connection.scalars(_PRESENT, {"roles": list(ROLES)})) == set(ROLES)


def open_to_supabase(connection: Connection) -> None:
    """Its roles are Supabase's own: where they are missing this is another Postgres."""
    present = set(connection.scalars(_PRESENT, {"roles": list(ROLES)}))
    missing = [role for role in ROLES if role not in present]
    if missing:
        raise ConflictError(
            f"This Postgres has no role {', '.join(missing)}: it is not Supabase's.",
            hint="Leave --data-api out; without PostgREST there is nobody to open anything to.",
            field="data_api",
        )
    run(connection, STATEMENTS)
