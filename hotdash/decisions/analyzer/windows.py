"""Spans in which a service refused calls because they came too fast, told apart from single refusals.

Each refused call is evidence for a window and each other one against it, weighed by how much likelier
it is inside a window (where half is refused) than outside. A span counts when its evidence is beyond
what stray refusals bring together by chance, once in billions of calls.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import log
from typing import Any

INSIDE = 0.5
# What strays outside windows: at least so much is allowed for, and above the most there is no outside.
STRAY_AT_LEAST, STRAY_AT_MOST = 0.02, 0.1
ENOUGH_EVIDENCE = 19.0
LONGEST_SILENCE = timedelta(minutes=5)
_MICROSECONDS = 1_000_000


class WindowScope(StrEnum):
    SHOP = "shop"
    JOB_RUN = "job_run"


@dataclass(frozen=True, slots=True)
class ShopShare:
    """What one shop met of a window, from its own first refused call to its last."""

    shop_id: str
    first_at: datetime
    last_at: datetime
    refused: int
    others: int
    operations: tuple[str, ...]

    @property
    def calls(self) -> int:
        return self.refused + self.others

    @property
    def density(self) -> float:
        return self.refused / self.calls


@dataclass(frozen=True, slots=True)
class RateLimitWindow:
    """From the first refused call to the last; `others` are the calls between them that were not.

    Whoever was refused last rests until `rests_until`: before that nobody knows whether it is over.
    """

    scope: WindowScope
    key: str
    first_at: datetime
    last_at: datetime
    refused: int
    others: int
    rests_until: datetime
    by_shop: tuple[ShopShare, ...] = ()
    job_runs: tuple[str, ...] = ()

    @property
    def shops(self) -> tuple[str, ...]:
        return tuple(each.shop_id for each in self.by_shop)

    @property
    def operations(self) -> tuple[str, ...]:
        return tuple(sorted({each for share in self.by_shop for each in share.operations}))

    @property
    def calls(self) -> int:
        return self.refused + self.others

    @property
    def seconds(self) -> float:
        return (self.last_at - self.first_at).total_seconds()

    @property
    def density(self) -> float:
        """The refused share of the calls within."""
        return self.refused / self.calls

    @property
    def refused_per_minute(self) -> float:
        return self.refused / max(self.seconds / 60, 1 / 60)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one refused call adds and one other call takes away."""

    refused: float
    other: float

    @classmethod
    def beside(cls, quiet_share: float) -> "Evidence":
        stray = min(STRAY_AT_MOST, max(STRAY_AT_LEAST, 2 * quiet_share))
        return cls(log(INSIDE / stray), log((1 - stray) / (1 - INSIDE)))


@dataclass
class _Span:
    """One that may become a window: what was seen since it began, and as it stood at its best."""

    first_us: int
    last_us: int
    rests_until_us: int = 0
    score: float = 0.0
    best: float = 0.0
    counted: list[int] = field(default_factory=lambda: [0, 0])
    best_counted: tuple[int, int] = (0, 0)
    best_last_us: int = 0

    def take(self, moment: Mapping[str, Any], gain: float) -> None:
        self.counted[0] += moment["refused"]
        self.counted[1] += moment["others"]
        self.score += gain
        last_us: int | None = moment["refused_last_us"]
        if last_us is None:
            return
        self.last_us = last_us
        self.rests_until_us = max(last_us, moment["rests_until_us"] or 0)
        if self.score > self.best:
            self.best = self.score
            self.best_counted = (self.counted[0], self.counted[1])
            self.best_last_us = last_us

    def is_over(self, now_us: int) -> bool:
        faded = self.score <= 0 or self.best - self.score > ENOUGH_EVIDENCE
        silent_us = now_us - self.rests_until_us
        return faded or silent_us > LONGEST_SILENCE.total_seconds() * _MICROSECONDS


def find_windows(
    scope: WindowScope, moments: Iterable[Mapping[str, Any]], evidence: Evidence
) -> Iterator[RateLimitWindow]:
    """Moments are a few seconds of one key each, by key and in the order of time."""
    span: _Span | None = None
    key = ""
    for moment in moments:
        if span is not None and (moment["key"] != key or span.is_over(moment["first_us"])):
            yield from _counted(scope, key, span)
            span = None
        key = moment["key"]
        refused, others = moment["refused"], moment["others"]
        gain = refused * evidence.refused - others * evidence.other
        if span is None and gain > 0:
            span = _Span(moment["refused_first_us"], moment["refused_last_us"])
        if span is not None:
            span.take(moment, gain)
    if span is not None:
        yield from _counted(scope, key, span)


def _counted(scope: WindowScope, key: str, span: _Span) -> Iterator[RateLimitWindow]:
    if span.best < ENOUGH_EVIDENCE:
        return
    refused, others = span.best_counted
    yield RateLimitWindow(
        scope,
        key,
        _instant(span.first_us),
        _instant(span.best_last_us),
        refused,
        others,
        _instant(span.rests_until_us),
    )


def _instant(microseconds: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=microseconds)
