"""Throttling and passing failures: waited for as told, never hammered, and finished."""

import json
import re
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from hotdash.base.http import Call, RetryPolicy
from hotdash.base.progress import SilentProgress, Task
from hotdash.connectors.calling import VendorUnavailableError
from hotdash.connectors.shopify.bulk import BulkExports
from hotdash.connectors.shopify.costs import Budget, requested_cost
from hotdash.connectors.shopify.errors import (
    ShopifyAccessError,
    ShopifyAnswerError,
    ShopifyShopError,
)
from hotdash.connectors.shopify.queries import Query, query
from hotdash.connectors.shopify.reading import Reading
from hotdash.connectors.shopify.resources import orders_by_id
from tests.fixtures.simulator import SHOP_ID, UNTIL, Connecting, SimulatorHandle
from tests.fixtures.told_events import read, same_rows

SHOP = query("Shop")
MANY = Query("Many", "query Many { orders(first: 240) { nodes { id } } }")


def statuses(connecting: Connecting) -> Counter[str]:
    return Counter(call.status for call in connecting.calls)


class TestBudget:
    def budget(self) -> tuple[Budget, list[float], list[float]]:
        slept: list[float] = []
        now = [0.0]
        return Budget(slept.append, lambda: now[0]), slept, now

    def test_nothing_is_waited_for_before_the_vendor_has_told_anything(self) -> None:
        budget, slept, _ = self.budget()
        budget.wait_for(900)
        assert slept == []

    def test_the_missing_points_are_waited_for(self) -> None:
        budget, slept, now = self.budget()
        budget.told({"maximumAvailable": 2000.0, "currentlyAvailable": 100, "restoreRate": 50.0})
        budget.wait_for(400)
        now[0] = 4.0
        budget.wait_for(400)
        assert slept == [6.0, 2.0]

    def test_what_was_restored_meanwhile_counts_up_to_the_brim(self) -> None:
        budget, slept, now = self.budget()
        budget.told({"maximumAvailable": 500.0, "currentlyAvailable": 0, "restoreRate": 50.0})
        now[0] = 1000.0
        budget.wait_for(500)
        assert slept == []
        assert budget.wait_needed(9000) is None


class TestThrottling:
    def test_no_request_starts_that_the_bucket_cannot_pay(
        self, connecting: Connecting, simulator: SimulatorHandle
    ) -> None:
        """Eight queries of 241 from a bucket of 500: without waiting most would be throttled."""
        simulator.set_plan(500, 1000)
        client = connecting.client(sleep=time.sleep)
        began = time.monotonic()
        for _ in range(8):
            assert len(client.ask(MANY)["orders"]["nodes"]) == 240
        assert time.monotonic() - began > (8 * 241 - 500 - 241) / 1000
        assert statuses(connecting) == {"ok": 8}
        assert "throttled" not in simulator.calls()

    def test_throttled_anyway_it_waits_as_long_as_the_bucket_needs(
        self, connecting: Connecting, simulator: SimulatorHandle
    ) -> None:
        """At a point a second, and time passes by its waits alone: what a busy machine adds is no refill."""
        simulator.set_plan(500, 1, available=0)
        left: list[float] = []
        sleeps: list[float] = []

        def sleep(seconds: float) -> None:
            sleeps.append(seconds)
            simulator.set_plan(500, 1, available=round(left[0] + sum(sleeps)))

        def note_what_is_left(response: httpx.Response) -> None:
            told = json.loads(response.read())["extensions"]["cost"]["throttleStatus"]
            left.append(told["currentlyAvailable"])

        client = connecting.client(sleep=sleep)
        client.budget = Budget(sleep, lambda: sum(sleeps))
        client.http.event_hooks["response"].append(note_what_is_left)
        assert len(client.ask(MANY)["orders"]["nodes"]) == 240
        assert statuses(connecting) == {"throttled": 1, "ok": 1}
        assert sleeps == [241 - left[0]]

    def test_for_longer_than_anybody_waits_it_is_given_up(
        self, connecting: Connecting, simulator: SimulatorHandle
    ) -> None:
        simulator.fault("too_many_requests", seconds=86_400)
        slept: list[float] = []
        with pytest.raises(VendorUnavailableError, match="throttles Shop of"):
            connecting.client(sleep=slept.append).ask(SHOP)
        assert not slept

    def test_many_times_in_a_row_is_no_reason_to_give_up(
        self, connecting: Connecting, simulator: SimulatorHandle
    ) -> None:
        simulator.fault("throttled", times=25)
        assert connecting.client().ask(SHOP)["shop"]["name"] == "Hot Rod AN"
        assert statuses(connecting) == {"throttled": 25, "ok": 1}
        assert len(connecting.sleeps) == 25, "every one was waited for"

    def test_429_is_answered_with_the_wait_it_asks_for(
        self, connecting: Connecting, simulator: SimulatorHandle
    ) -> None:
        simulator.fault("too_many_requests", times=2, seconds=3.5)
        connecting.client().ask(SHOP)
        assert connecting.sleeps == [3.5, 3.5]
        assert statuses(connecting) == {"throttled": 2, "ok": 1}

    def test_a_whole_read_on_the_smallest_plan_is_never_throttled(
        self, connecting: Connecting, simulator: SimulatorHandle
    ) -> None:
        simulator.set_plan(2000, 20_000)
        read(connecting.connector("kanto-garage", sleep=time.sleep))
        assert "throttled" not in simulator.calls()


class TestPassingFailures:
    @pytest.mark.parametrize("kind", ["server_error", "reset", "internal_error"])
    def test_is_tried_again(
        self, connecting: Connecting, simulator: SimulatorHandle, kind: str
    ) -> None:
        simulator.fault(kind, times=3)
        assert connecting.client().ask(SHOP)["shop"]["name"] == "Hot Rod AN"
        assert [call.retries for call in connecting.calls] == [0, 1, 2, 3]
        assert connecting.calls[-1].status == "ok"
        assert connecting.calls[-1].cost == 2

    def test_gives_up_in_the_end_and_names_shop_and_operation(
        self, connecting: Connecting, simulator: SimulatorHandle
    ) -> None:
        simulator.fault("server_error")
        with pytest.raises(VendorUnavailableError, match=r"Shop for hot-rod-an.*HTTP 503"):
            connecting.client().ask(SHOP)
        assert len(connecting.calls) == 7

    def test_no_answer_in_time(self, connecting: Connecting, simulator: SimulatorHandle) -> None:
        simulator.fault("latency", seconds=60, times=1)

        def wait_longer_from_now_on(call: Call, /) -> None:
            connecting.calls.append(call)
            client.http.timeout = 30

        client = connecting.client(observe=wait_longer_from_now_on)
        client.http.timeout = httpx.Timeout(30, read=0.2)
        assert client.ask(SHOP)["shop"]["name"] == "Hot Rod AN"
        assert [call.status for call in connecting.calls] == ["no answer in time", "ok"]

    def test_nobody_listens(self, connecting: Connecting, simulator: SimulatorHandle) -> None:
        fields = simulator.shops[SHOP_ID]["sources"]["shopify"]
        elsewhere = {**fields, "base_url": "http://127.0.0.1:9/shops/x"}
        simulator.shops["nowhere"] = {"sources": {"shopify": elsewhere}}
        client = connecting.client("nowhere", policy=RetryPolicy(2, 0.001, 0.001))
        del simulator.shops["nowhere"]
        with pytest.raises(VendorUnavailableError, match="connection refused"):
            client.ask(SHOP)

    def test_a_fifth_of_all_calls_failing_costs_less_than_half_as_many_more(
        self, connecting: Connecting, simulator: SimulatorHandle
    ) -> None:
        undisturbed = read(connecting.connector())
        ideal = len(connecting.calls)
        connecting.calls.clear()
        for kind in ("server_error", "reset", "throttled", "internal_error"):
            simulator.fault(kind, share=0.05)
        disturbed = read(connecting.connector())
        assert len(connecting.calls) - ideal > 0.1 * ideal, "faults did happen"
        assert len(connecting.calls) <= 1.5 * ideal
        for table, rows in undisturbed.rows.items():
            assert same_rows(disturbed.rows[table], rows), table


class TestRefusals:
    def test_a_revoked_token_is_one_clear_error_at_once(
        self, connecting: Connecting, simulator: SimulatorHandle
    ) -> None:
        simulator.set_token(SHOP_ID, None)
        token = simulator.shops[SHOP_ID]["sources"]["shopify"]["access_token"]
        with pytest.raises(ShopifyAccessError) as caught:
            connecting.connector().check()
        assert len(connecting.calls) == 1, "no retry storm"
        assert "hot-rod-an.myshopify.com" in caught.value.message
        assert "access token" in caught.value.hint
        assert token not in str(caught.value)

    def test_access_denied_says_what_shopify_said(
        self, connecting: Connecting, simulator: SimulatorHandle
    ) -> None:
        simulator.fault("access_denied")
        with pytest.raises(ShopifyAccessError, match="Access denied for orders field"):
            connecting.client().ask(SHOP)
        assert len(connecting.calls) == 1

    def test_an_unknown_shop(self, connecting: Connecting, simulator: SimulatorHandle) -> None:
        shop = simulator.shops[SHOP_ID]
        fields = shop["sources"]["shopify"]
        elsewhere = {**fields, "base_url": fields["base_url"].replace("hot-rod-an", "nobody")}
        simulator.shops["nobody"] = {**shop, "sources": {"shopify": elsewhere}}
        client = connecting.client("nobody")
        del simulator.shops["nobody"]
        with pytest.raises(ShopifyShopError, match="HTTP 404"):
            client.ask(SHOP)

    def test_a_query_shopify_does_not_take(self, connecting: Connecting) -> None:
        with pytest.raises(ShopifyAnswerError, match=r"Wrong.*Cannot query field 'colour'"):
            connecting.client().ask(Query("Wrong", "query Wrong { shop { colour } }"))
        assert len(connecting.calls) == 1

    def test_the_token_goes_nowhere_but_to_the_shop(
        self, connecting: Connecting, simulator: SimulatorHandle
    ) -> None:
        headers: list[tuple[str, bool]] = []
        connector = connecting.connector("kanto-garage")
        client = connector._client
        client.http.event_hooks["request"].append(
            lambda request: headers.append(
                (request.url.path, "x-shopify-access-token" in request.headers)
            )
        )
        read(connector)
        files = [sent for path, sent in headers if path.startswith("/shopify/bulk/")]
        assert files == [False] * 6


class TestCost:
    def test_connections_multiply_what_is_under_them(self) -> None:
        text = "{ orders(first: 10) { nodes { id customer { id } lineItems(first: 5) { nodes { id } } } } }"
        assert requested_cost(text, {}) == 11 + 10 * (1 + 6)

    def test_fragments_and_variables_count(self) -> None:
        text = "query($ids: [ID!]!) { nodes(ids: $ids) { ...F } } fragment F on Order { customer { id } }"
        assert requested_cost(text, {"ids": ["a", "b", "c"]}) == 4 + 3

    def test_a_mutation_is_ten(self) -> None:
        assert requested_cost(query("StartBulk").text, {}) == 10


class TestHours:
    def test_what_is_asked_for_one_by_one_is_announced_with_its_hours(
        self, connecting: Connecting, simulator: SimulatorHandle, tmp_path: Path
    ) -> None:
        """A thousand orders at four to a question of some 950 points, at one point a second."""
        simulator.set_plan(2000, 1)
        client = connecting.client()
        client.ask(SHOP)
        told: list[str] = []

        class Telling(SilentProgress):
            @contextmanager
            def task(self, title: str, total: int | None = None) -> Generator[Task]:
                with super().task(title, total) as silent:
                    silent.say = told.append  # type: ignore[method-assign]
                    yield silent

        reading = Reading(
            client,
            BulkExports(client, tmp_path),
            simulator,
            Telling(),
            "America/Chicago",
            UNTIL,
            frozenset(),
        )
        ids = [f"gid://shopify/Order/{number}" for number in range(1000)]
        next(orders_by_id(reading, ids))
        (said,) = told
        assert re.fullmatch(r"1,000 asked for one by one, up to \d\d\.\d hours .*", said)
