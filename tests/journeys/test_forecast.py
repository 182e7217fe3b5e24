"""What comes as a person meets it: the line with its band, how wrong such words were, and what to order."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.browser import DESKTOP, PHONE, Served, Visitor, serving
from tests.fixtures.forecast_world import foretold
from tests.fixtures.storefront import OWNER, ROD, Storefront
from tests.journeys.conftest import come_in

__all__ = ["foretold"]
pytestmark = pytest.mark.browser
PAGES = {
    "series": f"/forecast?shop={ROD}",
    "warned": f"/forecast/stock?shop={ROD}",
    "all": f"/forecast/stock?shop={ROD}&list=all",
}


@pytest.fixture(scope="module")
def window(foretold: Storefront, web_home: Path) -> Iterator[Served]:
    with serving(foretold, web_home) as served:
        yield served


@pytest.mark.parametrize("name", PAGES)
def test_looks(visitor: Visitor, window: Served, name: str) -> None:
    owner = come_in(visitor, window, OWNER)
    owner.page.set_viewport_size(DESKTOP)
    owner.open(PAGES[name])
    for theme in ("light", "dark"):
        owner.page.emulate_media(color_scheme=theme)
        owner.picture(f"forecast-{name}-{theme}")
        assert owner.axe_violations() == []
        assert owner.sideways() == 0
    owner.page.set_viewport_size(PHONE)
    owner.picture(f"forecast-{name}-phone")
    assert owner.sideways() == 0
    for summary in owner.page.locator("main details summary").all():
        summary.click()
    assert owner.sideways() == 0
    assert owner.axe_violations() == []


def test_from_the_forecast_to_what_is_to_be_ordered(visitor: Visitor, window: Served) -> None:
    owner, page = come_in(visitor, window, OWNER), visitor.page
    owner.open(f"/today?shop={ROD}")
    page.get_by_role("link", name="Forecast", exact=True).press("Enter")
    page.wait_for_url("**/forecast?*")
    page.get_by_role("link", name="Stock plan", exact=True).press("Enter")
    page.wait_for_url("**/forecast/stock?*")
    page.get_by_role("link", name="To order", exact=True).press("Enter")
    page.wait_for_url("**/forecast/stock?*list=reorder*")
    assert page.get_by_role("rowheader", name="Hose").is_visible()
