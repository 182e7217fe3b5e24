"""From raw rows to the operating marts, on every engine: each expectation worked out by hand."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from hotdash.pipeline.transform.build import BuildMode
from tests.fixtures.raw_orders import Line, Order
from tests.fixtures.raw_world import RawWorld, Row
from tests.fixtures.warehouses import ENGINES, BuiltWarehouse, OpenBuilt

SHOP = "berlin"
# Loads begin on November 1st 2026, a Sunday; the last known moment is the evening of the 9th in Berlin.
HOURS_UNTIL_THE_LAST = 209


def at(day: int, clock: str, month: int = 10) -> datetime:
    return datetime.fromisoformat(f"2026-{month:02}-{day:02}T{clock}:00+00:00")


def conversation(number: int, opened: datetime, **given: Any) -> Row:
    own = {
        "conversation_id": number,
        "inbox_id": 1,
        "contact_id": number,
        "channel": "Channel::Email",
        "status": "open",
        "labels": "[]",
        "created_at": opened,
        "updated_at": opened,
        "last_activity_at": opened,
    }
    return own | given


def message(number: int, said_at: datetime, kind: str = "incoming") -> Row:
    own = {"conversation_id": number, "message_id": number * 10 + len(kind), "is_private": False}
    return own | {"message_type": kind, "created_at": said_at}


def hours(weekdays: Sequence[int], opens: int, closes: int) -> list[Row]:
    own = {"opens_minute": opens, "closes_minute": closes, "timezone": "Europe/Berlin"}
    promise = {"first_response_minutes": 120, "resolution_minutes": 600}
    return [own | promise | {"weekday": weekday} for weekday in weekdays]


# Berlin leaves summer time on Sunday, October 25th at 01:00 UTC: that Sunday has 25 hours.
FRIDAY_1630 = at(23, "14:30")
MONDAY_0930 = at(26, "08:30")
CONVERSATIONS = [
    # Over the weekend: 30 minutes of Friday and 30 of Monday.
    conversation(1, FRIDAY_1630, first_reply_created_at=MONDAY_0930),
    # At night: due at 11:00 on Monday, answered at 11:01.
    conversation(2, at(26, "01:00"), first_reply_created_at=at(26, "10:01")),
    # Resolved, with Chatwoot's own word about when; opened again later and left open.
    conversation(3, at(27, "09:00"), status="resolved", last_activity_at=at(30, "09:00")),
    # By the shop: nobody is owed an answer.
    conversation(4, at(27, "09:00"), first_reply_created_at=at(27, "09:00")),
    # Nobody answered; due on Monday the 9th at 11:00, and the last known moment is that evening.
    conversation(5, at(6, "15:30", 11)),
    # 23:30 UTC on the 28th is the 29th in Berlin; resolved without an answer, in time.
    conversation(6, at(28, "23:30"), status="resolved", last_activity_at=at(29, "09:00")),
]


@pytest.fixture(scope="module", params=ENGINES)
def marts(request: pytest.FixtureRequest, built_on: OpenBuilt) -> BuiltWarehouse:
    built = built_on(request.param)
    world = built.new_world()
    world.shop(SHOP, "Europe/Berlin", "EUR")
    _tell_support(world)
    _tell_stock(world)
    # The only order, on the 27th: from then on nothing is sold.
    world.load(SHOP, [Order(1, "2026-10-27T12:00:00Z", [Line(1, "70")], currency="EUR")])
    world.loads = HOURS_UNTIL_THE_LAST
    world.tell(SHOP, "chatwoot", {})
    world.load(SHOP)
    built.build(BuildMode.FULL)
    return built


def _tell_support(world: RawWorld) -> None:
    answers = [(2, at(26, "10:01")), (1, MONDAY_0930), (4, at(27, "08:59"))]
    resolved = {
        "conversation_id": 3,
        "event_id": 1,
        "name": "conversation_resolved",
        "event_start_time": at(27, "09:00"),
        "event_end_time": at(28, "10:00"),
    }
    world.tell(
        SHOP,
        "chatwoot",
        {
            "chatwoot_sla_settings": hours([1, 2, 3, 4, 5], 540, 1020),
            "chatwoot_conversations": CONVERSATIONS,
            "chatwoot_messages": [
                *(
                    message(row["conversation_id"], row["created_at"])
                    for row in CONVERSATIONS
                    if row["conversation_id"] != 4
                ),
                message(4, at(27, "12:00")),
                *(message(number, said, "outgoing") for number, said in answers),
            ],
            "chatwoot_reporting_events": [resolved],
            "chatwoot_csat": [
                {"conversation_id": 1, "csat_id": 1, "rating": 5, "created_at": at(26, "09:00")},
                {"conversation_id": 2, "csat_id": 2, "rating": 4, "created_at": at(26, "11:00")},
            ],
        },
    )
    # The customer thinks again; new hours hold from the next day on, for what is opened then.
    world.tell(
        SHOP,
        "chatwoot",
        {
            "chatwoot_csat": [
                {"conversation_id": 2, "csat_id": 2, "rating": 2, "created_at": at(26, "11:00")}
            ],
            "chatwoot_sla_settings": hours([7], 0, 1440),
        },
    )


def _tell_stock(world: RawWorld) -> None:
    known = {"created_at": at(1, "00:00", 5), "updated_at": at(1, "00:00", 5)}
    item = {"inventory_item_id": 500}
    world.load(
        SHOP,
        told={
            "products": [known | {"product_id": 5, "title": "Hose", "vendor": "Acme"}],
            "variants": [
                known | item | {"variant_id": 50, "product_id": 5, "sku": "H", "price": Decimal(8)}
            ],
            "inventory_items": [
                known | item | {"is_tracked": True, "unit_cost": Decimal(3), "cost_currency": "EUR"}
            ],
            "inventory_levels": [
                known | item | {"location_id": 1, "available": 6, "on_hand": 7, "incoming": 0},
                known | item | {"location_id": 2, "available": 4, "on_hand": 4, "incoming": 0},
            ],
        },
    )
    # On the 4th in Berlin the second location is sold out.
    level = item | {"location_id": 2, "available": -6, "on_hand": 0, "incoming": 0}
    world.loads += 72
    world.load(SHOP, told={"inventory_levels": [level | {"updated_at": at(3, "23:30", 11)}]})


def row(marts: BuiltWarehouse, sql: str) -> dict[str, Any]:
    [found] = marts.rows(sql)
    return found


class TestConversations:
    def of(self, marts: BuiltWarehouse, number: int) -> dict[str, Any]:
        return row(marts, f"select * from marts.fct_conversations where conversation_id = {number}")

    def test_working_time_leaves_the_weekend_out(self, marts: BuiltWarehouse) -> None:
        found = self.of(marts, 1)
        # Friday 16:30 summer time to Monday 9:30 winter time is 66 hours of real time.
        assert found["first_reply_seconds"] == 66 * 3600
        assert found["first_reply_business_seconds"] == 3600
        assert found["first_reply_minutes"] == 66 * 60
        # Half an hour of Friday, the other one and a half from 9:00 on Monday.
        assert found["first_reply_due_at"] == at(26, "09:30")
        assert not found["is_first_reply_breached"]
        # Ten hours of working time: half an hour, eight on Monday, and until 10:30 on Tuesday.
        assert found["resolution_due_at"] == at(27, "09:30")
        assert found["is_resolution_breached"]

    def test_an_answer_a_minute_late_breaks_the_promise(self, marts: BuiltWarehouse) -> None:
        found = self.of(marts, 2)
        # Opened at 2:00 at night: working time begins at 9:00, and two hours end at 11:00.
        assert found["first_reply_due_at"] == at(26, "10:00")
        assert found["first_reply_business_seconds"] == 121 * 60
        assert (found["is_promised"], found["is_first_reply_breached"]) == (True, True)

    def test_a_resolution_is_when_it_was_measured(self, marts: BuiltWarehouse) -> None:
        found = self.of(marts, 3)
        assert (found["resolution_basis"], found["resolved_at"]) == ("event", at(28, "10:00"))
        assert found["resolution_seconds"] == 25 * 3600
        # Tuesday 10:00 to 17:00 are 7 hours, Wednesday 9:00 to 11:00 are 2.
        assert found["resolution_business_seconds"] == 9 * 3600
        assert not found["is_resolution_breached"]

    def test_what_the_shop_began_owes_nobody(self, marts: BuiltWarehouse) -> None:
        found = self.of(marts, 4)
        assert (found["is_asked"], found["is_answered"], found["is_promised"]) == (False,) * 3
        assert found["first_reply_seconds"] is None

    def test_what_nobody_answered_is_overdue(self, marts: BuiltWarehouse) -> None:
        """Opened on a Friday after the hours changed to Sundays, round the clock."""
        found = self.of(marts, 5)
        # The next working time is Sunday the 8th from midnight, so two hours end at 2:00.
        assert found["first_reply_due_at"] == at(8, "01:00", 11)
        assert found["is_first_reply_breached"]
        breach = row(
            marts,
            "select * from marts.fct_sla_events where conversation_id = 5 and kind = 'first_reply'",
        )
        assert (breach["met_at"], breach["late_seconds"]) == (None, None)
        assert (breach["breach_day"], breach["told_by"]) == (date(2026, 11, 8), "promise")

    def test_stands_on_the_shops_day(self, marts: BuiltWarehouse) -> None:
        found = self.of(marts, 6)
        assert (found["day"], found["resolution_basis"]) == (date(2026, 10, 29), "last_activity")
        assert not found["is_breached"]

    def test_the_last_rating_holds(self, marts: BuiltWarehouse) -> None:
        assert [
            (
                each["conversation_id"],
                each["ratings"],
                each["satisfied_ratings"],
                each["rating_points"],
            )
            for each in marts.rows(
                "select * from marts.fct_conversations where ratings > 0 order by conversation_id"
            )
        ] == [(1, 1, 1, 5), (2, 1, 0, 2)]


class TestStock:
    def test_holds_until_it_changes(self, marts: BuiltWarehouse) -> None:
        """10 for sale from the first reading on; from the 4th on 6 here and 6 too few there."""
        days = marts.rows("select day, available from marts.fct_inventory_days order by day")
        assert [(each["day"].day, each["available"]) for each in days] == [
            *((day, 10) for day in (1, 2, 3)),
            *((day, 0) for day in (4, 5, 6, 7, 8, 9)),
        ]

    def test_days_without_stock_are_left_out(self, marts: BuiltWarehouse) -> None:
        found = row(marts, "select * from marts.fct_inventory")
        assert found["as_of_day"] == date(2026, 11, 9)
        # Six of 56 days without stock.
        assert found["days_in_stock_56d"] == 50
        assert (found["is_out_of_stock"], found["is_dead"], found["days_of_stock"]) == (
            True,
            False,
            None,
        )
        assert found["stock_value"] == Decimal(21)

    def test_lies_where_it_lies(self, marts: BuiltWarehouse) -> None:
        found = marts.rows(
            "select location_id, available from marts.fct_stock_levels order by location_id"
        )
        assert [tuple(each.values()) for each in found] == [(1, 6), (2, -6)]


def test_a_shop_that_sells_nothing_any_more_has_days_of_zero(marts: BuiltWarehouse) -> None:
    """Read on the 9th: the 8th is over, and the week until it has nothing of the 70.00 of the 27th."""
    newest = marts.rows("select * from marts.fct_growth order by day desc")[0]
    assert newest["day"] == date(2026, 11, 8)
    assert (newest["revenue_7d"], newest["revenue_12m"]) == (0, 70)


def test_hours_that_a_night_leaves_out_or_tells_twice(marts: BuiltWarehouse) -> None:
    """Sundays round the clock: October 25th has 25 hours, all others 24."""
    days = marts.rows(
        "select day, working_seconds from intermediate.int_support_days "
        "where valid_before is null and working_seconds > 0 and day < date '2026-11-09' order by day"
    )
    spans = {each["day"]: timedelta(seconds=each["working_seconds"]) for each in days}
    assert spans == {
        date(2026, 10, 25): timedelta(hours=25),
        date(2026, 11, 1): timedelta(hours=24),
        date(2026, 11, 8): timedelta(hours=24),
    }
