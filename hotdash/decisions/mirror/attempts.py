"""One attempt at a time: counted before the call, on record whatever comes of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hotdash.base.clock import Clock, iso_utc
from hotdash.decisions.mirror.client import Answer
from hotdash.decisions.mirror.event_log import EventLog, SyncEvent
from hotdash.storage.appdb.repositories import mirror_outbox
from hotdash.storage.appdb.repositories.mirror_outbox import OutboxRow
from hotdash.storage.appdb.session import Database


class AttemptLog:
    def __init__(self, database: Database, clock: Clock, log: EventLog, run_id: UUID) -> None:
        self._database = database
        self._clock = clock
        self._log = log
        self._run_id = run_id
        self._open: Sequence[SyncEvent] = []

    def begin(self, rows: Sequence[OutboxRow]) -> None:
        now = self._clock.now()
        with self._database.jobs() as session:
            numbers = mirror_outbox.note_attempt(session, [row.position for row in rows], now)
        self._open = [
            SyncEvent(
                id=str(row.entity_id),
                shop_id=row.shop_id,
                job_run_id=str(self._run_id),
                attempt=numbers[row.position],
                scope=row.scope,
                rows=len(rows),
                status="",
                http_status=None,
                code=None,
                latency_ms=None,
                retry_after_s=None,
                will_retry_at=None,
                at=iso_utc(now),
            )
            for row in rows
        ]
        self._log.begin(self._open)

    def settle(
        self, answer: Answer, code: str | None, status: str, will_retry_at: datetime | None
    ) -> None:
        self._log.settle(
            [
                replace(
                    each,
                    status=status,
                    http_status=answer.status,
                    code=code,
                    latency_ms=round(answer.seconds * 1000),
                    retry_after_s=answer.retry_after,
                    will_retry_at=iso_utc(will_retry_at) if will_retry_at else None,
                )
                for each in self._open
            ]
        )
