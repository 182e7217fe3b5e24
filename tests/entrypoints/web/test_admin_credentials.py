"""Admin, credentials: what is kept is never shown, and what is renewed was taken by the vendor before."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial

import httpx
import pytest
from sqlalchemy import text

from hotdash.base.clock import iso_utc
from hotdash.base.roles import Role
from hotdash.base.settings import load_settings
from hotdash.entrypoints.connecting import connect, renew
from hotdash.entrypoints.wiring import Installation
from hotdash.storage.appdb.repositories import credentials, source_states
from hotdash.storage.appdb.repositories.source_states import Trouble
from tests.fixtures.pages import table_of
from tests.fixtures.simulator import SimulatorHandle
from tests.fixtures.storefront import KYOTO, OWNER, ROD, STRANGER, Storefront
from tests.fixtures.web import Web, web_in_front_of

PAGE = f"/admin/credentials?shop={ROD}"


@pytest.fixture
def web(
    storefront: Storefront, simulator: SimulatorHandle, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Web]:
    """The shop is connected to a Shopify that answers."""
    home = tmp_path_factory.mktemp("home")
    settings = load_settings(home=home, database_url="postgresql://opened.elsewhere/hotdash")
    house = Installation(settings, storefront.database, None)
    fields = simulator.shops[ROD]["sources"]["shopify"]
    connect(house, "shopify", ROD, fields, strict=False)
    web = web_in_front_of(storefront, home, renew_credential=partial(renew, house))
    web.sign_in(OWNER)
    yield web
    house.calls.close()


def kept(web: Web, vendor: str = "shopify") -> Mapping[str, str]:
    assert web.context.vault is not None
    with web.storefront.database.jobs() as session:
        found = credentials.find_credential(session, web.context.vault, ROD, vendor)
    assert found is not None
    return found


def enter(web: Web, vendor: str, **fields: str) -> None:
    assert web.context.vault is not None
    with web.storefront.database.jobs() as session:
        credentials.enter_credential(session, web.context.vault, ROD, vendor, fields)


def send(web: Web, vendor: str = "shopify", **secrets: str) -> httpx.Response:
    told = {"shop": ROD, "vendor": vendor, "field": [*secrets], "secret": [*secrets.values()]}
    return web.form("/admin/credentials/renew", told)


def row(web: Web, title: str = "Shopify") -> list[str]:
    return next(row for row in table_of(web.client.get(PAGE).text) if row[0] == title)


def test_named_and_never_shown(web: Web) -> None:
    html = web.client.get(PAGE).text
    assert "access token" in row(web)[4]
    secrets = [value for name, value in kept(web).items() if name != "domain"]
    assert secrets
    assert not [secret for secret in secrets if secret in html]


def test_renewed_by_what_the_vendor_takes(web: Web, simulator: SimulatorHandle) -> None:
    before = kept(web)
    simulator.set_token(ROD, "shpat_renewed")
    done = send(web, access_token=" shpat_renewed ")
    assert done.status_code == 303
    assert "Shopify is renewed." in web.client.get(done.headers["location"]).text
    assert kept(web) == {**before, "access_token": "shpat_renewed"}
    with web.storefront.database.jobs() as session:
        [(shop, subject, detail)] = session.execute(
            text(
                "select shop_id, subject, detail from audit.events"
                " where action = 'renew_credentials'"
            )
        )
    assert (shop, subject, detail) == (ROD, "shopify", {"fields": ["access_token"]})
    assert "shpat_renewed" not in web.storefront.everything_in("audit.events")


def test_what_the_vendor_refuses_changes_nothing_and_is_not_repeated(web: Web) -> None:
    before = kept(web)
    refused = send(web, access_token="shpat_wrong")
    assert refused.status_code >= 400
    assert "shpat_wrong" not in refused.text
    assert kept(web) == before


@pytest.mark.parametrize(
    "fields", [{}, {"access_token": "  "}, {"domain": "evil.example"}, {"base_url": "http://x"}]
)
def test_only_secrets_are_renewed(web: Web, fields: dict[str, str]) -> None:
    before = kept(web)
    assert "Nothing new was entered." in send(web, **fields).text
    assert kept(web) == before


@pytest.mark.parametrize("vendor", ["files", "nobody", "chatwoot"])
def test_only_what_is_connected_and_renewed_here(web: Web, vendor: str) -> None:
    answer = send(web, vendor, database="postgresql://evil", api_access_token="x")
    assert answer.status_code in (400, 404)


def test_a_form_that_is_not_whole(web: Web) -> None:
    told = {"shop": ROD, "vendor": "shopify", "field": ["access_token"], "secret": ["a", "b"]}
    answer = web.form("/admin/credentials/renew", told)
    assert answer.status_code == 400
    assert send(web, access_token="x" * 20_001).status_code == 400


def test_states(web: Web) -> None:
    assert row(web)[1] == "Open"
    soon = web.storefront.clock.now() + timedelta(days=3)
    enter(web, "meta_ads", access_token="a", expires_at=iso_utc(soon))
    told = row(web, "Meta Ads")
    assert told[1].startswith("Ends soon")
    assert told[3] == "23 Nov, 13:12"
    web.storefront.clock.advance(timedelta(days=3))
    web.sign_in(OWNER)
    assert row(web, "Meta Ads")[1].startswith("Over")
    trouble = Trouble("rejected", "It said no.", "Enter it anew.")
    with web.storefront.database.jobs() as session:
        source_states.note_rejected(session, ROD, "shopify", trouble, web.storefront.clock.now())
    assert row(web)[1] == "Refused by the vendorEnter it anew."
    enter(web, "shopify", access_token="b")
    assert row(web)[1] == "Open"


def test_only_of_this_shop_and_for_who_connects_sources(web: Web) -> None:
    web.sign_in(STRANGER)
    assert web.client.get(PAGE).status_code == 404
    assert (
        "No source of this shop is connected."
        in web.client.get(f"/admin/credentials?shop={KYOTO}").text
    )
    for role in (Role.ENGINEER, Role.MANAGER):
        web.sign_in(web.storefront.add_person(role))
        expected = 200 if role is Role.ENGINEER else 403
        assert web.client.get(PAGE).status_code == expected
        assert (send(web).status_code == 403) == (expected == 403)


def test_without_a_way_to_renew_it_says_where(storefront: Storefront, web: Web) -> None:
    plain = web_in_front_of(storefront, web.context.home)
    plain.sign_in(OWNER)
    assert "Try it and keep it" not in plain.client.get(PAGE).text
    answer = send(plain, access_token="x")
    assert answer.status_code == 503
    assert "hotdash connect shopify" in answer.text
