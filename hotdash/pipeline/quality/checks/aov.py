"""Whether the average order value of the last closed day lies within two standard deviations of four weeks."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from hotdash.base.robust import mean_before, sigma_before
from hotdash.pipeline.quality.checks.watched import MartsOf, Watched, series_check
from hotdash.pipeline.quality.findings import Check, Finding, Severity, finding_of

NAME = "aov_within_two_sigma"
SIGMAS = 2
AVERAGED_DAYS = 28
# An average of fewer orders says more about the orders than about the day.
LEAST_ORDERS = 5

_WHY = "The average order value of a day is far from that of the weeks before it."


def average_order_values(watched: Sequence[Watched]) -> list[Watched]:
    """Of every shop whose orders and revenue are both told, on the days that have enough orders."""
    orders = {each.shop_id: each for each in watched if each.kind.name == "orders"}
    found: list[Watched] = []
    for each in watched:
        if each.kind.name == "revenue" and each.shop_id in orders:
            counts = orders[each.shop_id].days
            values = {
                day: revenue / counts[day]
                for day, revenue in each.days.items()
                if counts.get(day, Decimal(0)) >= LEAST_ORDERS
            }
            labelled = each.labelled | orders[each.shop_id].labelled
            found.append(replace(each, days=values, labelled=labelled))
    return found


def aov_checks(watched: Sequence[Watched], marts_of: MartsOf) -> Iterator[Check]:
    averages = average_order_values(watched)
    if averages:
        yield _check(averages, marts_of)


def aov_findings(watched: Sequence[Watched], marts_of: MartsOf) -> Iterator[Finding]:
    averages = average_order_values(watched)
    for each in averages:
        sentence = judge(each)
        if sentence is not None:
            yield finding_of(_check(averages, marts_of), each.shop_id, sentence=sentence)


def judge(average: Watched) -> str | None:
    mean = mean_before(average.days, average.day, AVERAGED_DAYS, average.labelled)
    sigma = sigma_before(average.days, average.day, AVERAGED_DAYS, average.labelled)
    value = average.value
    if value is None or mean is None or not sigma or abs(value - mean) <= SIGMAS * sigma:
        return None
    return (
        f"{average.day.isoformat()} has an average order value of {value:,.2f}; in the four weeks "
        f"before it was {mean:,.2f}, give or take {sigma:,.2f}."
    )


def _check(averages: Sequence[Watched], marts_of: MartsOf) -> Check:
    kind, shops = averages[0].kind, [each.shop_id for each in averages]
    return series_check(NAME, kind, Severity.WARNING, _WHY, marts_of, shops)
