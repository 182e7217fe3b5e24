"""What forecasts and anomalies found, asked once over one small published world, with figures reckoned by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from sqlalchemy.orm import Session

from hotdash.base.clock import local_day
from hotdash.base.errors import ConflictError
from hotdash.decisions.recommendations.answering import Answer, Verdict, answer
from hotdash.insights.anomalies.before import events_before
from hotdash.insights.anomalies.reading import read_shop
from hotdash.insights.anomalies.states import State
from hotdash.insights.forecasting.demand_sum import Sum, chance_to_reach
from hotdash.jobs.answer_anomaly import AnomalyAnswer, answer_anomaly
from hotdash.jobs.recommend import recommend
from hotdash.storage.appdb.repositories.anomalies import (
    AnomalyRecord,
    LookRecord,
    find_anomaly,
    keep_anomalies,
    list_anomalies,
    save_look,
)
from hotdash.storage.appdb.repositories.decisions import find_decision, list_decisions, outcomes_of
from hotdash.storage.appdb.repositories.forecasts import StockPlanRecord, keep_stock_plan
from hotdash.storage.appdb.repositories.recommendations import (
    RecommendationRecord,
    events_of_recommendation,
    list_recommendations,
    open_recommendations,
)
from tests.fixtures.kept_anomalies import kept_anomaly
from tests.fixtures.marts import Publisher
from tests.fixtures.small_world import LAST, NOW, SHOP, world
from tests.fixtures.stock_plans import planned

pytestmark = pytest.mark.usefixtures("shop")

ORDERS, REVENUE = "orders", "revenue"
CALM: dict[str, Any] = {"is_warned": False, "run_out": Decimal("0.1")}


@pytest.fixture
def published(publisher: Publisher) -> Publisher:
    publisher.build(world())
    return publisher


def asked(published: Publisher, *plans: StockPlanRecord) -> dict[str, RecommendationRecord]:
    if plans:
        with published.database.jobs() as session:
            keep_stock_plan(session, SHOP, plans)
    recommend(published.database, SHOP, published.clock, {})
    with published.database.jobs() as session:
        return {each.kind: each for each in open_recommendations(session, SHOP)}


class TestAForecast:
    def test_speaks_of_its_item_in_place_of_what_was_counted(self, published: Publisher) -> None:
        """22.4 pieces at 40.00 each; six last for three days, so the order is late already."""
        counted = asked(published)["reorder"]
        item = asked(published, planned())["reorder"]
        assert (counted.proposed_by, item.proposed_by) == ("rules/reorder@1", "forecasts/reorder@1")
        assert item.recommendation_id == counted.recommendation_id, (
            "the same question, not a second"
        )
        assert (item.impact_amount, item.verb) == (Decimal(896), "Order 96 pieces")
        assert item.reason == (
            "HOSE-8 has 6 left, and a refill takes 14 days. Its forecast of 2.0 a day gives 97% "
            "that it runs out before a refill, between 23 Nov 2026 and 26 Nov 2026; 22.4 pieces are "
            "expected to be missing, worth $896.00."
        )
        assert item.deadline == datetime(2026, 11, 22, 8, tzinfo=UTC)
        assert item.options[0] == {"option": "order", "units": 96, "cost": "1200.00"}
        assert (item.confidence, item.measured) == ("high", 22)
        assert (item.context["chance"], item.context["cover"]) == ("sure", "week")

    @pytest.mark.parametrize(
        "cold",
        [{"as_of_day": date(2026, 11, 18)}, {"is_own_range": False}],
        ids=["old", "new item"],
    )
    def test_that_is_cold_says_nothing(self, published: Publisher, cold: dict[str, Any]) -> None:
        item = asked(published, planned(**cold))["reorder"]
        assert (item.proposed_by, item.impact_amount) == ("rules/reorder@1", Decimal(880))

    def test_that_sees_no_stock_out_ends_the_question(self, published: Publisher) -> None:
        asked(published)
        calm = planned(**CALM, run_out_noticed=Decimal("0.3"))
        assert "reorder" not in asked(published, calm)

    def test_warns_of_what_the_count_does_not_see(self, published: Publisher) -> None:
        """Of the other item of the small world: a new season, 30 a week against a count of two."""
        second = planned(
            inventory_item_id=802,
            sku="HOSE-6",
            out_on=date(2026, 12, 10),
            out_earliest=date(2026, 12, 6),
            out_latest=date(2026, 12, 15),
            run_out=Decimal("0.35"),
            run_out_noticed=Decimal("0.86"),
            units_short=Decimal("1.5"),
            money_at_risk=Decimal("60.00"),
        )
        item = asked(published, second, planned(**CALM))["reorder"]
        assert (item.subject, item.impact_amount, item.confidence) == ("item:802", 60, "low")
        assert "35% that it runs out before a refill, 86% if it is ordered in two weeks" in (
            item.reason
        )
        assert item.reason.endswith("To be there in time it has to be ordered by 26 Nov 2026.")
        assert item.deadline == datetime(2026, 11, 27, 8, tzinfo=UTC)
        dateless = replace(second, out_on=None, money_at_risk=None)
        item = asked(published, dateless, planned(**CALM))["reorder"]
        assert item.impact_text == "86% to run out, with two weeks of notice"

    def test_whose_date_is_not_known_is_to_be_ordered_within_the_two_weeks_it_warns_of(
        self, published: Publisher
    ) -> None:
        """The stock is of 21 Nov, so until the end of 5 Dec."""
        item = asked(published, planned(out_on=None, run_out=Decimal("0.3")))["reorder"]
        assert item.deadline == datetime(2026, 12, 6, 8, tzinfo=UTC)

    def test_asks_for_what_is_likelier_than_not_to_run_out_before_a_refill(
        self, published: Publisher
    ) -> None:
        """0.2 a day, the variance three times the mean: of 60 days 12 and 36, of 74 days 14.8 and 44.4.

        Negative binomial numbers with p = 1/3; 11 and more of the first come with 54.7%, of the second
        with 71.8%, which is less than a warning. 2.83 pieces will be missing, at 40.00.
        """
        both = Sum(np.array([12, 14.8]), np.array([36, 44.4]))
        run_out, noticed = chance_to_reach(both, np.array([11, 11]))
        assert (run_out, noticed) == (
            pytest.approx(0.547, abs=0.001),
            pytest.approx(0.718, abs=0.001),
        )
        slow = planned(
            available=11,
            lead_time_days=60,
            daily=Decimal("0.2"),
            out_on=date(2027, 1, 15),
            run_out=Decimal(f"{run_out:.4f}"),
            run_out_noticed=Decimal(f"{noticed:.4f}"),
            is_warned=False,
            units_short=Decimal("2.83"),
            money_at_risk=Decimal("113.20"),
            reorder_quantity=24,
        )
        item = asked(published, slow)["reorder"]
        assert (item.proposed_by, item.confidence) == ("forecasts/reorder@1", "medium")
        assert (item.impact_amount, item.verb) == (Decimal("113.20"), "Order 24 pieces")
        assert "reorder" not in asked(published, replace(slow, reorder_quantity=0))
        assert "reorder" not in asked(published, replace(slow, run_out=Decimal("0.4999")))

    @pytest.mark.parametrize("verdict", [Verdict.REJECT, Verdict.SNOOZE])
    def test_answered_it_is_quiet_while_less_than_a_week_of_sales_is_missing(
        self, published: Publisher, verdict: Verdict
    ) -> None:
        """A week of two a day are 14 pieces; half more are 21."""
        item = asked(published, planned(units_short=Decimal("0.31")))["reorder"]
        until = NOW + timedelta(days=10) if verdict is Verdict.SNOOZE else None
        say(published, item, verdict, until=until)
        for short in ("0.46", "0.92", "2.79", "20.4"):
            found = asked(published, planned(units_short=Decimal(short)))
            assert "reorder" not in found, f"{short} missing"
        assert asked(published, planned(units_short=Decimal("20.5")))["reorder"].magnitude == 21

    def test_measures_what_came_of_it_by_the_forecast_again(self, published: Publisher) -> None:
        item = asked(published, planned())["reorder"]
        say(published, item, Verdict.APPROVE)
        published.clock.advance(timedelta(days=21))
        published.build(world())
        arrived = planned(
            **CALM, as_of_day=date(2026, 12, 12), units_short=Decimal("0.4"), available=90
        )
        assert "reorder" not in asked(published, arrived)
        with published.database.jobs() as session:
            [outcome] = outcomes_of(session, SHOP, [decided(session, item)]).values()
        assert (outcome.before, outcome.after, outcome.worked) == (22, 0, True)


class TestStockThatIsNotNeeded:
    def test_is_one_question_for_all_of_it(self, published: Publisher) -> None:
        """500 of what nobody buys and 300 of what is too much; a day of sales is 750."""
        dead = planned(is_dead=True, dead_value=Decimal(500), is_warned=False)
        slow = planned(
            inventory_item_id=802, overstock_units=24, overstock_value=Decimal(300), is_warned=False
        )
        found = asked(published, dead, slow)["clear_stock"]
        assert found.title == "Clear stock that cost $800.00 and is not needed"
        assert found.reason.startswith("Nobody buys 1 item any more, which cost $500.00. Of 1 item")
        assert (found.impact_amount, found.impact_text) == (None, "$800.00 bound in it")
        # Due in four weeks, so half of a day of sales.
        assert (found.score, found.measured) == (375, 800)
        sold = planned(is_dead=True, dead_value=Decimal(400), is_warned=False)
        assert "clear_stock" not in asked(published, sold), "less than a day of sales"

    def test_whose_cost_is_not_known_is_not_told_as_costing_nothing(
        self, published: Publisher
    ) -> None:
        """900 of one item that is too much; nobody has said what the dead one cost."""
        dead = planned(is_dead=True, dead_value=None, is_warned=False)
        slow = planned(
            inventory_item_id=802, overstock_units=24, overstock_value=Decimal(900), is_warned=False
        )
        found = asked(published, dead, slow)["clear_stock"]
        assert "$0" not in found.reason
        assert found.reason.startswith(
            "Nobody buys 1 item any more; what it cost is not known. Of 1 item there is more"
        )
        assert found.title == "Clear stock that cost at least $900.00 and is not needed"
        assert found.impact_text == "at least $900.00 bound in it"
        third = planned(inventory_item_id=803, is_dead=True, dead_value=Decimal(100))
        found = asked(published, dead, slow, third)["clear_stock"]
        assert found.reason.startswith(
            "Nobody buys 2 items any more, which cost at least $100.00: the cost of 1 is not known. "
        )
        assert (found.features["dead_unpriced"], found.features["slow_unpriced"]) == (1, 0)


@pytest.fixture
def rung(published: Publisher) -> Publisher:
    """Orders and revenue fell on the same day, and each says that the other moved."""
    with published.database.jobs() as session:
        ring(session)
    return published


def ring(session: Session, day: date = LAST) -> None:
    moved = [{"metric": ORDERS, "title": "Orders"}]
    told = {"money": Decimal(-680), "value": Decimal(120), "expected": Decimal(800), "unit": "USD"}
    context: dict[str, Any] = {
        "driver": {"dimension": "category", "named": "Hoses", "parts": [], "unit": None},
        "moved": moved,
        "before": [
            {"kind": "campaign", "text": "Campaign: 20% for Ana Ortiz.", "by_person": True},
            {"kind": "campaign", "text": "Spring stopped.", "by_person": False},
        ],
    }
    keep_anomalies(
        session,
        [
            kept_anomaly(REVENUE, day, title="Revenue", context=context, **told),
            kept_anomaly(ORDERS, day, title="Orders", money=Decimal(-600)),
            kept_anomaly("units", day, is_new=False),
            kept_anomaly("aov", day, is_better=True),
        ],
        NOW,
    )
    save_look(session, LookRecord(SHOP, None, NOW, day, 15, {}))


def say(published: Publisher, asked: RecommendationRecord, verdict: Verdict, **more: Any) -> None:
    given = Answer(verdict, "As seen.", "cli:ana", is_operator=True, **more)
    with published.database.jobs() as session:
        answer(session, SHOP, asked.recommendation_id, given, published.clock.now())


def decided(session: Session, asked: RecommendationRecord) -> Any:
    kept = {
        each.recommendation_id: each for each in list_recommendations(session, SHOP, ["approved"])
    }
    return kept[asked.recommendation_id].decision_id


def standing(published: Publisher) -> dict[str, AnomalyRecord]:
    with published.database.jobs() as session:
        return {each.about.key: each for each in list_anomalies(session, SHOP)}


def explain(published: Publisher, *keys: str) -> None:
    """On their own pages."""
    told = AnomalyAnswer(State.EXPLAINED, "cli:bea", "The checkout was closed.")
    known = standing(published)
    with published.database.jobs() as session:
        for key in keys:
            answer_anomaly(session, known[key], told, published.clock.now())


class TestAnAnomaly:
    def test_is_asked_once_with_what_moved_beside_it(self, rung: Publisher) -> None:
        found = asked(rung)["look_into"]
        assert found.title == "Find out why Revenue was 85% less than expected on 20 Nov 2026"
        assert found.reason == (
            "Revenue was 85% less than expected on 20 Nov 2026, a difference of $680.00. It comes "
            "from category Hoses. Orders moved as well. In the week before: Spring stopped."
        )
        assert (found.subject, found.impact_amount) == ("anomaly:revenue", Decimal(680))
        # Due within a day of its finding: times four.
        assert (found.score, found.deadline) == (2720, NOW + timedelta(days=1))
        assert (found.context["off"], found.confidence) == ("eight", "high")
        known = standing(rung)
        assert found.features["anomalies"] == [
            str(known[key].anomaly_id) for key in (REVENUE, ORDERS)
        ]
        again = asked(rung)["look_into"]
        assert again == found

    def test_approved_it_is_with_somebody_and_later_what_was_found_out_counts(
        self, rung: Publisher
    ) -> None:
        found = asked(rung)["look_into"]
        say(rung, found, Verdict.APPROVE, assignee="Bea")
        known = standing(rung)
        assert [(known[key].state, known[key].assignee) for key in (REVENUE, ORDERS)] == [
            ("assigned", "Bea"),
            ("assigned", "Bea"),
        ]
        assert "look_into" not in asked(rung)
        with rung.database.jobs() as session:
            kept = find_decision(session, SHOP, decided(session, found))
            assert kept is not None
            assert (kept.action, kept.detail["edits"]) == ("anomalies.assign", {"assignee": "Bea"})
            told = AnomalyAnswer(State.EXPLAINED, "cli:bea", "The checkout was closed.")
            record = find_anomaly(session, SHOP, str(known[REVENUE].anomaly_id))
            answer_anomaly(session, record, told, NOW + timedelta(days=2))
            # The next one of the series, which nobody has found out by then, is another one.
            [later] = keep_anomalies(
                session, [kept_anomaly(REVENUE, LAST + timedelta(days=6))], NOW
            )
            taken = AnomalyAnswer(State.ASSIGNED, "cli:bea", assignee="Cy")
            next_one = find_anomaly(session, SHOP, str(later))
            answer_anomaly(session, next_one, taken, NOW + timedelta(days=6))
        rung.clock.advance(timedelta(days=7))
        asked(rung)
        with rung.database.jobs() as session:
            [outcome] = outcomes_of(session, SHOP, [decided(session, found)]).values()
        assert (outcome.before, outcome.after, outcome.worked) == (1, 0, True)

    @pytest.mark.parametrize(
        ("option", "state", "action"),
        [
            (None, "false_alarm", "anomalies.false_alarm"),
            ("explained", "explained", "anomalies.explain"),
        ],
    )
    def test_rejected_it_ends_with_the_reason(
        self, rung: Publisher, option: str | None, state: str, action: str
    ) -> None:
        found = asked(rung)["look_into"]
        say(rung, found, Verdict.REJECT, option=option)
        revenue = standing(rung)[REVENUE]
        assert (revenue.state, revenue.events[-1].note) == (state, "As seen.")
        with rung.database.jobs() as session:
            [kept] = list_recommendations(session, SHOP, ["rejected"])
            assert kept.decision_id is not None
            decision = find_decision(session, SHOP, kept.decision_id)
        assert decision is not None
        assert decision.action == action
        assert "look_into" not in asked(rung)

    def test_answered_on_its_own_page_it_ends_and_is_not_kept_as_ignored(
        self, rung: Publisher
    ) -> None:
        found = asked(rung)["look_into"]
        explain(rung, REVENUE, ORDERS)
        assert "look_into" not in asked(rung)
        with rung.database.jobs() as session:
            events = events_of_recommendation(session, SHOP, found.recommendation_id)
        assert (events[-1].event, events[-1].detail) == ("expired", {"ignored": False})

    def test_ended_on_its_own_page_it_is_not_answered_again(self, rung: Publisher) -> None:
        found = asked(rung)["look_into"]
        explain(rung, REVENUE, ORDERS)
        with pytest.raises(ConflictError, match="This is explained already"):
            say(rung, found, Verdict.APPROVE, assignee="Bea")
        assert standing(rung)[REVENUE].assignee is None
        with rung.database.jobs() as session:
            assert [each.action for each in list_decisions(session, SHOP)] == [
                "anomalies.explain",
                "anomalies.explain",
            ]

    def test_answered_or_put_off_is_not_what_came_before_the_next_one(
        self, rung: Publisher
    ) -> None:
        """A reorder may be why something moved; that somebody looked is not."""
        found = asked(rung)
        say(rung, found["look_into"], Verdict.SNOOZE, until=NOW + timedelta(days=1))
        say(rung, found["look_into"], Verdict.REJECT)
        say(rung, found["reorder"], Verdict.APPROVE)
        with rung.database.snapshot() as session:
            told = read_shop(session, SHOP, NOW)
            assert told is not None
            events = events_before(told, local_day(NOW, told.timezone))
        assert [each.text for each in events if each.kind == "decision"] == [
            f"Decided: inventory reorder approve, {found['reorder'].subject}."
        ]

    def test_a_week_old_it_is_over(self, rung: Publisher) -> None:
        assert "look_into" in asked(rung)
        with rung.database.jobs() as session:
            save_look(session, LookRecord(SHOP, None, NOW, LAST + timedelta(days=8), 15, {}))
        assert "look_into" not in asked(rung)
