"""Write supabase/migrations from our own migrations: one source, heard while they run on an empty database."""

import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from docs.supabase_retention import retention_sql
from hotdash.storage.appdb import migrate
from hotdash.storage.appdb.migrations.data_api import STATEMENTS
from hotdash.storage.appdb.session import Database
from hotdash.storage.embedded import EmbeddedPostgres

FOLDER = Path(__file__).resolve().parents[1] / "supabase" / "migrations"
NOTE = "-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.\n"
_REVISION = re.compile(r"alembic_version\b.*?'(\d{4})'", re.DOTALL)
_VERSIONS = Path(migrate.__file__).parent / "migrations" / "versions"


@contextmanager
def heard() -> Iterator[list[str]]:
    """Every statement that changes something, in its order."""
    statements: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.lstrip().lower().startswith(("select", "show")):
            statements.append(statement.strip().rstrip(";") + ";")

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", listen)


def written(empty: Database) -> Mapping[str, str]:
    """One file per revision, then the marts as they are declared, then what the Data API may see and what goes when."""
    with heard() as statements:
        migrate.upgrade(empty)
    files: dict[str, str] = {}
    since: list[str] = []
    for statement in statements:
        since.append(statement)
        revision = _REVISION.search(statement)
        if revision is not None:
            files[_name(revision[1])] = _file(since)
            since = []
    files["20260102000000_marts.sql"] = _file(since)
    files["20260103000000_data_api.sql"] = _file([STATEMENTS.strip()])
    files["20260104000000_retention.sql"] = _file([retention_sql().strip()])
    return files


def _name(revision: str) -> str:
    """Supabase sorts by the number in front; the days of these are only an order."""
    [path] = _VERSIONS.glob(f"{revision}_*.py")
    return f"2026010100{revision}_{path.stem.partition('_')[2]}.sql"


def _file(statements: list[str]) -> str:
    return NOTE + "\n" + "\n\n".join(statements) + "\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        server = EmbeddedPostgres(Path(home) / "home")
        try:
            files = written(Database(server.start().owner))
        finally:
            server.erase()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for stray in set(FOLDER.glob("*.sql")) - {FOLDER / name for name in files}:
        stray.unlink()
    for name, content in files.items():
        (FOLDER / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
