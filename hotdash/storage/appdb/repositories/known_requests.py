"""Writes that their senders named by a key, and what was answered to each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import psycopg
from sqlalchemy import delete
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import RequestKey


@dataclass(frozen=True, slots=True)
class KnownRequest:
    """Without an end it is under way, or died on the way; without a body its answer is nobody's to read again."""

    is_new: bool
    request_hash: bytes
    admitted: Sequence[str]
    ended_at: datetime | None
    status: int | None
    content_type: str | None
    body: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    admitted: Sequence[str]
    status: int
    content_type: str | None
    body: bytes | None = field(repr=False)


def begin_request(
    connection: psycopg.Connection,
    key: tuple[str, bytes],
    request_hash: bytes,
    at: datetime,
    forget_before: datetime,
) -> KnownRequest:
    row = connection.execute(
        "select is_new, request_hash, admitted, ended_at, status, content_type, body"
        " from app.begin_request(%s, %s, %s, %s, %s)",
        [*key, request_hash, at, forget_before],
    ).fetchone()
    assert row is not None, "the function answers with one row"
    return KnownRequest(*row)


def end_request(
    connection: psycopg.Connection, key: tuple[str, bytes], answer: KeptAnswer, at: datetime
) -> None:
    connection.execute(
        "select app.end_request(%s, %s, %s, %s, %s, %s, %s)",
        [
            *key,
            list(answer.admitted),
            at,
            answer.status,
            answer.content_type,
            answer.body,
        ],
    )


def drop_request(connection: psycopg.Connection, key: tuple[str, bytes]) -> None:
    """Nothing was done: whoever sends it again is asked afresh."""
    connection.execute("select app.drop_request(%s, %s)", list(key))


def forget_requests(session: Session, before: datetime) -> int:
    forgotten = session.execute(
        delete(RequestKey).where(RequestKey.began_at <= before).returning(RequestKey.caller)
    )
    return len(forgotten.all())
