"""Each shop's week as a packet: kept once, told once, on the Monday after by the shop's own clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from sqlalchemy.orm import Session

from hotdash.base.clock import Clock
from hotdash.base.logging import get_logger, told_as
from hotdash.insights.metrics.publication import load_published
from hotdash.jobs.alert_desk import AlertDesk
from hotdash.jobs.tell_failure import Note, tell
from hotdash.notifications.message import Severity, Subject
from hotdash.reports.packet.contract import Packet
from hotdash.reports.packet.files import files_of
from hotdash.reports.packet.make import make_packet
from hotdash.reports.packet.weeks import Week
from hotdash.storage.appdb.repositories import packets
from hotdash.storage.appdb.repositories.packets import PacketRecord
from hotdash.storage.appdb.repositories.shops import ShopRecord, list_shops
from hotdash.storage.appdb.session import Database

NAME = "weekly_packet"
RUNBOOK = "weekly-packet"
WAITS_FOR_DATA = timedelta(hours=12)
"""A source that is late holds the packet back so long; then it tells what is known."""
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Due:
    shop: ShopRecord
    week: Week


def weekly_packets(desk: AlertDesk) -> list[PacketRecord]:
    """Asked as often as one likes, and after a kill at any point: each shop's week is told once."""
    sent, failed = list[PacketRecord](), list[Exception]()
    for due in _due(desk.database, desk.clock.now()):
        try:
            sent.append(_send(desk, due))
        except Exception as error:
            # One shop's trouble keeps no other waiting; the job still fails, so that people hear.
            _log.error("packet_failed", shop=due.shop.shop_id, error=told_as(error))
            failed.append(error)
    if failed:
        raise failed[0]
    return sent


def keep_week(
    database: Database, clock: Clock, shop: ShopRecord, week: Week, base_url: str
) -> PacketRecord:
    """Makes it unless it is kept already; of two that make it at once the first stays."""
    with database.jobs() as session:
        kept = packets.find_packet(session, shop.shop_id, week.name)
    if kept is not None:
        return kept
    as_of = week.known_until(shop.timezone, clock.now())
    with database.snapshot() as session:
        made = make_packet(session, shop, week, as_of, base_url)
    keep_made(database, clock, made)
    with database.jobs() as session:
        return packets.get_packet(session, shop.shop_id, week.name)


def keep_made(database: Database, clock: Clock, made: Packet) -> bool:
    """Whether the archive had none of its week."""
    record = PacketRecord(
        shop_id=made.shop_id,
        week=made.week,
        publication=made.publication,
        as_of=made.as_of,
        made_at=clock.now(),
        sent_at=None,
        headline=made.headline[0].text,
    )
    files = files_of(made)
    with database.jobs() as session:
        return packets.keep_packet(session, record, files)


def keep_last_weeks(database: Database, clock: Clock, base_url: str) -> list[PacketRecord]:
    """Of every shop that shows its last full week, without telling anybody."""
    with database.jobs() as session:
        shops = list_shops(session)
        last = [Due(shop, Week.last_full(clock.now(), shop.timezone)) for shop in shops]
        shown = [each for each in last if _shows(session, each)]
    return [keep_week(database, clock, each.shop, each.week, base_url) for each in shown]


def packet_url(base_url: str, shop_id: str, week: str) -> str:
    return f"{base_url.rstrip('/')}/packets/{week}?shop={quote(shop_id, safe='')}"


def _due(database: Database, now: datetime) -> list[Due]:
    with database.jobs() as session:
        return list(_due_of(session, now))


def _due_of(session: Session, now: datetime) -> Iterator[Due]:
    for shop in list_shops(session):
        due = Due(shop, Week.last_full(now, shop.timezone))
        if now < due.week.is_sent_at(shop.timezone):
            continue
        kept = packets.find_packet(session, shop.shop_id, due.week.name)
        if kept is None and not _is_ready(session, due, now):
            continue
        if kept is None or kept.sent_at is None:
            yield due


def _is_ready(session: Session, due: Due, now: datetime) -> bool:
    if not _shows(session, due):
        return False
    known = min(load_published(session, due.shop.shop_id).as_of.values())
    is_late = now >= due.week.is_sent_at(due.shop.timezone) + WAITS_FOR_DATA
    return is_late or known >= due.week.ends_at(due.shop.timezone)


def _shows(session: Session, due: Due) -> bool:
    """A shop whose first day is younger than the week has nothing to read in it."""
    published = load_published(session, due.shop.shop_id)
    first = published.first_day
    return bool(published.as_of) and first is not None and first <= due.week.sunday


def _send(desk: AlertDesk, due: Due) -> PacketRecord:
    """Killed after it was told and before that is noted, it is told again under the same key: once."""
    kept = keep_week(desk.database, desk.clock, due.shop, due.week, desk.base_url)
    tell(desk, [_note(kept, desk.base_url)])
    with desk.database.jobs() as session:
        packets.note_sent(session, kept.shop_id, kept.week, desk.clock.now())
        return packets.get_packet(session, kept.shop_id, kept.week)


def _note(kept: PacketRecord, base_url: str) -> Note:
    url = packet_url(base_url, kept.shop_id, kept.week)
    return Note(
        shop_id=kept.shop_id,
        name=NAME,
        sentence=f"Week {kept.week}: {kept.headline} Read it: {url}",
        subject=Subject.DIGEST,
        severity=Severity.INFO,
        runbook=RUNBOOK,
        key=f"{NAME} {kept.week}",
    )
