"""What is known of a proposal when it is shown, in a few words of fixed choice: no amount, no name, nothing personal."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hotdash.base.clock import local_day
from hotdash.decisions.recommendations.contract import KINDS, Kind, Proposal
from hotdash.decisions.recommendations.ranking import urgency
from hotdash.storage.appdb.repositories.signals.reading import Reading

Context = Mapping[str, str]

KIND, WEEKDAY = "kind", "weekday"
EVERYTHING = "all"
NEVER = "never"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONEY = ((Decimal("0.1"), "tenth"), (Decimal(1), "day"), (Decimal(7), "week"))
_URGENCY = {Decimal(4): "day", Decimal(2): "three_days", Decimal(1): "week"}
_AGES = (
    (timedelta(hours=6), "six_hours"),
    (timedelta(days=1), "day"),
    (timedelta(days=3), "three_days"),
)
_COVER = ((0, "out"), (7, "week"), (14, "two_weeks"), (28, "month"))
_CHANCES = ((Decimal("0.5"), "less"), (Decimal("0.8"), "likely"))
_OFF = ((Decimal(5), "four"), (Decimal(8), "five"))
_TIMES = ("first", "second")
# These were settled when it was first asked, and stay while it waits.
_OF_ITS_OPENING = ("before", "times")


def context_of(
    proposal: Proposal,
    reading: Reading,
    deadline: datetime | None,
    *,
    before: str = NEVER,
    times: int = 0,
) -> dict[str, str]:
    """`before` is how the last one about it ended, `times` how many there were."""
    told = {
        KIND: proposal.kind.value,
        "money": _money(proposal.weight, reading),
        "urgency": _urgency(deadline, reading.now),
        "sure": proposal.confidence.value,
        "before": before,
        "times": _TIMES[times] if times < len(_TIMES) else "often",
        "evidence": _evidence(proposal.kind, reading),
        "cover": _cover(proposal.features),
        "chance": _chance(proposal.features),
        "off": _off(proposal.features),
        WEEKDAY: _DAYS[local_day(reading.now, reading.timezone).weekday()],
    }
    return {name: level for name, level in told.items() if level is not None}


def still_asked(fresh: Context, asked: Context) -> dict[str, str]:
    """As it is now, with what was so when it was first asked."""
    kept = {name: asked[name] for name in _OF_ITS_OPENING if name in asked}
    return {**{name: level for name, level in fresh.items() if name not in _OF_ITS_OPENING}, **kept}


def columns_of(context: Context) -> tuple[str, ...]:
    """The columns that are one: the whole, each level, and each level for this kind alone."""
    return tuple(_columns(context))


def _columns(context: Context) -> Iterator[str]:
    yield EVERYTHING
    kind = context.get(KIND)
    for name, level in sorted(context.items()):
        yield f"{name}={level}"
        if kind is not None and name not in (KIND, WEEKDAY):
            yield f"{KIND}={kind}&{name}={level}"


def parts_of(column: str) -> Sequence[tuple[str, str]]:
    """A column's names and levels; the whole has none."""
    if column == EVERYTHING:
        return ()
    return [(name, level) for name, _, level in (each.partition("=") for each in column.split("&"))]


def _money(weight: Decimal, reading: Reading) -> str | None:
    """Beside a day's sales, so that it means the same in every shop and currency."""
    if weight <= 0:
        return "none"
    per_day = reading.sales.per_day if reading.sales else Decimal(0)
    if per_day <= 0:
        return None
    return next((level for below, level in _MONEY if weight < per_day * below), "more")


def _urgency(deadline: datetime | None, now: datetime) -> str | None:
    return None if deadline is None else _URGENCY.get(urgency(deadline, now), "later")


def _evidence(kind: Kind, reading: Reading) -> str | None:
    """How old the oldest mart is that it rests on."""
    known = [reading.marts[mart] for mart in KINDS[kind].measured_in if mart in reading.marts]
    if not known:
        return None
    age = reading.now - min(known)
    return next((level for within, level in _AGES if age <= within), "older")


def _cover(features: Mapping[str, Any]) -> str | None:
    days = features.get("days_of_stock")
    if not isinstance(days, int):
        return None
    return next((level for most, level in _COVER if days <= most), "more")


def _chance(features: Mapping[str, Any]) -> str | None:
    """That it runs out before a refill, where a forecast says so."""
    told = features.get("run_out")
    if told is None:
        return None
    return next((level for below, level in _CHANCES if Decimal(told) < below), "sure")


def _off(features: Mapping[str, Any]) -> str | None:
    """How many standard deviations from what was expected."""
    told = features.get("z")
    if told is None:
        return None
    return next((level for below, level in _OFF if abs(Decimal(told)) < below), "eight")
