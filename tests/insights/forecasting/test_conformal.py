import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotdash.insights.forecasting import conformal
from hotdash.insights.forecasting.conformal import HIGH, LOW, error_quantile, recent_tails
from hotdash.insights.forecasting.pooled import pooled_range


def test_ten_errors_tell_a_tenth_at_either_end():
    # The place of .9 among ten is the 9.9th: between the ninth (9) and the tenth (10).
    errors = np.arange(1.0, 11.0)
    assert error_quantile(errors, 0.9) == pytest.approx(9.9)
    assert error_quantile(errors, 0.1) == pytest.approx(1.1)


def test_nine_errors_tell_nothing():
    assert np.isnan(error_quantile(np.arange(9.0), HIGH))
    assert np.isnan(error_quantile(np.append(np.arange(9.0), np.nan), HIGH))


def test_overlapping_windows_widen_the_range():
    # Twenty of which two say as much as one are ten: .9 * 11 / 10 = .99, the 19.8th of twenty.
    assert error_quantile(np.arange(1.0, 21.0), 0.9, overlap=2) == pytest.approx(19.8)


@given(st.lists(st.floats(-1e6, 1e6), min_size=10, max_size=60), st.integers(0, 10))
def test_a_range_is_ordered_and_lies_among_the_errors(errors: list[float], unknown: int):
    known = np.array(errors + [np.nan] * unknown)
    low, high = error_quantile(known, LOW), error_quantile(known, HIGH)
    assert min(errors) <= low <= high <= max(errors)


def test_the_next_error_lies_within_eight_of_ten_times():
    chance = np.random.default_rng(11)
    errors, following = chance.standard_t(3, (20_000, 19)), chance.standard_t(3, 20_000)
    inside = (following >= error_quantile(errors, LOW)) & (
        following <= error_quantile(errors, HIGH)
    )
    assert 0.79 <= inside.mean() <= 0.81


class TestRecent:
    def test_all_counting_alike_they_are_the_quantiles(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(conformal, "RECENT", 1.0)
        errors = np.random.default_rng(2).normal(0, 1, 25)
        told = recent_tails(errors, np.arange(25.0), overlap=1.0)
        assert told == pytest.approx(
            [float(error_quantile(errors, share)) for share in (LOW, HIGH)]
        )

    def test_newer_errors_count_for_more(self):
        errors = np.concatenate([np.tile([-1.0, 1.0], 15), np.tile([-3.0, 3.0], 5)])
        low, high = recent_tails(errors, np.arange(39.0, -1, -1), overlap=1.0)
        older_low, older_high = recent_tails(errors, np.arange(40.0), overlap=1.0)
        assert low < older_low < 0 < older_high < high

    def test_too_few_to_be_counted_reach_by_students_t(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(conformal, "RECENT", 1.0)
        # Ten of which 2.5 say as much as one are four; with four degrees t(.9) is 1.533.
        errors = np.tile([-2.0, 2.0], 5)
        low, high = recent_tails(errors, np.arange(10.0), overlap=2.5)
        assert (low, high) == pytest.approx((-2 * 1.5332, 2 * 1.5332), abs=0.001)

    def test_nine_tell_nothing(self):
        known = np.append(np.arange(9.0), np.nan)
        assert np.isnan(recent_tails(known, np.arange(10.0), overlap=1.0)).all()


class TestPooled:
    def test_errors_that_stay_as_they_are_are_covered_as_promised(self):
        chance = np.random.default_rng(3)
        spread = chance.uniform(1, 30, (400, 1))
        errors, foretold = chance.normal(0, spread, (400, 40)), np.repeat(spread, 41, axis=1)
        found = pooled_range(errors, foretold, settled_after=2)
        assert found.judged == 400 * (40 - 10 - 2 * 2 + 1)
        assert found.coverage == pytest.approx(0.8, abs=0.01)

    def test_what_comes_later_changes_no_judgement_of_before(self):
        chance = np.random.default_rng(4)
        errors, foretold = chance.normal(0, 2, (50, 30)), np.full((50, 31), 5.0)
        before = pooled_range(errors[:, :29], foretold[:, :30], settled_after=2)
        errors[:, 29] = 1e6
        after = pooled_range(errors, foretold, settled_after=2)
        # The last window itself is judged, and lies outside.
        assert (after.held, after.judged) == (before.held, before.judged + 50)

    def test_a_young_item_borrows_the_spread_of_its_shop(self):
        chance = np.random.default_rng(5)
        errors = chance.normal(0, 6, (300, 40))
        errors[0] = np.nan
        found = pooled_range(errors, np.full((300, 41), 9.0), settled_after=1)
        # 36 where chance alone would make 9: four times as much, for the young one too.
        assert found.spread[0] == pytest.approx(36, rel=0.1)
        assert 6 < found.above[0] < 9.5

    def test_without_any_error_known_demand_comes_by_chance_alone(self):
        found = pooled_range(np.full((1, 40), np.nan), np.full((1, 41), 16.0), settled_after=1)
        assert found.coverage is None
        assert found.spread[0] == pytest.approx(16.0)
        assert found.above[0] == pytest.approx(1.2816 * 4)
