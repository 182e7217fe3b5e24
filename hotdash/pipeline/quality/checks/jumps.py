"""Whether the last closed day left the one before it, or the shop's average, far behind."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from hotdash.base.robust import mean_before
from hotdash.pipeline.quality.checks.watched import (
    KINDS,
    Kind,
    MartsOf,
    Watched,
    by_kind,
    series_check,
    spoken,
)
from hotdash.pipeline.quality.findings import Check, Finding, Severity, finding_of

# Of a handful of orders everything is soon a multiple.
LEAST_ORDERS = 10
AVERAGED_DAYS = 28

Judge = Callable[[Watched], str | None]


@dataclass(frozen=True)
class Rule:
    name: str
    kind: Kind
    why: str
    judge: Judge
    least_orders: int = 0


def rose_beyond(times: int) -> Judge:
    """More than so many times the day before; from nothing no multiple is known."""

    def judge(watched: Watched) -> str | None:
        value, before = watched.value, watched.days.get(watched.day - timedelta(days=1))
        if value is None or before is None or before <= 0:
            return None
        return _told(watched, before, "the day before") if value > times * before else None

    return judge


def above_the_average(watched: Watched) -> str | None:
    """More than twice the average of four weeks."""
    mean = mean_before(watched.days, watched.day, AVERAGED_DAYS, watched.labelled)
    if watched.value is None or not mean:
        return None
    told = _told(watched, mean, "the daily average of four weeks")
    return told if watched.value > 2 * mean else None


def _told(watched: Watched, against: Decimal, what: str) -> str:
    value = watched.value or Decimal(0)
    return (
        f"{watched.day.isoformat()} has {spoken(value)} {watched.kind.told}, "
        f"{value / against:.1f} times {what} ({spoken(against)})."
    )


def _spend(kind: Kind) -> Rule:
    why = f"More than twice the {kind.told} of the day before."
    return Rule(f"{kind.name}_doubled", kind, why, rose_beyond(2))


RULES = (
    Rule(
        "orders_tripled",
        KINDS["orders"],
        "More than three times the orders of the day before.",
        rose_beyond(3),
        LEAST_ORDERS,
    ),
    Rule(
        "orders_above_twice_the_average",
        KINDS["orders"],
        "More than twice the orders of an average day.",
        above_the_average,
        LEAST_ORDERS,
    ),
    Rule(
        "revenue_rose_fivefold",
        KINDS["revenue"],
        "More than five times the revenue of the day before.",
        rose_beyond(5),
        LEAST_ORDERS,
    ),
    *(_spend(kind) for kind in KINDS.values() if kind.is_spend),
)


def jump_checks(watched: Sequence[Watched], marts_of: MartsOf) -> Iterator[Check]:
    series = by_kind(watched)
    for rule in RULES:
        if rule.kind.name in series:
            yield _check(rule, series[rule.kind.name], marts_of)


def jump_findings(watched: Sequence[Watched], marts_of: MartsOf) -> Iterator[Finding]:
    series = by_kind(watched)
    orders = {each.shop_id: each.value or 0 for each in series.get("orders", [])}
    for rule in RULES:
        asked = series.get(rule.kind.name, [])
        for each in asked:
            if orders.get(each.shop_id, 0) < rule.least_orders:
                continue
            sentence = rule.judge(each)
            if sentence is not None:
                check = _check(rule, asked, marts_of)
                yield finding_of(check, each.shop_id, sentence=sentence)


def _check(rule: Rule, asked: Sequence[Watched], marts_of: MartsOf) -> Check:
    shops = [each.shop_id for each in asked]
    return series_check(rule.name, rule.kind, Severity.WARNING, rule.why, marts_of, shops)
