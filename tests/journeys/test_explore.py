"""Explore as a person meets it: from a number that moved to its orders, by pointer and by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.browser import PHONE, Served, Visitor
from tests.fixtures.storefront import AGENCY, KYOTO, OWNER, ROD
from tests.journeys.conftest import come_in

pytestmark = pytest.mark.browser
THEMES = ("light", "dark")
VIEWS = {
    "line": "",
    "bars": "&by=&by=country",
    "small": "&by=day&by=country&range=90d",
    "rows": "&drill=2026-11-18&metric=aov&metric=orders",
    "refused": "&by=planet",
}


@pytest.fixture
def owner(visitor: Visitor, shop_window: Served) -> Visitor:
    return come_in(visitor, shop_window, OWNER)


def wait_for_lines(visitor: Visitor) -> None:
    visitor.page.wait_for_selector("[data-lines][data-hydrated=true]", timeout=20_000)


def look(visitor: Visitor, name: str) -> None:
    visitor.open(f"/explore?shop={ROD}{VIEWS[name]}")
    if name == "refused":
        visitor.expects(400)
    if name in ("line", "rows"):
        wait_for_lines(visitor)


def choose(page: Page, label: str, value: str) -> None:
    page.get_by_label(label, exact=True).dispatch_event("pointerdown")
    page.get_by_label(label, exact=True).select_option(value)


class TestLooks:
    @pytest.mark.parametrize("name", VIEWS)
    def test_in_both_themes_and_on_a_phone(self, owner: Visitor, name: str) -> None:
        look(owner, name)
        for theme in THEMES:
            owner.page.emulate_media(color_scheme=theme)
            owner.picture(f"explore-{name}-{theme}")
            assert owner.axe_violations() == []
            assert owner.sideways() == 0
        owner.page.set_viewport_size(PHONE)
        owner.picture(f"explore-{name}-phone")
        assert owner.sideways() == 0


class TestWhyRevenueMoved:
    def test_with_a_pointer(self, owner: Visitor) -> None:
        page = owner.page
        owner.open("/today")
        page.get_by_role("link", name="Explore").click()
        page.wait_for_url("**/explore*")
        choose(page, "Metric", "revenue")
        page.wait_for_url("**metric=revenue*")
        choose(page, "Over time", "")
        page.wait_for_url(re.compile(r"by=&by=(&|$)"))
        choose(page, "Split by", "country")
        page.wait_for_url("**by=country*")
        choose(page, "vs", "none")
        page.wait_for_url("**compare=none*")
        page.get_by_role("link", name="By day: DE").click()
        page.wait_for_url("**filter=country*")
        wait_for_lines(owner)
        page.get_by_role("link", name=re.compile("^Rows: Wed 18 Nov")).click()
        page.wait_for_url("**drill=2026-11-18**")
        expect(page.get_by_text("They add up to the number exactly.")).to_be_visible()
        expect(page.get_by_role("list", name="Filters")).to_contain_text("Country: DE")
        owner.picture("explore-walk", full=False)

    def test_with_the_keyboard_alone(self, owner: Visitor) -> None:
        page = owner.page
        owner.open(f"/explore?shop={ROD}")
        page.keyboard.press("Tab")
        expect(page.get_by_text("Skip to content")).to_be_focused()
        page.get_by_label("Split by", exact=True).focus()
        page.keyboard.press("c")
        page.keyboard.press("Tab")
        show = page.get_by_role("button", name="Show", exact=True)
        expect(show).to_be_visible()
        show.press("Enter")
        page.wait_for_url("**by=category*")
        page.get_by_role("link", name="Explore").press("Enter")
        page.wait_for_url(re.compile(r"explore\?[^y]*$"))

    def test_the_pointer_reads_a_day(self, owner: Visitor) -> None:
        look(owner, "line")
        owner.page.locator(".live svg").hover(position={"x": 500, "y": 120})
        expect(owner.page.locator(".reading")).to_contain_text("vs $")

    def test_another_shop_keeps_the_question(self, visitor: Visitor, shop_window: Served) -> None:
        agency = come_in(visitor, shop_window, AGENCY)
        agency.open(f"/explore?shop={ROD}&metric=aov&by=week&range=90d")
        choose(agency.page, "Shop", KYOTO)
        agency.page.wait_for_url(f"**shop={KYOTO}**metric=aov**")
        expect(agency.page.locator(".value").first).to_contain_text("¥")


class TestMarks:
    def test_noted_aimed_at_and_saved(self, visitor: Visitor, served: Served) -> None:
        owner, page = come_in(visitor, served, OWNER), visitor.page
        owner.open(f"/explore?shop={ROD}")
        page.get_by_text("Note what happened").click()
        page.get_by_label("What", exact=True).fill("Free-shipping test starts")
        notes = page.locator("form[action='/explore/annotations']")
        notes.get_by_label("From").fill("2026-11-08")
        notes.get_by_role("button").click()
        expect(page.get_by_role("list", name="Notes in the chart")).to_contain_text("Free-shipping")
        page.get_by_text("Set a goal").click()
        goals = page.locator("form[action='/explore/goals']")
        goals.get_by_label("Revenue is to reach").fill("75,000")
        goals.get_by_label("From").fill("2026-11-01")
        goals.get_by_label("to", exact=True).fill("2026-11-30")
        goals.get_by_role("button").click()
        expect(page.get_by_role("list", name="Goals")).to_contain_text("of $75,000.00")
        page.get_by_text("Save this view").click()
        page.locator("form[action='/explore/views']").get_by_label("Name").fill("Mornings")
        page.get_by_role("button", name="Save view").click()
        expect(page.get_by_role("list", name="Saved views")).to_contain_text("Mornings")
        wait_for_lines(owner)
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            owner.picture(f"explore-marks-{theme}")
            assert owner.axe_violations() == []
        page.set_viewport_size(PHONE)
        owner.picture("explore-marks-phone")
        assert owner.sideways() == 0
        owner.open("/today")
        owner.wait_for_chart()
        expect(page.locator(".happened")).to_contain_text("Free-shipping test starts")
        owner.picture("today-marks-phone")
        assert owner.sideways() == 0
        assert owner.axe_violations() == []


class TestPatterns:
    def test_in_both_themes_and_on_a_phone(self, owner: Visitor) -> None:
        owner.open(f"/patterns?shop={ROD}")
        for theme in THEMES:
            owner.page.emulate_media(color_scheme=theme)
            owner.picture(f"patterns-{theme}")
            assert owner.axe_violations() == []
        owner.page.set_viewport_size(PHONE)
        owner.picture("patterns-phone")
        assert owner.sideways() == 0
        owner.page.get_by_role("link", name="Which countries moved revenue?").click()
        owner.page.wait_for_url("**/explore**")
