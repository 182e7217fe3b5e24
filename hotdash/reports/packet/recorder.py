"""Writes down the SQL that a part of the packet sends, so that whoever doubts a number can send it again."""

import hashlib
import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import Session

from hotdash.reports.packet.contract import Query, Statement

_TOLD = re.compile(
    r"\b(?:from|join) (?:serving\.(?:fct|dim)_|app\.(?!shops\b|published\b)\w+ )", re.I
)
_OF_A_PUBLICATION = re.compile(r"serving\.(?:fct|dim)_")
_ASKS_WHAT_IS_THERE = ("as first_day", "publication_outcomes", "metric_policies")


class Recorder:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._sent: list[tuple[str, Mapping[str, Any]]] = []
        self.queries: dict[str, Query] = {}

    def add(self, query: Query) -> str:
        self.queries[query.name] = query
        return query.name

    def leave_out(self, name: str) -> None:
        del self.queries[name]

    @contextmanager
    def recording(self, name: str, title: str, url: str | None = None) -> Generator[str]:
        """Everything that is read within belongs to the query of this name."""
        self._sent = []
        connection = self._session.connection()
        event.listen(connection, "before_cursor_execute", self._keep)
        try:
            yield name
        finally:
            event.remove(connection, "before_cursor_execute", self._keep)
        self.add(Query(name, title, url, tuple(self._statements())))

    def _keep(self, _conn: Any, _cursor: Any, sql: str, asked: Any, *_more: Any) -> None:
        if _TOLD.search(sql) and not any(words in sql for words in _ASKS_WHAT_IS_THERE):
            self._sent.append((sql, cast("Mapping[str, Any]", asked)))

    def _statements(self) -> Sequence[Statement]:
        sent, self._sent = self._sent, []
        return [self._statement(sql, asked) for sql, asked in sent]

    def _statement(self, sql: str, asked: Mapping[str, Any]) -> Statement:
        written = {name: written_down(value) for name, value in sorted(asked.items())}
        if "app." in sql or not _OF_A_PUBLICATION.search(sql):
            return Statement(sql, written)
        rows = self._session.connection().exec_driver_sql(sql, written).all()
        return Statement(sql, written, digest_of([tuple(row) for row in rows]))


def digest_of(rows: Sequence[Sequence[object]]) -> str:
    """Of rows in whatever order; the notebook reckons it the same way."""
    told = sorted(repr([str(value) for value in row]) for row in rows)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def written_down(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list | tuple):
        return [written_down(each) for each in cast("Sequence[Any]", value)]
    return value
