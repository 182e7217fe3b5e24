"""One answer and what it changes, reckoned by hand; and what must be the same in any order."""

from math import exp, log, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotdash.decisions.recommendations.learning.posterior import Belief, Posterior, sigmoid
from hotdash.decisions.recommendations.learning.prior import Prior

ONE = Prior(variance={"all": 1.0})


def test_one_approval_moves_one_weight_as_reckoned_by_hand() -> None:
    """Mean 0, variance 1: the mode solves w = 1 - 1/(1+exp(-w)), which is 0.401058.

    The curvature there is 0.598942 * 0.401058 = 0.240210, so the variance is 1/1.240210 = 0.806315.
    """
    model = Posterior(ONE)
    model.learn(["all"], wanted=True)
    told = model.weights()["all"]
    assert told.mean == pytest.approx(0.401058, abs=1e-6)
    assert told.mean == pytest.approx(1 - sigmoid(told.mean), abs=1e-12)
    assert told.variance == pytest.approx(0.806315, abs=1e-6)


def test_a_rejection_is_its_mirror_image() -> None:
    model = Posterior(ONE)
    model.learn(["all"], wanted=False)
    assert model.weights()["all"].mean == pytest.approx(-0.401058, abs=1e-6)
    assert model.weights()["all"].variance == pytest.approx(0.806315, abs=1e-6)


def test_two_columns_share_the_step_by_their_variances() -> None:
    """Variances 3 and 1 make a spread of 4: three quarters of the step go to the first.

    The sum solves s = 4 * (1 - sigmoid(s)).
    """
    model = Posterior(Prior(variance={"kind=reorder": 3.0, "money=more": 1.0}))
    model.learn(["kind=reorder", "money=more"], wanted=True)
    first, second = model.weights().values()
    total = first.mean + second.mean
    assert total == pytest.approx(4 * (1 - sigmoid(total)), abs=1e-10)
    assert first.mean == pytest.approx(0.75 * total)
    # What one gained the other may have: they are known together better than each by itself.
    together = model.belief(["kind=reorder", "money=more"])
    assert together.variance < first.variance + second.variance
    bend = sigmoid(total) * (1 - sigmoid(total))
    assert together.variance == pytest.approx(4 / (1 + 4 * bend))


def test_less_weight_moves_less() -> None:
    whole, half, nothing = Posterior(ONE), Posterior(ONE), Posterior(ONE)
    whole.learn(["all"], wanted=True)
    half.learn(["all"], wanted=True, weight=0.5)
    nothing.learn(["all"], wanted=True, weight=0.0)
    assert 0 < half.belief(["all"]).mean < whole.belief(["all"]).mean
    assert nothing.belief(["all"]) == Belief(0.0, 1.0)


def test_what_was_never_answered_stands_as_in_the_prior() -> None:
    model = Posterior(Prior({"money=more": 0.7}, {"money=more": 0.3}))
    model.learn(["all"], wanted=True)
    told = model.belief(["money=more"])
    assert (told.mean, told.variance) == (pytest.approx(0.7), pytest.approx(0.3))


def test_what_is_not_known_draws_the_probability_to_the_middle() -> None:
    sure, unsure = Belief(log(4), 0.0), Belief(log(4), 8 / 3.141592653589793)
    assert sure.probability == pytest.approx(0.8)
    # With pi * variance / 8 = 1 the mean counts as divided by the root of two.
    assert unsure.probability == pytest.approx(1 / (1 + exp(-log(4) / sqrt(2))))


@pytest.mark.parametrize("columns", [["all"], ["kind=a", "kind=b"]])
def test_one_that_is_certain_already_is_not_moved(columns: list[str]) -> None:
    model = Posterior(Prior(variance=dict.fromkeys(columns, 0.0)))
    model.learn(columns, wanted=True)
    assert model.belief(columns).mean == 0


answers = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.booleans()), min_size=1, max_size=12
)


@settings(max_examples=40)
@given(told=answers)
def test_answers_about_different_things_may_come_in_any_order(
    told: list[tuple[str, bool]],
) -> None:
    """Where no column is shared; of the same thing the order is kept."""
    in_order = Posterior()
    for what, wanted in told:
        in_order.learn([f"kind={what}"], wanted=wanted)
    by_kind = Posterior()
    for what, wanted in sorted(told, key=lambda each: each[0]):
        by_kind.learn([f"kind={what}"], wanted=wanted)
    for what in {each[0] for each in told}:
        first, second = (each.belief([f"kind={what}"]) for each in (in_order, by_kind))
        assert first.mean == pytest.approx(second.mean, abs=1e-9)
        assert first.variance == pytest.approx(second.variance, abs=1e-9)


@settings(max_examples=40)
@given(told=answers)
def test_more_answers_are_never_less_sure(told: list[tuple[str, bool]]) -> None:
    model = Posterior()
    before = model.belief(["all"]).variance
    for what, wanted in told:
        model.learn(["all", f"kind={what}"], wanted=wanted)
        now = model.belief(["all"]).variance
        assert 0 < now <= before + 1e-12
        before = now


def test_its_sums_are_what_the_answers_say_without_the_prior() -> None:
    """Whoever began from another prior ends elsewhere; what was answered is the same."""
    model = Posterior(Prior({"all": 2.0}, {"all": 0.5}))
    assert model.sums() == {}
    model.learn(["all"], wanted=True)
    [sums] = model.sums().values()
    [told] = model.weights().values()
    assert sums.precision == pytest.approx(1 / told.variance - 2)
    assert sums.pull == pytest.approx(told.mean / told.variance - 4)
