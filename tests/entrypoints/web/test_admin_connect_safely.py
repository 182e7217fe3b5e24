"""Admin, connecting by a page: no stored secret leaves for another address, and no call for the network around us."""

import json
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from hotdash.base.errors import ConflictError
from hotdash.base.reach import Reach
from hotdash.base.settings import load_settings
from hotdash.connectors.registry import registry
from hotdash.connectors.spec import ADDRESS_OF_PAGE
from hotdash.entrypoints.connecting import keep, renew, stored_fields
from hotdash.entrypoints.connecting_by_page import connect_shop, connect_source
from hotdash.entrypoints.wiring import Installation
from hotdash.storage.appdb.repositories.shops import find_shop
from hotdash.storage.appdb.session import UnusableTextError
from tests.fixtures.simulator import SimulatorHandle
from tests.fixtures.storefront import OWNER, ROD, Storefront
from tests.fixtures.web import Web, web_in_front_of

# The names of fields that hold an address we are not called at: they name a site.
NAMES_A_SITE = {"site_url"}


class Eavesdropper:
    """A server that keeps all it is sent and lets nobody in."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        heard = self.heard

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.do_POST()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                heard.append(f"{self.requestline}\n{self.headers}\n{body!r}")
                self.send_response(401)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                del format, args

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def eavesdropper() -> Iterator[Eavesdropper]:
    made = Eavesdropper()
    yield made
    made.server.shutdown()
    made.server.server_close()


def installation(
    storefront: Storefront, simulator: SimulatorHandle, home: Path, environment: str
) -> Installation:
    settings = load_settings(
        home=home,
        environment=environment,
        database_url="postgresql://opened.elsewhere/hotdash",
        shopify_client_id="an-app",
        shopify_client_secret="an app's secret",
        shopify_address=f"{simulator.base_url}/shopify/shops/{{domain}}",
    )
    return Installation(settings, storefront.database, None)


def served(storefront: Storefront, house: Installation) -> Web:
    web = web_in_front_of(
        storefront,
        house.settings.home,
        connect_source=partial(connect_source, house),
        connect_shop=partial(connect_shop, house),
        renew_credential=partial(renew, house),
    )
    web.sign_in(OWNER)
    return web


@pytest.fixture
def house(
    storefront: Storefront, simulator: SimulatorHandle, tmp_path: Path
) -> Iterator[Installation]:
    """For development: simulators answer on this machine."""
    made = installation(storefront, simulator, tmp_path / "home", "development")
    yield made
    made.calls.close()


@pytest.fixture
def strict_house(
    storefront: Storefront, simulator: SimulatorHandle, tmp_path: Path
) -> Iterator[Installation]:
    made = installation(storefront, simulator, tmp_path / "strict", "production")
    yield made
    made.calls.close()


def send(web: Web, vendor: str, **fields: str) -> httpx.Response:
    told = {"shop": ROD, "vendor": vendor, "field": [*fields], "value": [*fields.values()]}
    return web.form("/admin/credentials/connect", told)


def kept(house: Installation, vendor: str) -> Mapping[str, str]:
    return stored_fields(house, vendor, ROD)


def test_every_field_that_leads_somewhere_is_marked() -> None:
    for vendor, spec in registry().items():
        for each in spec.fields:
            leads = each.name == "base_url" or each.name.endswith("_url")
            assert each.is_address == (leads and each.name not in NAMES_A_SITE), (vendor, each.name)


class TestAnotherAddress:
    def test_chatwoot_gets_no_stored_token_there(
        self,
        storefront: Storefront,
        house: Installation,
        simulator: SimulatorHandle,
        eavesdropper: Eavesdropper,
    ) -> None:
        web, fields = served(storefront, house), simulator.shops[ROD]["sources"]["chatwoot"]
        assert send(web, "chatwoot", **fields).status_code == 303
        before = kept(house, "chatwoot")
        elsewhere = f"http://127.0.0.1:{eavesdropper.port}"
        for token in ({}, {"api_access_token": ""}):
            refused = send(
                web, "chatwoot", base_url=elsewhere, account_id=fields["account_id"], **token
            )
            assert refused.status_code >= 400
            assert "stored api_access_token is not sent there" in refused.text
        assert eavesdropper.heard == []
        assert kept(house, "chatwoot") == before

    def test_with_the_secret_anew_it_is_sent(
        self, storefront: Storefront, house: Installation, eavesdropper: Eavesdropper
    ) -> None:
        keep(house, "chatwoot", ROD, {"account_id": "1", "api_access_token": "the old one"})
        send(
            served(storefront, house),
            "chatwoot",
            base_url=f"http://127.0.0.1:{eavesdropper.port}",
            account_id="1",
            api_access_token="the new one",
        )
        assert "the new one" in "".join(eavesdropper.heard)
        assert "the old one" not in "".join(eavesdropper.heard)

    def test_an_analytics_host_gets_no_stored_token_there(
        self,
        storefront: Storefront,
        house: Installation,
        simulator: SimulatorHandle,
        eavesdropper: Eavesdropper,
    ) -> None:
        web, fields = served(storefront, house), simulator.shops[ROD]["sources"]["ga4"]
        by_host = {"property_id": fields["property_id"], "transport": "mcp_http"}
        known = {"mcp_url": fields["mcp_url"], "mcp_token": fields["mcp_token"]}
        made = send(web, "ga4", **by_host, **known)
        assert made.status_code == 303, made.text
        before = kept(house, "ga4")
        elsewhere = f"http://127.0.0.1:{eavesdropper.port}/mcp"
        assert send(web, "ga4", **by_host, mcp_url=elsewhere).status_code >= 400
        assert eavesdropper.heard
        assert fields["mcp_token"] not in "".join(eavesdropper.heard)
        assert kept(house, "ga4") == before


class TestTheNetworkAroundUs:
    @pytest.mark.parametrize(
        ("address", "told"),
        [
            ("http://127.0.0.1:{port}", "not an https address"),
            ("//127.0.0.1:{port}", "not an https address"),
            ("127.0.0.1:{port}", "not an https address"),
            ("https://127.0.0.1:{port}", "no address of the public internet"),
            ("https://localhost:{port}", "no address of the public internet"),
            ("https://[::ffff:127.0.0.1]:{port}", "no address of the public internet"),
            ("https://10.255.255.1", "no address of the public internet"),
            ("https://169.254.169.254", "no address of the public internet"),
        ],
    )
    def test_no_page_reaches_it(
        self,
        storefront: Storefront,
        strict_house: Installation,
        eavesdropper: Eavesdropper,
        address: str,
        told: str,
    ) -> None:
        web, named = served(storefront, strict_house), address.format(port=eavesdropper.port)
        chatwoot = send(web, "chatwoot", base_url=named, account_id="1", api_access_token="a")
        host = send(web, "ga4", property_id="1", transport="mcp_http", mcp_url=named)
        for answer in (chatwoot, host):
            assert answer.status_code >= 400
            assert told in answer.text
        assert eavesdropper.heard == []
        assert kept(strict_house, "chatwoot") == kept(strict_house, "ga4") == {}

    def test_what_a_page_said_stays_held_back_when_it_is_read_later(
        self, storefront: Storefront, house: Installation, simulator: SimulatorHandle
    ) -> None:
        send(served(storefront, house), "chatwoot", **simulator.shops[ROD]["sources"]["chatwoot"])
        fields = kept(house, "chatwoot")
        assert fields[ADDRESS_OF_PAGE]
        assert house.access_to(ROD, "chatwoot", fields).reach is Reach.PUBLIC_OR_LOOPBACK

    def test_what_the_machine_said_may_lie_there(
        self, storefront: Storefront, strict_house: Installation, simulator: SimulatorHandle
    ) -> None:
        fields = simulator.shops[ROD]["sources"]["chatwoot"]
        keep(strict_house, "chatwoot", ROD, fields)
        named = {"base_url": fields["base_url"], "account_id": fields["account_id"]}
        done = send(served(storefront, strict_house), "chatwoot", **named, history_days="30")
        assert done.status_code == 303, done.text
        assert kept(strict_house, "chatwoot")["history_days"] == "30"


class TestWhereAGoogleKeyIsSent:
    def key(self, simulator: SimulatorHandle, token_uri: str | None) -> str:
        told = json.loads(simulator.shops[ROD]["sources"]["ga4"]["service_account_json"])
        return json.dumps(told | ({"token_uri": token_uri} if token_uri else {}), indent=2)

    @pytest.mark.parametrize("vendor", ["ga4", "search_console", "google_ads"])
    def test_no_page_sends_it_elsewhere(
        self,
        storefront: Storefront,
        strict_house: Installation,
        simulator: SimulatorHandle,
        eavesdropper: Eavesdropper,
        vendor: str,
    ) -> None:
        web = served(storefront, strict_house)
        sources = simulator.shops[ROD]["sources"][vendor]
        account = {
            name: sources[name]
            for name in ("property_id", "site_url", "customer_id")
            if name in sources
        }
        keep(strict_house, vendor, ROD, account | {"client_id": "x"})
        for token_uri in (
            f"http://127.0.0.1:{eavesdropper.port}/token",
            "https://evil.example/token",
            "https://oauth2.googleapis.com.evil.example/token",
            "https://oauth2.googleapis.com@evil.example/token",
            "http://oauth2.googleapis.com/token",
        ):
            key = self.key(simulator, token_uri)
            made = send(web, vendor, **account, service_account_json=key)
            anew = web.form(
                "/admin/credentials/renew",
                {"shop": ROD, "vendor": vendor, "field": ["service_account_json"], "secret": [key]},
            )
            for answer in (made, anew):
                assert answer.status_code >= 400
                assert "token_uri is no address of Google" in answer.text.replace("&#39;", "'")
        assert eavesdropper.heard == []
        assert "service_account_json" not in kept(strict_house, vendor)

    def test_where_the_machine_said_it_may_be_said_again(
        self, storefront: Storefront, strict_house: Installation, simulator: SimulatorHandle
    ) -> None:
        simulator.set_clock(strict_house.clock.now())
        fields = simulator.shops[ROD]["sources"]["ga4"]
        keep(strict_house, "ga4", ROD, fields)
        done = send(
            served(storefront, strict_house),
            "ga4",
            property_id=fields["property_id"],
            service_account_json=self.key(simulator, None),
        )
        assert done.status_code == 303, done.text


class TestTokensOfAnInstalledShop:
    def connected(
        self, storefront: Storefront, house: Installation, simulator: SimulatorHandle, **told: str
    ) -> Mapping[str, str]:
        fields = simulator.shops[ROD]["sources"]["shopify"]
        given = {"refresh_token": "shprt_kept", "expires_at": "2099-01-01T00:00:00Z"}
        keep(house, "shopify", ROD, fields | given)
        done = send(served(storefront, house), "shopify", **told)
        assert done.status_code == 303, done.text
        return kept(house, "shopify")

    @pytest.mark.parametrize("told", [{"access_token": ""}, {}])
    def test_stay_when_only_the_secret_of_webhooks_changes(
        self,
        storefront: Storefront,
        house: Installation,
        simulator: SimulatorHandle,
        told: dict[str, str],
    ) -> None:
        secret = {"client_secret": "a new secret of webhooks"}
        stored = self.connected(storefront, house, simulator, **told, **secret)
        assert stored["refresh_token"] == "shprt_kept"
        assert stored["expires_at"] == "2099-01-01T00:00:00Z"
        assert stored["client_secret"] == "a new secret of webhooks"

    def test_go_with_their_key(
        self, storefront: Storefront, house: Installation, simulator: SimulatorHandle
    ) -> None:
        lasting = simulator.shops[ROD]["sources"]["shopify"]["access_token"]
        simulator.set_token(ROD, "shpat_another")
        stored = self.connected(storefront, house, simulator, access_token="shpat_another")
        assert stored["access_token"] == "shpat_another" != lasting
        assert "refresh_token" not in stored
        assert "expires_at" not in stored

    def test_stay_when_the_secret_of_webhooks_is_renewed(
        self, house: Installation, simulator: SimulatorHandle
    ) -> None:
        given = {"refresh_token": "shprt_kept", "expires_at": "2099-01-01T00:00:00Z"}
        keep(house, "shopify", ROD, simulator.shops[ROD]["sources"]["shopify"] | given)
        renew(house, "shopify", ROD, {"client_secret": "new"}, actor="person:1")
        assert kept(house, "shopify")["refresh_token"] == "shprt_kept"


class TestAStoreBroughtByTwoAtOnce:
    NEW = "nordkurve-teile"

    def bring(self, house: Installation, simulator: SimulatorHandle, who: str) -> str | None:
        fields = simulator.shops[self.NEW]["sources"]["shopify"]
        told = {"domain": fields["domain"], "access_token": fields["access_token"]}
        try:
            return connect_shop(house, told, email=who, name=who, actor="person:1").shop_id
        except ConflictError:
            return None

    def owners(self, house: Installation) -> list[str]:
        with house.database.jobs() as session:
            return list(
                session.scalars(
                    text("select user_id::text from app.memberships where shop_id = :shop"),
                    {"shop": self.NEW},
                )
            )

    def test_belongs_to_one(self, house: Installation, simulator: SimulatorHandle) -> None:
        people = [f"person-{number}@two.example" for number in range(4)]
        with ThreadPoolExecutor(len(people)) as pool:
            made = list(pool.map(lambda who: self.bring(house, simulator, who), people))
        assert sorted(map(str, made)) == ["None", "None", "None", self.NEW]
        assert len(self.owners(house)) == 1

    def test_without_an_owner_there_is_no_shop(
        self, house: Installation, simulator: SimulatorHandle
    ) -> None:
        with pytest.raises(UnusableTextError, match="NUL"):
            self.bring(house, simulator, "nobody\0@two.example")
        with house.database.jobs() as session:
            assert find_shop(session, self.NEW) is None
        assert kept_of(house, self.NEW) == {}


def kept_of(house: Installation, shop_id: str) -> Mapping[str, str]:
    return stored_fields(house, "shopify", shop_id)
