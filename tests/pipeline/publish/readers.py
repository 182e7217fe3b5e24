"""Readers that ask as often as they are answered, each on a connection that it keeps."""

import threading
from collections import Counter
from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

import psycopg

PAUSE = 0.005
# Rows of four marts and the builds of all, boiled down to one text per shop.
FINGERPRINTS = """
    select shop_id || ' ' || md5(string_agg(told, '|' order by told))
    from (
        select shop_id, 'orders ' || count(*) || ' ' || sum(hashtext(fact::text)) as told
        from api.fct_orders as fact group by shop_id
        union all
        select shop_id, 'lines ' || count(*) || ' ' || sum(hashtext(fact::text))
        from api.fct_order_lines as fact group by shop_id
        union all
        select shop_id, 'revenue ' || count(*) || ' ' || sum(hashtext(fact::text))
        from api.fct_revenue as fact group by shop_id
        union all
        select shop_id, 'customers ' || count(*) || ' ' || sum(hashtext(fact::text))
        from api.dim_customers as fact group by shop_id
        union all
        select shop_id, mart || ' ' || build_id from api.published_marts
    ) as shown
    where shop_id = any(%s)
    group by shop_id order by shop_id
"""
Asked = Sequence[LiteralString]
Answer = tuple[object, ...]


class Reader(threading.Thread):
    """Counts what it saw: the answers to all its statements, one reading after the other.

    One statement is one snapshot; several are, unless they are asked loosely, one transaction.
    """

    def __init__(
        self,
        url: str,
        statements: Asked,
        user_id: UUID | None = None,
        parameters: Sequence[object] = (),
        *,
        loosely: bool = False,
        pause: float = PAUSE,
    ) -> None:
        super().__init__(daemon=True)
        self._url, self._user_id = url, user_id
        self._statements, self._parameters = statements, parameters
        self._is_one_transaction = len(statements) > 1 and not loosely
        self._pause = pause
        self._stop_asked = threading.Event()
        self._reading = threading.Lock()
        self._seen: Counter[Answer] = Counter()
        self._failure: Exception | None = None

    @property
    def seen(self) -> Counter[Answer]:
        with self._reading:
            return self._seen.copy()

    @property
    def readings(self) -> int:
        return self.seen.total()

    def run(self) -> None:
        try:
            with psycopg.connect(self._url, autocommit=True) as connection:
                self._read_on(connection)
        except psycopg.Error as error:
            self._failure = error

    def read_once_more(self) -> None:
        """Comes back when a reading was begun and ended after this was asked."""
        wanted = self.readings + 2
        while self.is_alive() and self.readings < wanted:
            self.join(PAUSE)

    def stop(self) -> Counter[Answer]:
        self._stop_asked.set()
        self.join()
        if self._failure is not None:
            raise self._failure
        return self.seen

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
            with self._reading:
                self._seen[answer] += 1
            self._stop_asked.wait(self._pause)

    def _ask(self, connection: psycopg.Connection) -> Answer:
        return tuple(
            tuple(each) if isinstance(each, list) else each
            for statement in self._statements
            for row in connection.execute(statement, self._parameters or None, prepare=True)
            for each in row
        )
