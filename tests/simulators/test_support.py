"""The support desks of the world: cases that follow from orders, hours of business, and a day that went wrong."""

from collections import Counter
from datetime import UTC, datetime
from functools import lru_cache

import pytest

from hotdash.base.clock import local_day
from hotdash.simulators.business_hours import BusinessHours
from hotdash.simulators.orders import epoch, instant
from hotdash.simulators.shop_profiles import SHOPS, SLA_BREACHES
from hotdash.simulators.support import Case, support_of
from hotdash.simulators.support_cases import HOUR, MINUTE
from hotdash.simulators.world import World
from tests.fixtures.simulator import SHOP_ID, UNTIL

NOW = epoch(UNTIL)


@lru_cache(maxsize=4)
def made(orders: int = 8_000, seed: int = 7, until: datetime = UNTIL) -> World:
    return World(orders, seed, until)


def cases(shop_id: str = SHOP_ID, world: World | None = None) -> list[Case]:
    return support_of(world or made(), shop_id).cases_as_of(NOW)


class TestBusinessHours:
    HOURS = BusinessHours("America/Chicago", 8 * 60, 17 * 60, 4)

    def at(self, text: str) -> int:
        return epoch(datetime.fromisoformat(text))

    @pytest.mark.parametrize(
        ("start", "seconds", "end"),
        [
            ("2026-11-20T09:00-06:00", HOUR, "2026-11-20T10:00-06:00"),
            ("2026-11-20T16:30-06:00", HOUR, "2026-11-23T08:30-06:00"),
            ("2026-11-21T03:00-06:00", 9 * HOUR, "2026-11-23T17:00-06:00"),
            ("2026-10-30T16:00-05:00", 2 * HOUR, "2026-11-02T09:00-06:00"),
            ("2026-11-20T07:59-06:00", 0, "2026-11-20T08:00-06:00"),
        ],
    )
    def test_a_span_there_and_back(self, start: str, seconds: int, end: str) -> None:
        assert self.HOURS.after(self.at(start), seconds) == self.at(end)
        assert self.HOURS.between(self.at(start), self.at(end)) == seconds

    def test_written_as_a_person_would(self) -> None:
        assert self.HOURS.written == "Mon-Fri 08:00-17:00"


class TestCases:
    @pytest.mark.parametrize("shop", SHOPS, ids=lambda shop: shop.shop_id)
    def test_one_for_about_twelve_orders(self, shop: object) -> None:
        shop_id = shop.shop_id
        orders = len(list(made().orders_as_of(UNTIL, shop_id)))
        assert 0.7 * orders / 12 < len(cases(shop_id)) < 1.4 * orders / 12

    def test_each_is_about_an_order_of_its_customer_and_comes_after_it(self) -> None:
        world = made().of(SHOP_ID)
        for case in cases():
            order = world.order_as_of(case.order_id, NOW)
            assert order is not None
            assert case.person.customer_id == order.customer_id
            assert case.order_name == order.name
            assert case.opened_at > order.created_at

    def test_everything_is_said_in_the_order_of_time(self) -> None:
        for case in cases():
            instants = [each.at for each in case.said]
            assert instants == sorted(instants)
            turns = [turn.at for turn in case.turns]
            assert turns == sorted(turns)

    def test_every_kind_of_case_occurs(self) -> None:
        found = cases()
        assert len({case.topic for case in found}) == 4
        statuses = Counter(turn.status for case in found for turn in case.turns)
        assert set(statuses) == {"open", "pending", "snoozed", "resolved"}
        assert any(len(case.resolutions) > 1 for case in found), "some are reopened"
        assert any(not case.resolutions for case in found), "some stay open"
        assert any(case.person.customer_id is None for case in found), "guests write too"
        assert {case.rated.rating for case in found if case.rated} == {1, 2, 3, 4, 5}
        assert {miss.kind for case in found for miss in case.misses} == {"frt", "nrt", "rt"}
        assert any(said.private for case in found for said in case.said)

    def test_answers_come_in_business_hours(self) -> None:
        desk = support_of(made(), SHOP_ID)
        for case in cases():
            for measure in case.measures:
                if measure.name == "first_response":
                    assert desk.hours.between(measure.at - 1, measure.at) == 1
                    worked = desk.hours.between(case.opened_at, measure.at)
                    assert worked == measure.in_business_hours

    def test_a_miss_is_a_threshold_that_passed_before_the_answer(self) -> None:
        desk = support_of(made(), SHOP_ID)
        for case in cases():
            first = [m for m in case.measures if m.name == "first_response"]
            is_late = bool(first) and first[0].in_business_hours > desk.policy.first_response
            has_missed = any(miss.kind == "frt" for miss in case.misses)
            assert has_missed == (is_late or not first)

    def test_the_same_seed_tells_the_same_and_another_does_not(self) -> None:
        assert cases(world=World(600, 7, UNTIL)) == cases(world=World(600, 7, UNTIL))
        assert cases(world=World(600, 7, UNTIL)) != cases(world=World(600, 8, UNTIL))

    def test_a_case_keeps_its_number_however_the_desk_was_asked(self) -> None:
        stepwise = support_of(World(600, 7, UNTIL), SHOP_ID)
        early = stepwise.cases_as_of(NOW - 90 * 86_400)
        assert stepwise.cases_as_of(NOW)[: len(early)] == early
        assert stepwise.cases_as_of(NOW) == cases(world=World(600, 7, UNTIL))


class TestTheDayThatWentWrong:
    @pytest.mark.parametrize("orders", [600, 8_000])
    def test_nearly_every_first_answer_was_late(self, orders: int) -> None:
        world = made(orders)
        (incident,) = [i for i in world.incidents if i.kind == SLA_BREACHES]
        timezone = world.of(incident.shop_id).shop.timezone
        found = cases(incident.shop_id, world)
        that_day = [
            case
            for case in found
            if str(local_day(instant(case.opened_at), timezone)) == incident.day
        ]
        others = [case for case in found if case not in that_day]
        assert len(that_day) >= 6
        assert share_of_late(that_day) > 0.8
        assert share_of_late(others) < 0.35

    @pytest.mark.parametrize("day", range(14, 21))
    def test_it_is_a_day_on_which_support_works(self, day: int) -> None:
        world = made(20, 7, datetime(2026, 11, day, 12, tzinfo=UTC))
        (incident,) = [i for i in world.incidents if i.kind == SLA_BREACHES]
        assert datetime.fromisoformat(incident.day).weekday() < 5


def share_of_late(found: list[Case]) -> float:
    return sum(any(m.kind == "frt" for m in case.misses) for case in found) / len(found)


def test_an_ordinary_first_answer_takes_minutes_to_hours() -> None:
    waits = sorted(
        measure.in_business_hours
        for case in cases()
        for measure in case.measures
        if measure.name == "first_response"
    )
    assert 10 * MINUTE < waits[len(waits) // 2] < 2 * HOUR
