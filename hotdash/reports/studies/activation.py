"""The share of shops that acted within seven days of their first session: rolling, and over all of them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from math import sqrt
from statistics import NormalDist

from sqlalchemy import text
from sqlalchemy.orm import Session

from hotdash.base.clock import days_between, local_day
from hotdash.insights.metrics.query.reading import statement_of
from hotdash.insights.statements import source
from hotdash.insights.studies.catalog import Study
from hotdash.insights.tiles import wording
from hotdash.reports.packet.recorder import Recorder
from hotdash.reports.studies.contract import Baseline, BaselineDay, State, StudyAnswer

FEWEST_SHOPS = 10
"""With fewer the range is wider than half of all there is."""
WEEK = 7
YEAR = 365
JUDGED_AFTER = 8
"""A first session in the last minute of its day has seven whole days from then on."""
METRIC = "activation_rate"
_FINE = Decimal("0.0001")
_CERTAIN = NormalDist().inv_cdf(0.975)
METHOD = (
    "A shop starts on the day its dashboard is first opened, and is activated when somebody "
    "approves something in the scope ops within the seven days from then on. Shops whose seven days "
    "are not over are left out.",
    "The line is the share over the seven days of starts that end on each day; the baseline is the "
    "share of all shops that started within a year, with the range that holds the true rate in 95 "
    "of 100 such studies (Wilson).",
)


def answer_activation(
    session: Session, study: Study, shops: Mapping[str, str], now: datetime
) -> StudyAnswer:
    """Of these shops, each with its timezone."""
    last = min(local_day(now, zone) for zone in shops.values()) - timedelta(days=JUDGED_AFTER)
    asked = {
        "shop_ids": sorted(shops),
        "first": last - timedelta(days=YEAR - 1),
        "last": last,
        # The end of the day, so that all of it tells the same: every day up to the last is judged by then.
        "now": datetime.combine(last + timedelta(days=JUDGED_AFTER + 1), time(), UTC),
    }
    recorder = Recorder(session)
    written = source(__file__, "activation.sql").format(starts=statement_of("activation"))
    with recorder.recording(study.name, "Shops that started and were activated, by day"):
        rows = session.execute(text(written), asked).all()
    counts = {row.day: (int(row.started), int(row.activated)) for row in rows}
    found = _baseline(len(shops), counts, last)
    state, verdict = _told(found)
    sample = f"{wording.counted(found.started, 'shop')} of {found.shops} with seven days behind it"
    return StudyAnswer(study, state, verdict, sample, found, recorder.queries[study.name])


def _baseline(shops: int, counts: Mapping[date, tuple[int, int]], last: date) -> Baseline:
    started = sum(each for each, _ in counts.values())
    activated = sum(each for _, each in counts.values())
    rate, low, high = wilson(activated, started) if started else (None, None, None)
    return Baseline(shops, started, activated, rate, low, high, tuple(_days(counts, last)))


def _days(counts: Mapping[date, tuple[int, int]], last: date) -> Sequence[BaselineDay]:
    """From the first start to six days after the last: then no window holds one any more."""
    if not counts:
        return []
    end = min(last, max(counts) + timedelta(days=WEEK - 1))
    return [_day(day, counts) for day in days_between(min(counts), end)]


def _day(day: date, counts: Mapping[date, tuple[int, int]]) -> BaselineDay:
    week = [counts.get(day - timedelta(days=back), (0, 0)) for back in range(WEEK)]
    started, activated = counts.get(day, (0, 0))
    return BaselineDay(
        *(day, started, activated), sum(each for each, _ in week), sum(each for _, each in week)
    )


def wilson(hits: int, of: int) -> tuple[Decimal, Decimal, Decimal]:
    """The share with the ends of its 95% interval, which stays between nought and one."""
    share, squared = hits / of, _CERTAIN * _CERTAIN
    middle = (share + squared / (2 * of)) / (1 + squared / of)
    reach = _CERTAIN * sqrt(share * (1 - share) / of + squared / (4 * of * of)) / (1 + squared / of)
    ends = (max(0.0, middle - reach), min(1.0, middle + reach))
    low, high = (Decimal(f"{each:.6f}").quantize(_FINE) for each in ends)
    return (Decimal(hits) / of).quantize(_FINE), low, high


def _told(found: Baseline) -> tuple[State, str]:
    if found.rate is None or found.low is None or found.high is None:
        return State.TOO_FEW, (
            "Not enough days: no shop opened its dashboard for the first time eight days ago or "
            "earlier."
        )
    counted = f"{found.activated} of {wording.counted(found.started, 'shop')} acted within a week"
    if found.started < FEWEST_SHOPS:
        return State.TOO_FEW, (
            f"Not enough shops: {counted}, and a baseline needs {FEWEST_SHOPS}. The counts are below."
        )
    spread = f"{wording.percent(found.low)} to {wording.percent(found.high)}"
    return State.BASELINE, (
        f"The baseline is {wording.percent(found.rate)} ({spread}): {counted} of the first session."
    )
