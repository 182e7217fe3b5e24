"""The spool of clicks: written by the web server batch by batch, drained by the next run, then forgotten."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg
from sqlalchemy import ARRAY, Text, bindparam, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import Click, ClickSite

_HORIZON = text(
    "select pg_snapshot_xmin(now.snapshot)::text::bigint as before,"
    " pg_snapshot_xmax(now.snapshot)::text::bigint as newest"
    " from (select pg_current_snapshot() as snapshot) as now"
)
_LEFT_BEHIND = text(
    "select min(received_at) from app.clicks where shop_id = :shop_id and written_in >= :before"
)
_COUNTS = text(
    "select (hour at time zone 'UTC')::date as day, kind, sum(events)::bigint as events"
    " from app.click_counts where shop_id = :shop_id and hour >= :since"
    " group by 1, 2 order by 1, 2"
)
_FIRST_COUNTED = text(
    "select (min(hour) at time zone 'UTC')::date from app.click_counts where shop_id = :shop_id"
)
_ADD_ORIGINS = text(
    "update app.click_sites set origins = :origins where shop_id = :shop_id and origins <> :origins"
).bindparams(bindparam("origins", type_=ARRAY(Text())))


@dataclass(frozen=True, slots=True)
class Site:
    shop_id: str
    origins: frozenset[str]


@dataclass(frozen=True, slots=True)
class SpooledClick:
    written_in: int
    click_id: int
    received_at: datetime
    event: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Horizon:
    """Every transaction numbered below `before` has ended: what it wrote is seen, and no more comes."""

    before: int
    newest: int


@dataclass(frozen=True, slots=True)
class CountedClicks:
    day: date
    kind: str
    events: int


def find_site(connection: psycopg.Connection, site_key: str) -> Site | None:
    row = connection.execute(
        "select shop_id, origins from app.click_site(%s)", [site_key]
    ).fetchone()
    return None if row is None else Site(row[0], frozenset(row[1]))


def keep_clicks(
    connection: psycopg.Connection,
    site_key: str,
    received_at: datetime,
    events: Sequence[Mapping[str, Any]],
    counts: Mapping[str, int],
) -> int:
    """How many were new; in one statement, so that a batch is kept whole or not at all."""
    # In one order, so that two deliveries of the same events cannot wait for each other.
    ordered = sorted(events, key=lambda event: str(event["event_id"]))
    row = connection.execute(
        "select app.keep_clicks(%s, %s, %s, %s)",
        [site_key, received_at, json.dumps(ordered), json.dumps(dict(counts))],
    ).fetchone()
    return 0 if row is None else int(row[0])


def ensure_site(
    session: Session, shop_id: str, origins: Sequence[str], new_key: str
) -> tuple[str, Sequence[str]]:
    """The shop's key, made once and kept; its origins are those given now."""
    session.execute(
        insert(ClickSite)
        .values(shop_id=shop_id, site_key=new_key, origins=list(origins))
        .on_conflict_do_nothing()
    )
    session.execute(_ADD_ORIGINS, {"shop_id": shop_id, "origins": list(origins)})
    site = session.get_one(ClickSite, shop_id, populate_existing=True)
    return site.site_key, site.origins


def replace_key(session: Session, shop_id: str, new_key: str) -> None:
    session.get_one(ClickSite, shop_id).site_key = new_key
    session.flush()


def horizon(session: Session) -> Horizon:
    row = session.execute(_HORIZON).one()
    return Horizon(row.before, row.newest)


def spooled_clicks(
    session: Session,
    shop_id: str,
    *,
    since: int,
    before: int,
    after: tuple[int, int] | None,
    most: int,
) -> list[SpooledClick]:
    """What transactions from `since` on and below `before` wrote, a page at a time."""
    query = select(Click).where(
        Click.shop_id == shop_id, Click.written_in >= since, Click.written_in < before
    )
    if after is not None:
        written_in, click_id = after
        query = query.where(
            (Click.written_in > written_in)
            | ((Click.written_in == written_in) & (Click.click_id > click_id))
        )
    found = session.scalars(query.order_by(Click.written_in, Click.click_id).limit(most))
    return [
        SpooledClick(click.written_in, click.click_id, click.received_at, click.event)
        for click in found
    ]


def oldest_left_behind(session: Session, shop_id: str, before: int) -> datetime | None:
    """When the first click came that is seen already but not yet safe to read past."""
    return session.scalar(_LEFT_BEHIND, {"shop_id": shop_id, "before": before})


def counted_clicks(session: Session, shop_id: str, since: datetime) -> list[CountedClicks]:
    """By UTC day, the days of the hours from `since` on."""
    rows = session.execute(_COUNTS, {"shop_id": shop_id, "since": since})
    return [CountedClicks(row.day, row.kind, row.events) for row in rows]


def first_counted_day(session: Session, shop_id: str) -> date | None:
    return session.scalar(_FIRST_COUNTED, {"shop_id": shop_id})


def forget_clicks(
    session: Session, shop_id: str, *, drained_before: int, received_before: datetime
) -> int:
    """Only what a committed load read, and that only after its time."""
    done = session.execute(
        delete(Click)
        .where(
            Click.shop_id == shop_id,
            Click.written_in < drained_before,
            Click.received_at < received_before,
        )
        .returning(Click.click_id)
    )
    return len(done.all())
