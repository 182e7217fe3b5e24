from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from hotdash.entrypoints.web.drawing import path, scale_for, tight_scale

amounts = st.decimals(
    min_value=-(10**12), max_value=10**12, places=4, allow_nan=False, allow_infinity=False
)


def decimals(*values: int | None) -> list[Decimal | None]:
    return [None if value is None else Decimal(value) for value in values]


class TestScale:
    def test_steps_read_well_and_zero_is_on_it(self) -> None:
        scale = scale_for(decimals(915, 3524))
        assert scale.ticks == decimals(0, 1000, 2000, 3000, 4000)

    def test_losses_are_on_it_too(self) -> None:
        scale = scale_for(decimals(-40, 90))
        assert scale.low <= -40
        assert Decimal(0) in scale.ticks

    def test_nothing_but_zeroes_still_has_a_scale(self) -> None:
        assert scale_for(decimals(0, 0)).high > 0
        assert scale_for([]).high > 0

    @given(st.lists(amounts, min_size=1, max_size=40))
    def test_every_value_is_on_the_scale(self, values: list[Decimal]) -> None:
        scale = scale_for(values)
        assert scale.low <= min(values)
        assert scale.high >= max(values)
        assert 2 <= len(scale.ticks) <= 9


class TestPath:
    def test_from_low_to_high(self) -> None:
        scale = scale_for(decimals(0, 5))
        assert path(decimals(0, 5), scale, 100, 50) == "M0.0 50.0L100.0 0.0"

    def test_a_missing_day_is_a_gap(self) -> None:
        scale = scale_for(decimals(5))
        drawn = path(decimals(1, None, 3), scale, 100, 50)
        assert drawn.count("M") == 2
        assert "L" not in drawn

    def test_a_sparkline_of_equal_days_is_level(self) -> None:
        flat = decimals(7, 7, 7)
        drawn = path(flat, tight_scale(flat).padded(3, 40), 160, 40)
        assert drawn == "M0.0 37.0L80.0 37.0L160.0 37.0"
