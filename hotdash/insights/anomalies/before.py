"""What happened on a day and in the week before it: campaigns, links, prices, stock, decisions, changes, sources."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hotdash.base.clock import local_day
from hotdash.base.money import in_words
from hotdash.insights.anomalies.driving import Parts
from hotdash.insights.anomalies.reading import Days, ShopReading
from hotdash.insights.marks.annotations import KIND_TITLES, Kind
from hotdash.insights.metrics.period import Window
from hotdash.insights.statements import statement
from hotdash.insights.tiles import wording
from hotdash.storage.appdb.repositories.alerts import NOTES
from hotdash.storage.appdb.repositories.annotations import list_annotations
from hotdash.storage.appdb.repositories.decisions import Wanted, list_decisions
from hotdash.storage.appdb.repositories.week_figures import Span, alerts_opened

DAYS_BEFORE = 7
MOST_DECISIONS = 5
_USUAL_DAYS = 14
_LEAST_KNOWN = 5
_JUMPED = Decimal(2)
_MANY_TIMES = Decimal(3)
_LEAST_MORE = Decimal(50)
"""Visits; fewer more through one link move no figure of a shop that is judged."""
_HIDDEN = frozenset({"backfills", "alerts", "quality"})
"""Decisions about the house itself change no customer's mind."""
_ONLY_SAID = ("anomalies.", "recommendation.")
"""Nor does what is said of an anomaly in the queue, or that a question was put off."""


@dataclass(frozen=True, slots=True)
class Event:
    """text names nobody, unless a person wrote it: who decided is told where decisions are."""

    kind: str
    day: date
    text: str
    url: str | None = None
    by_person: bool = False


def events_before(reading: ShopReading, day: date, days: int = 1) -> tuple[Event, ...]:
    """Before what ended with this day and lasted so many; the nearest first, of one day what a person wrote."""
    window = Window(day - timedelta(days=DAYS_BEFORE + days - 1), day)
    known = Window(window.first - timedelta(days=_USUAL_DAYS), day)
    campaigns = reading.parts("ad_spend", "campaign", known)
    found = [
        *_incidents(reading, window),
        *_annotations(reading, window),
        *campaign_changes(campaigns, window, reading.currency),
        *visit_changes(_visits(reading, known), reading.days.get("sessions", {}), window),
        *_stock_outs(reading, window),
        *_price_changes(reading, window),
        *_definitions(reading, window),
        *_decisions(reading, window),
        *_source_problems(reading, window),
    ]
    return tuple(sorted(found, key=lambda each: window.last - each.day))


def _incidents(reading: ShopReading, window: Window) -> Iterator[Event]:
    for each in reading.incidents:
        if each.first_day <= window.last and each.last_day >= window.first:
            day = max(each.first_day, window.first)
            yield Event("incident", day, each.told, by_person=True)


def _annotations(reading: ShopReading, window: Window) -> Iterator[Event]:
    for each in list_annotations(reading.session, reading.shop_id):
        if each.first_day <= window.last and each.last_day >= window.first:
            title = "Noted" if each.kind == Kind.OTHER else KIND_TITLES.get(each.kind, each.kind)
            day = max(each.first_day, window.first)
            yield Event(each.kind, day, f"{title}: {each.title}", by_person=True)


def campaign_changes(campaigns: Parts, window: Window, currency: str) -> Iterator[Event]:
    """A campaign that stopped, came back, or spent twice what it usually does, on the day it began to."""
    for name in sorted(campaigns):
        told = campaigns[name]
        for day in window.days():
            change = _change_of(told, day)
            if change is None:
                continue
            verb, usual = change
            spent = told.get(day, Decimal(0))
            amounts = f"{in_words(spent, currency)} after {in_words(usual, currency)} a day"
            yield Event("campaign", day, f"{name} {verb}: {amounts}.")


def _change_of(told: Mapping[date, Decimal], day: date) -> tuple[str, Decimal] | None:
    known = [told.get(day - timedelta(days=back), Decimal(0)) for back in range(_USUAL_DAYS + 1)]
    spent, known = known[0], known[1:]
    running = [each for each in known if each > 0]
    usual = sum(running, Decimal(0)) / len(running) if running else Decimal(0)
    before = known[0]
    if spent <= 0 < before and len(running) >= _LEAST_KNOWN:
        return "stopped", usual
    if spent > 0 and not any(known[:3]):
        return "started", Decimal(0)
    if len(running) >= _LEAST_KNOWN and spent >= _JUMPED * usual > 0 and before < _JUMPED * usual:
        return "spent far more", usual
    return None


def visit_changes(visits: Parts, known: Container[date], window: Window) -> Iterator[Event]:
    """A link that brought many times what it usually does, on the day it began to."""
    for name in sorted(visits):
        told = visits[name]
        for day in window.days():
            usual = _usual_visits(told, known, day)
            if usual is None or not _is_many(told.get(day), usual):
                continue
            before = day - timedelta(days=1)
            if _is_many(told.get(before), _usual_visits(told, known, before)):
                continue
            came, were = wording.counted(int(told[day]), "visit"), usual.quantize(Decimal(1))
            yield Event("visits", day, f"{came} through {name}, after {were} a day.")


def _usual_visits(told: Days, known: Container[date], day: date) -> Decimal | None:
    """None where the days before were not told; on a day that was, a link that is not named brought nobody."""
    before = [day - timedelta(days=back) for back in range(1, _USUAL_DAYS + 1)]
    days = [each for each in before if each in known]
    if len(days) < _LEAST_KNOWN:
        return None
    return sum((told.get(each, Decimal(0)) for each in days), Decimal(0)) / len(days)


def _is_many(came: Decimal | None, usual: Decimal | None) -> bool:
    return (
        came is not None
        and usual is not None
        and came >= max(_MANY_TIMES * usual, usual + _LEAST_MORE)
    )


def _visits(reading: ShopReading, window: Window) -> Parts:
    found: dict[str, dict[date, Decimal]] = {}
    for row in reading.session.execute(statement(__file__, "visits.sql"), _asked(reading, window)):
        found.setdefault(row.name, {})[row.day] = Decimal(row.sessions)
    return found


def _stock_outs(reading: ShopReading, window: Window) -> Iterator[Event]:
    for row in reading.session.execute(
        statement(__file__, "stock_outs.sql"), _asked(reading, window)
    ):
        item = " ".join(filter(None, (row.title, f"({row.sku})" if row.sku else None))) or "An item"
        sold = wording.counted(int(row.units_sold_56d), "unit")
        yield Event("stock_out", row.day, f"{item} ran out; it had sold {sold} in eight weeks.")


def _price_changes(reading: ShopReading, window: Window) -> Iterator[Event]:
    for row in reading.session.execute(statement(__file__, "prices.sql"), _asked(reading, window)):
        prices = f"{in_words(row.price_before, reading.currency)} to {in_words(row.price, reading.currency)}"
        yield Event("price_change", row.day, f"{row.product or row.sku} went from {prices} a unit.")


def _asked(reading: ShopReading, window: Window) -> dict[str, object]:
    return {"shop_id": reading.shop_id, "first": window.first, "last": window.last}


def _definitions(reading: ShopReading, window: Window) -> Iterator[Event]:
    """What changed is the number and not the shop."""
    for metric in reading.metrics.values():
        for change in metric.changelog:
            if change.version > 1 and change.date in window:
                yield Event(
                    "deploy", change.date, f"{metric.title} is defined anew: {change.change}"
                )


def _decisions(reading: ShopReading, window: Window) -> Iterator[Event]:
    since, until = _span(reading, window)
    wanted = Wanted(since=since, until=until, hidden=_HIDDEN, without=_ONLY_SAID)
    made = list_decisions(reading.session, reading.shop_id, limit=MOST_DECISIONS, wanted=wanted)
    for each in made:
        what = each.action.replace(".", " ").replace("_", " ")
        yield Event(
            "decision",
            local_day(each.decided_at, reading.timezone),
            f"Decided: {what}, {each.subject}.",
            f"/decisions?shop={reading.shop_id}",
        )


def _source_problems(reading: ShopReading, window: Window) -> Iterator[Event]:
    since, until = _span(reading, window)
    span = Span(reading.shop_id, since, until)
    for each in alerts_opened(reading.session, span, reading.now, [*NOTES, "anomaly"]):
        yield Event("source", window.last, each.sentence, f"/data-health?shop={reading.shop_id}")


def _span(reading: ShopReading, window: Window) -> tuple[datetime, datetime]:
    zone = ZoneInfo(reading.timezone)
    ends = window.last + timedelta(days=1)
    return datetime.combine(window.first, time(), zone), datetime.combine(ends, time(), zone)


def as_json(events: Sequence[Event]) -> list[dict[str, str | bool | None]]:
    return [asdict(each) | {"day": each.day.isoformat()} for each in events]
