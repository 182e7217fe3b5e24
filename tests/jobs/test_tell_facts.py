"""What a publication, a run, a page and a night tell as facts, each under its schema and once."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from sqlalchemy.orm import Session

from hotdash.base.ids import new_id
from hotdash.decisions.facts.keep import fact_id, keep
from hotdash.decisions.facts.types import (
    SCHEMAS,
    Fact,
    FactError,
    FactType,
    SessionOpened,
    metadata_of,
    type_called,
)
from hotdash.jobs.backfill_breaches import backfill_breaches
from hotdash.jobs.roll_up_facts import roll_up
from hotdash.jobs.tell_facts import RunFacts, tell_facts
from hotdash.storage.appdb.repositories.api_calls import CallRecord, save_calls
from hotdash.storage.appdb.repositories.decisions import DecisionRecord, add_decision
from hotdash.storage.appdb.repositories.facts import FactRecord, add_facts, list_facts
from hotdash.storage.appdb.repositories.forecasts import keep_stock_plan
from hotdash.storage.appdb.session import Database
from tests.fixtures.marts import Publisher
from tests.fixtures.shops import SeededShop, add_shop
from tests.fixtures.small_world import NOW, SHOP, enough, hose, replaced, world
from tests.fixtures.stock_plans import planned

pytestmark = pytest.mark.usefixtures("shop")
RUN = new_id()
READ = {
    "shopify": {"status": "loaded", "rows": {"orders": 5, "lines": 7}, "unreadable": 1},
    "ga4": {"status": "failed", "code": "rejected", "error": "No.", "hint": "Enter it."},
}


@pytest.fixture
def published(publisher: Publisher) -> Publisher:
    publisher.build(world())
    return publisher


def tell(published: Publisher) -> int:
    told = RunFacts(RUN, READ)
    return tell_facts(published.database, SHOP, published.clock, told)["facts"]


def facts(database: Database, kind: FactType) -> list[FactRecord]:
    with database.jobs() as session:
        return list_facts(session, SHOP, fact_type=kind.value)


def test_all_that_a_publication_tells_fits_its_schema(published: Publisher) -> None:
    assert tell(published) == 6
    with published.database.jobs() as session:
        for fact in list_facts(session, SHOP):
            schema = SCHEMAS[FactType(fact.fact_type)]
            jsonschema.validate(dict(fact.metadata), schema.as_json())
            assert fact.version == schema.version
            assert metadata_of(FactType(fact.fact_type), fact.metadata)


def test_each_with_its_figures(published: Publisher) -> None:
    tell(published)
    [sales] = facts(published.database, FactType.SALES)
    [issues] = facts(published.database, FactType.FULFILLMENT)
    [stock] = facts(published.database, FactType.INVENTORY)
    [waiting] = facts(published.database, FactType.ESCALATIONS)
    [page] = facts(published.database, FactType.ANOMALIES)
    [synced] = facts(published.database, FactType.SYNC)
    assert (sales.value, sales.metadata["orders"]) == (Decimal(1000), 10)
    assert (sales.metadata["day"], sales.metadata["currency"]) == ("2026-11-20", "USD")
    assert issues.value == 0
    assert (stock.value, stock.metadata["money_at_risk"]) == (1, "880.0000")
    assert stock.metadata["thresholds"] == {"running_out": "days_of_stock < lead_time_days"}
    assert (waiting.value, waiting.metadata["breached_ids"]) == (2, [7, 9])
    # Opened at 02:00 with an answer promised by 06:00 of the same day, and by 12:00 of the next.
    assert waiting.metadata["sla_minutes"] == {"7": 240, "9": 2040}
    assert waiting.metadata["breach_times"]["7"] == "2026-11-20T06:00:00Z"
    assert (page.value, page.metadata["week_over_week"]) == (60, "-0.5000")
    assert page.metadata["landing_page"] == "/collections/hoses"
    assert (synced.value, [each["status"] for each in synced.metadata["sources"]]) == (
        12,
        ["failed", "loaded"],
    )


def test_stock_alerts_are_what_their_threshold_says_whatever_forecasts_ask_for(
    published: Publisher,
) -> None:
    """Of 801 the forecast sees no stock-out; of 802, which lasts for 21 days, it does."""
    published.build(
        replaced(
            world(), "fct_inventory", [hose(), {**enough(), "days_of_stock": 21, "available": 42}]
        )
    )
    calm = planned(is_warned=False, run_out=Decimal("0.1"))
    with published.database.jobs() as session:
        keep_stock_plan(session, SHOP, [calm, planned(inventory_item_id=802)])
    tell(published)
    [stock] = facts(published.database, FactType.INVENTORY)
    assert (stock.value, stock.metadata["money_at_risk"]) == (1, "880.0000")
    [item] = stock.metadata["items"]
    assert (item["inventory_item_id"], item["units_short"]) == (801, 22)
    assert item["days_of_stock"] < item["lead_time_days"]


def test_told_again_nothing_is_news(published: Publisher) -> None:
    tell(published)
    assert tell(published) == 0
    published.clock.advance(timedelta(hours=1))
    published.build(replaced(world(), "fct_inventory", [hose(), hose(inventory_item_id=805)]))
    assert tell(published) == 1, "only the stock changed"


def test_a_page_that_stays_low_is_one_anomaly_for_a_week(published: Publisher) -> None:
    tell(published)
    published.clock.advance(timedelta(days=6, hours=23))
    tell(published)
    assert len(facts(published.database, FactType.ANOMALIES)) == 1


def test_refusals_far_apart_are_two_windows(published: Publisher) -> None:
    def call(minute: int, status: str = "throttled") -> CallRecord:
        at = datetime(2026, 11, 21, 17, minute, tzinfo=UTC)
        return CallRecord(SHOP, at, RUN, "shopify", "orders", status, 0.1, 0)

    with published.database.jobs() as session:
        save_calls(session, [call(0), call(4), call(5, "ok"), call(20, "HTTP 429")])
    tell(published)
    tell(published)
    later, first = facts(published.database, FactType.RATE_LIMIT)
    assert (first.value, later.value) == (2, 1)
    assert first.metadata["last_at"] == "2026-11-21T17:04:00Z"
    assert first.metadata["operations"] == ["orders"]


def test_a_person_tells_that_a_dashboard_was_opened_and_nothing_of_another_shop(
    database: Database, shop: SeededShop
) -> None:
    ours = shop
    with database.jobs() as session:
        theirs = add_shop(session, "kustom-kyoto", timezone="Asia/Tokyo", currency="JPY")
    told = Fact(FactType.SESSION, "k", NOW, SessionOpened(operator="user:1", request_id="r"))
    with database.as_user(ours.owner_id) as session:
        assert keep(session, ours.shop_id, [told]) == 1
        assert keep(session, ours.shop_id, [told]) == 0
    with pytest.raises(Exception, match="row-level security"):
        _keep_as(database, ours, theirs.shop_id, told)


def _keep_as(database: Database, person: SeededShop, shop_id: str, told: Fact) -> None:
    with database.as_user(person.owner_id) as session:
        keep(session, shop_id, [told])


def test_what_does_not_fit_is_refused_with_its_place() -> None:
    with pytest.raises(FactError) as refused:
        metadata_of(FactType.SALES, {"day": "2026-11-20"})
    assert refused.value.field == "timezone"
    with pytest.raises(FactError, match="no type"):
        type_called("shopify.unknown")


class TestTheNight:
    def tell_all(self, session: Session) -> None:
        def decide(action: str, subject: str, at: datetime, **detail: Any) -> None:
            add_decision(
                session,
                DecisionRecord(SHOP, new_id(), "ops", action, "ana", subject, "So.", at, detail),
            )

        opened = datetime(2026, 11, 10, 18, tzinfo=UTC)
        told = SessionOpened(operator="ana", request_id=None)
        keep(session, SHOP, [Fact(FactType.SESSION, "k", opened, told)])
        decide("inventory.reorder.approve", "item:1", opened + timedelta(days=2))
        # Broken at 06:00, and one answer about both conversations at 07:30.
        answered = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
        decide(
            "chatwoot.reply.approve",
            "conversations:breached",
            answered,
            subjects=["conversation:7"],
        )
        page = {"landing_page": "/p"}
        for day in (16, 17):
            at = datetime(2026, 11, day, 18, tzinfo=UTC)
            add_facts(
                session, [FactRecord(SHOP, new_id(), FactType.ANOMALIES.value, 1, at, None, page)]
            )
        decide("seo.assignment.create", "page:/p", datetime(2026, 11, 18, 12, tzinfo=UTC))

    def test_rolls_up_what_the_last_seven_judged_days_were(self, published: Publisher) -> None:
        """One shop started and was activated; 90 minutes; one of two anomalies within 24 hours."""
        with published.database.jobs() as session:
            self.tell_all(session)
        assert roll_up(published.database, published.clock) == {SHOP: 3}
        [started] = facts(published.database, FactType.ACTIVATION)
        [resolved] = facts(published.database, FactType.SLA_RESOLUTION)
        [answered] = facts(published.database, FactType.ANOMALY_RESPONSE)
        assert (started.value, resolved.value, answered.value) == (1, 90, Decimal("0.5"))
        assert [started.metadata["first_day"], started.metadata["last_day"]] == [
            "2026-11-07",
            "2026-11-13",
        ]
        assert resolved.metadata["last_day"] == "2026-11-20"
        assert answered.metadata["last_day"] == "2026-11-19"

    def test_once_a_day_and_with_the_reason_where_there_is_nothing(
        self, published: Publisher
    ) -> None:
        assert roll_up(published.database, published.clock) == {SHOP: 3}
        assert roll_up(published.database, published.clock) == {SHOP: 0}
        [started] = facts(published.database, FactType.ACTIVATION)
        assert started.value is None
        assert started.metadata["why_empty"]


class TestOlderEscalations:
    def older(self, database: Database, **metadata: Any) -> FactRecord:
        fact = FactRecord(
            SHOP, new_id(), FactType.ESCALATIONS.value, 1, NOW - timedelta(days=1), None, metadata
        )
        with database.jobs() as session:
            add_facts(session, [fact])
        return fact

    def test_get_the_moments_that_are_published(self, published: Publisher) -> None:
        old = self.older(published.database, breached_ids=[7, 9, 404])
        assert backfill_breaches(published.database) == {SHOP: (1, 1)}
        [corrected] = facts(published.database, FactType.ESCALATIONS)
        assert (corrected.corrects, corrected.occurred_at) == (old.fact_id, old.occurred_at)
        # Of two broken promises of conversation 9 the first one, at 09:00.
        assert corrected.metadata["breach_times"] == {
            "7": "2026-11-20T06:00:00Z",
            "9": "2026-11-21T09:00:00Z",
        }
        assert corrected.metadata["breached_ids"] == [7, 9, 404]

    def test_once(self, published: Publisher) -> None:
        self.older(published.database, breached_ids=[7])
        assert backfill_breaches(published.database) == {SHOP: (1, 0)}
        assert backfill_breaches(published.database) == {SHOP: (0, 0)}

    def test_what_has_them_is_left_alone(self, published: Publisher) -> None:
        self.older(published.database, breached_ids=[7], breach_times={"7": "2026-11-01T00:00:00Z"})
        assert backfill_breaches(published.database) == {SHOP: (0, 0)}


def test_the_id_of_a_fact_follows_from_what_it_is_about() -> None:
    assert fact_id(SHOP, FactType.SYNC, "k") == fact_id(SHOP, FactType.SYNC, "k")
    assert fact_id(SHOP, FactType.SYNC, "k") != fact_id("other", FactType.SYNC, "k")
