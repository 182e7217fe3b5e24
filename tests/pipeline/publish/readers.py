"""Readers that ask as often as they are answered, each on a connection that it keeps."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import LiteralString
from uuid import UUID

import psycopg

PAUSE = 0.005
Asked = Sequence[LiteralString]
Answer = tuple[object, ...]


class Reader(threading.Thread):
    """Counts what it saw: the answers to all its statements, one reading after the other.

    One statement is one snapshot; several are, unless they are asked loosely, one transaction.
    """

    def __init__(
        self, url: str, statements: Asked, user_id: UUID | None = None, *, loosely: bool = False
    ) -> None:
        super().__init__(daemon=True)
        self._url, self._statements, self._user_id = url, statements, user_id
        self._is_one_transaction = len(statements) > 1 and not loosely
        self._stop_asked = threading.Event()
        self._changed = threading.Condition()
        self.seen: Counter[Answer] = Counter()
        self.readings = 0
        self.failure: Exception | None = None

    def run(self) -> None:
        try:
            with psycopg.connect(self._url, autocommit=True) as connection:
                self._read_on(connection)
        except psycopg.Error as error:
            self.failure = error

    def stop(self) -> None:
        self._stop_asked.set()
        self.join()
        if self.failure is not None:
            raise self.failure

    def has_seen(self, wanted: Callable[[Counter[Answer]], bool]) -> bool:
        with self._changed:
            return wanted(self.seen)

    def _read_on(self, connection: psycopg.Connection) -> None:
        user = str(self._user_id or "")
        connection.execute("select set_config('hotdash.user_id', %s, false)", [user])
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        while not self._stop_asked.is_set():
            if self._is_one_transaction:
                with connection.transaction():
                    answer = self._ask(connection)
            else:
                answer = self._ask(connection)
            with self._changed:
                self.seen[answer] += 1
                self.readings += 1
            self._stop_asked.wait(PAUSE)

    def _ask(self, connection: psycopg.Connection) -> Answer:
        return tuple(
            tuple(each) if isinstance(each, list) else each
            for statement in self._statements
            for row in connection.execute(statement, prepare=True)
            for each in row
        )
