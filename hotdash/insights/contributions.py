"""Why a number changed, in parts that add up to the change exactly: fractions inside, whole minor units outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import floor

REST = "Other"
MOST = 6
_HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Driver:
    """One part of a change; mix and rate are told of ratios and are its two halves."""

    name: str
    now: Decimal | None
    before: Decimal | None
    change: Decimal
    mix: Decimal | None = None
    rate: Decimal | None = None
    is_rest: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What one value of a dimension had in both weeks."""

    name: str
    now: Decimal
    before: Decimal


@dataclass(frozen=True, slots=True)
class RatioPart:
    """The same of a ratio: what is divided, and by what."""

    name: str
    now: Decimal
    per_now: Decimal
    before: Decimal
    per_before: Decimal


@dataclass(frozen=True, slots=True)
class _Effect:
    name: str
    now: Decimal | None
    before: Decimal | None
    cells: tuple[Fraction, ...]
    is_rest: bool = False

    @property
    def size(self) -> Fraction:
        return abs(sum(self.cells, Fraction()))


def drivers_of_sum(
    parts: Sequence[Part], now: Decimal, before: Decimal, unit: Decimal, most: int = MOST
) -> tuple[Driver, ...]:
    """Each part's own change; what no part has stands as a part of its own."""
    effects = [
        _Effect(each.name, each.now, each.before, (Fraction(each.now) - Fraction(each.before),))
        for each in parts
    ]
    known_now = sum((each.now for each in parts), Decimal(0))
    known_before = sum((each.before for each in parts), Decimal(0))
    if (known_now, known_before) != (now, before):
        rest = now - known_now, before - known_before
        effects.append(_Effect(REST, *rest, (Fraction(rest[0] - rest[1]),), is_rest=True))
    return _told(_folded(effects, most), rounded(now, unit) - rounded(before, unit), unit)


def drivers_of_product(
    counted: Part, each_name: str, now: Decimal, before: Decimal, unit: Decimal
) -> tuple[Driver, ...]:
    """How many there were and what each was worth: each at the mean of the other, so that neither comes first.

    The caller sees to it that something was counted in both weeks.
    """
    worth_now = Fraction(now) / Fraction(counted.now)
    worth_before = Fraction(before) / Fraction(counted.before)
    number, mean_number = _changes(counted)
    worth, mean_worth = worth_now - worth_before, (worth_now + worth_before) * _HALF
    shown = [rounded(_decimal(each), unit) for each in (worth_now, worth_before)]
    effects = [
        _Effect(counted.name, counted.now, counted.before, (number * mean_worth,)),
        _Effect(each_name, shown[0], shown[1], (worth * mean_number,)),
    ]
    return _told(effects, rounded(now, unit) - rounded(before, unit), unit)


def drivers_of_ratio(
    parts: Sequence[RatioPart], whole: RatioPart, unit: Decimal, most: int = MOST
) -> tuple[Driver, ...]:
    """Mix: how much of the whole a part is. Rate: what the part itself reaches. Both weeks' means weigh.

    The caller sees to it that the whole is divided by something in both weeks.
    """
    ratio_now = Fraction(whole.now) / Fraction(whole.per_now)
    ratio_before = Fraction(whole.before) / Fraction(whole.per_before)
    middle = (ratio_now + ratio_before) * _HALF
    effects = [_ratio_effect(each, whole, middle, unit) for each in parts]
    left = ratio_now - ratio_before - sum((sum(each.cells) for each in effects), Fraction())
    if left:
        effects.append(_Effect(REST, None, None, (Fraction(), left), is_rest=True))
    total = rounded(_decimal(ratio_now), unit) - rounded(_decimal(ratio_before), unit)
    return _told(_folded(effects, most), total, unit)


def rounded(value: Decimal, unit: Decimal) -> Decimal:
    return value.quantize(unit, rounding=ROUND_HALF_UP)


def apportioned(exact: Sequence[Fraction], total: Decimal, unit: Decimal) -> list[Decimal]:
    """Whole units that sum to the total, each as near to its exact value as that allows."""
    sizes = [each / Fraction(unit) for each in exact]
    units = [floor(each) for each in sizes]
    by_remainder = sorted(range(len(sizes)), key=lambda place: (units[place] - sizes[place], place))
    left = int(total / unit) - sum(units)
    step = 1 if left > 0 else -1
    order = by_remainder if left > 0 else by_remainder[::-1]
    for turn in range(abs(left)):
        units[order[turn % len(order)]] += step
    return [each * unit for each in units]


def _changes(part: Part) -> tuple[Fraction, Fraction]:
    """How far it went, and its mean."""
    now, before = Fraction(part.now), Fraction(part.before)
    return now - before, (now + before) * _HALF


def _ratio_effect(part: RatioPart, whole: RatioPart, middle: Fraction, unit: Decimal) -> _Effect:
    own_now, own_before = _ratio(part.now, part.per_now), _ratio(part.before, part.per_before)
    share_now = Fraction(part.per_now) / Fraction(whole.per_now)
    share_before = Fraction(part.per_before) / Fraction(whole.per_before)
    # A part that is not there in one week has no rate to change: its coming or going is mix alone.
    at_now = own_now if own_now is not None else own_before
    at_before = own_before if own_before is not None else own_now
    if at_now is None or at_before is None:
        return _Effect(part.name, None, None, (Fraction(), Fraction()))
    mix = (share_now - share_before) * ((at_now + at_before) * _HALF - middle)
    rate = (at_now - at_before) * (share_now + share_before) * _HALF
    shown = [
        None if each is None else rounded(_decimal(each), unit) for each in (own_now, own_before)
    ]
    return _Effect(part.name, shown[0], shown[1], (mix, rate))


def _ratio(above: Decimal, below: Decimal) -> Fraction | None:
    return Fraction(above) / Fraction(below) if below else None


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _folded(effects: Sequence[_Effect], most: int) -> list[_Effect]:
    """The largest first; the small ones together; what has no name last."""
    named = sorted(
        (each for each in effects if not each.is_rest and any(each.cells)),
        key=lambda each: (-each.size, each.name),
    )
    rest = [each for each in effects if each.is_rest]
    small = named[most:] if len(named) > most + 1 else []
    if not small:
        return [*named, *rest]
    is_sum = len(small[0].cells) == 1
    together = _Effect(
        f"{len(small)} more",
        sum((each.now or Decimal(0) for each in small), Decimal(0)) if is_sum else None,
        sum((each.before or Decimal(0) for each in small), Decimal(0)) if is_sum else None,
        tuple(
            sum(cells, Fraction()) for cells in zip(*(each.cells for each in small), strict=True)
        ),
    )
    return [*named[:most], together, *rest]


def _told(effects: Sequence[_Effect], total: Decimal, unit: Decimal) -> tuple[Driver, ...]:
    flat = [cell for each in effects for cell in each.cells]
    shares = iter(apportioned(flat, total, unit))
    drivers: list[Driver] = []
    for each in effects:
        cells = [next(shares) for _ in each.cells]
        mix, rate = cells if len(cells) == 2 else (None, None)
        drivers.append(
            Driver(
                *(each.name, each.now, each.before, sum(cells, Decimal(0)), mix, rate),
                is_rest=each.is_rest,
            )
        )
    return tuple(drivers)
