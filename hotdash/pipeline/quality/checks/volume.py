"""Whether the last closed day of a series is like the same weekday of the weeks before it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache

from hotdash.base.robust import Unusual, robust_z
from hotdash.pipeline.quality.checks.watched import (
    MartsOf,
    Watched,
    by_kind,
    series_check,
    spoken,
)
from hotdash.pipeline.quality.findings import Check, Finding, Severity, finding_of

FOR_THE_DIGEST = Decimal(3)
FOR_AN_ALERT = Decimal(4)
COOL_DOWN = timedelta(days=7)


class Verdict(StrEnum):
    ALERT = "alert"
    DIGEST = "digest"


def judge(watched: Watched) -> tuple[Verdict, Unusual] | None:
    """None where the day is usual, or where there is not enough of a past to know."""

    @cache
    def seen(day: date) -> Unusual | None:
        return robust_z(watched.days, day, watched.labelled, counted=watched.kind.counted)

    found = seen(watched.day)
    if found is None or abs(found.z) <= FOR_THE_DIGEST:
        return None
    if abs(found.z) <= FOR_AN_ALERT or _cools_down(found, seen):
        return Verdict.DIGEST, found
    return Verdict.ALERT, found


def _cools_down(found: Unusual, seen: Callable[[date], Unusual | None]) -> bool:
    """An alert lasts as long as its days follow each other; what comes back within a week is known already.

    It is told again only where it is twice as far out.
    """
    first = found.day
    while _strength(seen(first - timedelta(days=1))) > FOR_AN_ALERT:
        first -= timedelta(days=1)
    before = [
        _strength(seen(first - timedelta(days=back))) for back in range(2, COOL_DOWN.days + 1)
    ]
    known = max((each for each in before if each > FOR_AN_ALERT), default=None)
    return known is not None and abs(found.z) < 2 * known


def _strength(found: Unusual | None) -> Decimal:
    return Decimal(0) if found is None else abs(found.z)


def volume_checks(watched: Sequence[Watched], marts_of: MartsOf) -> Iterator[Check]:
    """Two per series, the alert and the digest; only the graver of the two speaks."""
    for series in by_kind(watched).values():
        yield from _checks(series, marts_of)


def volume_findings(watched: Sequence[Watched], marts_of: MartsOf) -> Iterator[Finding]:
    for series in by_kind(watched).values():
        alert, digest = _checks(series, marts_of)
        for each in series:
            told = judge(each)
            if told is not None:
                check = alert if told[0] is Verdict.ALERT else digest
                yield finding_of(check, each.shop_id, sentence=_sentence(each, told[1]))


def _checks(series: Sequence[Watched], marts_of: MartsOf) -> tuple[Check, Check]:
    kind, shops = series[0].kind, [each.shop_id for each in series]
    why = f"A day has far more or far fewer {kind.told} than its weekday usually has."
    return (
        series_check(f"volume_anomaly_{kind.name}", kind, Severity.WARNING, why, marts_of, shops),
        series_check(f"volume_unusual_{kind.name}", kind, Severity.INFO, why, marts_of, shops),
    )


def _sentence(watched: Watched, found: Unusual) -> str:
    direction = "more" if found.z > 0 else "less"
    return (
        f"{found.day.isoformat()} has {direction} {watched.kind.told} than usual: "
        f"{spoken(found.value)}, where this weekday has {spoken(found.usual)} "
        f"(z {found.z:+.1f})."
    )
