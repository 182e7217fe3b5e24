"""The simulated Shopify's deliveries: the same for the same seed, and carried until they are taken."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from hotdash.base.clock import iso_utc, parse_iso
from hotdash.simulators.orders import epoch
from hotdash.simulators.shopify.courier import RETRIES
from hotdash.simulators.shopify.webhooks import (
    CLIENT_SECRET,
    LATE_SECONDS,
    Mischief,
    deliveries,
    happenings_between,
    signature,
)
from hotdash.simulators.world import World
from tests.fixtures.simulator import SHOP_ID, UNTIL, SimulatorHandle

BAD = Mischief(copies=5, shuffle=True, forge_share=0.2, late_share=0.2)
SPAN = {"from": iso_utc(UNTIL - timedelta(days=20)), "to": iso_utc(UNTIL)}


@dataclass
class Receiver:
    """Takes what is signed, but only after it was asked so many times."""

    url: str
    tries_needed: int = 1
    seen: Counter[str] = field(default_factory=Counter[str])
    bodies: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def take(self, headers: dict[str, str], body: bytes) -> int:
        if headers.get("x-shopify-hmac-sha256") != signature(body, CLIENT_SECRET):
            return 401
        self.seen[headers["x-shopify-webhook-id"]] += 1
        if self.seen[headers["x-shopify-webhook-id"]] < self.tries_needed:
            return 503
        self.bodies.append(json.loads(body))
        return 200


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(told.take(headers, body))
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None:
            del format, arguments

    class Server(ThreadingHTTPServer):
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), Door)
    told = Receiver(f"http://127.0.0.1:{server.server_port}/webhooks/shopify")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


def send(simulator: SimulatorHandle, receiver: Receiver, **mischief: Any) -> dict[str, int]:
    asked = {"shop": SHOP_ID, "url": receiver.url, **SPAN, **mischief}
    answer = simulator.http.post("/_simulator/shopify/webhooks", json=asked)
    return answer.raise_for_status().json()


class TestThePlan:
    def test_the_same_seed_gives_the_same_bytes(self, world: World) -> None:
        of_shop = world.of(SHOP_ID)
        first, last = epoch(UNTIL - timedelta(days=60)), epoch(UNTIL)
        anew = World(world.orders, world.seed, world.until).of(SHOP_ID)
        told = happenings_between(of_shop, first, last)
        again = happenings_between(anew, first, last)
        assert deliveries(of_shop.shop, told, BAD) == deliveries(anew.shop, again, BAD)
        assert deliveries(of_shop.shop, told, BAD) != deliveries(
            of_shop.shop, told, Mischief(copies=5, shuffle=True, seed=8)
        )

    def test_it_is_as_bad_as_asked(self, world: World) -> None:
        of_shop = world.of(SHOP_ID)
        told = happenings_between(of_shop, epoch(UNTIL - timedelta(days=200)), epoch(UNTIL))
        planned = deliveries(of_shop.shop, told, BAD)
        genuine = [sent for sent in planned if not sent.is_forged]
        ids = Counter(sent.headers["x-shopify-webhook-id"] for sent in genuine)
        assert len(ids) == len(told)
        assert set(ids.values()) == {1, 2, 3, 4, 5}
        assert planned != sorted(planned, key=lambda sent: sent.at)
        late = [sent for sent in genuine if sent.at - _triggered(sent.headers) >= LATE_SECONDS]
        assert len(genuine) / 10 < len(late) < len(genuine) / 3
        for sent in planned:
            fits = sent.headers.get("x-shopify-hmac-sha256") == signature(
                sent.content, CLIENT_SECRET
            )
            assert fits is not sent.is_forged

    def test_bodies_are_shaped_as_rest_tells_them(self, world: World) -> None:
        of_shop = world.of(SHOP_ID)
        told = happenings_between(of_shop, epoch(UNTIL - timedelta(days=60)), epoch(UNTIL))
        order = next(each.body for each in told if each.topic == "orders/create")
        assert isinstance(order["id"], int)
        assert order["admin_graphql_api_id"] == f"gid://shopify/Order/{order['id']}"
        assert order["financial_status"] == order["financial_status"].lower()
        assert all(isinstance(line["id"], int) for line in order["line_items"])

    def test_an_order_and_its_changes_are_told_of_its_customer_too(self, world: World) -> None:
        of_shop = world.of(SHOP_ID)
        told = happenings_between(of_shop, epoch(UNTIL - timedelta(days=60)), epoch(UNTIL))
        customers = {
            (each.body["id"], each.at): each.body["updated_at"]
            for each in told
            if each.topic == "customers/update"
        }
        orders = [each for each in told if each.topic in ("orders/create", "orders/updated")]
        with_buyer = [each for each in orders if each.body["customer"]]
        assert 0 < len(with_buyer) < len(orders)
        for each in with_buyer:
            assert customers[each.body["customer"]["id"], each.at] == each.body["updated_at"]


class TestTheCourier:
    def test_carries_everything_and_reports(
        self, simulator: SimulatorHandle, receiver: Receiver
    ) -> None:
        report = send(simulator, receiver, copies=3, forge_share=0.3, shuffle=True)
        assert report["accepted"] == len(receiver.bodies) > report["events"]
        assert report["forged"] > 0
        assert report["sent"] == report["accepted"] + report["forged"]
        assert (report["forged_accepted"], report["given_up"], report["retried"]) == (0, 0, 0)
        assert len(receiver.seen) == report["events"]

    def test_tries_again_until_it_is_taken(
        self, simulator: SimulatorHandle, receiver: Receiver
    ) -> None:
        receiver.tries_needed = 3
        report = send(simulator, receiver)
        assert report["accepted"] == report["events"]
        assert report["retried"] == 2 * report["events"]

    def test_gives_up_after_eight_more(
        self, simulator: SimulatorHandle, receiver: Receiver
    ) -> None:
        receiver.tries_needed = 100
        span = {"from": iso_utc(UNTIL - timedelta(days=2)), "to": iso_utc(UNTIL)}
        report = send(simulator, receiver, **span, at_once=32)
        assert report["given_up"] == report["events"] > 0
        assert set(receiver.seen.values()) == {RETRIES + 1}

    def test_another_secret_is_taken_by_nobody(
        self, simulator: SimulatorHandle, receiver: Receiver
    ) -> None:
        span = {"from": iso_utc(UNTIL - timedelta(days=1)), "to": iso_utc(UNTIL)}
        report = send(simulator, receiver, **span, secret="another", at_once=32)
        assert report["accepted"] == 0
        assert receiver.bodies == []


def _triggered(headers: dict[str, str]) -> int:
    return epoch(parse_iso(headers["x-shopify-triggered-at"]))
