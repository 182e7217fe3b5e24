"""The order: nothing learnt is as before, something learnt multiplies, and one place of three is drawn."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from hotdash.decisions.recommendations.learning.adviser import LearnedAdviser
from hotdash.decisions.recommendations.learning.context import Context
from hotdash.decisions.recommendations.learning.replay import replay
from hotdash.decisions.recommendations.ranking import Estimate
from hotdash.decisions.recommendations.settle import Settled, settle
from tests.decisions.learning.test_replay import REORDER, a_log
from tests.decisions.recommendations_given import NOW, SHOP, proposal, reading

Told = Mapping[str, tuple[str, str]]
AMOUNTS = {"item:1": 500, "item:2": 400, "item:3": 300, "item:4": 200, "item:5": 100}


class Given:
    """Approval and draw by subject; one half each where nothing is said."""

    def __init__(self, told: Told, *, has_learnt: bool = True) -> None:
        self._told = told
        self.has_learnt = has_learnt

    def estimate(self, subject: str, context: Context) -> Estimate:
        assert context["kind"] == "reorder"
        approval, sampled = self._told.get(subject, ("0.5", "0.5"))
        return Estimate(Decimal(approval), Decimal(sampled))


def settled(adviser: Given | None) -> Settled:
    proposed = [proposal(subject, amount) for subject, amount in AMOUNTS.items()]
    return settle(reading(), {}, (), proposed, (), NOW, adviser=adviser)


def order(adviser: Given | None) -> Sequence[str]:
    return [each.subject.removeprefix("item:") for each in settled(adviser).opened]


def test_with_nothing_learnt_the_order_is_by_money_and_urgency() -> None:
    told = {"item:1": ("0.01", "0.01")}
    assert order(None) == order(Given(told, has_learnt=False)) == ["1", "2", "3", "4", "5"]


def test_what_is_foretold_is_kept_before_anything_is_ranked_by_it() -> None:
    told = settled(Given({"item:1": ("0.01", "0.01")}, has_learnt=False)).opened
    assert (told[0].subject, told[0].approval) == ("item:1", Decimal("0.01"))


def test_money_counts_as_much_as_it_is_likely_to_be_approved() -> None:
    """500 at a twentieth is 25, 100 at a half is 50; 400, 300 and 200 at a half come first."""
    assert order(Given({"item:1": ("0.05", "0.05")})) == ["2", "3", "4", "5", "1"]


def test_the_third_place_is_drawn_and_says_so() -> None:
    """The draw of the fifth is nine tenths of 100, of the third and fourth a tenth of theirs."""
    drawn = {
        "item:3": ("0.5", "0.1"),
        "item:4": ("0.5", "0.1"),
        "item:5": ("0.5", "0.9"),
    }
    found = settled(Given(drawn)).opened
    assert [each.subject for each in found] == ["item:1", "item:2", "item:5", "item:3", "item:4"]
    assert [each.rank for each in found] == [1, 2, 3, 4, 5]
    assert [each.is_trial for each in found] == [False, False, True, False, False]


def test_whoever_had_the_place_anyway_is_no_trial() -> None:
    found = settled(Given({})).opened
    assert [each.subject for each in found][2] == "item:3"
    assert not any(each.is_trial for each in found)


def test_of_three_none_is_drawn() -> None:
    few = [proposal(f"item:{place}", 100 * place) for place in (1, 2, 3)]
    given = Given({"item:1": ("0.5", "0.9")})
    found = settle(reading(), {}, (), few, (), NOW, adviser=given).opened
    assert not any(each.is_trial for each in found)


def test_what_is_asked_at_all_hangs_on_its_worth_and_not_on_a_taste() -> None:
    """Of sixty the ten least are left out, also where the weightiest are nobody's liking."""
    many = [proposal(f"item:{worth}", worth) for worth in range(1000, 1060)]
    disliked = {f"item:{worth}": ("0.01", "0.01") for worth in range(1030, 1060)}
    found = settle(reading(), {}, (), many, (), NOW, adviser=Given(disliked)).opened
    assert {each.magnitude for each in found} == set(range(1010, 1060))
    assert [each.subject for each in found[:2]] == ["item:1029", "item:1028"]
    assert found[-1].subject == "item:1030"


class TestTheDraw:
    """It is one of the proposals, the same all day, and another on other days and in other shops."""

    learned = replay(a_log())

    def drawn(self, day: int = 21, shop_id: str = SHOP, subject: str = "item:1") -> Decimal:
        adviser = LearnedAdviser(self.learned, shop_id, date(2026, 11, day))
        return adviser.estimate(subject, REORDER).sampled

    def test_it_can_be_made_again(self) -> None:
        assert self.drawn() == self.drawn()

    def test_days_shops_and_subjects_differ(self) -> None:
        others = {self.drawn(22), self.drawn(shop_id="kanto-garage"), self.drawn(subject="item:2")}
        assert len(others | {self.drawn()}) == 4

    def test_it_lies_about_what_is_believed(self) -> None:
        """Half of the days on either side, as a draw from the belief has it."""
        adviser = LearnedAdviser(self.learned, SHOP, date(2026, 11, 21))
        middle = adviser.estimate("item:1", REORDER).approval
        above = sum(self.drawn(subject=f"item:{n}") > middle for n in range(400))
        assert 150 < above < 250
