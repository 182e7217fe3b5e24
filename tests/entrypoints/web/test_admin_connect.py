"""Admin: a source or a shop connected by the page, against vendors that really answer."""

from collections.abc import Iterator, Mapping
from functools import partial

import httpx
import pytest

from hotdash.base.roles import Role
from hotdash.base.settings import load_settings
from hotdash.connectors.registry import registry
from hotdash.entrypoints.connecting_by_page import connect_shop, connect_source
from hotdash.entrypoints.wiring import Installation
from hotdash.storage.appdb.repositories import credentials
from hotdash.storage.appdb.repositories.shops import find_shop
from tests.fixtures.simulator import SimulatorHandle
from tests.fixtures.storefront import OWNER, ROD, Storefront
from tests.fixtures.web import Web, web_in_front_of

PAGE = f"/admin/credentials?shop={ROD}"
NEW = "nordkurve-teile"


@pytest.fixture
def web(
    storefront: Storefront, simulator: SimulatorHandle, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Web]:
    home = tmp_path_factory.mktemp("home")
    settings = load_settings(
        home=home,
        environment="development",
        database_url="postgresql://opened.elsewhere/hotdash",
        shopify_client_id="an-app",
        shopify_client_secret="an app's secret",
        shopify_address=f"{simulator.base_url}/shopify/shops/{{domain}}",
    )
    house = Installation(settings, storefront.database, None)
    web = web_in_front_of(
        storefront,
        home,
        connect_source=partial(connect_source, house),
        connect_shop=partial(connect_shop, house),
    )
    web.sign_in(OWNER)
    yield web
    house.calls.close()


def kept(web: Web, vendor: str, shop: str = ROD) -> Mapping[str, str] | None:
    assert web.context.vault is not None
    with web.storefront.database.jobs() as session:
        return credentials.find_credential(session, web.context.vault, shop, vendor)


def send(web: Web, vendor: str, **fields: str) -> httpx.Response:
    told = {"shop": ROD, "vendor": vendor, "field": [*fields], "value": [*fields.values()]}
    return web.form("/admin/credentials/connect", told)


def test_every_connector_has_its_form_but_what_is_of_the_machine(web: Web) -> None:
    html = web.client.get(PAGE).text
    for vendor, spec in registry().items():
        assert (f'id="connect-{vendor}"' in html) == (vendor != "files")
        for each in spec.fields:
            is_offered = f'id="connect-{vendor}-{each.name}"' in html
            expected = not each.at_the_machine and (vendor, each.name) != ("shopify", "domain")
            assert is_offered == expected, (vendor, each.name)


def test_connected_when_the_vendor_takes_it(web: Web, simulator: SimulatorHandle) -> None:
    fields = simulator.shops[ROD]["sources"]["chatwoot"]
    done = send(web, "chatwoot", **fields, history_days="30")
    assert done.status_code == 303, done.text
    html = web.client.get(done.headers["location"]).text
    assert "Chatwoot is connected." in html
    assert "No worker is running" in html
    assert "Change what Chatwoot reads" in html
    secret = fields["api_access_token"]
    assert secret not in html
    stored = kept(web, "chatwoot")
    assert stored is not None
    assert (stored["api_access_token"], stored["history_days"]) == (secret, "30")
    assert secret not in web.storefront.everything_in("audit.events")
    again = send(web, "chatwoot", base_url=fields["base_url"], account_id=fields["account_id"])
    assert again.status_code == 303
    assert (kept(web, "chatwoot") or {})["api_access_token"] == secret


def test_what_the_vendor_refuses_is_not_kept_and_no_secret_comes_back(
    web: Web, simulator: SimulatorHandle
) -> None:
    fields = simulator.shops[ROD]["sources"]["chatwoot"] | {"api_access_token": "cw_wrong"}
    refused = send(web, "chatwoot", **fields)
    assert refused.status_code >= 400
    assert 'role="alert"' in refused.text
    assert "cw_wrong" not in refused.text
    assert f'value="{fields["base_url"]}"' in refused.text
    assert kept(web, "chatwoot") is None


@pytest.mark.parametrize(
    ("vendor", "fields", "told"),
    [
        ("files", {"loader": "fivetran", "folder": "/etc"}, "connected at the machine"),
        ("nobody", {}, "nobody"),
        ("chatwoot", {"account_id": "1"}, "api_access_token"),
        ("clickstream", {"files": "/etc/*.csv"}, "neither a web address nor a folder"),
        (
            "ga4",
            {"property_id": "1", "transport": "mcp_stdio", "mcp_command": "touch /tmp/x"},
            "mcp_command",
        ),
        (
            "chatwoot",
            {"base_url": "http://inside.example", "account_id": "1", "api_access_token": "a"},
            "not an https address",
        ),
    ],
)
def test_refused(web: Web, vendor: str, fields: dict[str, str], told: str) -> None:
    answer = send(web, vendor, **fields)
    assert answer.status_code >= 400
    assert told in answer.text
    assert kept(web, vendor) is None


def test_a_shop_stays_the_store_it_is(web: Web, simulator: SimulatorHandle) -> None:
    fields = simulator.shops[ROD]["sources"]["shopify"]
    token = fields["access_token"]
    assert send(web, "shopify", access_token=token, domain="evil.myshopify.com").status_code == 303
    assert (kept(web, "shopify") or {})["domain"] == fields["domain"]


def test_who_may(web: Web) -> None:
    for role in Role:
        web.sign_in(web.storefront.add_person(role))
        may_source = role in (Role.ENGINEER, Role.OWNER)
        assert (send(web, "nobody").status_code == 403) != may_source
        answer = web.form("/admin/shops/connect", {"shop": ROD})
        assert (answer.status_code == 403) == (role is not Role.OWNER)


class TestAnotherShop:
    def connect(self, web: Web, domain: str, token: str) -> httpx.Response:
        told = {"field": ["domain", "access_token"], "value": [domain, token]}
        return web.form("/admin/shops/connect", {"shop": ROD} | told)

    def test_whoever_brings_it_owns_it(self, web: Web, simulator: SimulatorHandle) -> None:
        fields = simulator.shops[NEW]["sources"]["shopify"]
        self.forget(web)
        done = self.connect(web, f" https://{fields['domain']}/ ", fields["access_token"])
        assert done.status_code == 303, done.text
        assert done.headers["location"].startswith(
            f"/admin/credentials?shop={NEW}&connected=shopify"
        )
        assert "Shopify is connected." in web.client.get(done.headers["location"]).text
        with web.storefront.database.jobs() as session:
            assert find_shop(session, NEW) is not None

    def test_what_opened_the_account_before_is_over_but_the_session_at_hand(
        self, web: Web, simulator: SimulatorHandle
    ) -> None:
        other = web.storefront.session_of(OWNER)
        fields = simulator.shops[NEW]["sources"]["shopify"]
        done = self.connect(web, fields["domain"], fields["access_token"])
        assert done.headers["location"].endswith("&connected=shopify&anew=true")
        html = web.client.get(done.headers["location"]).text
        assert "You stay signed in here" in html
        assert "Set a password" in web.client.get("/account").text
        web.hold_session(other)
        assert web.client.get("/account").status_code == 303

    def forget(self, web: Web) -> None:
        with web.storefront.database.jobs() as session:
            assert find_shop(session, NEW) is None

    def test_a_store_that_is_here_stays_whose_it_is(
        self, web: Web, simulator: SimulatorHandle
    ) -> None:
        fields = simulator.shops[ROD]["sources"]["shopify"]
        answer = self.connect(web, fields["domain"], fields["access_token"])
        assert answer.status_code == 409
        assert "is connected here already" in answer.text

    def test_a_wrong_token_brings_nothing(self, web: Web, simulator: SimulatorHandle) -> None:
        domain = simulator.shops[NEW]["sources"]["shopify"]["domain"]
        answer = self.connect(web, domain, "shpat_wrong")
        assert answer.status_code >= 400
        assert "shpat_wrong" not in answer.text
        self.forget(web)


def test_without_a_way_to_connect_it_says_where(storefront: Storefront, web: Web) -> None:
    plain = web_in_front_of(storefront, web.context.home)
    plain.sign_in(OWNER)
    assert 'id="connect"' not in plain.client.get(PAGE).text
    assert "hotdash connect chatwoot" in send(plain, "chatwoot").text
