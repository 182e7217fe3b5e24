"""An anomaly in plain sentences: what it is worth, what drove it, what else moved, what came before, how others ended."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from hotdash.base.money import in_words
from hotdash.insights.anomalies.keeping import driver_of, headline_of
from hotdash.insights.anomalies.series import Grain
from hotdash.insights.anomalies.states import State
from hotdash.insights.anomalies.wording import WEEK, ago, listed
from hotdash.insights.tiles import wording
from hotdash.storage.appdb.repositories.anomalies import ALERT, AnomalyRecord

NOTHING_BEFORE = "Nothing that Hotdash knows of came before it."
FIRST_OF_ITS_KIND = "It is the first of its kind."
_NOT_SPLIT = "It is not split any further."
_IN_MONEY = frozenset({"refunds"})
"""Of these the difference is told in money itself and not by what one is worth."""
_MOST_NAMED = 4


def sentences_of(record: AnomalyRecord, past: Sequence[AnomalyRecord]) -> list[str]:
    return [
        headline_of(record),
        _money(record),
        driver_of(record) or _NOT_SPLIT,
        _beside(record),
        _before(record),
        _past(past),
        *_rings(record),
    ]


def rang_before(record: AnomalyRecord) -> bool:
    return record.about.level == ALERT and not record.about.is_new


def _rings(record: AnomalyRecord) -> Iterator[str]:
    if rang_before(record):
        yield "The same rang in the seven days before, so nobody was told again."


def _money(record: AnomalyRecord) -> str:
    about = record.about
    if about.money is None:
        return "What that is in money cannot be said."
    if not about.money:
        return "In money it makes no difference."
    way = "more" if about.money > 0 else "less"
    amount = in_words(abs(about.money), about.currency)
    if about.unit == about.currency or about.metric in _IN_MONEY:
        return f"In money that is {amount} {way} than expected."
    return (
        f"In money that is about {amount} {way}, by what each was worth in the four weeks before."
    )


def _beside(record: AnomalyRecord) -> str:
    about = record.about
    if about.grain == Grain.HOUR:
        return "What else moved is seen when the day is over: other figures are judged by the day."
    if about.grain == WEEK:
        return (
            "What else moved is not told: other figures are judged by the day, a page by the week."
        )
    rose, fell = _titles(about.context, up=True), _titles(about.context, up=False)
    steady = [str(each["title"]) for each in about.context.get("steady", [])]
    moved = [
        f"{listed(names, _MOST_NAMED)} {verb}"
        for names, verb in ((rose, "rose"), (fell, "fell"))
        if names
    ]
    said = (
        f"On the same day {' and '.join(moved)}" if moved else "No other figure moved on that day"
    )
    return f"{said}; {listed(steady, _MOST_NAMED)} stayed as usual." if steady else f"{said}."


def _titles(context: Mapping[str, Any], *, up: bool) -> list[str]:
    moved = context.get("moved", [])
    return [str(each["title"]) for each in moved if (Decimal(each["z"]) > 0) is up]


def _before(record: AnomalyRecord) -> str:
    before = record.about.context.get("before", [])
    if not before:
        return NOTHING_BEFORE
    driver: Mapping[str, Any] | None = record.about.context.get("driver")
    named: str | None = driver["named"] if driver else None
    about = [each for each in (record.about.part_name, named) if each]
    # What names the part itself says more than what merely was nearer.
    first = next(
        (each for each in before if any(name in each["text"] for name in about)), before[0]
    )
    days = (record.about.day - date.fromisoformat(first["day"])).days
    more = len(before) - 1
    rest = f" {wording.counted(more, 'more thing')} happened in that week." if more else ""
    return f"What came before: {str(first['text']).removesuffix('.')} ({ago(days)}).{rest}"


def _past(past: Sequence[AnomalyRecord]) -> str:
    if not past:
        return FIRST_OF_ITS_KIND
    last = past[0]
    said = [each.note for each in last.events if each.note]
    ended = f"{State(last.state).label.lower()}: {said[-1]}" if said else "nobody said what it was"
    were = "was" if len(past) == 1 else "were"
    return (
        f"There {were} {wording.counted(len(past), 'earlier one')}; the last on "
        f"{wording.day(last.about.day)}, {ended.removesuffix('.')}."
    )
