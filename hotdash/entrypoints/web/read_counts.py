"""Who reads what kind of data: added up here, written every few seconds, so that no answer waits for it."""

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, date, datetime
from math import ceil
from typing import Any

from starlette.types import Scope

from hotdash.base.clock import Clock
from hotdash.base.logging import get_logger
from hotdash.storage.appdb.repositories.data_reads import ReadRecord, count_reads
from hotdash.storage.appdb.session import Database

_EVERY_SECONDS = 10.0
_API = "/api/v1/"
# Asked by POST whatever it is asked for.
MCP = "/mcp"
_log = get_logger(__name__)
Key = tuple[str, date, str, str, str]


class ReadCounts:
    """A server that is killed forgets what it had not written yet; reveals are never kept here."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._counted: dict[Key, tuple[int, datetime]] = {}

    def answered(self, scope: Scope, status: int) -> None:
        state: dict[str, Any] = scope.get("state", {})
        if status >= 400 or not (scope["method"] == "GET" or scope["path"] == MCP):
            return
        shops = {shop_id for shop_id, _ in state.get("admissions", ())}
        if not shops:
            return
        now, kind = self._clock.now(), kind_of(getattr(scope.get("route"), "path", ""))
        with self._lock:
            for shop_id in shops:
                key = (shop_id, now.astimezone(UTC).date(), state["actor"], kind, state["door"])
                self._counted[key] = (self._counted.get(key, (0, now))[0] + 1, now)

    def write(self) -> None:
        """What could not be written is tried again with what comes next."""
        with self._lock:
            counted, self._counted = self._counted, {}
        if not counted:
            return
        try:
            with self._database.glance() as connection:
                count_reads(connection, [ReadRecord(*key, *told) for key, told in counted.items()])
        except Exception as error:
            # Whatever it was: what was read is told of with the next, and the writer goes on.
            _log.warning(
                "reads could not be written", kinds=len(counted), error=type(error).__name__
            )
            with self._lock:
                for key, (reads, at) in counted.items():
                    again, newest = self._counted.get(key, (0, at))
                    self._counted[key] = (reads + again, newest)

    def seconds_until(self, instant: datetime) -> int:
        return max(0, ceil((instant - self._clock.now()).total_seconds()))

    @asynccontextmanager
    async def written_now_and_then(self) -> AsyncGenerator[None]:
        writing = asyncio.create_task(self._write_for_ever())
        try:
            yield
        finally:
            writing.cancel()
            with suppress(asyncio.CancelledError):
                await writing
            await asyncio.to_thread(self.write)

    async def _write_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_EVERY_SECONDS)
            await asyncio.to_thread(self.write)


def kind_of(route: str) -> str:
    """The first word of the address after the version: tiles, metrics, exports, today, ..."""
    return route.removeprefix(_API).strip("/").partition("/")[0] or "today"
