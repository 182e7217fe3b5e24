"""What was out of the ordinary in the week, the worst first: figures, landing pages, checks and alerts."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from hotdash.insights.anomalies.keeping import driver_of, headline_of
from hotdash.insights.statements import statement
from hotdash.reports.packet import words
from hotdash.reports.packet.asking import Asking
from hotdash.reports.packet.contract import Anomaly, Level, Trend
from hotdash.storage.appdb.repositories.alerts import NOTES
from hotdash.storage.appdb.repositories.anomalies import ALERT, list_anomalies
from hotdash.storage.appdb.repositories.week_figures import (
    Found,
    Span,
    alerts_opened,
    failed_checks,
)

PAGES = "fct_landing_pages"
MOST_PAGES = 8
MOST_DAYS = 8
_LEVELS = {"blocking": Level.ACT, "warning": Level.WATCH}
_LOST_ALMOST_ALL = Decimal("-0.7")


def anomalies(asking: Asking, trends: Sequence[Trend]) -> tuple[Anomaly, ...]:
    found = [
        *_of_figures(trends),
        *_of_days(asking),
        *_of_pages(asking),
        *_of_checks(asking),
    ]
    return tuple(sorted(found, key=lambda each: list(Level).index(each.level)))


def _of_figures(trends: Sequence[Trend]) -> Iterator[Anomaly]:
    for each in trends:
        if each.level is None or each.value is None:
            continue
        title = f"{each.title} is {words.told(each.value, each.unit)}"
        if each.share is not None and not words.is_hardly_any(each.share):
            title = f"{each.title} {'rose' if each.share > 0 else 'fell'} by {words.percent(abs(each.share)).removeprefix('+')}"
        yield Anomaly(each.level, title, _beside(each), each.query)


def _of_days(asking: Asking) -> Iterator[Anomaly]:
    """What was judged day by day, as far as it was known then; better news is only to be known."""
    known = [
        each
        for each in list_anomalies(asking.session, asking.shop_id, since=asking.week.monday)
        if each.about.day <= asking.week.sunday and each.found_at <= asking.as_of
    ]
    if not known:
        return
    url = asking.page("/anomalies")
    query = asking.linked("anomalies", "Days out of the ordinary", url)
    for each in known[:MOST_DAYS]:
        level = Level.INFO
        if not each.about.is_better:
            level = Level.ACT if each.about.level == ALERT else Level.WATCH
        yield Anomaly(level, headline_of(each).removesuffix("."), driver_of(each) or "", query)
    if len(known) > MOST_DAYS:
        yield Anomaly(
            Level.INFO, f"{len(known) - MOST_DAYS} more days out of the ordinary", "", query
        )


def _beside(each: Trend) -> str:
    parts = [f"{words.told(each.value, each.unit)} this week" if each.value is not None else ""]
    if each.previous is not None:
        parts.append(f"{words.told(each.previous, each.unit)} the week before")
    if each.year_before is not None:
        parts.append(f"{words.told(each.year_before, each.unit)} a year before")
    return f"{', '.join(filter(None, parts))}."


def _of_pages(asking: Asking) -> Iterator[Anomaly]:
    published = asking.published(PAGES)[PAGES]
    asked = {
        "shop_id": asking.shop_id,
        "parts": sorted(published.parts_of(asking.week.window)),
        "first": asking.week.monday,
        "last": asking.week.sunday,
    }
    title = "Landing pages that lost visitors"
    url = asking.explore(["traffic_anomalies"], by=["page"])
    with asking.recorder.recording("pages", title, url) as query:
        blocked = asking.block_of(PAGES)
        rows: Sequence[Any] = []
        if not blocked:
            rows = asking.session.execute(statement(__file__, "pages.sql"), asked).all()
    if blocked:
        yield Anomaly(Level.WATCH, "Landing pages are not told", blocked, query)
    worst = sorted(rows, key=lambda row: (row.now - row.before, row.page))
    for row in worst[:MOST_PAGES]:
        share = Decimal(row.now - row.before) / row.before if row.before else Decimal(0)
        days = "1 day" if row.days == 1 else f"{row.days} days"
        yield Anomaly(
            Level.ACT if share <= _LOST_ALMOST_ALL else Level.WATCH,
            f"{row.page} lost {words.percent(abs(share)).removeprefix('+')} of its sessions",
            f"{row.now:,} in the seven days to {words.short_day(row.day)}, {row.before:,} in the seven "
            f"before; out of the ordinary on {days} of the week.",
            query,
        )
    if len(worst) > MOST_PAGES:
        more = len(worst) - MOST_PAGES
        yield Anomaly(Level.INFO, f"{more} more landing pages lost visitors", "", query)


def _of_checks(asking: Asking) -> Iterator[Anomaly]:
    span = Span(asking.shop_id, asking.since, asking.until)
    url = asking.page("/data-health")
    with asking.recorder.recording("checks", "Checks that failed and alerts", url) as query:
        alerts = alerts_opened(asking.session, span, asking.as_of, NOTES)
        checks = failed_checks(asking.session, span)
    told = {each.name for each in alerts}
    for each in [*alerts, *(check for check in checks if check.name not in told)]:
        yield Anomaly(_LEVELS.get(each.severity, Level.INFO), _title(each), _context(each), query)


def _title(each: Found) -> str:
    times = f", {each.times} times" if each.times > 1 else ""
    return f"{words.label(each.name.removeprefix('watch '))}{times}"


def _context(each: Found) -> str:
    return f"{each.sentence} Still open." if each.is_open else each.sentence
