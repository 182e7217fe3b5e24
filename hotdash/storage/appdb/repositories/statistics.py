"""What the planner of the app database knows of a table: told right after a load, not whenever autovacuum comes."""

import psycopg
from psycopg import sql

# Of what was counted last; autovacuum looks at the same share, up to a minute later.
NEW_SHARE = 0.1
_COUNTED = "select reltuples from pg_catalog.pg_class where oid = %s::regclass"


def tell_planner(connection: psycopg.Connection, table: str, added: int) -> bool:
    """Whether the table of the schema serving was counted anew, because much was added to it.

    For one that was never counted the planner takes it that it holds a page or two: a question of
    milliseconds may then take minutes, and it keeps its plan to the end.
    """
    found = connection.execute(_COUNTED, [f"serving.{table}"]).fetchone()
    if added <= 0 or (found is not None and added <= found[0] * NEW_SHARE):
        return False
    connection.execute(sql.SQL("analyze {}").format(sql.Identifier("serving", table)))
    return True
