"""Admin, decisions and customers as a person meets them: looked at in both themes and on a phone, walked by keyboard."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from hotdash.base.actors import actor_of
from hotdash.base.clock import local_day
from hotdash.jobs.decide_policy import decide_policy
from hotdash.storage.appdb.repositories import credentials
from hotdash.storage.secrets import Vault
from tests.fixtures.asked import ask
from tests.fixtures.browser import DESKTOP, PHONE, Served, Visitor, serving
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.storefront import OWNER, ROD, VIEWER, Storefront, copied
from tests.journeys.conftest import come_in

pytestmark = pytest.mark.browser
THEMES = ("light", "dark")
PAGES = {
    "shops": f"/admin?shop={ROD}",
    "people": f"/admin/people?shop={ROD}",
    "roles": f"/admin/roles?shop={ROD}",
    "tokens": f"/admin/tokens?shop={ROD}",
    "credentials": f"/admin/credentials?shop={ROD}",
    "policies": f"/admin/policies?shop={ROD}&policy=include_taxes&value=true",
    "alerts": f"/admin/alerts?shop={ROD}",
    "access": f"/admin/access?shop={ROD}",
    "customers": f"/customers?shop={ROD}",
    "customer": f"/customers?shop={ROD}&about=customer&number=c-77",
    "decisions": f"/decisions?shop={ROD}",
}


@pytest.fixture(scope="module")
def lived_in(
    storefront_template: str,
    template_urls: DatabaseUrls,
    tmp_path_factory: pytest.TempPathFactory,
    web_home: Path,
) -> Iterator[Served]:
    """A shop in which something was done already."""
    folder = tmp_path_factory.mktemp("lived-in")
    with copied(template_urls, storefront_template, folder) as storefront:
        _live(storefront, Vault.in_home(web_home))
        with serving(storefront, web_home) as served:
            yield served


def _live(storefront: Storefront, vault: Vault) -> None:
    storefront.fill()
    storefront.know("c-77", email="norma@real.example", first_name="Norma", last_name="Odds")
    now = storefront.clock.now()
    ask(storefront.database, now)
    storefront.token_of(OWNER, scopes=("see_metrics", "export"))
    decide_policy(
        *(storefront.database, ROD, "count_partially_paid", "true"),
        effective_from=local_day(now, "America/Los_Angeles"),
        actor=actor_of(storefront.user_id(OWNER)),
        reason="We deliver on a deposit.",
        clock=storefront.clock,
    )
    with storefront.database.jobs() as session:
        for vendor, fields in {
            "shopify": {"access_token": "a", "domain": "hot-rod-an.myshopify.com"},
            "chatwoot": {"api_access_token": "b", "account_id": "1"},
        }.items():
            credentials.enter_credential(session, vault, ROD, vendor, fields)


@pytest.fixture
def owner(visitor: Visitor, lived_in: Served) -> Visitor:
    return come_in(visitor, lived_in, OWNER)


def test_a_table_says_at_its_edge_that_it_goes_on(owner: Visitor) -> None:
    owner.page.set_viewport_size(PHONE)
    owner.open(PAGES["alerts"])
    table = owner.page.locator(".table-scroll").first
    goes_on = re.compile("goes-on")
    expect(table).to_have_class(goes_on)
    table.evaluate("box => { box.scrollLeft = box.scrollWidth; }")
    expect(table).not_to_have_class(goes_on)
    table.evaluate("box => { box.scrollLeft = 0; }")
    expect(table).to_have_class(goes_on)
    owner.page.set_viewport_size(DESKTOP)
    expect(table).not_to_have_class(goes_on)


@pytest.mark.parametrize("name", PAGES)
def test_looks(owner: Visitor, name: str) -> None:
    for theme in THEMES:
        owner.page.set_viewport_size(DESKTOP)
        owner.page.emulate_media(color_scheme=theme)
        owner.open(PAGES[name])
        owner.picture(f"admin-{name}-{theme}")
        assert owner.axe_violations() == []
        assert owner.sideways() == 0
    owner.page.set_viewport_size(PHONE)
    owner.picture(f"admin-{name}-phone")
    assert owner.sideways() == 0
    for summary in owner.page.locator("main details summary").all()[:4]:
        summary.click()
    owner.picture(f"admin-{name}-opened-phone")
    assert owner.sideways() == 0
    assert owner.axe_violations() == []


def test_somebody_is_invited_by_keyboard(visitor: Visitor, served: Served) -> None:
    owner, page = come_in(visitor, served, OWNER), visitor.page
    owner.open(f"/today?shop={ROD}")
    page.get_by_role("link", name="Admin").press("Enter")
    page.wait_for_url("**/admin?shop=*")
    page.get_by_role("link", name="People", exact=True).press("Enter")
    page.wait_for_url("**/admin/people*")
    page.get_by_label("E-mail", exact=True).fill("new@somebody.example")
    page.get_by_label("Name", exact=True).fill("Nele New")
    page.locator("#role").select_option("operator")
    page.get_by_role("button", name="Invite").press("Enter")
    link = page.locator("[data-once]")
    expect(link).to_contain_text("/sign-in/")
    owner.picture("admin-invited")
    assert owner.axe_violations() == []
    page.context.clear_cookies()
    page.goto(link.inner_text())
    page.wait_for_url("**/")
    expect(page.get_by_label("Account of Nele New")).to_be_visible()


def test_a_value_is_shown_in_full_and_that_is_seen(visitor: Visitor, served: Served) -> None:
    served.storefront.know("c-77", email="norma@real.example")
    owner, page = come_in(visitor, served, OWNER), visitor.page
    owner.open(PAGES["customer"])
    page.get_by_label("Why you need it").fill("Her parcel came back.")
    page.get_by_role("button", name="Show E-mail in full").press("Enter")
    expect(page.get_by_role("cell", name="norma@real.example")).to_be_visible()
    owner.picture("customer-in-full")
    assert owner.axe_violations() == []
    owner.open(PAGES["access"])
    expect(page.get_by_text("Her parcel came back.")).to_be_visible()


def test_a_proposal_is_changed_before_it_is_approved(visitor: Visitor, served: Served) -> None:
    ask(served.storefront.database, served.storefront.clock.now())
    owner, page = come_in(visitor, served, OWNER), visitor.page
    owner.open(PAGES["decisions"])
    page.get_by_label("Change before approving: Reorder item:1").click()
    page.get_by_label("Its number elsewhere").fill("PO-7")
    owner.picture("decisions-changing", full=False)
    page.get_by_role("button", name="Approve: Order").click()
    page.wait_for_url("**/decisions*")
    expect(page.get_by_role("cell", name="elsewhere PO-7")).to_be_visible()
    page.get_by_label("Correct the decision").click()
    page.get_by_label("What was wrong?").fill("It was PO-8.")
    page.get_by_role("button", name="Add a correction").press("Enter")
    page.wait_for_url("**/decisions*#history")
    expect(page.get_by_role("cell", name="It was PO-8.")).to_be_visible()
    owner.picture("decisions-corrected")
    assert owner.axe_violations() == []


def test_whoever_was_taken_out_is_out(visitor: Visitor, served: Served) -> None:
    viewer = come_in(visitor, served, VIEWER)
    viewer.open(f"/today?shop={ROD}")
    # The page goes on asking for its chart after it is there, and would be refused.
    viewer.wait_for_chart()
    served.storefront.disable(VIEWER)
    viewer.open(f"/today?shop={ROD}")
    expect(viewer.page.get_by_role("heading", name="Sign in")).to_be_visible()
