"""Drivers add up to the change that is shown, whatever the numbers; small weeks are reckoned by hand."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from hotdash.reports.packet.drivers import (
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


@given(st.lists(st.tuples(amounts, counts, amounts, counts), min_size=1, max_size=9), units)
def test_mix_and_rate_add_up(
    given_parts: list[tuple[Decimal, Decimal, Decimal, Decimal]], unit: Decimal
) -> None:
    named = [RatioPart(f"p{n}", *each) for n, each in enumerate(given_parts)]
    now, per_now, before, per_before = (
        sum(column, Decimal(0)) for column in zip(*given_parts, strict=True)
    )
    drivers = drivers_of_ratio(named, RatioPart("all", now, per_now, before, per_before), unit)
    change = rounded(now / per_now, unit) - rounded(before / per_before, unit)
    assert _sum(drivers) == change
    assert all(each.mix + each.rate == each.change for each in drivers)
    assert not any(each.is_rest for each in drivers)


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
