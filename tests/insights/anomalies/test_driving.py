"""Which part an anomaly comes from: contributions that add up, and a name only where one part stands out."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from hotdash.insights.anomalies.driving import (
    driven_ratio,
    driven_sum,
    most_surprising,
    orders_and_value,
)

DAY = date(2026, 11, 19)
ALIKE = [DAY - timedelta(weeks=back) for back in range(1, 5)]
CENT = Decimal("0.01")
Amounts = dict[str, tuple[int, int]]


def parts(usual_and_now: Amounts) -> dict[str, dict[date, Decimal]]:
    return {
        name: dict.fromkeys(ALIKE, Decimal(usual)) | {DAY: Decimal(now)}
        for name, (usual, now) in usual_and_now.items()
    }


def driven(usual_and_now: Amounts, dimension: str = "country"):
    now = Decimal(sum(each for _, each in usual_and_now.values()))
    usual = Decimal(sum(each for each, _ in usual_and_now.values()))
    found = driven_sum(dimension, parts(usual_and_now), (DAY, ALIKE), (now, usual), CENT)
    assert found is not None
    return found


amounts = st.integers(0, 10_000)


@given(
    told=st.dictionaries(st.sampled_from("abcdefgh"), st.tuples(amounts, amounts), min_size=1),
    expected=st.decimals(1, 50_000, places=4),
)
def test_contributions_add_up_to_the_difference_that_is_shown(
    told: Amounts, expected: Decimal
) -> None:
    """Also where what was expected of the whole is not what its parts usually have together."""
    now = Decimal(sum(each for _, each in told.values()))
    found = driven_sum("country", parts(told), (DAY, ALIKE), (now, expected), CENT)

    if found is not None:
        shown = now.quantize(CENT) - expected.quantize(CENT, "ROUND_HALF_UP")
        assert sum((each.change for each in found.drivers), Decimal(0)) == shown
    else:
        assert not any(usual for usual, _ in told.values())


def test_the_part_that_stopped_is_named() -> None:
    assert driven({"US": (800, 0), "DE": (200, 200)}).named == "US"
    assert driven({"US": (800, 800), "DE": (200, 0)}).named == "DE"


def test_a_part_that_doubled_while_another_fell_is_what_a_rise_comes_from() -> None:
    found = driven({"US": (800, 1_900), "DE": (200, 150)})

    assert found.named == "US"
    assert [each.name for each in found.drivers] == ["US", "DE"]


def test_where_all_fell_alike_none_is_named() -> None:
    assert driven({"US": (800, 240), "DE": (200, 60)}).named is None


def test_the_dimension_in_which_one_part_stands_out_is_told() -> None:
    alike = driven({"first_time": (500, 150), "repeat": (500, 150)}, "segment")
    apart = driven({"US": (700, 0), "DE": (300, 300)})

    assert most_surprising([alike, apart]) is apart


def test_of_parts_that_never_had_anything_nothing_is_told() -> None:
    told = parts({"US": (0, 5)})

    assert driven_sum("country", told, (DAY, ALIKE), (Decimal(5), Decimal(5)), CENT) is None
    assert driven_sum("country", told, (DAY, []), (Decimal(5), Decimal(5)), CENT) is None


def test_a_ratio_comes_from_the_part_whose_own_fell() -> None:
    """ROAS of two campaigns: search stays at 4, social falls from 4 to 1; together 4 to 2.5."""
    revenue = parts({"search": (400, 400), "social": (400, 100)})
    spend = parts({"search": (100, 100), "social": (100, 100)})

    found = driven_ratio("campaign", revenue, spend, (DAY, ALIKE), CENT)

    assert found is not None
    assert found.named == "social"
    assert sum((each.change for each in found.drivers), Decimal(0)) == Decimal("-1.50")


def test_fewer_orders_or_smaller_ones() -> None:
    """40 orders of $100 become 8 of $100: all of the $3,200 is their number."""
    orders, value = orders_and_value(
        (Decimal(8), Decimal(40)), (Decimal(800), Decimal(4_000)), CENT
    )

    assert (orders.change, value.change) == (Decimal(-3200), Decimal(0))
    assert orders_and_value((Decimal(0), Decimal(40)), (Decimal(0), Decimal(4_000)), CENT) == ()
