"""The lineage and the installation, at a desk and on a phone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from hotdash.governance.lineage.graph import LineageGraph
from hotdash.jobs.job_table import SCHEDULE
from hotdash.jobs.trace_lineage import keep_lineage
from hotdash.storage.appdb.repositories.jobs import move_schedule, save_schedule
from tests.fixtures.browser import DESKTOP, PHONE, Visitor, serving
from tests.fixtures.recovery import desk_of
from tests.fixtures.storefront import OWNER, Storefront
from tests.journeys.conftest import come_in

pytestmark = pytest.mark.browser


@pytest.fixture
def owner(
    visitor: Visitor, storefront: Storefront, tmp_path: Path, lineage: LineageGraph
) -> Iterator[Visitor]:
    """In a home of its own, for others look at one without a lineage."""
    keep_lineage(tmp_path, lineage)
    desk = desk_of(tmp_path, storefront.database, str(tmp_path / "backups"), storefront.clock)
    with serving(storefront, tmp_path, open_backups=lambda: desk) as served:
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


def test_an_installation_at_a_desk_and_on_a_phone(owner: Visitor, storefront: Storefront) -> None:
    now = storefront.clock.now()
    with storefront.database.jobs() as session:
        for job in SCHEDULE:
            save_schedule(session, job.name, job.cron, job.timezone)
            slot = now - timedelta(days=8) if job.name == "backup" else job.newest_slot(now)
            move_schedule(session, job.name, slot, job.next_slot(now))
    page = owner.page
    for name, size in (("desk", {"width": 1280, "height": 800}), ("phone", PHONE)):
        page.set_viewport_size(size)
        owner.open("/installation")
        mend = page.locator('[data-line="Workers"]').get_by_text("hotdash worker")
        expect(mend).to_be_in_viewport()
        last = page.locator('[data-line="backfill_drill"]')
        last.scroll_into_view_if_needed()
        expect(last).to_be_in_viewport()
        assert owner.sideways() == 0
        assert owner.axe_violations() == []
        owner.picture(f"installation-{name}")
    card = page.locator(".parts-card").last.evaluate("e => e.scrollHeight - e.clientHeight")
    assert card <= 0
