"""Chatwoot's webhooks: signed, fresh, and each a signal to ask again."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from hotdash.base.clock import FixedClock, iso_utc
from hotdash.base.progress import SilentProgress
from hotdash.connectors.chatwoot.spec import SPEC
from hotdash.connectors.chatwoot.webhooks import ChatwootWebhooks
from hotdash.connectors.webhooks import ForgedDeliveryError, Signal
from hotdash.simulators.world import World
from tests.fixtures.chatwoot import Accounts, Expected, gathered, merged, read
from tests.fixtures.simulator import SHOP_ID, UNTIL, SimulatorHandle

SECRET = "the secret of a webhook"
HOOKS = ChatwootWebhooks(FixedClock(UNTIL))


def signed(
    payload: Any, at: int | None = None, secret: str = SECRET
) -> tuple[dict[str, str], bytes]:
    stamp = str(int(UNTIL.timestamp()) if at is None else at)
    body = json.dumps(payload).encode()
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {
        "x-chatwoot-delivery": "4f0c",
        "x-chatwoot-timestamp": stamp,
        "x-chatwoot-signature": f"sha256={digest}",
    }
    return headers, body


CONVERSATION = Signal("chatwoot_conversations", "7")


@pytest.mark.parametrize(
    ("payload", "signals"),
    [
        ({"event": "conversation_created", "id": 7}, (CONVERSATION,)),
        ({"event": "conversation_status_changed", "id": 7}, (CONVERSATION,)),
        ({"event": "conversation_updated", "id": 7}, (CONVERSATION,)),
        ({"event": "message_created", "id": 99, "conversation": {"id": 7}}, (CONVERSATION,)),
        ({"event": "message_updated", "id": 99, "conversation": {"id": 7}}, (CONVERSATION,)),
        ({"event": "contact_created", "id": 5}, (Signal("chatwoot_contacts", "5"),)),
        ({"event": "contact_updated", "id": 5}, (Signal("chatwoot_contacts", "5"),)),
        ({"event": "conversation_typing_on", "id": 7}, ()),
        ({"event": "webwidget_triggered", "id": 7}, ()),
        ({"event": "inbox_updated", "id": 3}, ()),
        ({"event": "message_created", "id": 99}, ()),
        ([1], ()),
    ],
)
def test_what_each_event_signals(payload: Any, signals: tuple[Signal, ...]) -> None:
    headers, body = signed(payload)
    delivery = HOOKS.accept(headers, body, SECRET)
    assert delivery.signals == signals
    assert (delivery.delivery_id, delivery.triggered_at) == ("4f0c", UNTIL)


class TestForgeries:
    @pytest.mark.parametrize(
        "change",
        [
            {"x-chatwoot-signature": "sha256=" + 64 * "0"},
            {"x-chatwoot-signature": ""},
            {"x-chatwoot-signature": "sha256=ü"},
            {"x-chatwoot-timestamp": str(int(UNTIL.timestamp()) + 1)},
            {"x-chatwoot-timestamp": ""},
        ],
    )
    def test_a_signature_that_does_not_fit(self, change: dict[str, str]) -> None:
        headers, body = signed({"event": "conversation_created", "id": 7})
        with pytest.raises(ForgedDeliveryError):
            HOOKS.accept({**headers, **change}, body, SECRET)

    def test_a_changed_body_another_secret_or_none(self) -> None:
        headers, body = signed({"event": "conversation_created", "id": 7})
        for forged, secret in ((body + b" ", SECRET), (body, "another"), (body, "")):
            with pytest.raises(ForgedDeliveryError):
                HOOKS.accept(headers, forged, secret)

    def test_unsigned_with_an_empty_secret(self) -> None:
        headers, body = signed({"event": "conversation_created", "id": 7}, secret="")
        with pytest.raises(ForgedDeliveryError):
            HOOKS.accept(headers, body, "")

    @pytest.mark.parametrize("late", [-301, 301])
    def test_five_minutes_and_no_more(self, late: int) -> None:
        at = int(UNTIL.timestamp()) + late
        headers, body = signed({"event": "conversation_created", "id": 7}, at)
        with pytest.raises(ForgedDeliveryError, match="too long ago"):
            HOOKS.accept(headers, body, SECRET)
        headers, body = signed({"event": "x"}, at - (1 if late > 0 else -1))
        HOOKS.accept(headers, body, SECRET)


def test_the_connector_says_that_it_has_them() -> None:
    assert SPEC.webhooks is not None
    assert SPEC.webhooks.secret_field in {field.name for field in SPEC.fields if field.secret}
    assert SPEC.webhooks.account_of({}) is None


@contextmanager
def listener() -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    taken: list[tuple[dict[str, str], bytes]] = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            taken.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", taken
    finally:
        server.shutdown()
        server.server_close()


def test_shuffled_and_doubled_deliveries_end_where_an_undisturbed_read_does(
    accounts: Accounts, simulator: SimulatorHandle, world: World
) -> None:
    simulator.set_clock(UNTIL - timedelta(days=10))
    before = read(accounts.open())
    simulator.set_clock(UNTIL)
    with listener() as (url, taken):
        span = {"from": iso_utc(UNTIL - timedelta(days=10)), "to": iso_utc(UNTIL)}
        sent = accounts.switch(
            "webhooks", shop=SHOP_ID, url=url, secret=SECRET, shuffled=True, times=2, **span
        )
    assert sent["sent"] == sent["accepted"] == len(taken) > 20
    deliveries = [HOOKS.accept(headers, body, SECRET) for headers, body in taken]
    assert len({each.delivery_id for each in deliveries}) == len(deliveries) // 2
    signals = {signal for each in deliveries for signal in each.signals}
    connector = accounts.open()
    tables = {table.name: table for table in connector.tables}
    refetched = [
        gathered(
            connector.refetch(
                tables[name], [s.vendor_id for s in signals if s.table == name], SilentProgress()
            )
        )
        for name in ("chatwoot_conversations", "chatwoot_contacts")
    ]
    wanted = Expected.of(world, UNTIL)
    rows = merged(before, *refetched, key="conversation_id", thing="conversations")
    assert sorted(rows) == [number for number, _ in wanted.cases]
    for number, row in rows.items():
        expected = wanted.conversation(number)
        assert {key: row[key] for key in expected} == expected
    messages = merged(before, *refetched, key="message_id", thing="messages")
    assert len(messages) == len(wanted.messages())
