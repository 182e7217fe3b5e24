"""Which part of a dimension an anomaly comes from, in contributions that add up to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hotdash.insights.contributions import (
    Driver,
    Part,
    RatioPart,
    drivers_of_product,
    drivers_of_ratio,
    drivers_of_sum,
)

Parts = Mapping[str, Mapping[date, Decimal]]
"""By the value of a dimension; a day a part has nothing on is not in it."""
NAMED_FROM = 0.5
"""What drives it makes half of the change, and takes so much of what the others would have had of it."""
_FINE = Decimal("0.00000001")


@dataclass(frozen=True, slots=True)
class Driven:
    """named is the part that stands out, None where all parts changed alike."""

    dimension: str
    drivers: tuple[Driver, ...]
    named: str | None
    surprise: float


def driven_sum(
    dimension: str,
    parts: Parts,
    days: tuple[date, Sequence[date]],
    whole: tuple[Decimal, Decimal],
    unit: Decimal,
) -> Driven | None:
    """days are the judged one and those it is compared with; whole is what it had and what was expected.

    What a part usually has is its mean over the like days, in proportion to what was expected of the whole.
    """
    day, alike = days
    now, expected = whole
    means = {
        name: sum((told.get(each, Decimal(0)) for each in alike), Decimal(0)) / max(len(alike), 1)
        for name, told in parts.items()
    }
    size = sum(means.values(), Decimal(0))
    if not alike or size <= 0:
        return None
    usual = _in_proportion(means, expected, size)
    told = [Part(name, parts[name].get(day, Decimal(0)), usual[name]) for name in sorted(parts)]
    drivers = drivers_of_sum(told, now, expected, unit)
    shares = {each.name: float(each.before / expected) if expected else 0.0 for each in told}
    return _named(dimension, drivers, now - expected, shares)


def driven_ratio(
    dimension: str,
    above: Parts,
    below: Parts,
    days: tuple[date, Sequence[date]],
    unit: Decimal,
) -> Driven | None:
    """Against the ratio of the like days together, which mix and rate add up to."""
    day, alike = days
    names = sorted(above.keys() | below.keys())
    found = [
        RatioPart(
            name,
            _on(above, name, [day]),
            _on(below, name, [day]),
            _on(above, name, alike),
            _on(below, name, alike),
        )
        for name in names
    ]
    whole = RatioPart(
        dimension,
        *(sum((getattr(each, side) for each in found), Decimal(0)) for side in _SIDES),
    )
    if not whole.per_now or not whole.per_before:
        return None
    drivers = drivers_of_ratio(found, whole, unit)
    change = whole.now / whole.per_now - whole.before / whole.per_before
    shares = {each.name: float(each.per_before / whole.per_before) for each in found}
    return _named(dimension, drivers, change, shares)


_SIDES = ("now", "per_now", "before", "per_before")


def orders_and_value(
    orders: tuple[Decimal, Decimal], revenue: tuple[Decimal, Decimal], unit: Decimal
) -> tuple[Driver, ...]:
    """Whether there were fewer orders or smaller ones; nothing where one of the days had none."""
    if not orders[0] or orders[1] <= 0:
        return ()
    counted = Part("Number of orders", orders[0], orders[1])
    return drivers_of_product(counted, "Order value (AOV)", revenue[0], revenue[1], unit)


def most_surprising(found: Sequence[Driven]) -> Driven | None:
    """The dimension in which one part stands out most."""
    return max(found, key=lambda each: each.surprise, default=None)


def _in_proportion(
    means: Mapping[str, Decimal], expected: Decimal, size: Decimal
) -> dict[str, Decimal]:
    """The largest part takes what rounding leaves, so that they sum to what was expected."""
    times = Fraction(expected) / Fraction(size)
    found = {
        name: (
            Decimal((Fraction(mean) * times).numerator) / (Fraction(mean) * times).denominator
        ).quantize(_FINE)
        for name, mean in means.items()
    }
    largest = max(found, key=lambda name: (found[name], name))
    found[largest] += expected - sum(found.values(), Decimal(0))
    return found


def _on(parts: Parts, name: str, days: Sequence[date]) -> Decimal:
    told = parts.get(name, {})
    return sum((told.get(day, Decimal(0)) for day in days), Decimal(0))


def _named(
    dimension: str, drivers: tuple[Driver, ...], change: Decimal, shares: Mapping[str, float]
) -> Driven:
    """Only what went the way of the whole can drive it."""
    if not change:
        return Driven(dimension, drivers, None, 0.0)
    of_change = {each.name: float(each.change / change) for each in drivers if each.name in shares}
    surprises = {
        name: (share - shares[name]) / (1 - shares[name])
        for name, share in of_change.items()
        if share > 0 and shares[name] < 1
    }
    best = max(surprises, key=lambda name: (surprises[name], name), default=None)
    if best is None:
        # Of a dimension with one part alone it is that one, which surprises nobody.
        only = next((name for name, share in shares.items() if share >= 1), None)
        return Driven(dimension, drivers, only, 0.0)
    is_named = min(surprises[best], of_change[best]) >= NAMED_FROM
    return Driven(dimension, drivers, best if is_named else None, surprises[best])
