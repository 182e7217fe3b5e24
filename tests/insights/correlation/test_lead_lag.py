"""No links in independent series, a planted one where it was planted, and the arithmetic by hand."""

import random
from collections.abc import Callable
from itertools import pairwise
from math import erfc, log, sqrt

import pytest

from hotdash.insights.correlation.innovations import (
    innovations,
    normal_scores,
    past_weights,
    without_weekday_and_trend,
)
from hotdash.insights.correlation.lead_lag import (
    FALSE_SHARE,
    LAGS,
    MOST_LAG,
    LeadLag,
    common_days,
    false_shares,
    lead_lag,
    needed_correlation,
)
from tests.fixtures import chance as drawn
from tests.fixtures.chance import Series

PAIRS = 4
KINDS: dict[str, Callable[[random.Random, int], Series]] = {
    "remembers": lambda chance, days: drawn.remembering(chance, days, [0.6]),
    "remembers long": lambda chance, days: drawn.remembering(chance, days, [0.9]),
    "swings": lambda chance, days: drawn.remembering(chance, days, [1.2, -0.4]),
    "wanders": drawn.wandering,
    "monstrous": drawn.monstrous,
    "rare": drawn.rare,
    "week over week": drawn.week_over_week,
}


def linked(pairs: dict[str, LeadLag | None]) -> list[str]:
    tested = {name: each for name, each in pairs.items() if each is not None}
    shares = false_shares({name: each.chance for name, each in tested.items()})
    return [name for name, each in tested.items() if shares[name] <= FALSE_SHARE and each.is_stable]


class TestChance:
    @pytest.mark.parametrize(("days", "runs"), [(84, 40), (180, 20)])
    def test_independent_series_are_not_linked(self, days: int, runs: int) -> None:
        """Of every kind so many runs of four pairs each: at most 5% of all show any link."""
        chance = random.Random(f"nothing in common {days}")
        shown = {
            name: sum(
                bool(
                    linked(
                        {
                            str(pair): lead_lag(draw(chance, days), draw(chance, days))
                            for pair in range(PAIRS)
                        }
                    )
                )
                for _ in range(runs)
            )
            for name, draw in KINDS.items()
        }
        assert sum(shown.values()) <= 0.05 * runs * len(KINDS), shown

    def test_nor_are_series_with_gaps(self) -> None:
        chance = random.Random("gaps")
        shown = sum(
            bool(
                linked(
                    {
                        str(pair): lead_lag(
                            *(
                                drawn.with_gaps(chance, drawn.remembering(chance, 180, [0.6]), 0.3)
                                for _ in range(2)
                            )
                        )
                        for pair in range(PAIRS)
                    }
                )
            )
            for _ in range(40)
        )
        assert shown <= 2

    def test_without_whitening_it_would_not_hold(self) -> None:
        """The plain correlation of the same series is taken in by their memory in most runs."""
        chance = random.Random("plain")
        taken_in = 0
        for _ in range(40):
            one, other = (drawn.remembering(chance, 180, [0.9]) for _ in range(2))
            taken_in += strongest_plain(one, other) > needed_correlation(180)
        assert taken_in > 20


def strongest_plain(one: Series, other: Series) -> float:
    return max(abs(plain(one, other, lag)) for lag in LAGS)


def plain(one: Series, other: Series, lag: int) -> float:
    pairs = [(one[day], other[day + lag]) for day in range(len(one)) if 0 <= day + lag < len(other)]
    means = [sum(each[side] for each in pairs) / len(pairs) for side in (0, 1)]
    around = [(first - means[0], second - means[1]) for first, second in pairs]
    sizes = [sqrt(sum(each[side] ** 2 for each in around)) for side in (0, 1)]
    return sum(first * second for first, second in around) / (sizes[0] * sizes[1])


def planted(
    chance: random.Random, days: int, lead: int, weight: float
) -> tuple[Series, Series, list[float]]:
    """The second is moved by the surprises of the first, so many days before."""
    surprises = [chance.gauss(0, 1) for _ in range(days + 60)]
    told = iter(surprises)
    first = drawn.remembering(chance, days, [0.5], lambda: next(told))
    moved = drawn.remembering(chance, days, [0.6])
    at = surprises[60:]
    second = [
        value + (weight * at[day - lead] if day >= lead else 0.0) for day, value in enumerate(moved)
    ]
    return first, second, at


class TestPlanted:
    @pytest.mark.parametrize(("weight", "sign"), [(0.8, 1), (-0.8, -1)])
    def test_a_lead_of_three_days_is_found(self, weight: float, sign: int) -> None:
        """Among three pairs that have nothing to do with each other."""
        chance = random.Random(f"three days {weight}")
        found = 0
        for _ in range(20):
            first, second, _ = planted(chance, 180, 3, weight)
            pairs = {"planted": lead_lag(first, second)} | {
                str(each): lead_lag(
                    drawn.remembering(chance, 180, [0.6]), drawn.remembering(chance, 180, [0.6])
                )
                for each in range(PAIRS - 1)
            }
            each = pairs["planted"]
            assert each is not None
            is_it = each.best.lag == 3 and each.best.correlation * sign > 0
            found += "planted" in linked(pairs) and is_it
        assert found >= 19

    def test_the_one_that_leads_may_be_the_second(self) -> None:
        first, second, _ = planted(random.Random("turned"), 200, 3, 1.0)
        turned = lead_lag(second, first)
        assert turned is not None
        assert turned.best.lag == -3
        assert linked({"it": turned}) == ["it"]

    def test_the_same_day(self) -> None:
        first, second, _ = planted(random.Random("same day"), 200, 0, 1.0)
        found = lead_lag(first, second)
        assert found is not None
        assert found.best.lag == 0

    def test_a_link_in_one_half_only_is_not_stable(self) -> None:
        chance = random.Random("one half")
        first, second, _ = planted(chance, 240, 3, 2.0)
        broken = second[:120] + drawn.remembering(chance, 120, [0.6])
        found = lead_lag(first, broken)
        assert found is not None
        assert found.best.lag == 3
        assert found.chance < 0.01
        assert not found.is_stable
        assert linked({"it": found}) == []

    def test_the_same_series_give_the_same_numbers(self) -> None:
        first, second, _ = planted(random.Random("again"), 150, 3, 1.0)
        assert lead_lag(first, second) == lead_lag(list(first), list(second))


class TestParts:
    def test_ranks_are_spread_like_the_normal_distribution(self) -> None:
        assert normal_scores([5.0, None, 1.0, 5.0, 100.0]) == [
            pytest.approx(0.0),
            None,
            pytest.approx(-1.1503, abs=1e-4),
            pytest.approx(0.0),
            pytest.approx(1.1503, abs=1e-4),
        ]

    def test_weekdays_and_a_trend_leave_nothing(self) -> None:
        week = [10.0, 11.0, 15.0, 9.0, 8.0, 30.0, 28.0]
        assert without_weekday_and_trend([week[day % 7] + 0.25 * day for day in range(70)]) is None
        assert lead_lag([1.0] * 100, [float(day % 5) for day in range(100)]) is None

    def test_one_surprise_stands_out_from_its_week(self) -> None:
        rest = without_weekday_and_trend([1.0 if day == 24 else 0.0 for day in range(49)])
        assert rest is not None
        # The mean of its weekday holds a seventh of it; 24 is the middle day and bends no trend.
        assert rest[24] == pytest.approx(6 / 7)
        assert [rest[day] for day in (3, 10, 17, 31)] == pytest.approx([-1 / 7] * 4)
        assert rest[25] == pytest.approx(0)

    def test_the_memory_is_found(self) -> None:
        chance = random.Random("memory")
        told = [0.0]
        while len(told) < 2000:
            told.append(0.7 * told[-1] + chance.gauss(0, 1))
        assert past_weights(told, len(told)) == (pytest.approx(0.7, abs=0.05),)
        assert past_weights([chance.gauss(0, 1) for _ in range(2000)], 2000) == ()

    def test_a_memory_of_two_days(self) -> None:
        chance = random.Random("two days")
        told = [0.0, 0.0]
        while len(told) < 4000:
            told.append(1.2 * told[-1] - 0.4 * told[-2] + chance.gauss(0, 1))
        assert past_weights(told, len(told)) == (
            pytest.approx(1.2, abs=0.05),
            pytest.approx(-0.4, abs=0.05),
        )

    def test_days_that_are_unknown_stay_unknown(self) -> None:
        chance = random.Random("holes")
        told = drawn.with_gaps(chance, drawn.remembering(chance, 120, [0.5]), 0.2)
        found = innovations(told)
        assert found is not None
        assert all(
            after is None
            for before, after in zip(told, found.values, strict=True)
            if before is None
        )
        assert common_days(told, found.values) == sum(each is not None for each in found.values)

    def test_the_lags_are_all_there(self) -> None:
        first, second, _ = planted(random.Random("lags"), 100, 3, 1.0)
        found = lead_lag(first, second)
        assert found is not None
        assert [each.lag for each in found.lags] == list(range(-MOST_LAG, MOST_LAG + 1))
        # The first days of both are spent on what they are told from.
        spent = max(found.first.order, found.second.order)
        assert max(each.pairs for each in found.lags) <= 100 - min(
            found.first.order, found.second.order
        )
        assert found.lags[MOST_LAG].pairs == 100 - spent

    def test_what_is_needed_shrinks_with_the_days(self) -> None:
        """By hand: 1 - 0.95^(1/29) = 0.0017672 a lag, 3.1269 deviations; tanh(3.1269 / sqrt(89))."""
        assert needed_correlation(100) == pytest.approx(0.31981, abs=1e-4)
        assert all(
            more < less
            for less, more in pairwise(needed_correlation(days) for days in (84, 180, 365))
        )

    def test_false_shares_by_hand(self) -> None:
        """0.01 x 4/1, 0.02 x 4/2, 0.03 x 4/3 and 0.6: the smaller never above the next."""
        shares = false_shares({"a": 0.02, "b": 0.6, "c": 0.01, "d": 0.03})
        assert shares == {
            "a": pytest.approx(0.04),
            "b": pytest.approx(0.6),
            "c": pytest.approx(0.04),
            "d": pytest.approx(0.04),
        }
        assert false_shares({}) == {}

    def test_the_chance_of_the_strongest_is_that_of_any(self) -> None:
        first, second, _ = planted(random.Random("any"), 120, 3, 0.3)
        found = lead_lag(first, second)
        assert found is not None
        surprise = _fisher(found.best.correlation) * sqrt(found.best.days - 11)
        alone = erfc(surprise / sqrt(2))
        assert found.chance == pytest.approx(1 - (1 - alone) ** 29)


def _fisher(correlation: float) -> float:
    size = abs(correlation)
    return 0.5 * log((1 + size) / (1 - size))
