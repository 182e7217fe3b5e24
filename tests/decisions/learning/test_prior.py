"""What shops have in common, from their sums: reckoned by hand, and never one shop's alone."""

import pytest

from hotdash.decisions.recommendations.learning.context import columns_of
from hotdash.decisions.recommendations.learning.posterior import Posterior
from hotdash.decisions.recommendations.learning.prior import (
    BUILT_IN,
    Sums,
    built_in_variance,
    shared_prior,
)


def test_two_shops_that_say_the_same_are_believed_half_way() -> None:
    """The whole of variance 1 is half common, half a shop's own.

    Each says 2 with precision 4: as a look at what is common 4 / (1 + 4 * 0.5) = 4/3 of precision.
    Together with the common part's own 2 that is 14/3; the mean is (2 * 8/3) / (14/3) = 8/7.
    """
    prior = shared_prior([{"all": Sums(4.0, 8.0)}, {"all": Sums(4.0, 8.0)}])
    assert prior.shops == 2
    assert prior.mean_of("all") == pytest.approx(8 / 7)
    assert prior.variance_of("all") == pytest.approx(3 / 14 + 0.5)


def test_however_sure_a_shop_is_it_stays_one_look() -> None:
    prior = shared_prior([{"all": Sums(1e9, 2e9)}, {"all": Sums(0.0, 0.0)}])
    # 1e9 / (1 + 5e8) is 2: as much as the common part's own.
    assert prior.mean_of("all") == pytest.approx(1.0)


@pytest.mark.parametrize("others", [[], [{"all": Sums(9.0, 18.0)}]])
def test_of_fewer_than_two_nothing_is_taken(others: list[dict[str, Sums]]) -> None:
    assert shared_prior(others) == BUILT_IN


def test_what_only_one_of_them_was_asked_is_kept_from_the_rest() -> None:
    both = {"all": Sums(4.0, 8.0)}
    prior = shared_prior([both, both | {"kind=raise_campaign": Sums(4.0, 8.0)}])
    assert prior.mean_of("kind=raise_campaign") == 0
    assert prior.mean == {"all": prior.mean_of("all")}


def test_what_nobody_answered_stays_as_it_is_built_in() -> None:
    prior = shared_prior([{"all": Sums(4.0, 8.0)}, {"all": Sums(4.0, 8.0)}])
    assert prior.mean_of("kind=reply") == 0
    assert prior.variance_of("kind=reply") == built_in_variance("kind=reply")


def test_a_shop_that_begins_from_it_is_moved_by_its_own_answers_only() -> None:
    other = Posterior()
    for _ in range(30):
        other.learn(columns_of({"kind": "reorder"}), wanted=True)
    ours = Posterior(shared_prior([other.sums(), other.sums()]))
    begun = ours.belief(columns_of({"kind": "reorder"}))
    assert begun.probability > 0.6
    other.learn(columns_of({"kind": "reorder"}), wanted=False)
    assert ours.belief(columns_of({"kind": "reorder"})) == begun
    for _ in range(30):
        ours.learn(columns_of({"kind": "reorder"}), wanted=False)
    assert ours.belief(columns_of({"kind": "reorder"})).probability < 0.2
