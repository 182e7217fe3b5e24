"""One run at a time per warehouse: who holds it, who is told to wait, and that nobody forgets to let go."""

import os
import socket
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import psycopg

from hotdash.base.clock import Clock, iso_utc
from hotdash.base.errors import ConflictError, UnavailableError
from hotdash.base.processes import is_gone
from hotdash.storage.appdb.repositories import leases
from hotdash.storage.appdb.repositories.leases import Holder
from hotdash.storage.appdb.session import Database

# A killed owner's lock goes with its connection, which the server notices in milliseconds.
PATIENCE_SECONDS = 5.0
PAUSE_SECONDS = 0.05


def _unheard(holder: Holder | None) -> None:
    del holder


@dataclass(frozen=True)
class Patience:
    """How long to stand in line; whoever waits is told once for whom."""

    lasts: timedelta
    told: Callable[[Holder | None], None] = _unheard


class Lease:
    def __init__(self, database: Database, connection: psycopg.Connection, holder: Holder) -> None:
        self._database = database
        self._connection = connection
        self._holder = holder

    def name_run(self, run_id: UUID) -> None:
        with self._database.jobs() as session:
            leases.write_holder(session, replace(self._holder, run_id=run_id))

    def require_held(self) -> None:
        """A database that restarted has forgotten the lock; somebody else may hold it by now."""
        if not leases.still_locked(self._connection):
            raise UnavailableError(
                f"The lock on {self._holder.resource} was lost with its database connection.",
                hint="Nothing half-done counts; start the run again.",
            )


@contextmanager
def hold_lease(
    database: Database, resource: str, clock: Clock, *, patience: Patience | None = None
) -> Generator[Lease]:
    """Without patience a second owner is refused at once; with it everybody gets it in turn."""
    with database.direct() as connection:
        if patience is None:
            _take(database, connection, resource)
        else:
            _wait_in_turn(database, connection, resource, patience)
        holder = Holder(resource, socket.gethostname(), os.getpid(), clock.now())
        with database.jobs() as session:
            leases.write_holder(session, holder)
        try:
            yield Lease(database, connection, holder)
        finally:
            with database.jobs() as session:
                leases.forget_holder(session, resource)
            leases.unlock(connection)


def _take(database: Database, connection: psycopg.Connection, resource: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not leases.try_lock(connection, resource):
        with database.jobs() as session:
            holder = leases.read_holder(session, resource)
        if not _is_gone(holder) or time.monotonic() > deadline:
            raise _taken(resource, holder)
        time.sleep(PAUSE_SECONDS)


def _wait_in_turn(
    database: Database, connection: psycopg.Connection, resource: str, patience: Patience
) -> None:
    if leases.try_lock(connection, resource):
        return
    with database.jobs() as session:
        patience.told(leases.read_holder(session, resource))
    if not leases.wait_for_lock(connection, resource, patience.lasts.total_seconds()):
        with database.jobs() as session:
            holder = leases.read_holder(session, resource)
        raise _taken(resource, holder, patience.lasts)


def _is_gone(holder: Holder | None) -> bool:
    return holder is not None and holder.host == socket.gethostname() and is_gone(holder.pid)


def _taken(resource: str, holder: Holder | None, waited: timedelta | None = None) -> ConflictError:
    if holder is None:
        who = "Another run has just begun"
    else:
        run = f", run {holder.run_id}" if holder.run_id else ""
        who = f"A run is under way: {holder.name} since {iso_utc(holder.taken_at)}{run}"
    after = f" Waited {waited.total_seconds():.0f} s for it." if waited else ""
    return ConflictError(
        f"{who}. It has the warehouse {resource}, and one run at a time may.{after}",
        hint="Wait until it has ended, or stop that process; its lock goes with it.",
    )
