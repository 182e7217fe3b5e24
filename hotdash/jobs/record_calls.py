"""Every call to a vendor is written down beside the work: a sync never waits for it and never fails by it."""

import threading
from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import DataError, IntegrityError

from hotdash.base.clock import Clock
from hotdash.base.http import Call, CallObserver
from hotdash.base.logging import get_logger
from hotdash.storage.appdb.repositories.api_calls import (
    CallRecord,
    forget_calls,
    roll_up_calls,
    save_calls,
)
from hotdash.storage.appdb.session import Database

BATCH = 200
PAUSE_SECONDS = 1.0
PATIENCE_SECONDS = 5.0
MOST_WAITING = 50_000
KEPT = timedelta(days=30)

_log = get_logger(__name__)


class CallRecorder:
    """Gathers calls and writes them from a thread of its own, in short transactions.

    What cannot be written now is written later; only when more than MOST_WAITING wait do the
    oldest go, which the log says.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        batch: int = BATCH,
        pause: float = PAUSE_SECONDS,
    ) -> None:
        self._database = database
        self._clock = clock
        self._batch = batch
        self._pause = pause
        self._run_id: UUID | None = None
        self._changed = threading.Condition()
        self._waiting: list[CallRecord] = []
        self._is_writing = False
        self._is_hurried = False
        self._is_closing = False
        self._attempts = 0
        self._failed_attempt = 0
        self._writer: threading.Thread | None = None

    def name_run(self, run_id: UUID | None) -> None:
        """The calls from now on belong to this run."""
        self._run_id = run_id

    def observer(self, shop_id: str) -> CallObserver:
        """For one shop: connectors call it by the vendor's name, we by ours."""

        def observe(call: Call, /) -> None:
            self._add(
                CallRecord(
                    shop_id,
                    self._clock.now(),
                    self._run_id,
                    call.vendor,
                    _plain(call.operation),
                    _plain(call.status),
                    call.seconds,
                    call.retries,
                    call.cost,
                    call.throttle,
                )
            )

        return observe

    def flush(self, patience: float = PATIENCE_SECONDS) -> bool:
        """Whether everything is written by now; a database that does not answer is not waited for.

        One attempt is made for whoever asks: the end of one that was under way says nothing of now.
        """
        with self._changed:
            begun = self._attempts
            self._is_hurried = True
            self._changed.notify_all()
            self._changed.wait_for(
                lambda: self._is_idle or self._failed_attempt > begun, timeout=patience
            )
            return self._is_idle

    def close(self) -> None:
        self.flush()
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        if self._writer is not None:
            self._writer.join(PATIENCE_SECONDS)

    @property
    def _is_idle(self) -> bool:
        return not self._waiting and not self._is_writing

    def _add(self, record: CallRecord) -> None:
        with self._changed:
            self._waiting.append(record)
            if self._writer is None:
                self._writer = threading.Thread(
                    target=self._write_on, name="api-calls", daemon=True
                )
                self._writer.start()
            if len(self._waiting) in (1, self._batch):
                self._changed.notify_all()

    def _write_on(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._is_closing)
                self._changed.wait_for(self._is_due, timeout=self._pause)
                if self._is_closing and not self._waiting:
                    return
                taken, self._waiting = self._waiting, []
                self._is_writing, self._is_hurried = True, False
                self._attempts += 1
            left = self._unwritten(taken)
            with self._changed:
                self._is_writing = False
                self._put_back(left)
                self._changed.notify_all()
                if left and self._is_closing:
                    return
                if left:
                    self._changed.wait_for(
                        lambda: self._is_hurried or self._is_closing, timeout=self._pause
                    )

    def _is_due(self) -> bool:
        return self._is_hurried or self._is_closing or len(self._waiting) >= self._batch

    def _put_back(self, left: list[CallRecord]) -> None:
        if not left:
            return
        self._failed_attempt = self._attempts
        everything = [*left, *self._waiting]
        self._waiting = everything[-MOST_WAITING:]
        if len(everything) > MOST_WAITING:
            _log.error("api_calls_lost", calls=len(everything) - MOST_WAITING)

    def _unwritten(self, calls: list[CallRecord]) -> list[CallRecord]:
        """What is to be tried again later; a call that no table can hold is given up instead."""
        try:
            with self._database.jobs() as session:
                save_calls(session, calls)
        except (DataError, IntegrityError) as error:
            if len(calls) > 1:
                middle = len(calls) // 2
                return self._unwritten(calls[:middle]) + self._unwritten(calls[middle:])
            _log.error("api_call_unwritable", error=str(error.orig))
        except Exception as error:
            _log.warning("api_calls_wait", calls=len(calls), error=str(error))
            return calls
        return []


def tidy_calls(database: Database, clock: Clock, kept: timedelta = KEPT) -> dict[str, int]:
    """Count the hours first, then let go of calls that are older than they are kept."""
    with database.jobs() as session:
        hours = roll_up_calls(session)
        forgotten = forget_calls(session, clock.now() - kept)
    return {"hours": hours, "forgotten": forgotten}


def _plain(text: str) -> str:
    """Vendors' words may hold what no text column may."""
    return text.replace("\x00", "").encode(errors="replace").decode()
