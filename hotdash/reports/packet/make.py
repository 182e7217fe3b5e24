"""A shop's week as one packet, read in one snapshot of what is published."""

from datetime import datetime

from sqlalchemy.orm import Session

from hotdash.base.errors import ConflictError
from hotdash.insights.metrics.query.snapshot import Snapshot
from hotdash.insights.tiles import wording
from hotdash.reports.packet.anomalies import anomalies
from hotdash.reports.packet.asking import Asking
from hotdash.reports.packet.changes import changes
from hotdash.reports.packet.contract import Packet
from hotdash.reports.packet.decided import decisions
from hotdash.reports.packet.delivery import delivery
from hotdash.reports.packet.narrative import headline
from hotdash.reports.packet.outlook import forecast, risks
from hotdash.reports.packet.recorder import Recorder
from hotdash.reports.packet.trends import METRICS, days, trends
from hotdash.reports.packet.weeks import Week
from hotdash.reports.packet.wellbeing import health
from hotdash.storage.appdb.repositories.shops import ShopRecord


def make_packet(
    session: Session,
    shop: ShopRecord,
    week: Week,
    as_of: datetime,
    base_url: str,
) -> Packet:
    """The session shows one snapshot of every shop; nothing that happened after as_of is told."""
    if week.ends_at(shop.timezone) > as_of:
        raise ConflictError(
            f"Week {week.name} of {shop.shop_id} is not over: it ends on {week.sunday}.",
            hint="Ask for an earlier week, or wait until it is over.",
            field="week",
        )
    asking = Asking(
        *(session, shop.shop_id, shop.timezone, shop.currency, week, as_of),
        base_url=base_url.rstrip("/"),
        snapshot=Snapshot(session),
        recorder=Recorder(session),
    )
    told = asking.answer(METRICS, week.window, base=None).shops[0]
    figures, changed = trends(asking), changes(asking)
    found, decided = anomalies(asking, figures), decisions(asking)
    well, expected = health(asking, told.as_of), forecast(asking, figures[0])
    delivered = delivery(asking)
    by_day = days(asking) if not figures[0].is_blocked else ()
    may_come = risks(asking, expected, figures, found, well)
    return Packet(
        shop_id=shop.shop_id,
        shop_name=shop.name,
        timezone=shop.timezone,
        currency=shop.currency,
        week=week.name,
        first=week.monday,
        last=week.sunday,
        as_of=as_of,
        publication=told.manifest,
        builds=dict(sorted(told.builds.items())),
        complete_through=told.as_of,
        headline=headline(
            *(week.name, week.monday, week.sunday, figures, changed, found, decided, expected)
        ),
        trends=figures,
        days=by_day,
        anomalies=found,
        changes=changed,
        decisions=decided,
        health=well,
        forecast=expected,
        risks=may_come,
        queries=tuple(asking.recorder.queries.values()),
        notes=_notes(asking, told.held),
        sync=delivered,
    )


def _notes(asking: Asking, held: str | None) -> tuple[str, ...]:
    year = asking.week.a_year_before
    notes = [
        f"Days are those of {asking.timezone}; advertising days are those of the ad account.",
        f"Last year is the same weekdays 52 weeks before: {wording.day(year.monday)} to "
        f"{wording.day(year.sunday)}.",
    ]
    if held:
        notes.append(f"The numbers are held at an older publication: {held}")
    return tuple(notes)
