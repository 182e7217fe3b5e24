"""The mirror as people and the worker use it: connect a project, send what waits, look, send again."""

import time
from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import psycopg

from hotdash.base.address import is_loopback
from hotdash.base.clock import Clock
from hotdash.base.errors import ConflictError, HotdashError, NotFoundError, UnavailableError
from hotdash.base.http import RetryPolicy, open_client
from hotdash.decisions.mirror.answers import Kind, State
from hotdash.decisions.mirror.client import MirrorClient
from hotdash.decisions.mirror.event_log import EventLog
from hotdash.decisions.mirror.sending import BATCH, POLICY, Sender, Sending, Sent, StopError
from hotdash.storage.appdb.repositories import audit, mirror_outbox, mirrors
from hotdash.storage.appdb.repositories.mirrors import KEY, MirrorRecord
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import Vault

# So long one job of the worker sends, because others wait behind it; what is left goes with the next.
TURN = timedelta(minutes=1)
_READ_SECONDS = 30.0
_CONNECTED, _DISCONNECTED, _REDRIVEN = "connect_mirror", "disconnect_mirror", "redrive_mirror"


@dataclass(frozen=True)
class MirrorDesk:
    database: Database
    clock: Clock
    vault: Vault
    logs: Path
    sleep: Callable[[float], None] = time.sleep
    policy: RetryPolicy = POLICY
    batch: int = BATCH
    patience_seconds: float = 3.0

    @property
    def log(self) -> EventLog:
        return EventLog(self.logs, self.clock)


class NoMirrorError(NotFoundError):
    code = "no_mirror"

    def __init__(self) -> None:
        super().__init__(
            "No project is connected to mirror to.", hint="Run `hotdash mirror connect URL`."
        )


class BusyError(ConflictError):
    code = "mirror_busy"


def connect(desk: MirrorDesk, url: str, key: str, run_id: UUID, *, actor: str) -> Sent:
    """Kept once the project answers to the key; a project at another address gets everything."""
    address = checked_address(url)
    now = desk.clock.now()
    with _alone(desk) as alone, _client(address, key) as client:
        mirror = MirrorRecord(address, {KEY: key}, now, State.UNTRIED, now)
        before = _found(desk)
        sender = Sender(_sending(desk, client, run_id), mirror, alone)
        answer = sender.described()
        if answer.kind is not Kind.ARRIVED:
            raise UnavailableError(
                answer.reason or "The project does not answer.",
                hint=answer.mend or "",
                field=KEY if answer.state is State.KEY_REFUSED else "url",
            )
        with desk.database.jobs() as session:
            mirrors.save_mirror(session, desk.vault, address, key, State.UNTRIED, now)
            mirror_outbox.release(session)
            if before is None or before.url != address:
                mirror_outbox.send_again(session, [], also_sent=True)
            audit.add_event(
                session, shop_id=None, actor=actor, action=_CONNECTED, subject=address, at=now
            )
        return _checked(sender)


def disconnect(desk: MirrorDesk, *, actor: str) -> str:
    """Forgets the key; what the project has stays there, and what comes waits for another one."""
    with _alone(desk), desk.database.jobs() as session:
        mirror = mirrors.read_mirror(session)
        if mirror is None:
            raise NoMirrorError
        mirrors.delete_mirror(session)
        audit.add_event(
            session,
            shop_id=None,
            actor=actor,
            action=_DISCONNECTED,
            subject=mirror.url,
            at=desk.clock.now(),
        )
    return mirror.url


def run(desk: MirrorDesk, run_id: UUID, *, asked_for: bool) -> Sent:
    """Who asks for it does not wait until a rest is over; the worker does."""
    with _alone(desk) as alone:
        desk.log.repair()
        mirror = found_mirror(desk)
        now = desk.clock.now()
        if not asked_for and mirror.resumes_at is not None and mirror.resumes_at > now:
            return Sent(resumes_at=mirror.resumes_at)
        with _client(mirror.url, opened_key(mirror)) as client:
            sender = Sender(_sending(desk, client, run_id), mirror, alone)
            return sender.send_due(also_resting=asked_for, until=None if asked_for else now + TURN)


def check(desk: MirrorDesk, run_id: UUID) -> Sent:
    """Nothing is written; where all is well, what rests is due again."""
    with _alone(desk) as alone:
        mirror = found_mirror(desk)
        with _client(mirror.url, opened_key(mirror)) as client:
            done = _checked(Sender(_sending(desk, client, run_id), mirror, alone))
        if done.stopped is None:
            with desk.database.jobs() as session:
                mirror_outbox.release(session)
    return done


def redrive(
    desk: MirrorDesk, ids: Collection[UUID], *, everything: bool = False, actor: str
) -> int:
    """What was refused for good; or everything, for a project that lost what it had."""
    with desk.database.jobs() as session:
        count = mirror_outbox.send_again(session, ids, also_sent=everything)
        audit.add_event(
            session,
            shop_id=None,
            actor=actor,
            action=_REDRIVEN,
            subject="mirror",
            at=desk.clock.now(),
            detail={"rows": count},
        )
    return count


def found_mirror(desk: MirrorDesk) -> MirrorRecord:
    found = _found(desk)
    if found is None:
        raise NoMirrorError
    return found


def opened_key(mirror: MirrorRecord) -> str:
    if mirror.fields is None:
        raise ConflictError(
            f"No key in the key file opens what is kept for {mirror.url}.",
            hint="Restore the key file, or enter the key anew with `hotdash mirror connect`.",
        )
    return mirror.fields[KEY]


def checked_address(url: str) -> str:
    address = url.strip().rstrip("/").removesuffix("/rest/v1")
    parts = urlsplit(address)
    is_safe = parts.scheme == "https" or (
        parts.scheme == "http" and is_loopback(parts.hostname or "")
    )
    if not is_safe or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        raise HotdashError(
            f"{url} is no address to mirror to.",
            hint="Give the project's own address, like https://abc.supabase.co; http only on "
            "this machine.",
            field="url",
        )
    return address


def _found(desk: MirrorDesk) -> MirrorRecord | None:
    with desk.database.jobs() as session:
        return mirrors.find_mirror(session, desk.vault)


def _checked(sender: Sender) -> Sent:
    try:
        sender.check_tables()
    except StopError:
        return sender.done
    return sender.done


def _sending(desk: MirrorDesk, client: MirrorClient, run_id: UUID) -> Sending:
    return Sending(
        desk.database,
        desk.clock,
        client,
        desk.log,
        run_id,
        desk.sleep,
        desk.policy,
        desk.batch,
    )


@contextmanager
def _client(url: str, key: str) -> Generator[MirrorClient]:
    with open_client(read_timeout=_READ_SECONDS) as http:
        yield MirrorClient(url, key, http)


@contextmanager
def _alone(desk: MirrorDesk) -> Generator[psycopg.Connection]:
    with desk.database.direct() as connection:
        if not mirror_outbox.sending_alone(connection, desk.patience_seconds):
            raise BusyError(
                "Another process is sending to the mirror.",
                hint="Wait until it has ended; `hotdash mirror status` shows how far it is.",
            )
        yield connection
