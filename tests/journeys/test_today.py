"""Today as a person meets it: in both themes, on a phone, and in the states nobody likes."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.fixtures.browser import PHONE, Served, Visitor
from tests.fixtures.storefront import AGENCY, KYOTO, OWNER
from tests.journeys.conftest import come_in

pytestmark = pytest.mark.browser
THEMES = ("light", "dark")


@pytest.fixture
def owner(visitor: Visitor, shop_window: Served) -> Visitor:
    return come_in(visitor, shop_window, OWNER)


def see(visitor: Visitor, theme: str, picture: str, state: str) -> None:
    visitor.page.emulate_media(color_scheme=theme)
    visitor.open("/today")
    visitor.wait_for_chart()
    tile = visitor.page.locator("[data-tile=sales-pulse]")
    expect(tile).to_have_attribute("data-state", state)
    visitor.picture(f"{picture}-{theme}")
    assert visitor.sideways() == 0
    assert visitor.axe_violations() == []


def line_box(visitor: Visitor, line: str) -> dict[str, float]:
    box = visitor.page.locator(line).bounding_box()
    assert box is not None
    return dict(box)


class TestOrdinary:
    @pytest.mark.parametrize("theme", THEMES)
    def test_wide(self, owner: Visitor, theme: str) -> None:
        see(owner, theme, "today", "ok")
        expect(owner.page.get_by_text("Nothing needs you.")).to_be_visible()

    @pytest.mark.parametrize("theme", THEMES)
    def test_phone(self, owner: Visitor, theme: str) -> None:
        owner.page.set_viewport_size(PHONE)
        see(owner, theme, "phone", "ok")

    def test_everything_open_on_a_phone(self, owner: Visitor) -> None:
        owner.page.set_viewport_size(PHONE)
        owner.open("/today")
        owner.wait_for_chart()
        owner.page.get_by_text("Show as a table").click()
        owner.page.get_by_label("Account of Ada Rodriguez").click()
        owner.picture("phone-open")
        assert owner.sideways() == 0
        assert owner.axe_violations() == []


class TestStates:
    """Each in a shop of its own, because each changes it."""

    def test_blocked(self, visitor: Visitor, served: Served) -> None:
        served.storefront.block()
        come_in(visitor, served, OWNER)
        for theme in THEMES:
            see(visitor, theme, "blocked", "blocked")
        banner = visitor.page.get_by_role("status").first
        expect(banner).to_contain_text("last trusted numbers")
        visitor.page.set_viewport_size(PHONE)
        see(visitor, "light", "blocked-phone", "blocked")

    def test_stale(self, visitor: Visitor, served: Served) -> None:
        served.storefront.clock.advance(timedelta(hours=7))
        come_in(visitor, served, OWNER)
        for theme in THEMES:
            see(visitor, theme, "stale", "stale")

    def test_reprocessing(self, visitor: Visitor, served: Served) -> None:
        served.storefront.reprocess()
        come_in(visitor, served, OWNER)
        for theme in THEMES:
            see(visitor, theme, "reprocessing", "reprocessing")

    def test_act(self, visitor: Visitor, served: Served) -> None:
        served.storefront.slump()
        come_in(visitor, served, OWNER)
        for theme in THEMES:
            see(visitor, theme, "act", "act")

    def test_nothing_published_yet(self, visitor: Visitor, served: Served) -> None:
        served.storefront.unpublish()
        come_in(visitor, served, OWNER)
        tile = visitor.page.locator("[data-tile=sales-pulse]")
        expect(tile).to_have_attribute("data-state", "empty")
        for theme in THEMES:
            visitor.page.emulate_media(color_scheme=theme)
            visitor.picture(f"empty-{theme}")
            assert visitor.axe_violations() == []


class TestView:
    def test_the_period_changes_with_a_click(self, owner: Visitor) -> None:
        owner.open("/today")
        expect(owner.page.get_by_role("button", name="Show")).to_be_hidden()
        owner.page.get_by_label("Period", exact=True).dispatch_event("pointerdown")
        owner.page.get_by_label("Period", exact=True).select_option("90d")
        owner.page.wait_for_url("**range=90d**")
        owner.wait_for_chart()
        owner.picture("ninety-days")

    def test_with_the_keyboard_the_button_asks(self, owner: Visitor) -> None:
        owner.open("/today")
        owner.page.get_by_label("Period", exact=True).focus()
        owner.page.keyboard.press("ArrowUp")
        show = owner.page.get_by_role("button", name="Show")
        expect(show).to_be_visible()
        show.press("Enter")
        owner.page.wait_for_url("**range=7d**")

    def test_without_comparison(self, owner: Visitor) -> None:
        owner.open("/today?compare=none")
        owner.wait_for_chart()
        expect(owner.page.locator(".legend li")).to_have_count(1)

    def test_nothing_jumps_when_the_chart_comes_alive(self, owner: Visitor) -> None:
        owner.page.route("**/static/vega.*", lambda route: route.abort())
        owner.open("/today")
        owner.page.wait_for_selector("[data-hydrated=failed]")
        drawn = line_box(owner, ".drawing .line:not(.base)")
        owner.page.unroute("**/static/vega.*")
        owner.open("/today")
        owner.wait_for_chart()
        alive = line_box(owner, ".live .layer_1_marks path")
        assert all(abs(drawn[side] - alive[side]) <= 2 for side in drawn)
        owner.complaints.clear()

    def test_the_pointer_reads_a_day(self, owner: Visitor) -> None:
        owner.open("/today")
        owner.wait_for_chart()
        owner.page.locator(".live svg").hover(position={"x": 500, "y": 120})
        shown = owner.page.locator(".reading")
        expect(shown).to_contain_text("vs $")
        owner.picture("pointer", full=False)

    def test_the_shop_changes_with_its_money_and_time(
        self, visitor: Visitor, shop_window: Served
    ) -> None:
        agency = come_in(visitor, shop_window, AGENCY)
        agency.open("/today")
        agency.page.get_by_label("Shop", exact=True).select_option(KYOTO)
        agency.page.get_by_role("button", name="Show").click()
        agency.page.wait_for_url(f"**shop={KYOTO}**")
        agency.wait_for_chart()
        expect(agency.page.locator("[data-tile=sales-pulse] .value")).to_contain_text("¥")
        expect(agency.page.get_by_text("Tokyo time").first).to_be_visible()
        agency.picture("kyoto")

    def test_it_works_without_a_script(self, owner: Visitor) -> None:
        owner.page.route("**/app.*.js", lambda route: route.abort())
        owner.open("/today")
        expect(owner.page.locator(".drawing .line:not(.base)")).to_be_visible()
        owner.page.get_by_label("Period", exact=True).select_option("7d")
        owner.page.get_by_role("button", name="Show").click()
        owner.page.wait_for_url("**range=7d**")
        owner.picture("without-script")
        owner.complaints = [said for said in owner.complaints if "ERR_FAILED" not in said]
