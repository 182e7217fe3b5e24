"""One connection whose questions wait in the event loop: a thread's turn costs more than what is asked."""

from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg

from hotdash.storage.appdb.connection import connect_in_loop


class LoopConnection:
    """Kept open and not tried beforehand: one that was lost is opened anew, and the question put again.

    So it is for questions only; what writes would be done twice.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._open: psycopg.AsyncConnection | None = None

    async def ask(self, query: LiteralString, told: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
        kept = self._open
        if kept is not None and not kept.closed:
            try:
                return await _asked(kept, query, told)
            except psycopg.OperationalError:
                if not kept.closed:
                    raise
        self._open = await connect_in_loop(self._url)
        return await _asked(self._open, query, told)

    def close(self) -> None:
        """From any thread, once nobody asks any more."""
        if self._open is not None:
            self._open.pgconn.finish()


async def _asked(
    connection: psycopg.AsyncConnection, query: LiteralString, told: Sequence[Any]
) -> Sequence[tuple[Any, ...]]:
    cursor = await connection.execute(query, told)
    return await cursor.fetchall()
