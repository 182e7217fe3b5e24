"""The statements every migration repeats: schemas, row-level security, grants, views, functions."""

from collections.abc import Sequence
from pathlib import Path

from alembic import op
from sqlalchemy import Connection

WEB_ROLE = "hotdash_web"
SCHEMAS = ("app", "serving", "audit", "api")

# One scalar array per statement; `in (select ...)` would run the function for every row.
OF_MY_SHOPS = "shop_id = any(array(select app.my_shops()))"
OF_RUNS_OF_MY_SHOPS = "shops && array(select app.my_shops())"


def of_parent(parent: str, key: str, table: str) -> str:
    """Rows whose parent this user may see, by the parent's own policy."""
    return f"exists (select from {parent} as parent where parent.{key} = {table}.{key})"


def run(connection: Connection, sql: str) -> None:
    """As the driver's simple query: many statements at once, and no parameter marks to escape."""
    connection.execution_options(no_parameters=True).exec_driver_sql(sql)


def execute(sql: str) -> None:
    run(op.get_bind(), sql)


def execute_file(migration: str, name: str) -> None:
    execute((Path(migration).parent / name).read_text(encoding="utf-8"))


def drop_schemas(connection: Connection) -> None:
    for schema in SCHEMAS:
        run(connection, f"drop schema if exists {schema} cascade")


def create_schema(name: str) -> None:
    execute(f"create schema if not exists {name}")
    execute(f"revoke all on schema {name} from public")
    execute(f"grant usage on schema {name} to {WEB_ROLE}")


def protect(table: str, rows: str | None = OF_MY_SHOPS) -> None:
    """Row-level security with one policy for the web role; without rows the table is sealed to it."""
    execute(f"alter table {table} enable row level security")
    execute(f"revoke all on table {table} from public")
    if rows is not None:
        execute(f"create policy web on {table} to {WEB_ROLE} using ({rows}) with check ({rows})")


def grant(table: str, privilege: str, columns: Sequence[str] = ()) -> None:
    listed = f" ({', '.join(columns)})" if columns else ""
    execute(f"grant {privilege}{listed} on table {table} to {WEB_ROLE}")


def create_view(name: str, query: str) -> None:
    """A view that sees what its reader may see, not what its owner may."""
    execute(f"create view {name} with (security_invoker = true) as {query}")
    execute(f"revoke all on table {name} from public")
    grant(name, "select")


def open_function(signature: str) -> None:
    """Functions may be run by everybody unless that is taken back."""
    close_function(signature)
    execute(f"grant execute on function {signature} to {WEB_ROLE}")


def close_function(signature: str) -> None:
    execute(f"revoke all on function {signature} from public")
