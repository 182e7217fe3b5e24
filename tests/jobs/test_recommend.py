"""Every rule over one small published world, with figures reckoned by hand."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from hotdash.base.clock import FixedClock
from hotdash.decisions.recommendations.contract import Proposal
from hotdash.decisions.recommendations.registry import RECOMMENDERS
from hotdash.decisions.recommendations.rules.reorder import Reorder
from hotdash.decisions.recommendations.settle import id_of
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import Question
from hotdash.jobs.recommend import recommend
from hotdash.storage.appdb.repositories.publications import move_pointer
from hotdash.storage.appdb.repositories.recommendations import (
    RecommendationRecord,
    events_of_recommendation,
    find_recommendation,
    list_recommendations,
    open_recommendations,
)
from hotdash.storage.appdb.repositories.signals.reading import Reading, load_reading
from hotdash.storage.appdb.repositories.source_states import Trouble, note_rejected
from hotdash.storage.appdb.session import Database
from tests.fixtures.marts import Publisher
from tests.fixtures.shops import SeededShop
from tests.fixtures.small_world import (
    LAST,
    NOW,
    SHOP,
    STALE_AFTER,
    Rows,
    connect,
    hose,
    replaced,
    world,
)

pytestmark = pytest.mark.usefixtures("shop")


def utc(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.fixture
def published(publisher: Publisher) -> Publisher:
    with publisher.database.jobs() as session:
        connect(session, "ga4", NOW - timedelta(hours=48))
        connect(session, "shopify")
    publisher.build(world())
    return publisher


def asked(database: Database, clock: FixedClock) -> dict[str, RecommendationRecord]:
    recommend(database, SHOP, clock, STALE_AFTER)
    with database.jobs() as session:
        return {each.kind: each for each in open_recommendations(session, SHOP)}


@pytest.fixture
def found(published: Publisher) -> dict[str, RecommendationRecord]:
    return asked(published.database, published.clock)


Found = dict[str, RecommendationRecord]


def test_what_runs_out_is_worth_what_will_be_missing(found: Found) -> None:
    item = found["reorder"]
    assert (item.subject, item.impact_amount, item.currency) == ("item:801", Decimal(880), "USD")
    assert item.reason == (
        "HOSE-8 has 6 left, 3 days, and a refill takes 14 days: 56 pieces sold on 28 days in "
        "stock, so 22 pieces will be missing, worth $880.00."
    )
    assert (item.confidence, item.verb) == ("high", "Order 60 pieces")
    # It lasts through the 24th in Los Angeles.
    assert item.deadline == utc(25, 8)
    assert item.options == [
        {"option": "order", "units": 60, "cost": "750.00"},
        {"option": "let it run out", "units": 0},
    ]


def test_open_conversations_past_their_promise_are_counted_once_and_without_money(
    found: Found,
) -> None:
    reply = found["reply"]
    assert (reply.impact_amount, reply.impact_text) == (None, "2 conversations waiting")
    assert reply.reason == (
        "2 conversations are open past the promised time, the longest by 36 hours."
    )
    assert reply.features["conversations"] == [7, 9]
    assert reply.deadline == utc(21, 6)


@pytest.mark.parametrize("status", ["pending", "snoozed"])
def test_a_conversation_that_was_put_aside_still_waits_as_the_metric_says(
    publisher: Publisher, shop: SeededShop, status: str
) -> None:
    """Of 7 (put aside), 9 (open) and 11 (resolved) two wait: asked, in the list and in the number."""
    rows = world()
    rows["fct_conversations"][0]["status"] = status
    publisher.build(rows)
    found = asked(publisher.database, publisher.clock)["reply"]
    assert found.features["conversations"] == [7, 9]
    question = Question.parse(shops=[SHOP], metrics=["open_past_sla"], first=LAST, last=LAST)
    with publisher.database.as_user(shop.owner_id) as session:
        assert query(session, question, NOW).only("open_past_sla").value == 2


def test_a_carrier_holds_the_merchandise_of_each_order_once(found: Found) -> None:
    """110 of two parcels, 90, and 80 after a refund; of two late parcels nobody is chased."""
    chase = found["chase_carrier"]
    assert (chase.subject, chase.impact_amount) == ("carrier:UPS", Decimal(280))
    assert chase.reason == (
        "UPS has not delivered 4 parcels that should have arrived, of orders worth $280.00; "
        "the oldest was due on 18 Nov 2026."
    )
    assert chase.confidence == "high"


def test_a_page_is_worth_what_its_lost_visits_would_have_bought(found: Found) -> None:
    """60 visits x 6 / 300 x 100.00 an order (1,500 by 15 orders)."""
    page = found["assign_page"]
    assert (page.subject, page.impact_amount) == ("page:/collections/hoses", Decimal(120))
    assert page.title == "Find out why /collections/hoses lost 50% of its visits"
    assert page.reason.endswith(
        "6 of its 300 visits in 28 days ended in an order, and an order is worth $100.00."
    )
    assert page.features["landing_page"] == "/collections/hoses"


def test_a_campaign_is_cut_by_what_it_lost_and_raised_by_what_a_fifth_more_brings(
    found: Found,
) -> None:
    """15 x 30 less 150; a fifth of 15 x 100 less 15 x 20."""
    cut, more = found["cut_campaign"], found["raise_campaign"]
    assert (cut.subject, cut.impact_amount) == ("campaign:meta:Spring Sale", Decimal(300))
    assert (more.subject, more.impact_amount) == ("campaign:google_ads:Brand", Decimal(240))
    assert "5.0 times the $300.00 it cost" in more.reason
    assert (cut.confidence, more.confidence) == ("high", "medium")


def test_a_stale_source_is_named_with_its_age(found: Found) -> None:
    source = found["fix_source"]
    assert (source.subject, source.impact_text) == ("source:ga4", "Its numbers are 2 days old")
    assert source.title == "Find out why Google Analytics brings nothing new"


def test_ranked_by_money_at_risk_times_urgency(found: Found) -> None:
    """A day of sales (750), 2 orders (200) and the page (120) are due within a day: times four."""
    placed = sorted(found.values(), key=lambda each: each.rank or 0)
    assert [(each.kind, each.score) for each in placed] == [
        ("fix_source", Decimal(3000)),
        ("reorder", Decimal(880)),
        ("reply", Decimal(800)),
        ("assign_page", Decimal(480)),
        ("cut_campaign", Decimal(300)),
        ("chase_carrier", Decimal(280)),
        ("raise_campaign", Decimal(240)),
    ]
    assert [each.rank for each in placed] == [1, 2, 3, 4, 5, 6, 7]


def test_each_has_evidence_that_is_a_path_of_this_shop(found: Found) -> None:
    for each in found.values():
        assert each.evidence
        assert all(told["url"].startswith("/api/v1/") for told in each.evidence)
        assert all(f"shop={SHOP}" in told["url"] for told in each.evidence)


def test_rejected_credentials_come_before_age(published: Publisher) -> None:
    with published.database.jobs() as session:
        note_rejected(session, SHOP, "ga4", Trouble("rejected", "No.", "Enter it."), NOW)
    source = asked(published.database, published.clock)["fix_source"]
    assert source.title == "Enter the credentials of Google Analytics anew"


def test_asked_again_it_is_the_same_one_with_new_figures(
    published: Publisher, found: Found
) -> None:
    worse = hose(units_short=24, money_at_risk=Decimal(960), available=4, days_of_stock=2)
    published.clock.advance(timedelta(hours=1))
    published.build(replaced(world(), "fct_inventory", [worse]))
    after = asked(published.database, published.clock)["reorder"]
    first = found["reorder"]
    assert after.recommendation_id == first.recommendation_id
    assert after.recommendation_id == id_of(SHOP, "reorder", "item:801", "2026-11-21")
    assert (after.impact_amount, after.opened_at) == (Decimal(960), first.opened_at)
    assert after.deadline == utc(24, 8)


def test_worse_is_in_pieces_whether_or_not_the_price_is_known(
    published: Publisher, found: Found
) -> None:
    """22 pieces without a price, then with one: nothing grew by half."""
    assert found["reorder"].magnitude == 22
    assert found["assign_page"].magnitude == 60
    priceless = hose(price=None, money_at_risk=None)
    published.build(replaced(world(), "fct_inventory", [priceless]))
    assert asked(published.database, published.clock)["reorder"].magnitude == 22


def test_a_deadline_does_not_move_away_by_itself(published: Publisher, found: Found) -> None:
    more = hose(available=8, days_of_stock=4)
    published.build(replaced(world(), "fct_inventory", [more]))
    after = asked(published.database, published.clock)["reorder"]
    assert after.deadline == found["reorder"].deadline


def test_it_expires_with_its_reason_and_is_kept_as_ignored(
    published: Publisher, found: Found
) -> None:
    published.build(replaced(world(), "fct_inventory", [hose(is_running_out=False)]))
    assert "reorder" not in asked(published.database, published.clock)
    first = found["reorder"].recommendation_id
    with published.database.jobs() as session:
        [gone] = list_recommendations(session, SHOP, ["expired"])
        events = events_of_recommendation(session, SHOP, first)
    assert (gone.recommendation_id, gone.rank) == (first, None)
    assert [each.event for each in events] == ["proposed", "expired"]
    told = events[-1].detail
    assert (told["ignored"], told["foretold"], told["trial"]) == (True, "0.5000", False)
    assert told["context"]["kind"] == "reorder"


def test_a_mart_that_is_not_published_takes_nothing_back(publisher: Publisher) -> None:
    """Back to a publication from before there was any stock: nobody can say that nothing runs out."""
    kept_back = {SHOP: {"fct_inventory": ["Nobody may trust it yet."]}}
    [without, *_] = publisher.build(world(), blocked=kept_back)
    publisher.build(world())
    before = asked(publisher.database, publisher.clock)
    assert without.manifest_id is not None
    with publisher.database.jobs() as session:
        move_pointer(session, SHOP, without.manifest_id, NOW)
        assert "fct_inventory" not in load_reading(session, SHOP, NOW).marts
    after = asked(publisher.database, publisher.clock)
    assert after["reorder"].recommendation_id == before["reorder"].recommendation_id
    assert after.keys() == before.keys()


def test_what_rules_look_at_is_of_one_snapshot(
    published: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    levels: list[str] = []

    def watched(session: Session, *given: Any, **named: Any) -> Reading:
        levels.append(str(session.scalar(text("show transaction_isolation"))))
        return load_reading(session, *given, **named)

    monkeypatch.setattr("hotdash.jobs.recommend.load_reading", watched)
    assert asked(published.database, published.clock)
    assert levels == ["repeatable read"]


class _Broken(Reorder):
    def propose(self, reading: Reading, now: datetime) -> Iterator[Proposal]:
        raise ZeroDivisionError


def test_one_that_stumbles_takes_nothing_back_and_holds_up_nobody(
    published: Publisher, found: Found
) -> None:
    del found
    broken = [_Broken(), *(each for each in RECOMMENDERS if "reorder" not in each.name)]
    recommend(published.database, SHOP, published.clock, STALE_AFTER, broken)
    with published.database.jobs() as session:
        assert len(open_recommendations(session, SHOP)) == 7


def test_nothing_published_is_nothing_to_decide(database: Database, clock: FixedClock) -> None:
    assert asked(database, clock) == {}


def test_of_a_page_without_purchases_no_money_is_invented(publisher: Publisher) -> None:
    rows: Rows = world()
    for row in rows["fct_landing_pages"]:
        row["purchases"] = 0
    publisher.build(rows)
    page = asked(publisher.database, publisher.clock)["assign_page"]
    assert (page.impact_amount, page.impact_text) == (None, "60 visits a week fewer")


def test_the_people_of_the_shop_read_them_in_order(
    published: Publisher, shop: SeededShop, found: Found
) -> None:
    del found
    with published.database.as_user(shop.owner_id) as session:
        first = open_recommendations(session, SHOP, 3)
    assert [each.kind for each in first] == ["fix_source", "reorder", "reply"]


def test_running_twice_changes_nothing(published: Publisher, found: Found) -> None:
    again = asked(published.database, published.clock)
    assert again == {kind: replace(each) for kind, each in found.items()}
    with published.database.jobs() as session:
        events = events_of_recommendation(session, SHOP, found["reorder"].recommendation_id)
        assert find_recommendation(session, SHOP, found["reorder"].recommendation_id)
    assert [each.event for each in events] == ["proposed"]
