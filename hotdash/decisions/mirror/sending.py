"""What waits is sent in batches until nothing is due, or until the project says that nothing goes now."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

import psycopg

from hotdash.base.clock import Clock
from hotdash.base.errors import UnavailableError
from hotdash.base.http import RetryPolicy
from hotdash.decisions.mirror.answers import (
    TABLES_MEND,
    Kind,
    State,
    Verdict,
    judged,
    judged_description,
    public_key,
)
from hotdash.decisions.mirror.attempts import AttemptLog
from hotdash.decisions.mirror.client import Answer, MirrorClient
from hotdash.decisions.mirror.event_log import EventLog
from hotdash.decisions.mirror.tables import TableDifference, differences
from hotdash.storage.appdb.repositories import mirror_outbox, mirrors
from hotdash.storage.appdb.repositories.mirror_outbox import OutboxRow
from hotdash.storage.appdb.repositories.mirror_rows import MIRRORED
from hotdash.storage.appdb.repositories.mirrors import MirrorRecord, StateRecord
from hotdash.storage.appdb.session import Database

TRIES = 4
# One look at a project that was away is enough to see whether it is back.
TRIES_WHILE_AWAY = 1
REFUSALS = 5
BATCH = 500
_BATCH_CHARACTERS = 1_000_000
POLICY = RetryPolicy(attempts=TRIES, shortest_wait=0.5, longest_wait=20.0)
# Longer than this is no wait within a run: the next one comes when it is over.
_LONGEST_WAIT_SECONDS = 60.0
_SHORTEST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(minutes=15)
_REST_AFTER_REFUSAL = timedelta(minutes=15)


@dataclass(frozen=True)
class Sending:
    """Where from, where to, and with how much patience."""

    database: Database
    clock: Clock
    client: MirrorClient
    log: EventLog
    run_id: UUID
    sleep: Callable[[float], None] = time.sleep
    policy: RetryPolicy = POLICY
    batch: int = BATCH


@dataclass
class Sent:
    """What one run did; `stopped` says what ended it before nothing was due any more."""

    sent: int = 0
    dead: int = 0
    refused: int = 0
    stopped: Verdict | None = None
    resumes_at: datetime | None = None
    differences: Sequence[TableDifference] = field(default_factory=list[TableDifference])


class StopError(Exception):
    """Nothing more goes in this run."""


class Sender:
    def __init__(self, work: Sending, mirror: MirrorRecord, alone: psycopg.Connection) -> None:
        self._work = work
        self._mirror = mirror
        self._alone = alone
        self._attempts = AttemptLog(work.database, work.clock, work.log, work.run_id)
        self._failures = mirror.failures
        self._tries = TRIES
        self._is_working = mirror.state == State.WORKING and not mirror.failures
        self.done = Sent()

    def send_due(self, *, also_resting: bool, until: datetime | None = None) -> Sent:
        began = self._work.clock.now()
        if self._failures and not also_resting:
            self._tries = TRIES_WHILE_AWAY
        try:
            if self._mirror.tables_checked_at is None:
                self.check_tables()
            while not self._is_over(until):
                with self._work.database.jobs() as session:
                    rows = mirror_outbox.due_rows(
                        session,
                        self._work.clock.now(),
                        self._work.batch,
                        untried_since=began if also_resting else None,
                    )
                if not rows:
                    break
                for batch in batches(rows):
                    if self._is_over(until):
                        break
                    self._send(batch)
        except StopError:
            pass
        return self.done

    def _is_over(self, until: datetime | None) -> bool:
        return until is not None and self._work.clock.now() >= until

    def check_tables(self) -> None:
        """Before the first write, and when the project says that a table is not as we take it to be."""
        verdict, answer = self._described()
        if verdict.kind is Kind.ARRIVED:
            verdict = self._looked_at(answer)
        if verdict.kind is not Kind.ARRIVED:
            self._stop(verdict, self._rest(answer))
        self._succeeded()

    def described(self) -> Verdict:
        """Whether the project answers to the key at all; nothing is kept of it."""
        return self._described()[0]

    def _described(self) -> tuple[Verdict, Answer]:
        if self._work.client.has_public_key:
            return public_key(), Answer(None)
        failed = 0
        while True:
            answer = self._work.client.describe()
            verdict = judged_description(answer)
            failed += 1
            if verdict.kind is Kind.ARRIVED:
                return verdict, answer
            wait = self._wait(verdict, failed, answer.retry_after)
            if wait is None:
                return verdict, answer
            self._work.sleep(wait)

    def _looked_at(self, answer: Answer) -> Verdict:
        found = differences(answer.told)
        self.done.differences = found
        with self._work.database.jobs() as session:
            mirrors.note_tables(session, None if found else self._work.clock.now())
        if not found:
            return Verdict(Kind.ARRIVED)
        reason = " ".join(each.sentence for each in found)
        return Verdict(Kind.STOP, State.TABLES_DIFFER, "TABLES_DIFFER", reason, TABLES_MEND)

    def _send(self, rows: Sequence[OutboxRow]) -> None:
        """Smaller and smaller where one of them may be at fault, until that one stands alone."""
        verdict = self._tried(rows)
        if verdict.kind is Kind.SMALLER and len(rows) > 1:
            half = len(rows) // 2
            self._send(rows[:half])
            self._send(rows[half:])

    def _tried(self, rows: Sequence[OutboxRow]) -> Verdict:
        failed = 0
        while True:
            self._require_alone()
            table = MIRRORED[rows[0].entity]
            self._attempts.begin(rows)
            answer = self._work.client.upsert(table, [row.body for row in rows])
            verdict = judged(answer, len(rows))
            if verdict.kind is Kind.ARRIVED:
                self._arrived(rows, answer)
                return verdict
            if verdict.kind is Kind.SMALLER:
                self._refused(rows, answer, verdict)
                return verdict
            failed += 1
            wait = self._wait(verdict, failed, answer.retry_after)
            now = self._work.clock.now()
            if wait is None:
                self._ended(rows, answer, verdict)
            elif verdict.kind is Kind.TABLES:
                self._looked_up_again(answer, verdict)
            else:
                self._attempts.settle(answer, verdict.code, "retry", now + timedelta(seconds=wait))
                self._work.sleep(wait)

    def _looked_up_again(self, answer: Answer, verdict: Verdict) -> None:
        """The project may only have remembered an older state of its tables."""
        try:
            self.check_tables()
        except StopError:
            self._attempts.settle(answer, verdict.code, "stopped", self.done.resumes_at)
            raise
        self._attempts.settle(answer, verdict.code, "retry", self._work.clock.now())

    def _wait(self, verdict: Verdict, failed: int, told: float | None = None) -> float | None:
        """Seconds until the next try of this run; None where there is none."""
        if verdict.kind is Kind.STOP or failed >= self._tries:
            return None
        if told is None:
            return self._work.policy.wait(failed)
        return told if told <= _LONGEST_WAIT_SECONDS else None

    def _rest(self, answer: Answer) -> datetime:
        told = timedelta(seconds=answer.retry_after or 0)
        grown = min(LONGEST_REST, _SHORTEST_REST * 2 ** min(self._failures, 10))
        return self._work.clock.now() + max(told, grown)

    def _arrived(self, rows: Sequence[OutboxRow], answer: Answer) -> None:
        self._attempts.settle(answer, None, "ok", None)
        now = self._work.clock.now()
        with self._work.database.jobs() as session:
            mirror_outbox.mark_sent(session, _positions(rows), now)
            mirrors.note_written(session, now)
        self.done.sent += len(rows)
        self._succeeded()

    def _refused(self, rows: Sequence[OutboxRow], answer: Answer, verdict: Verdict) -> None:
        now = self._work.clock.now()
        if len(rows) > 1:
            self._attempts.settle(answer, verdict.code, "retry", now)
            return
        [row] = rows
        code, reason = verdict.code or "", verdict.reason or ""
        is_dead = row.refusals + 1 >= REFUSALS
        due = now + _REST_AFTER_REFUSAL
        self._attempts.settle(
            answer, code, "dead" if is_dead else "retry", None if is_dead else due
        )
        with self._work.database.jobs() as session:
            mirror_outbox.note_refusal(session, row.position, due, code, reason)
            if is_dead:
                mirror_outbox.mark_dead(session, [row.position], now, code, reason)
        self.done.refused += 1
        self.done.dead += is_dead

    def _ended(self, rows: Sequence[OutboxRow], answer: Answer, verdict: Verdict) -> None:
        resumes = self._rest(answer)
        self._attempts.settle(answer, verdict.code, "stopped", resumes)
        with self._work.database.jobs() as session:
            mirror_outbox.postpone(
                session, _positions(rows), resumes, verdict.code or "", verdict.reason or ""
            )
        self._stop(verdict, resumes)

    def _stop(self, verdict: Verdict, resumes: datetime) -> None:
        self._failures += 1
        told = StateRecord(
            verdict.state, verdict.code, verdict.reason, verdict.mend, self._failures, resumes
        )
        with self._work.database.jobs() as session:
            mirrors.save_state(session, told, self._work.clock.now())
        self.done.stopped, self.done.resumes_at = verdict, resumes
        raise StopError

    def _succeeded(self) -> None:
        if self._is_working:
            return
        with self._work.database.jobs() as session:
            mirrors.save_state(session, StateRecord(State.WORKING), self._work.clock.now())
        self._failures, self._is_working, self._tries = 0, True, TRIES

    def _require_alone(self) -> None:
        if not mirror_outbox.still_alone(self._alone):
            raise UnavailableError(
                "The lock on the mirror was lost with its database connection.",
                hint="Nothing is lost: run `hotdash mirror run` again, or leave it to the worker.",
            )


def batches(rows: Sequence[OutboxRow]) -> list[list[OutboxRow]]:
    """Of one table each, and no larger than a gateway takes."""
    made: list[list[OutboxRow]] = []
    for _, of_table in groupby(sorted(rows, key=lambda row: row.entity), lambda row: row.entity):
        size = _BATCH_CHARACTERS
        for row in of_table:
            size += len(row.body)
            if size > _BATCH_CHARACTERS:
                made.append([])
                size = len(row.body)
            made[-1].append(row)
    return made


def _positions(rows: Sequence[OutboxRow]) -> list[int]:
    return [row.position for row in rows]
