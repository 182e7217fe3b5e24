"""The rules over daily series, asked of every day of two years as they were asked on that day."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from benchmarks.watched_world import Struck, WatchedWorld
from hotdash.base.robust import Days, mean_before, robust_z, sigma_before
from hotdash.pipeline.quality.checks.aov import aov_findings
from hotdash.pipeline.quality.checks.jumps import jump_findings
from hotdash.pipeline.quality.checks.volume import FOR_THE_DIGEST, volume_findings
from hotdash.pipeline.quality.checks.watched import Watched
from hotdash.pipeline.quality.findings import Severity

# Before that there is no baseline to judge by.
WARMED_UP = timedelta(days=57)
_DROPPED = Decimal("0.3")


@dataclass(frozen=True)
class Told:
    """What a check said about a day; series is that of its rule."""

    shop_id: str
    day: date
    check: str
    severity: Severity


@dataclass(frozen=True)
class Replay:
    world: WatchedWorld
    told: tuple[Told, ...]

    @property
    def alerts(self) -> list[Told]:
        return [each for each in self.told if each.severity is not Severity.INFO]

    @property
    def false_alerts(self) -> list[Told]:
        """No incident lies on the day, nor on the one before: coming back from a drop is its echo."""
        return [each for each in self.alerts if not self._is_explained(each)]

    def false_per_week(self, shop_id: str | None = None) -> float:
        false = [each for each in self.false_alerts if shop_id in (None, each.shop_id)]
        return len(false) / self.judged_weeks

    @property
    def judged_weeks(self) -> float:
        return self.world.weeks - WARMED_UP.days / 7

    def false_by_check(self) -> list[tuple[str, int]]:
        return Counter(each.check for each in self.false_alerts).most_common()

    def judged_incidents(self) -> list[Struck]:
        first = min(min(each.days) for each in self.world.series) + WARMED_UP
        return [each for each in self.world.incidents if each.day >= first]

    def is_caught(self, incident: Struck, *, by_alert: bool) -> bool:
        told = self.alerts if by_alert else self.told
        return any(
            (each.shop_id, each.day) == (incident.shop_id, incident.day)
            and any(series in each.check for series in incident.series)
            for each in told
        )

    def _is_explained(self, told: Told) -> bool:
        return any(
            incident.shop_id == told.shop_id
            and incident.day in (told.day, told.day - timedelta(days=1))
            for incident in self.world.incidents
        )


def replay(world: WatchedWorld) -> Replay:
    return Replay(world, tuple(_told(world)))


def _told(world: WatchedWorld) -> Iterator[Told]:
    for shop_id in world.shops:
        series = [each for each in world.series if each.shop_id == shop_id]
        first, last = min(min(each.days) for each in series), max(each.day for each in series)
        for number in range((last - first - WARMED_UP).days + 1):
            day = first + WARMED_UP + timedelta(days=number)
            yield from _told_on(shop_id, [as_of(each, day) for each in series], day)


def as_of(series: Watched, day: date) -> Watched:
    """What was known then: no later days, and no labels of them."""
    return replace(
        series,
        day=day,
        days={each: series.days[each] for each in _window(day) if each in series.days},
        labelled=frozenset(each for each in series.labelled if each < day),
    )


def _window(day: date) -> list[date]:
    return [day - timedelta(days=back) for back in range(140, -1, -1)]


def _told_on(shop_id: str, series: Sequence[Watched], day: date) -> Iterator[Told]:
    for rule in (volume_findings, jump_findings, aov_findings):
        for finding in rule(series, lambda _mart: frozenset[str]()):
            yield Told(shop_id, day, finding.check, finding.severity)


@dataclass(frozen=True)
class Power:
    """Of one shop's days made 70% smaller one by one, and of its days as they were: how many each rule names."""

    shop_id: str
    days: int
    orders_a_day: int
    robust: int
    plain: int
    robust_unchanged: int
    plain_unchanged: int

    @property
    def told(self) -> str:
        return (
            f"{self.shop_id} ({self.orders_a_day} orders a day): {self.robust / self.days:.0%} "
            f"against {self.plain / self.days:.0%}, of days as they were "
            f"{self.robust_unchanged / self.days:.1%} against {self.plain_unchanged / self.days:.1%}"
        )


def power_over_drops(orders: Watched) -> Power:
    days = sorted(orders.days)[WARMED_UP.days :]
    found: list[tuple[bool, bool, bool, bool]] = []
    for day in days:
        known = as_of(orders, day)
        dropped = {**known.days, day: (known.days[day] * _DROPPED).to_integral_value()}
        found.append(
            (
                _is_unusual(dropped, known),
                _is_beyond_three_sigma(dropped, day),
                _is_unusual(known.days, known),
                _is_beyond_three_sigma(known.days, day),
            )
        )
    mean = sum(orders.days.values(), Decimal(0)) / len(orders.days)
    return Power(orders.shop_id, len(days), round(mean), *map(sum, zip(*found, strict=True)))


def _is_unusual(days: Days, known: Watched) -> bool:
    seen = robust_z(days, known.day, known.labelled, counted=True)
    return seen is not None and abs(seen.z) > FOR_THE_DIGEST


def _is_beyond_three_sigma(days: Days, day: date) -> bool:
    """The plain rule: of the seven days before."""
    mean, sigma = mean_before(days, day, 7), sigma_before(days, day, 7)
    return mean is not None and sigma is not None and abs(days[day] - mean) > 3 * sigma
