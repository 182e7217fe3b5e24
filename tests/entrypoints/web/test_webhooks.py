"""Webhooks at the door: signed or refused, stored once, and nothing of a person kept."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from hotdash.base.clock import iso_utc
from hotdash.connectors.shopify.webhooks import signature
from hotdash.jobs.receive_webhook import UnknownSenderError, WebhookInbox
from hotdash.storage.appdb.models import ComplianceRequest, SourceState, WebhookDelivery
from hotdash.storage.appdb.repositories import credentials, inbox
from tests.fixtures.storefront import KYOTO, NOW, ROD
from tests.fixtures.web import Web

SECRET = "this shop's secret"
APP_SECRET = "an app's secret"
ORDER = {"id": 4501, "email": "ann@shop.example", "line_items": [{"id": 1, "price": "9.00"}]}
Body = Mapping[str, Any]
ASKED: Body = {
    "shop_domain": f"{ROD}.myshopify.com",
    "customer": {"id": 77, "email": "ann@shop.example", "phone": "+1 (555) 0199"},
    "orders_requested": [4501, 4502],
}
UNINSTALLED: Body = {"id": 1, "myshopify_domain": f"{ROD}.myshopify.com", "email": "a@shop.example"}


@dataclass
class Door:
    web: Web

    def send(
        self,
        topic: str,
        body: Body | bytes,
        *,
        secret: str = SECRET,
        path: str = "/webhooks/shopify",
        **changes: str | None,
    ) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {
            "x-shopify-topic": topic,
            "x-shopify-shop-domain": f"{ROD}.myshopify.com",
            "x-shopify-webhook-id": "w-1",
            "x-shopify-triggered-at": iso_utc(NOW),
            "x-shopify-hmac-sha256": signature(content, secret),
        }
        told = {name.replace("_", "-"): value for name, value in changes.items()}
        sent = {name: value for name, value in {**headers, **told}.items() if value is not None}
        return self.web.client.post(path, content=content, headers=sent)

    def stored(self) -> list[WebhookDelivery]:
        with self.web.storefront.database.jobs() as session:
            return session.query(WebhookDelivery).order_by(WebhookDelivery.signal_id).all()

    def waiting(self, shop_id: str = ROD) -> Mapping[str, Any]:
        with self.web.storefront.database.jobs() as session:
            return inbox.waiting(session, shop_id, "shopify").wanted


@pytest.fixture
def door(web: Web) -> Door:
    """Hot Rod has a secret of its own; Kyoto is signed by the app's."""
    vault = web.context.vault
    assert vault is not None
    with web.storefront.database.jobs() as session:
        fields = {"access_token": "t", "client_secret": SECRET}
        credentials.save_credential(session, vault, ROD, "shopify", fields)
        session.execute(text("update app.credentials set updated_at = :at"), {"at": NOW})
    return Door(web)


class TestASignedDelivery:
    def test_is_stored_without_its_body(self, door: Door) -> None:
        answer = door.send("orders/create", ORDER)
        assert (answer.status_code, answer.json()) == (200, {"status": "received"})
        [kept] = door.stored()
        assert (kept.shop_id, kept.topic, kept.delivery_id) == (ROD, "orders/create", "w-1")
        assert (kept.table_name, kept.vendor_id) == ("shopify_orders", "4501")
        assert (kept.triggered_at, kept.received_at, kept.applied_at) == (NOW, NOW, None)
        assert "ann@" not in door.web.storefront.everything_in("app.webhook_deliveries")

    def test_counts_once_however_often_it_comes(self, door: Door) -> None:
        answers = [door.send("orders/create", ORDER) for _ in range(5)]
        assert [each.json()["status"] for each in answers] == ["received", *["known"] * 4]
        assert len(door.stored()) == 1

    def test_at_the_address_of_its_shop(self, door: Door) -> None:
        answer = door.send(
            "orders/create", ORDER, path=f"/webhooks/shopify/{ROD}", x_shopify_shop_domain=None
        )
        assert answer.status_code == 200

    def test_with_the_apps_secret_where_the_shop_has_none(self, door: Door) -> None:
        answer = door.send(
            "orders/create",
            ORDER,
            secret=APP_SECRET,
            x_shopify_shop_domain=f"{KYOTO}.myshopify.com",
        )
        assert answer.status_code == 200
        assert door.waiting(KYOTO) == {"shopify_orders": ["4501"]}

    def test_several_of_one_order_are_one_wish(self, door: Door) -> None:
        for place, topic in enumerate(["orders/create", "orders/updated", "orders/paid"]):
            door.send(topic, ORDER, x_shopify_webhook_id=f"w-{place}")
        door.send("refunds/create", {"id": 9, "order_id": 4502}, x_shopify_webhook_id="w-9")
        assert door.waiting() == {"shopify_orders": ["4501", "4502"]}

    def test_of_a_topic_nobody_needs_is_taken_and_does_not_wait(self, door: Door) -> None:
        assert door.send("bulk_operations/finish", {"status": "completed"}).status_code == 200
        assert door.waiting() == {}
        assert len(door.stored()) == 1

    def test_that_cannot_be_read_is_taken_and_logged(self, door: Door, log_file: Path) -> None:
        nested = b'{"a":' * 20_000 + b"1" + b"}" * 20_000
        for place, body in enumerate([b"not json", b"[1]", b'{"id": "x"}', nested]):
            told = door.send("orders/create", body, x_shopify_webhook_id=f"unfit-{place}")
            assert told.status_code == 200
        assert door.waiting() == {}
        assert '"delivery_id": "unfit-3"' in log_file.read_text()


class TestWhatIsRefused:
    def test_is_answered_alike_and_leaves_nothing(self, door: Door) -> None:
        changes: list[dict[str, Any]] = [
            {"secret": "another"},
            {"x_shopify_hmac_sha256": None},
            {"x_shopify_hmac_sha256": ""},
            {"x_shopify_shop_domain": f"{KYOTO}.myshopify.com"},
            {"x_shopify_shop_domain": "nobody.myshopify.com"},
            {"x_shopify_shop_domain": None},
            {"path": f"/webhooks/shopify/{KYOTO}"},
            {"path": "/webhooks/shopify/no-such-shop"},
        ]
        told: set[tuple[int, str]] = set()
        for change in changes:
            answer = door.send("orders/create", ORDER, **change)
            told.add((answer.status_code, str({**answer.json()["error"], "ref": ""})))
        [(status, error)] = told
        assert status == 401
        assert "Nobody we know signed this" in error
        assert door.stored() == []

    def test_the_second_time_as_fast_whoever_is_named(self, door: Door) -> None:
        """Or the time it takes would tell which shops exist."""
        vault = door.web.context.vault
        assert vault is not None
        doors = WebhookInbox(door.web.storefront.database, vault, door.web.context.clock)
        for name in (ROD, "nobody"):
            headers = {"x-shopify-shop-domain": f"{name}.myshopify.com"}
            for is_known in (False, True):
                assert doors.knows("shopify", None, headers) is is_known
                with pytest.raises(UnknownSenderError):
                    doors.accept("shopify", None, headers, b"{}")

    def test_a_body_that_was_changed_on_its_way(self, door: Door) -> None:
        forged = signature(json.dumps(ORDER).encode(), SECRET)
        answer = door.send("orders/create", {**ORDER, "id": 1}, x_shopify_hmac_sha256=forged)
        assert answer.status_code == 401

    def test_a_vendor_without_webhooks(self, door: Door) -> None:
        assert door.send("x", ORDER, path="/webhooks/nobody").status_code == 404
        assert door.web.client.get("/webhooks/shopify").status_code == 405

    def test_too_large_a_body(self, door: Door) -> None:
        within = json.dumps({**ORDER, "note": "x" * 1_900_000}).encode()
        assert door.send("orders/create", within).status_code == 200
        over = json.dumps({**ORDER, "note": "x" * 2_200_000}).encode()
        assert door.send("orders/create", over, x_shopify_webhook_id="w-2").status_code == 413
        assert len(door.stored()) == 1

    def test_other_doors_keep_their_smaller_limit(self, door: Door) -> None:
        assert door.web.form("/theme", {"theme": "x" * 70_000}).status_code == 413

    def test_a_deleted_credential_no_longer_opens(self, door: Door) -> None:
        with door.web.storefront.database.jobs() as session:
            credentials.delete_credential(session, ROD, "shopify")
        assert door.send("orders/create", ORDER).status_code == 401

    def test_no_secret_is_in_the_log(self, door: Door, log_file: Path) -> None:
        door.send("orders/create", ORDER)
        door.send("orders/create", ORDER, secret="another")
        said = log_file.read_text()
        assert SECRET not in said
        assert APP_SECRET not in said
        assert "ann@" not in said


class TestWhatShopifyAsksAboutPeople:
    def test_is_recorded_by_ids(self, door: Door) -> None:
        topics = ["customers/data_request", "customers/redact", "shop/redact"]
        for topic in topics:
            assert door.send(topic, ASKED, x_shopify_webhook_id=topic).status_code == 200
        with door.web.storefront.database.jobs() as session:
            requests = inbox.open_requests(session, ROD)
        assert sorted(request.topic for request in requests) == topics
        for request in requests:
            assert (request.customer_id, request.order_ids) == ("77", ["4501", "4502"])
            assert (request.received_at, request.due_at) == (NOW, NOW + timedelta(days=30))
        everything = door.web.storefront.everything_in("app.compliance_requests")
        assert "ann@" not in everything
        assert "(555)" not in everything
        assert door.waiting() == {}

    def test_twice_is_one_request(self, door: Door) -> None:
        for _ in range(2):
            door.send("customers/redact", ASKED)
        with door.web.storefront.database.jobs() as session:
            assert session.query(ComplianceRequest).count() == 1

    def test_of_another_shop_of_the_same_app_is_refused(self, door: Door) -> None:
        answer = door.send("shop/redact", {"shop_domain": "other.myshopify.com"})
        assert answer.status_code == 401


class TestAnUninstalledApp:
    def state(self, door: Door) -> SourceState | None:
        with door.web.storefront.database.jobs() as session:
            return session.get(SourceState, (ROD, "shopify"))

    def test_is_a_rejected_source_with_its_reason(self, door: Door) -> None:
        later = iso_utc(NOW + timedelta(seconds=1))
        assert door.send("app/uninstalled", UNINSTALLED, x_shopify_triggered_at=later).is_success
        state = self.state(door)
        assert state is not None
        assert (state.state, state.code) == ("rejected", "app_uninstalled")
        assert "uninstalled" in str(state.reason)
        assert "Install the app again" in str(state.hint)

    def test_told_after_it_was_installed_again_changes_nothing(self, door: Door) -> None:
        earlier = iso_utc(NOW - timedelta(hours=3))
        assert door.send("app/uninstalled", UNINSTALLED, x_shopify_triggered_at=earlier).is_success
        assert self.state(door) is None

    def test_must_name_the_shop_in_its_body(self, door: Door) -> None:
        other = {**UNINSTALLED, "myshopify_domain": "other.myshopify.com"}
        assert door.send("app/uninstalled", other).status_code == 401
        assert self.state(door) is None
