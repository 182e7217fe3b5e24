import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as drawn

from hotdash.insights.forecasting import smoothing
from hotdash.insights.forecasting.smoothing import (
    first_level,
    imapa_levels,
    in_blocks,
    longest_block,
    ses_levels,
    tsb_levels,
    weekday_means,
)

DEMAND = drawn.arrays(
    np.float64,
    st.tuples(st.integers(30, 80), st.integers(1, 4)),
    elements=st.one_of(st.integers(0, 9).map(float), st.just(np.nan)),
)


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)[:, None]


def test_ses_by_hand(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(smoothing, "SES_WEIGHTS", (0.5,))
    monkeypatch.setattr(smoothing, "FIRST_DAYS", 1)
    # 4; 4 + .5 (8 - 4) = 6; unknown, 6; 6 + .5 (2 - 6) = 4.
    found = ses_levels(column(4, 8, np.nan, 2), [1, 2, 3, 4])
    assert found[:, 0].tolist() == [4, 6, 6, 4]


def test_tsb_by_hand(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(smoothing, "TSB_WEIGHTS", ((0.5, 0.25),))
    monkeypatch.setattr(smoothing, "FIRST_DAYS", 2)
    # Begins with 4 on every second day: 2. After the 4: chance .5 + .25 * .5 = .625, size 4: 2.5.
    # After the 0: .625 * .75 = .46875: 1.875. After the 8: .6015625 and 6: 3.609375.
    found = tsb_levels(column(4, 0, 8), [0, 1, 2, 3])
    assert found[:, 0].tolist() == [2, 2.5, 1.875, 3.609375]


def test_imapa_is_the_mean_over_blocks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(smoothing, "SES_WEIGHTS", (0.5,))
    monkeypatch.setattr(smoothing, "FIRST_DAYS", 1)
    demand = column(0, 6, 0, 2)
    # Two days for each sale: blocks of one and of two. Days: 0, 3, 1.5, 1.75. Pairs of mean 3 and 1: 2.
    days = ses_levels(demand, [4])
    assert days[0, 0] == 1.75
    assert imapa_levels(demand, [4], days)[0, 0] == (1.75 + 2) / 2


def test_blocks_end_with_the_newest_day_and_unknown_days_teach_nothing():
    assert in_blocks(column(9, 1, 3, np.nan, 5), 2)[:, 0].tolist() == [2, 5]
    assert np.isnan(in_blocks(column(np.nan, np.nan), 2)[0, 0])


def test_blocks_are_as_long_as_demand_is_rare_and_no_longer_than_two_weeks():
    demand = np.zeros((60, 3))
    demand[:, 0], demand[::3, 1], demand[0, 2] = 1, 1, 1
    assert longest_block(demand).tolist() == [1, 3, 14]


def test_weekdays_are_those_after_the_origin():
    demand = column(*range(17))
    # Days 3..16 are the last two weeks before day 17, which is a weekday with 3 and 10.
    assert weekday_means(demand, 17, 2)[:, 0].tolist() == [6.5, 7.5, 8.5, 9.5, 10.5, 11.5, 12.5]


@settings(max_examples=40)
@given(DEMAND)
def test_a_level_never_leaves_what_was_seen(demand: np.ndarray):
    at = [10, len(demand)]
    ses = ses_levels(demand, at)
    highest = np.nanmax(np.where(np.isnan(demand), 0, demand), axis=0)
    for levels in (ses, tsb_levels(demand, at), imapa_levels(demand, at, ses)):
        assert np.isfinite(levels).all()
        assert (levels >= -1e-9).all()
        assert (levels <= highest + 1e-9).all()


@settings(max_examples=40)
@given(DEMAND, st.integers(0, 40))
def test_no_origin_knows_what_comes_after_it(demand: np.ndarray, origin: int):
    # The first level is that of an item's first four weeks, which every origin has behind it.
    demand[0] = 1
    at = smoothing.FIRST_DAYS + origin
    changed = demand.copy()
    changed[at:] = 1_000
    for method in (ses_levels, tsb_levels):
        assert np.array_equal(method(demand, [at]), method(changed, [at]))


@settings(max_examples=25)
@given(DEMAND)
def test_items_do_not_know_each_other(demand: np.ndarray):
    at = [len(demand)]
    alone = [ses_levels(demand[:, [place]], at)[0, 0] for place in range(demand.shape[1])]
    assert ses_levels(demand, at)[0].tolist() == alone


def test_without_any_known_day_the_level_is_nought():
    demand = np.full((40, 1), np.nan)
    assert first_level(demand).tolist() == [0]
    assert tsb_levels(demand, [40]).tolist() == [[0]]
