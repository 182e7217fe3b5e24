"""AUC and calibration, reckoned by hand."""

import pytest

from hotdash.decisions.recommendations.learning.foretelling import Foretold, auc_of, quality_of

TOLD = [
    Foretold(0.9, True),
    Foretold(0.8, False),
    Foretold(0.7, True),
    Foretold(0.2, False),
]


def test_how_often_an_approved_one_stood_above_a_rejected_one() -> None:
    """Of four pairs 0.9 is above both, 0.7 above one: three of four."""
    assert auc_of(TOLD) == pytest.approx(0.75)


def test_a_tie_is_half() -> None:
    assert auc_of([Foretold(0.5, True), Foretold(0.5, False)]) == pytest.approx(0.5)


@pytest.mark.parametrize("told", [[], [Foretold(0.4, True)]])
def test_where_all_answers_are_the_same_there_is_none(told: list[Foretold]) -> None:
    assert auc_of(told) is None


def test_by_how_much_probabilities_are_off() -> None:
    """Two of 0.62 and 0.68 with one approved: off by 0.15. Two of 0.1 with none: off by 0.1."""
    told = [Foretold(0.62, True), Foretold(0.68, False), *[Foretold(0.1, False)] * 2]
    found = quality_of(told)
    assert found.calibration_error == pytest.approx((2 * 0.15 + 2 * 0.1) / 4)
    assert found.brier == pytest.approx((0.38**2 + 0.68**2 + 0.01 + 0.01) / 4)
    assert [(each.answers, each.approved) for each in found.bins] == [(2, 0.0), (2, 0.5)]


def test_one_and_nought_have_a_place() -> None:
    found = quality_of([Foretold(1.0, True), Foretold(0.0, False)])
    assert (found.auc, found.calibration_error) == (1.0, 0.0)
    assert [each.first for each in found.bins] == [0.0, 0.9]
