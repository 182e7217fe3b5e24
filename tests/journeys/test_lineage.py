"""The lineage and the installation, at a desk and on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from hotdash.governance.lineage.graph import LineageGraph
from hotdash.jobs.trace_lineage import keep_lineage
from tests.fixtures.browser import DESKTOP, PHONE, Visitor, serving
from tests.fixtures.storefront import OWNER, Storefront
from tests.journeys.conftest import come_in

pytestmark = pytest.mark.browser


@pytest.fixture
def owner(
    visitor: Visitor, shown_storefront: Storefront, tmp_path: Path, lineage: LineageGraph
) -> Iterator[Visitor]:
    """In a home of its own, for others look at one without a lineage."""
    keep_lineage(tmp_path, lineage)
    with serving(shown_storefront, tmp_path) as served:
        yield come_in(visitor, served, OWNER)


def test_a_picture_at_a_desk_and_a_list_on_a_phone(owner: Visitor) -> None:
    page = owner.page
    page.set_viewport_size(DESKTOP)
    for name, of in (
        ("revenue", "metric:revenue"),
        ("cancelled", "raw.shopify_orders.cancelled_at"),
    ):
        owner.open(f"/lineage?of={of}")
        expect(page.locator("svg.lineage")).to_be_visible()
        expect(page.locator(".lineage-list")).to_be_hidden()
        owner.picture(f"lineage-{name}")
    owner.open("/lineage?q=currency")
    owner.picture("lineage-search")
    page.set_viewport_size(PHONE)
    owner.open("/lineage?of=metric:revenue")
    expect(page.locator("svg.lineage")).to_be_hidden()
    expect(
        page.locator(".lineage-list").get_by_role("link", name="shopify_orders", exact=True)
    ).to_be_visible()
    assert owner.sideways() == 0
    assert owner.axe_violations() == []
    owner.picture("lineage-phone")
