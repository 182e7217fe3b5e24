"""The studies as a person meets them: what moves together, what is missing, and the query behind it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.browser import DESKTOP, PHONE, Served, Visitor, serving
from tests.fixtures.storefront import OWNER, ROD, Storefront
from tests.fixtures.study_world import studied
from tests.journeys.conftest import come_in

__all__ = ["studied"]
pytestmark = pytest.mark.browser
PAGES = {
    "list": f"/studies?shop={ROD}",
    "linked": f"/studies/sla-anomalies?shop={ROD}",
    "too-few": f"/studies/inventory-fulfillment?shop={ROD}",
    "no-link": f"/studies/satisfaction-sales?shop={ROD}",
    "missing": f"/studies/campaigns-stock?shop={ROD}",
    "baseline": f"/studies/activation?shop={ROD}",
}


@pytest.fixture(scope="module")
def window(studied: Storefront, web_home: Path) -> Iterator[Served]:
    with serving(studied, web_home) as served:
        yield served


@pytest.mark.parametrize("name", PAGES)
def test_looks(visitor: Visitor, window: Served, name: str) -> None:
    owner = come_in(visitor, window, OWNER)
    owner.page.set_viewport_size(DESKTOP)
    owner.open(PAGES[name])
    for theme in ("light", "dark"):
        owner.page.emulate_media(color_scheme=theme)
        owner.picture(f"studies-{name}-{theme}")
        assert owner.axe_violations() == []
        assert owner.sideways() == 0
    owner.page.set_viewport_size(PHONE)
    owner.picture(f"studies-{name}-phone")
    assert owner.sideways() == 0
    for summary in owner.page.locator("main details summary").all():
        summary.click()
    assert owner.sideways() == 0
    assert owner.axe_violations() == []


def test_from_patterns_to_the_query(visitor: Visitor, window: Served) -> None:
    owner, page = come_in(visitor, window, OWNER), visitor.page
    owner.open(f"/patterns?shop={ROD}")
    page.get_by_role("link", name="Studies", exact=True).press("Enter")
    page.wait_for_url("**/studies?*")
    page.get_by_role("link", name="SLA breaches and traffic anomalies").press("Enter")
    page.wait_for_url("**/studies/sla-anomalies?*")
    page.get_by_text("The query", exact=True).press("Enter")
    assert page.get_by_role("region", name="Query 1", exact=True).is_visible()
    page.get_by_role("link", name="The same in Explore").press("Enter")
    page.wait_for_url("**/explore?*metric=sla_breaches*metric=traffic_anomalies*")
