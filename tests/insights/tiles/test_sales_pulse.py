"""Sales Pulse from real publications: the numbers, their comparison, and the page's word on trouble."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from hotdash.base.errors import NotFoundError
from hotdash.base.ids import new_id
from hotdash.insights.metrics.period import Compare, Period, Range
from hotdash.insights.tiles.contract import Tile, TileState, Verdict
from hotdash.insights.tiles.engine import load_tile
from hotdash.pipeline.publish.hold import rollback
from hotdash.storage.appdb.models import CheckResult, Run, RunStep
from tests.fixtures.marts import Publisher, Rows, order, revenue_day
from tests.fixtures.shops import SeededShop

SHOP = "hot-rod-an"
WEEK = Period(Range.DAYS_7, Compare.PREVIOUS)
FIRST, LAST = date(2026, 11, 14), date(2026, 11, 20)
BEFORE = FIRST - timedelta(days=7)


def two_weeks(now: str = "100", then: str = "80", **values: Any) -> Rows:
    """Seven days of two orders each, after seven such days of other amounts."""
    days = [(BEFORE + timedelta(days=offset), then if offset < 7 else now) for offset in range(14)]
    half = {amount: str(Decimal(amount) / 2) for amount in (now, then)}
    return {
        "fct_revenue": [
            revenue_day(SHOP, day, amount, counted_orders=2, **values) for day, amount in days
        ],
        "fct_orders": [
            order(SHOP, number * 2 + copy, day, half[amount])
            for number, (day, amount) in enumerate(days)
            for copy in (0, 1)
        ],
    }


def tile_of(publisher: Publisher, shop: SeededShop, period: Period = WEEK) -> Tile:
    with publisher.database.as_user(shop.owner_id) as session:
        return load_tile(session, "sales-pulse", SHOP, period, publisher.clock.now())


class TestNumbers:
    def test_are_the_sums_of_the_days(self, publisher: Publisher, shop: SeededShop) -> None:
        publisher.build(two_weeks())

        tile = tile_of(publisher, shop)

        assert (tile.state, tile.value, tile.unit) == (TileState.OK, Decimal("700.00"), "USD")
        assert [point.value for point in tile.series] == [Decimal("100.00")] * 7
        assert [point.base_value for point in tile.series] == [Decimal("80.00")] * 7

    def test_are_compared_with_the_previous_period(
        self, publisher: Publisher, shop: SeededShop
    ) -> None:
        publisher.build(two_weeks())

        delta = tile_of(publisher, shop).delta

        assert delta is not None
        assert (delta.change, delta.ratio, delta.base) == (
            Decimal("140.00"),
            Decimal("0.2500"),
            Decimal("560.00"),
        )
        assert (delta.verdict, delta.against) == (Verdict.BETTER, "previous 7 days")

    def test_stand_in_context(self, publisher: Publisher, shop: SeededShop) -> None:
        publisher.build(two_weeks(refunds=Decimal("12.5")))

        context = {item.metric: item for item in tile_of(publisher, shop).context}

        assert {name: item.value for name, item in context.items()} == {
            "orders": Decimal(14),
            "aov": Decimal("43.75"),
            "median_order_value": Decimal("50.00"),
            "refunds": Decimal("87.50"),
            "conversion": None,
        }
        assert context["orders"].unit == "orders"
        refunds, orders = context["refunds"].delta, context["orders"].delta
        assert refunds is not None
        assert orders is not None
        assert (refunds.verdict, orders.verdict) == (Verdict.SAME, Verdict.SAME)

    def test_more_refunds_are_worse(self, publisher: Publisher, shop: SeededShop) -> None:
        rows = {
            "fct_revenue": [
                revenue_day(SHOP, BEFORE, "100", refunds=Decimal(10)),
                revenue_day(SHOP, LAST, "100", refunds=Decimal(20)),
            ]
        }
        publisher.build(rows)

        (refunds,) = (i for i in tile_of(publisher, shop).context if i.metric == "refunds")

        assert refunds.delta is not None
        assert refunds.delta.verdict is Verdict.WORSE

    def test_in_yen_have_no_decimals(self, publisher: Publisher, shop: SeededShop) -> None:
        with publisher.database.jobs() as session:
            session.execute(text("update app.shops set currency = 'JPY'"))
        publisher.build(two_weeks(now="1001"))

        tile = tile_of(publisher, shop)

        assert str(tile.value) == "7007"
        assert {str(i.value) for i in tile.context if i.metric == "aov"} == {"501"}

    def test_have_no_average_without_an_order(self, publisher: Publisher, shop: SeededShop) -> None:
        rows = two_weeks()
        late = revenue_day(SHOP, LAST, "0", counted_orders=0, refunds=Decimal(5))
        publisher.build({"fct_revenue": [*rows["fct_revenue"][:7], late]})

        tile = tile_of(publisher, shop)

        assert tile.value == Decimal("-5.00")
        (aov,) = (item for item in tile.context if item.metric == "aov")
        assert (aov.value, aov.delta) == (None, None)

    def test_name_the_best_day(self, publisher: Publisher, shop: SeededShop) -> None:
        rows = two_weeks()
        publisher.build(
            {"fct_revenue": [*rows["fct_revenue"][:-1], revenue_day(SHOP, LAST, "999.5")]}
        )

        facts = {fact.name: fact.text for fact in tile_of(publisher, shop).facts}

        assert facts["best_day"] == "Best day: 20 Nov 2026 with $999.50"
        assert facts["period"].startswith("14 Nov 2026 to 20 Nov 2026")


class TestComparison:
    def test_with_nothing_is_none(self, publisher: Publisher, shop: SeededShop) -> None:
        publisher.build(two_weeks())

        tile = tile_of(publisher, shop, Period(Range.DAYS_7, Compare.NONE))

        assert tile.delta is None
        assert tile.reasons == []

    def test_with_zero_is_none(self, publisher: Publisher, shop: SeededShop) -> None:
        publisher.build(two_weeks(then="0"))

        assert tile_of(publisher, shop).delta is None

    def test_with_days_before_the_first_known_one_is_none_and_says_so(
        self, publisher: Publisher, shop: SeededShop
    ) -> None:
        rows = two_weeks()
        publisher.build({"fct_revenue": rows["fct_revenue"][3:]})

        tile = tile_of(publisher, shop)

        assert tile.delta is None
        assert tile.reasons == ["No comparison: the first known day is 10 Nov 2026."]

    @pytest.mark.parametrize(
        ("now", "state"), [("71", TileState.WATCH), ("60", TileState.ACT), ("0", TileState.ACT)]
    )
    def test_that_falls_calls_for_a_person(
        self, publisher: Publisher, shop: SeededShop, now: str, state: TileState
    ) -> None:
        publisher.build(two_weeks(now=now))

        tile = tile_of(publisher, shop)

        assert (tile.state, tile.value) == (state, Decimal(now) * 7)


class TestStates:
    def test_empty_before_the_first_publication(
        self, publisher: Publisher, shop: SeededShop
    ) -> None:
        tile = tile_of(publisher, shop)

        assert (tile.state, tile.value, tile.build) == (TileState.EMPTY, None, None)
        assert "`hotdash run`" in tile.next_action.text

    def test_empty_without_an_order(self, publisher: Publisher, shop: SeededShop) -> None:
        publisher.build({})

        tile = tile_of(publisher, shop)

        assert (tile.state, tile.value) == (TileState.EMPTY, None)
        assert tile.reasons == ["The shop has no order that counts yet."]

    def test_empty_in_a_period_without_orders(self, publisher: Publisher, shop: SeededShop) -> None:
        publisher.build({"fct_revenue": [revenue_day(SHOP, date(2026, 1, 5), "10")]})

        tile = tile_of(publisher, shop)

        assert tile.state is TileState.EMPTY
        assert tile.reasons[0] == "No order counted between 14 Nov 2026 and 20 Nov 2026."

    def test_stale_when_the_last_complete_sync_is_old(
        self, publisher: Publisher, shop: SeededShop
    ) -> None:
        publisher.build(two_weeks())
        publisher.clock.advance(timedelta(hours=3))

        tile = tile_of(publisher, shop)

        assert (tile.state, tile.value) == (TileState.STALE, Decimal("700.00"))
        assert "Shopify orders were last read completely 3 h ago" in tile.reasons[0]

    def test_blocked_keeps_the_last_trusted_value_of_whole_days(
        self, publisher: Publisher, shop: SeededShop
    ) -> None:
        publisher.build(two_weeks())
        publisher.clock.advance(timedelta(days=2))
        build_id = new_id()
        add_finding(publisher, build_id)
        blocked = {SHOP: {"fct_revenue": ["2 days differ from Shopify's own count."]}}
        publisher.build(two_weeks(now="1"), blocked=blocked, build_id=build_id)
        publisher.clock.advance(timedelta(hours=1))

        tile = tile_of(publisher, shop)

        assert (tile.state, tile.value) == (TileState.BLOCKED, Decimal("700.00"))
        assert tile.reasons == [
            "2 days differ from Shopify's own count.",
            "Last trusted: $700.00 for the 7 days to 20 Nov 2026, "
            "from data as of 21 Nov 2026 10:00.",
            "Blocked since 23 Nov 2026 10:00.",
        ]
        assert tile.next_action.text == "Read the two days anew."

    def test_blocked_since_the_first_of_several_builds(
        self, publisher: Publisher, shop: SeededShop
    ) -> None:
        publisher.build(two_weeks())
        for _ in range(3):
            publisher.clock.advance(timedelta(hours=1))
            publisher.build(two_weeks("1"), blocked={SHOP: {"fct_revenue": ["It differs."]}})

        assert "Blocked since 21 Nov 2026 11:00." in tile_of(publisher, shop).reasons

    def test_blocked_by_another_mart_is_not_blocked(
        self, publisher: Publisher, shop: SeededShop
    ) -> None:
        publisher.build(two_weeks(), blocked={SHOP: {"dim_customers": ["Not here."]}})

        assert tile_of(publisher, shop).state is TileState.OK

    @pytest.mark.parametrize(
        ("kind", "mode", "says"),
        [
            ("refresh", "full", "A full rebuild of this shop"),
            ("backfill", None, "A backfill of this shop"),
        ],
    )
    def test_reprocessing_while_history_is_computed_anew(
        self, publisher: Publisher, shop: SeededShop, kind: str, mode: str | None, says: str
    ) -> None:
        publisher.build(two_weeks())
        add_run(publisher, kind, mode)

        tile = tile_of(publisher, shop)

        assert (tile.state, tile.provisional) == (TileState.REPROCESSING, True)
        assert tile.reasons[0].startswith(f"{says} has been running since 21 Nov 2026 10:00")

    def test_an_ordinary_run_reprocesses_nothing(
        self, publisher: Publisher, shop: SeededShop
    ) -> None:
        add_run(publisher, "refresh", None)
        assert tile_of(publisher, shop).state is TileState.REPROCESSING

        publisher.build(two_weeks())

        assert tile_of(publisher, shop).state is TileState.OK

    def test_pinned_says_since_when_and_why(self, publisher: Publisher, shop: SeededShop) -> None:
        (first, *_) = publisher.build(two_weeks())
        publisher.build(two_weeks(now="500"))
        assert first.manifest_id is not None
        with publisher.database.jobs() as session:
            now = publisher.clock.now()
            rollback(session, SHOP, first.manifest_id, actor="ana", reason="Doubled.", at=now)

        tile = tile_of(publisher, shop)

        assert tile.value == Decimal("700.00")
        assert tile.reasons[-1].endswith(": Doubled.")


class TestIsolation:
    def test_of_a_foreign_shop_there_is_no_tile(
        self, publisher: Publisher, two_shops: tuple[SeededShop, SeededShop]
    ) -> None:
        publisher.build(two_weeks())

        with pytest.raises(NotFoundError):
            tile_of(publisher, two_shops[1])

    def test_work_on_a_foreign_shop_is_not_told(
        self, publisher: Publisher, two_shops: tuple[SeededShop, SeededShop]
    ) -> None:
        add_run(publisher, "backfill", None)
        query = text("select count(*) from app.work_under_way(:shop)")
        counts = list[int]()
        for reader in two_shops:
            with publisher.database.as_user(reader.owner_id) as session:
                counts.append(session.execute(query, {"shop": SHOP}).scalar_one())
        assert counts == [1, 0]


def test_the_answer_has_the_one_shape(publisher: Publisher, shop: SeededShop) -> None:
    (published, *_) = publisher.build(two_weeks())

    answer = json.loads(json.dumps(tile_of(publisher, shop).as_json()))

    assert list(answer) == [
        *("tile", "state", "metric", "value", "unit", "delta", "direction", "series", "context"),
        *("next_action", "facts", "lists", "as_of", "build", "provisional", "reasons"),
    ]
    assert answer["tile"] == "sales-pulse"
    assert answer["value"] == "700.00"
    assert answer["delta"]["ratio"] == "0.250000"
    assert answer["series"][0] == {
        "day": "2026-11-14",
        "value": "100.00",
        "base_day": "2026-11-07",
        "base_value": "80.00",
    }
    assert answer["as_of"] == {"shopify": "2026-11-21T18:00:00.000000Z"}
    assert answer["build"] == str(published.build_id)


def add_finding(publisher: Publisher, build_id: UUID) -> None:
    with publisher.database.jobs() as session:
        session.add(
            CheckResult(
                shop_id=SHOP,
                build_id=build_id,
                check_name="order_counts_reconcile",
                severity="blocking",
                status="failed",
                marts=["fct_revenue"],
                failing_rows=2,
                sentence="2 days differ from Shopify's own count.",
                mend="Read the two days anew.",
                owner="data engineering",
                at=publisher.clock.now(),
            )
        )


def add_run(publisher: Publisher, kind: str, mode: str | None) -> None:
    run_id, at = new_id(), datetime(2026, 11, 21, 18, tzinfo=UTC)
    with publisher.database.jobs() as session:
        session.add(
            Run(
                run_id=run_id,
                warehouse="w",
                kind=kind,
                status="running",
                started_at=at,
                shops=[SHOP, "another"],
            )
        )
        session.flush()
        session.add(
            RunStep(
                run_id=run_id,
                step="request",
                status="completed",
                attempt=1,
                started_at=at,
                detail={"mode": mode},
            )
        )
