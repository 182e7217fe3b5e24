"""Whose session this is, asked of the database for every request: all that wait at a time in one question."""

import asyncio
from itertools import islice

from hotdash.base.clock import Clock
from hotdash.base.errors import UnavailableError
from hotdash.storage.appdb.repositories import visits
from hotdash.storage.appdb.repositories.visits import SessionAsked, Visit
from hotdash.storage.appdb.session import Database

_MOST_TOGETHER = 50
_Waiting = dict[SessionAsked, list[asyncio.Future[Visit | None]]]


class SessionDesk:
    """Nothing is remembered: an answer is of a question that was put after its request had come."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._waiting: _Waiting = {}
        self._asking: asyncio.Task[None] | None = None

    async def find_visit(self, asked: SessionAsked) -> Visit | None:
        told: asyncio.Future[Visit | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(asked, []).append(told)
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask_while_somebody_waits())
        return await told

    async def _ask_while_somebody_waits(self) -> None:
        try:
            while self._waiting:
                together = dict(islice(self._waiting.items(), _MOST_TOGETHER))
                for asked in together:
                    del self._waiting[asked]
                await self._ask(together)
        finally:
            self._asking = None

    async def _ask(self, waiting: _Waiting) -> None:
        try:
            found = await visits.look_up_visits(
                self._database.ask, list(waiting), self._clock.now()
            )
        except UnavailableError as error:
            _fail(waiting, error)
        except Exception as error:
            await self._ask_one_by_one(waiting, error)
        else:
            for asked, told in _still_waiting(waiting):
                told.set_result(found.get(asked))

    async def _ask_one_by_one(self, waiting: _Waiting, error: Exception) -> None:
        """What is wrong with one question is nobody else's trouble."""
        if len(waiting) == 1:
            _fail(waiting, error)
            return
        for asked, those in waiting.items():
            await self._ask({asked: those})


def _fail(waiting: _Waiting, error: Exception) -> None:
    for _, told in _still_waiting(waiting):
        told.set_exception(error)


def _still_waiting(
    waiting: _Waiting,
) -> list[tuple[SessionAsked, asyncio.Future[Visit | None]]]:
    """Whoever went away before the answer has cancelled what they waited for."""
    return [
        (asked, told) for asked, all_of in waiting.items() for told in all_of if not told.done()
    ]
