"""After a publication: what is out of the ordinary, kept with its context, told where somebody should know at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from hotdash.base.clock import Clock
from hotdash.base.logging import get_logger, told_as
from hotdash.insights.anomalies.judge import Level
from hotdash.insights.anomalies.keeping import driver_of, headline_of, row_of
from hotdash.insights.anomalies.look import Looked, look
from hotdash.jobs.alert_desk import AlertDesk
from hotdash.jobs.notify_findings import end, open_found
from hotdash.jobs.recommend import recommend
from hotdash.jobs.send_alerts import send_alerts
from hotdash.storage.appdb.repositories import alerts, anomalies
from hotdash.storage.appdb.repositories.alerts import CHECK, NewAlert
from hotdash.storage.appdb.repositories.anomalies import AnomalyRecord, LookRecord
from hotdash.storage.appdb.repositories.publications import pointer_of
from hotdash.storage.appdb.repositories.shops import list_shops
from hotdash.storage.appdb.session import Database

NAME = "anomalies"
RUNBOOK = "anomalies"
ALERTS = "anomaly "
FIRST_DAYS = 60
"""Of a shop that was never looked at: its last two months, without waking anybody for what is past."""
DAYS_AGAIN = 7
"""Late data may still change them."""
TOLD_WITHIN = timedelta(days=3)
RINGS_FOR = timedelta(days=7)
_MEND = "Look at its context on the page; say there what it was."
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    shop_id: str
    series: int
    found: int
    new: int
    gone: int


def look_for_anomalies(
    database: Database,
    clock: Clock,
    *,
    shops: Sequence[str] | None = None,
    desk: AlertDesk | None = None,
    again: bool = False,
) -> list[Kept]:
    """Asked as often as one likes: a publication is looked at once, unless it is asked for again."""
    kept, failed = list[Kept](), list[Exception]()
    for shop_id in shops or _all_shops(database):
        try:
            one = _look_at(database, clock, shop_id, again=again)
        except Exception as error:
            # One shop's trouble keeps no other waiting; the job still fails, so that people hear.
            _log.error("anomalies_failed", shop=shop_id, error=told_as(error))
            failed.append(error)
            continue
        if one is not None:
            kept.append(one)
            _ask(database, clock, one)
    if desk is not None:
        tell_anomalies(replace(desk, clock=clock), shops or _all_shops(database))
    if failed:
        raise failed[0]
    return kept


def _ask(database: Database, clock: Clock, kept: Kept) -> None:
    """At once and not at the next publication; of sources nothing is judged here."""
    if not (kept.new or kept.gone):
        return
    try:
        recommend(database, kept.shop_id, clock, {})
    except Exception as error:
        # What was found is kept, and the next publication asks.
        _log.error("anomalies_not_asked", shop=kept.shop_id, error=told_as(error))


def _all_shops(database: Database) -> list[str]:
    with database.jobs() as session:
        return [each.shop_id for each in list_shops(session)]


def _look_at(database: Database, clock: Clock, shop_id: str, *, again: bool) -> Kept | None:
    now = clock.now()
    with database.jobs() as session:
        pointer = pointer_of(session, shop_id)
        before = anomalies.last_look(session, shop_id)
    publication = pointer.manifest_id if pointer else None
    if publication is None or (before and before.publication == publication and not again):
        return None
    days = FIRST_DAYS if before is None else DAYS_AGAIN
    with database.snapshot() as seen:
        looked = look(seen, shop_id, now, days)
    return None if looked is None else _keep(database, looked, publication, now)


def _keep(database: Database, looked: Looked, publication: UUID, now: datetime) -> Kept:
    rows = [row_of(each) for each in looked.found]
    with database.jobs() as session:
        added = anomalies.keep_anomalies(session, rows, now)
        gone = anomalies.let_go(session, looked.shop_id, looked.judged, now)
        anomalies.save_look(
            session,
            LookRecord(
                *(looked.shop_id, publication, now, looked.last, looked.series),
                dict(looked.raised),
            ),
        )
    told = Kept(looked.shop_id, looked.series, len(rows), len(added), gone)
    _log.info("anomalies", shop_id=told.shop_id, found=told.found, new=told.new, gone=told.gone)
    return told


def tell_anomalies(desk: AlertDesk, shops: Sequence[str]) -> None:
    """One alert per series: for the worse, new, of the last days, as long as nobody answered it."""
    with desk.database.jobs() as session:
        alerts.follow_people(session)
        for shop_id in shops:
            look_record = anomalies.last_look(session, shop_id)
            if look_record is None:
                continue
            since = look_record.last_day - RINGS_FOR
            known = anomalies.list_anomalies(
                *(session, shop_id),
                since=since,
                level=Level.ALERT.value,
                state=anomalies.NEW,
                is_new=True,
            )
            told_since = look_record.last_day - TOLD_WITHIN
            ringing = [*_ringing(known)]
            fresh = [each for each in ringing if each.about.day > told_since]
            open_found(session, [_alert(each) for each in fresh], desk)
            still = {ALERTS + each.about.key for each in ringing}
            names = [
                name for shop, name in alerts.open_names(session, CHECK, ALERTS) if shop == shop_id
            ]
            over = [name for name in names if name not in still]
            end(session, shop_id, CHECK, over, desk, "was answered or is a week old")
    send_alerts(desk)


def _ringing(known: Sequence[AnomalyRecord]) -> Iterator[AnomalyRecord]:
    """The newest of each series."""
    seen: set[str] = set()
    for each in known:
        if not each.about.is_better and each.about.key not in seen:
            seen.add(each.about.key)
            yield each


def _alert(record: AnomalyRecord) -> NewAlert:
    told = " ".join(filter(None, (headline_of(record), driver_of(record))))
    return NewAlert(
        shop_id=record.about.shop_id,
        check_name=ALERTS + record.about.key,
        severity="warning",
        sentence=told,
        mend=_MEND,
        owner="operations",
        kind=CHECK,
        runbook=RUNBOOK,
    )
