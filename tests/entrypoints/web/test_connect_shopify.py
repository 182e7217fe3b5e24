"""Installing the app: out to the shop and back, once, by who may, in the browser where it began."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import text

from hotdash.base.roles import Role
from hotdash.governance.access.links import issue_link
from hotdash.jobs.install_shopify import ShopifyApp, issue_install_link
from hotdash.simulators.shopify.oauth import CLIENT_ID, CLIENT_SECRET, signed_query
from hotdash.storage.appdb.models import Shop, SourceState
from hotdash.storage.appdb.repositories import credentials, identity
from tests.fixtures.simulator import SimulatorHandle
from tests.fixtures.storefront import (
    NOW,
    OWNER,
    PASSWORD,
    ROD,
    STRANGER,
    VIEWER,
    Storefront,
)
from tests.fixtures.web import Web, web_in_front_of

DOMAIN = "hot-rod-an.myshopify.com"
NEW = "nordkurve-teile.myshopify.com"


@dataclass
class Merchant:
    """A browser that walks to the shop and back."""

    web: Web

    def begin(self, domain: str = DOMAIN, **more: str) -> httpx.Response:
        return self.web.client.get("/connect/shopify", params={"shop": domain, **more})

    def consent(self, begun: httpx.Response) -> str:
        assert begun.status_code == 303, begun.text
        answer = httpx.get(begun.headers["location"])
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["location"])
        return f"{back.path}?{back.query}"

    def install(self, domain: str = DOMAIN, **more: str) -> httpx.Response:
        return self.web.client.get(self.consent(self.begin(domain, **more)))

    def fields(self, shop_id: str = ROD) -> Mapping[str, Any] | None:
        vault = self.web.context.vault
        assert vault is not None
        with self.web.storefront.database.jobs() as session:
            return credentials.find_credential(session, vault, shop_id, "shopify")


@pytest.fixture
def merchant(storefront: Storefront, simulator: SimulatorHandle, tmp_path: Path) -> Merchant:
    simulator.set_clock(NOW)
    with storefront.database.jobs() as session:
        session.execute(
            text("update app.shops set vendor_domain = :domain where shop_id = :shop_id"),
            {"domain": DOMAIN, "shop_id": ROD},
        )
    app = ShopifyApp(CLIENT_ID, CLIENT_SECRET, f"{simulator.base_url}/shopify/shops/{{domain}}")
    return Merchant(web_in_front_of(storefront, tmp_path / "home", shopify=app))


def link_for(web: Web, domain: str, lasts: timedelta = timedelta(hours=1)) -> str:
    link = issue_install_link(
        web.storefront.database,
        domain,
        base_url=web.context.base_url,
        email=OWNER,
        now=web.storefront.clock.now(),
        lasts=lasts,
    )
    return parse_qs(urlsplit(link).query)["link"][0]


class TestByTheOwner:
    def test_the_shop_can_be_read_from_then_on(
        self, merchant: Merchant, simulator: SimulatorHandle, log_file: Path
    ) -> None:
        merchant.web.sign_in(OWNER)
        page = merchant.install()
        assert page.status_code == 200
        assert "is connected" in page.text
        fields = merchant.fields()
        assert fields is not None
        assert fields["domain"] == DOMAIN
        assert fields["refresh_token"].startswith("shprt_")
        assert "client_secret" not in fields, "the app's secret is in the settings only"
        answer = httpx.post(
            f"{fields['base_url']}/admin/api/2026-10/graphql.json",
            json={"query": "{ shop { name } }"},
            headers={"X-Shopify-Access-Token": fields["access_token"]},
        )
        assert answer.json()["data"]["shop"]["name"]
        said = log_file.read_text()
        assert fields["access_token"] not in said
        assert fields["refresh_token"] not in said
        assert CLIENT_SECRET not in said

    def test_missing_scopes_are_named_with_what_they_cost(
        self, merchant: Merchant, simulator: SimulatorHandle
    ) -> None:
        granted = ["read_orders", "write_products"]
        simulator.http.post(
            "/_simulator/shopify/oauth", json={"shop": "hot-rod-an", "scopes": granted}
        )
        merchant.web.sign_in(OWNER)
        page = merchant.install().text
        assert "orders older than 60 days" in page
        assert "read_customers" in page
        assert "read_products" not in page, "who may write may read"

    def test_a_rejected_source_may_be_read_again(self, merchant: Merchant) -> None:
        state = SourceState(shop_id=ROD, source="shopify", state="rejected", since=NOW, seen_at=NOW)
        with merchant.web.storefront.database.jobs() as session:
            session.add(state)
        merchant.web.sign_in(OWNER)
        merchant.install()
        with merchant.web.storefront.database.jobs() as session:
            assert session.get(SourceState, (ROD, "shopify")) is None


class TestWhoMayNot:
    def test_a_lesser_role(self, merchant: Merchant) -> None:
        merchant.web.sign_in(VIEWER)
        assert merchant.begin().status_code == 403

    def test_a_shop_of_somebody_else_and_an_unknown_one_look_alike(
        self, merchant: Merchant
    ) -> None:
        merchant.web.sign_in(STRANGER)
        assert merchant.begin().status_code == 404
        assert merchant.begin("no-such-shop.myshopify.com").status_code == 404

    def test_nobody(self, merchant: Merchant) -> None:
        assert merchant.begin().headers["location"].startswith("/sign-in?next=")
        assert merchant.begin(link="made-up").status_code == 404

    @pytest.mark.parametrize("domain", ["evil.example", f"{DOMAIN}.evil.example", ""])
    def test_another_host_is_never_visited(self, merchant: Merchant, domain: str) -> None:
        merchant.web.sign_in(OWNER)
        assert merchant.begin(domain).status_code == 400

    def test_the_database_holds_it_too(self, merchant: Merchant) -> None:
        """Whatever the web server believes, a viewer opens no way."""
        install = merchant.web.parts.install
        assert install is not None
        user_id = merchant.web.storefront.user_id(VIEWER)
        with pytest.raises(Exception, match="that you may connect"):
            install.begin(DOMAIN, "a state", user_id, None)

    def test_where_no_app_is_set_up(self, storefront: Storefront, tmp_path: Path) -> None:
        web = web_in_front_of(storefront, tmp_path / "bare", shopify=None)
        web.sign_in(OWNER)
        answer = web.client.get("/connect/shopify", params={"shop": DOMAIN})
        assert answer.status_code == 404
        assert "shopify_client_id" in answer.text


class TestTheWayBack:
    def test_works_once(self, merchant: Merchant) -> None:
        merchant.web.sign_in(OWNER)
        back = merchant.consent(merchant.begin())
        assert merchant.web.client.get(back).status_code == 200
        again = merchant.web.client.get(back)
        assert again.status_code == 403
        assert "used already" in again.text

    def test_for_ten_minutes(self, merchant: Merchant) -> None:
        merchant.web.sign_in(OWNER)
        back = merchant.consent(merchant.begin())
        merchant.web.storefront.clock.advance(timedelta(minutes=11))
        assert merchant.web.client.get(back).status_code == 403
        assert merchant.fields() is None

    def test_only_in_the_browser_where_it_began(self, merchant: Merchant) -> None:
        merchant.web.sign_in(OWNER)
        back = merchant.consent(merchant.begin())
        merchant.web.sign_in(merchant.web.storefront.add_person(Role.OWNER))
        answer = merchant.web.client.get(back)
        assert answer.status_code == 403
        assert "did not begin in this browser" in answer.text
        assert merchant.fields() is None

    def test_signed_by_shopify(self, merchant: Merchant) -> None:
        merchant.web.sign_in(OWNER)
        back = merchant.consent(merchant.begin())
        assert merchant.web.client.get(back.replace("code=", "code=x")).status_code == 403
        unsigned = back.partition("&hmac=")[0]
        assert merchant.web.client.get(unsigned).status_code == 403
        assert merchant.web.client.get(back).status_code == 200, "nothing was used up by it"

    def test_for_the_shop_it_began_with(self, merchant: Merchant) -> None:
        merchant.web.sign_in(OWNER)
        state = parse_qs(urlsplit(merchant.begin().headers["location"]).query)["state"][0]
        told = signed_query({"shop": NEW, "state": state, "code": "c"})
        assert merchant.web.client.get(f"/connect/shopify/callback?{told}").status_code == 403

    def test_a_code_that_shopify_does_not_know(self, merchant: Merchant) -> None:
        merchant.web.sign_in(OWNER)
        state = parse_qs(urlsplit(merchant.begin().headers["location"]).query)["state"][0]
        told = signed_query({"shop": DOMAIN, "state": state, "code": "made-up"})
        answer = merchant.web.client.get(f"/connect/shopify/callback?{told}")
        assert answer.status_code == 502
        assert "invalid_grant" in answer.text


class TestByLink:
    def test_a_new_shop_belongs_to_who_the_link_was_made_for(self, merchant: Merchant) -> None:
        page = merchant.install(NEW, link=link_for(merchant.web, NEW))
        assert page.status_code == 200, page.text
        shop_id = NEW.partition(".")[0]
        assert merchant.fields(shop_id) is not None
        with merchant.web.storefront.database.jobs() as session:
            shop = session.get_one(Shop, shop_id)
            members = identity.members(session, shop_id)
        assert (shop.timezone, shop.currency) == ("Europe/Berlin", "EUR")
        assert members == {merchant.web.storefront.user_id(OWNER): Role.OWNER}

    def test_what_opened_the_owners_account_before_opens_nothing(self, merchant: Merchant) -> None:
        """People of the owner's other shop may have arranged it."""
        web = merchant.web
        old = web.storefront.session_of(OWNER)
        sign_in = issue_link(
            web.storefront.database,
            OWNER,
            base_url="",
            now=web.storefront.clock.now(),
            lasts=timedelta(hours=1),
        )
        page = merchant.install(NEW, link=link_for(web, NEW))
        assert "Whoever owns it from now on comes in anew" in page.text
        token = sign_in.rpartition("/")[2]
        assert web.form("/sign-in/link", {"token": token}).status_code == 403
        told = {"email": OWNER, "password": PASSWORD}
        assert web.form("/sign-in", told).status_code == 401
        web.hold_session(old)
        assert web.client.get("/account").status_code == 303

    def test_a_known_shop_keeps_its_name_and_people(self, merchant: Merchant) -> None:
        old = merchant.web.storefront.session_of(OWNER)
        with merchant.web.storefront.database.jobs() as session:
            before = identity.members(session, ROD)
        page = merchant.install(link=link_for(merchant.web, DOMAIN))
        assert page.status_code == 200
        assert "comes in anew" not in page.text
        with merchant.web.storefront.database.jobs() as session:
            assert identity.members(session, ROD) == before
        merchant.web.hold_session(old)
        assert merchant.web.client.get("/account").status_code == 200

    def test_it_works_once_and_for_its_shop(self, merchant: Merchant) -> None:
        link = link_for(merchant.web, NEW)
        assert merchant.begin(DOMAIN, link=link).status_code == 404
        two = [merchant.consent(merchant.begin(NEW, link=link)) for _ in range(2)]
        answers = [merchant.web.client.get(back).status_code for back in two]
        assert answers == [200, 403]
        assert merchant.begin(NEW, link=link).status_code == 404

    def test_it_ends(self, merchant: Merchant) -> None:
        link = link_for(merchant.web, NEW)
        merchant.web.storefront.clock.advance(timedelta(hours=2))
        assert merchant.begin(NEW, link=link).status_code == 404
