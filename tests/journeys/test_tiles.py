"""The seven tiles as a person meets them: the grid, the switch of the chart, and each tile's own page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from hotdash.insights.tiles.catalog import TILES
from tests.fixtures.browser import DESKTOP, PHONE, Served, Visitor, serving
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.storefront import OWNER, ROD, copied
from tests.journeys.conftest import come_in

pytestmark = pytest.mark.browser
THEMES = ("light", "dark")


@pytest.fixture(scope="module")
def filled(
    storefront_template: str,
    template_urls: DatabaseUrls,
    tmp_path_factory: pytest.TempPathFactory,
    web_home: Path,
) -> Iterator[Served]:
    """A shop with something in every tile, to look at."""
    folder = tmp_path_factory.mktemp("filled")
    with copied(template_urls, storefront_template, folder) as storefront:
        storefront.fill()
        with serving(storefront, web_home) as served:
            yield served


@pytest.fixture
def owner(visitor: Visitor, filled: Served) -> Visitor:
    return come_in(visitor, filled, OWNER)


def width(visitor: Visitor, name: str) -> float:
    box = visitor.page.locator(f"[data-tile={name}]").bounding_box()
    assert box is not None
    return box["width"]


def tops(visitor: Visitor) -> list[float]:
    boxes = [each.bounding_box() for each in visitor.page.locator("[data-tile]").all()]
    return [box["y"] for box in boxes if box is not None]


class TestGrid:
    @pytest.mark.parametrize("theme", THEMES)
    def test_wide_is_four_and_three_with_growth_twice_as_wide(
        self, owner: Visitor, theme: str
    ) -> None:
        owner.page.emulate_media(color_scheme=theme)
        owner.open(f"/today?shop={ROD}")
        owner.wait_for_chart()
        heights = tops(owner)
        assert [heights.count(top) for top in sorted(set(heights))] == [4, 3]
        assert abs(width(owner, "growth") - 2 * width(owner, "cx-pulse") - 12) < 1
        owner.picture(f"tiles-{theme}")
        assert owner.sideways() == 0
        assert owner.axe_violations() == []

    @pytest.mark.parametrize("theme", THEMES)
    def test_on_a_phone_decisions_come_first_and_tiles_one_below_the_other(
        self, owner: Visitor, theme: str
    ) -> None:
        owner.page.set_viewport_size(PHONE)
        owner.page.emulate_media(color_scheme=theme)
        owner.open(f"/today?shop={ROD}")
        owner.wait_for_chart()
        assert len(set(tops(owner))) == len(TILES)
        box = owner.page.locator("#do-now").bounding_box()
        assert box is not None
        assert box["y"] < min(tops(owner))
        owner.picture(f"tiles-phone-{theme}")
        assert owner.sideways() == 0
        assert owner.axe_violations() == []

    def test_what_to_do_leads_to_the_list_it_is_about(self, owner: Visitor) -> None:
        owner.open(f"/today?shop={ROD}")
        cx = owner.page.locator("[data-tile=cx-pulse]")
        cx.get_by_role("link", name="Answer 2 conversations past the promise").click()
        owner.page.wait_for_url("**/tiles/cx-pulse**#breached")
        expect(owner.page.get_by_role("heading", name="Open past their promise")).to_be_visible()


class TestSwitch:
    def test_shows_another_metric_and_keeps_the_period(self, owner: Visitor) -> None:
        owner.open(f"/today?shop={ROD}&range=7d")
        owner.wait_for_chart()
        owner.page.get_by_role("link", name="ROAS", exact=True).click()
        owner.page.wait_for_url("**chart=roas**")
        owner.wait_for_chart()
        expect(owner.page.locator("#chart-title")).to_have_text("ROAS by day")
        assert "range=7d" in owner.page.url
        chosen = owner.page.locator(".switch a[aria-current]")
        expect(chosen).to_have_text("ROAS")
        owner.picture("switched", full=False)

    def test_is_kept_when_the_period_changes(self, owner: Visitor) -> None:
        owner.open(f"/today?shop={ROD}&chart=aov")
        owner.page.get_by_label("Period", exact=True).focus()
        owner.page.keyboard.press("ArrowUp")
        owner.page.get_by_role("button", name="Show").press("Enter")
        owner.page.wait_for_url("**range=7d**")
        expect(owner.page.locator("#chart-title")).to_have_text("AOV by day")

    def test_works_by_keyboard(self, owner: Visitor) -> None:
        owner.open(f"/today?shop={ROD}")
        owner.page.get_by_role("link", name="AOV", exact=True).press("Enter")
        owner.page.wait_for_url("**chart=aov**")


class TestTilePages:
    @pytest.mark.parametrize("name", TILES)
    def test_in_both_themes_and_on_a_phone(self, owner: Visitor, name: str) -> None:
        for theme in THEMES:
            owner.page.set_viewport_size(DESKTOP)
            owner.page.emulate_media(color_scheme=theme)
            owner.open(f"/tiles/{name}?shop={ROD}")
            expect(owner.page.locator("h1")).to_have_text(TILES[name].title)
            owner.picture(f"{name}-{theme}")
            assert owner.axe_violations() == []
        owner.page.set_viewport_size(PHONE)
        owner.picture(f"{name}-phone")
        assert owner.sideways() == 0

    def test_the_days_come_alive_with_their_own_unit(self, owner: Visitor) -> None:
        owner.open(f"/tiles/cx-pulse?shop={ROD}&range=7d")
        owner.wait_for_chart()
        owner.page.locator(".live svg").hover(position={"x": 500, "y": 120})
        expect(owner.page.locator(".reading")).to_contain_text("3h 20m")
        owner.page.get_by_text("Show as a table").click()
        expect(owner.page.get_by_role("cell", name="3h 20m").first).to_be_visible()
