"""Drivers add up to the change that is shown, whatever the numbers; small weeks are reckoned by hand."""

from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from hotdash.insights.contributions import (
    Part,
    RatioPart,
    drivers_of_product,
    drivers_of_ratio,
    drivers_of_sum,
    rounded,
)

CENT, YEN = Decimal("0.01"), Decimal(1)
amounts = st.decimals(-10_000, 10_000, places=4)
counts = st.integers(1, 500).map(Decimal)
units = st.sampled_from([CENT, YEN, Decimal("0.001")])
parts = st.lists(st.tuples(amounts, amounts), max_size=12)


def _sum(drivers: object) -> Decimal:
    return sum((each.change for each in drivers), Decimal(0))  # type: ignore[attr-defined]


@given(parts, amounts, amounts, units)
def test_a_sum_adds_up_with_its_rest(
    given_parts: list[tuple[Decimal, Decimal]], now: Decimal, before: Decimal, unit: Decimal
) -> None:
    named = [Part(f"p{n}", *each) for n, each in enumerate(given_parts)]
    drivers = drivers_of_sum(named, now, before, unit)
    assert _sum(drivers) == rounded(now, unit) - rounded(before, unit)


@given(counts, counts, amounts, amounts, units)
def test_orders_and_value_add_up(
    orders: Decimal, orders_before: Decimal, now: Decimal, before: Decimal, unit: Decimal
) -> None:
    drivers = drivers_of_product(Part("orders", orders, orders_before), "value", now, before, unit)
    assert _sum(drivers) == rounded(now, unit) - rounded(before, unit)


# Also parts that are new, gone, or divided by nothing in both weeks.
or_none = st.one_of(st.just(Decimal(0)), counts)


@given(st.lists(st.tuples(amounts, or_none, amounts, or_none), min_size=1, max_size=9), units)
def test_mix_and_rate_add_up(
    given_parts: list[tuple[Decimal, Decimal, Decimal, Decimal]], unit: Decimal
) -> None:
    named = [RatioPart(f"p{n}", *each) for n, each in enumerate(given_parts)]
    now, per_now, before, per_before = (
        sum(column, Decimal(0)) for column in zip(*given_parts, strict=True)
    )
    assume(per_now and per_before)
    drivers = drivers_of_ratio(named, RatioPart("all", now, per_now, before, per_before), unit)
    change = rounded(now / per_now, unit) - rounded(before / per_before, unit)
    assert _sum(drivers) == change
    assert all(each.mix + each.rate == each.change for each in drivers)
    counted = all(per or not value for n, p, b, q in given_parts for value, per in ((n, p), (b, q)))
    assert not counted or not any(each.is_rest for each in drivers)


def test_a_part_that_is_new_or_gone_is_mix_alone() -> None:
    named = [
        RatioPart("gone", Decimal(0), Decimal(0), Decimal(300), Decimal(3)),
        RatioPart("stays", Decimal(50), Decimal(1), Decimal(50), Decimal(1)),
        RatioPart("new", Decimal(60), Decimal(1), Decimal(0), Decimal(0)),
    ]
    whole = RatioPart("all", Decimal(110), Decimal(2), Decimal(350), Decimal(4))
    drivers = {each.name: each for each in drivers_of_ratio(named, whole, CENT)}
    # 110/2 = 55.00 and 350/4 = 87.50: a change of -32.50; the middle is 71.25.
    # gone: share 3/4 -> 0, value 100: -0.75 x (100 - 71.25) = -21.5625.
    # stays: share 1/4 -> 1/2, value 50: 0.25 x (50 - 71.25) = -5.3125.
    # new: share 0 -> 1/2, value 60: 0.5 x (60 - 71.25) = -5.625. Together -32.50.
    assert {name: each.mix for name, each in drivers.items()} == {
        "gone": Decimal("-21.56"),
        "stays": Decimal("-5.31"),
        "new": Decimal("-5.63"),
    }
    assert {each.rate for each in drivers.values()} == {Decimal(0)}


@given(parts, amounts, amounts, units)
def test_a_sum_is_whole_units_near_their_own_change(
    given_parts: list[tuple[Decimal, Decimal]], now: Decimal, before: Decimal, unit: Decimal
) -> None:
    named = [Part(f"p{n}", *each) for n, each in enumerate(given_parts)]
    for each in drivers_of_sum(named, now, before, unit, most=99):
        assert each.change == rounded(each.change, unit)
        if not each.is_rest:
            part = given_parts[int(each.name[1:])]
            assert abs(each.change - (part[0] - part[1])) <= 2 * unit


def test_what_no_part_has_is_other_and_not_hidden() -> None:
    drivers = drivers_of_sum(
        [Part("Hose", Decimal(70), Decimal(50))], Decimal(100), Decimal(60), CENT
    )
    # 100 - 60 = 40; the hose brought 70 - 50 = 20, so 20 belong to nothing named.
    assert [(each.name, each.change) for each in drivers] == [("Hose", 20), ("Other", 20)]
    assert drivers[-1].is_rest


def test_orders_and_value_by_hand() -> None:
    # 4 orders of 100.00 became 5 of 80.00: revenue stayed at 400.00.
    drivers = drivers_of_product(
        Part("orders", Decimal(5), Decimal(4)), "value", Decimal(400), Decimal(400), CENT
    )
    # One more order at the mean of 100 and 80 is +90; 20 less at the mean of 4 and 5 orders is -90.
    assert [each.change for each in drivers] == [90, -90]


def test_mix_and_rate_by_hand() -> None:
    named = [
        RatioPart("new", Decimal(150), Decimal(3), Decimal(50), Decimal(1)),
        RatioPart("known", Decimal(120), Decimal(1), Decimal(300), Decimal(3)),
    ]
    whole = RatioPart("all", Decimal(270), Decimal(4), Decimal(350), Decimal(4))
    drivers = {each.name: each for each in drivers_of_ratio(named, whole, CENT)}
    # 270/4 = 67.50 and 350/4 = 87.50: a change of -20.00; the middle is 77.50.
    # new: share 1/4 -> 3/4, value 50 -> 50: mix 0.5 * (50 - 77.5) = -13.75, rate 0.
    # known: share 3/4 -> 1/4, value 100 -> 120: mix -0.5 * (110 - 77.5) = -16.25, rate 20 * 0.5 = 10.
    assert (drivers["new"].mix, drivers["new"].rate) == (Decimal("-13.75"), 0)
    assert (drivers["known"].mix, drivers["known"].rate) == (Decimal("-16.25"), 10)
