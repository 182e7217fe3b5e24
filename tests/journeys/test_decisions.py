"""Decisions as a person meets them: asked on Today, answered there or on their page, found again."""

import pytest
from playwright.sync_api import Page, expect

from hotdash.decisions.recommendations.contract import Confidence, Evidence, Kind
from tests.decisions.recommendations_given import proposal
from tests.fixtures.asked import ask_all
from tests.fixtures.browser import DESKTOP, PHONE, Served, Visitor
from tests.fixtures.storefront import OWNER, ROD
from tests.journeys.conftest import come_in

pytestmark = pytest.mark.browser
THEMES = ("light", "dark")
BREACHES = f"/api/v1/decisions/evidence?shop={ROD}&kind=reply&subject=inbox:1"
ASKED = (
    proposal("item:1", title="Reorder the 60s Chrome Bumper", verb="Order 24"),
    proposal(
        "inbox:1",
        80,
        kind=Kind.REPLY,
        title="Answer 2 conversations past the promise",
        reason="The oldest has waited 3h 20m; the promise is 2h.",
        verb="Answer them",
        evidence=[Evidence("Conversations", BREACHES)],
        impact_amount=None,
        impact_text="2 people wait",
    ),
    proposal(
        "page:/products/enamel-sign",
        60,
        kind=Kind.ASSIGN_PAGE,
        title="Rework /products/enamel-sign",
        reason="Clicks fell from 210 to 90 in 28 days.",
        verb="Assign the page",
        confidence=Confidence.MEDIUM,
        impact_amount=None,
        impact_text="120 clicks lost",
        features={"landing_page": "/products/enamel-sign"},
    ),
)


@pytest.fixture
def owner(visitor: Visitor, served: Served) -> Visitor:
    served.storefront.fill()
    ask_all(served.storefront.database, served.storefront.clock.now(), ASKED)
    return come_in(visitor, served, OWNER)


def look(owner: Visitor, name: str) -> None:
    """As it stands: in both themes and on a phone."""
    for theme in THEMES:
        owner.page.emulate_media(color_scheme=theme)
        owner.picture(f"{name}-{theme}")
        assert owner.axe_violations() == []
        assert owner.sideways() == 0
    owner.page.set_viewport_size(PHONE)
    owner.picture(f"{name}-phone")
    assert owner.sideways() == 0
    owner.page.set_viewport_size(DESKTOP)


def waiting(page: Page) -> list[str]:
    return page.locator(".asked h3").all_inner_texts()


def test_from_what_is_asked_to_what_was_decided(owner: Visitor) -> None:
    page = owner.page
    owner.open(f"/today?shop={ROD}")
    owner.wait_for_chart()
    assert waiting(page) == [each.proposal.title for each in ASKED]
    look(owner, "today-asked")

    page.get_by_role("button", name="Approve: Order 24").press("Enter")
    page.wait_for_url("**/today**answered=approve**")
    expect(page.get_by_role("status")).to_contain_text("Approved; nobody else is asked about it.")
    look(owner, "today-answered")
    assert waiting(page) == [each.proposal.title for each in ASKED[1:]]

    page.get_by_role("link", name="Decisions", exact=True).click()
    page.wait_for_url("**/decisions**")
    page.get_by_label("Not now: Answer 2").press("Enter")
    look(owner, "decisions")
    put_off = page.locator("form:has(button[value=snooze]):visible")
    put_off.get_by_label("For").select_option("3")
    put_off.get_by_label("Why?").fill("After the fair.")
    put_off.get_by_role("button").click()
    expect(page.get_by_text("Put off until 23 Nov, 11:12.")).to_be_visible()

    page.get_by_label("Approve: Assign the page").click()
    page.get_by_label("who works on it?").fill("Bea")
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.locator(".asked")).to_have_count(1)

    page.get_by_label("Action").fill("inventory.")
    page.get_by_label("About").fill("item:1")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**action=inventory.**")
    rows = page.locator("#history tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Reorder the 60s Chrome Bumper")
    look(owner, "decided")


def test_evidence_is_looked_at(owner: Visitor) -> None:
    owner.open(f"/decisions?shop={ROD}")
    owner.page.get_by_label("Evidence: Conversations").click()
    owner.page.wait_for_url("**/decisions/evidence**")
    expect(owner.page.get_by_role("heading", level=1)).to_be_visible()
    look(owner, "evidence")
