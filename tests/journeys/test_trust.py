"""Attribution, data health, knowledge and the recommender as a person meets them: why, and what to do about it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from hotdash.jobs.build_knowledge import build_knowledge
from hotdash.jobs.learn import learn
from hotdash.storage.appdb.repositories.site_pages import (
    CrawlRecord,
    PageRecord,
    save_crawl,
    save_page,
)
from tests.fixtures.answered_log import by_taste, log_answers
from tests.fixtures.attribution_world import publish_attribution
from tests.fixtures.browser import DESKTOP, PHONE, Served, Visitor, serving
from tests.fixtures.health_world import DOUBLED, fill_health
from tests.fixtures.knowledge_world import SITE, desk_of, write_everything_down
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.storefront import NOW, OWNER, ROD, copied
from tests.journeys.conftest import come_in

pytestmark = pytest.mark.browser
THEMES = ("light", "dark")
PAGES = {
    "attribution": f"/attribution?shop={ROD}",
    "attribution-campaigns": f"/attribution?shop={ROD}&by=campaign&model=linear&days_from=20",
    "attribution-order": f"/attribution/orders/21309?shop={ROD}&model=linear",
    "data-health": f"/data-health?shop={ROD}&closed=1",
    "data-health-check": f"/data-health/checks/{DOUBLED}?shop={ROD}",
    "knowledge": f"/knowledge?shop={ROD}",
    "knowledge-found": f"/knowledge?shop={ROD}&q=how+is+the+tangerine+exhaust+fitted",
    "knowledge-nothing": f"/knowledge?shop={ROD}&q=qwxyz",
    "recommender": f"/decisions/model?shop={ROD}",
}


@pytest.fixture(scope="module")
def doubted(
    storefront_template: str,
    template_urls: DatabaseUrls,
    tmp_path_factory: pytest.TempPathFactory,
    web_home: Path,
) -> Iterator[Served]:
    """A shop with journeys, with something wrong, with what was written down and what its answers taught."""
    folder = tmp_path_factory.mktemp("doubted")
    with copied(template_urls, storefront_template, folder) as storefront:
        publish_attribution(storefront)
        storefront.clock.advance(timedelta(minutes=12))
        fill_health(storefront)
        write_everything_down(storefront, folder)
        build_knowledge(desk_of(storefront, folder), shops=[ROD])
        with storefront.database.jobs() as session:
            told, dead = f"{SITE}/{'long-' * 30}name", (None, None, "", "", NOW, NOW)
            save_page(session, PageRecord(ROD, told, 404, SITE, *dead))
            save_crawl(session, CrawlRecord(ROD, f"{SITE}/", NOW, NOW, "pages", 500, 3, 1, 2, 0, 9))
            log_answers(session, ROD, by_taste(30), NOW - timedelta(days=40))
            learn(session, ROD, storefront.clock.now())
        with serving(storefront, web_home) as served:
            yield served


@pytest.fixture
def owner(visitor: Visitor, doubted: Served) -> Visitor:
    return come_in(visitor, doubted, OWNER)


@pytest.mark.parametrize("name", PAGES)
def test_in_both_themes_and_on_a_phone(owner: Visitor, name: str) -> None:
    owner.open(PAGES[name])
    for theme in THEMES:
        owner.page.set_viewport_size(DESKTOP)
        owner.page.emulate_media(color_scheme=theme)
        owner.picture(f"{name}-{theme}")
        assert owner.axe_violations() == []
        assert owner.sideways() == 0
    owner.page.set_viewport_size(PHONE)
    owner.picture(f"{name}-phone")
    assert owner.sideways() == 0
    assert owner.axe_violations() == []


def test_why_an_order_is_credited_so(owner: Visitor) -> None:
    page = owner.page
    owner.open(f"/today?shop={ROD}")
    page.get_by_role("link", name="Attribution").click()
    page.wait_for_url("**/attribution?**")
    page.get_by_role("link", name="Orders of Organic Search").click()
    page.wait_for_url("**channel=Organic**")
    page.locator("[data-orders] tbody a").first.click()
    page.wait_for_url("**/attribution/orders/**")
    expect(page.locator(".verdict-line")).to_have_text(
        "Last click gives all of it to Organic Search (google / organic)."
    )
    page.get_by_label("Model", exact=True).dispatch_event("pointerdown")
    page.get_by_label("Model", exact=True).select_option("linear")
    page.wait_for_url("**model=linear**")
    expect(page.locator(".verdict-line")).to_contain_text("divides it among 3 visits")
    total = page.locator("[data-models] tfoot td")
    assert len({total.nth(place).inner_text() for place in range(8)}) == 1
    page.get_by_role("link", name="Attribution").first.click()
    page.wait_for_url(re.compile(r"/attribution\?"))


def test_with_the_keyboard_alone(owner: Visitor) -> None:
    page = owner.page
    owner.open(PAGES["attribution"])
    page.get_by_label("Explain an order").focus()
    page.keyboard.type("#21309")
    page.keyboard.press("Enter")
    page.wait_for_url("**/attribution/orders/21309**")
    owner.open(PAGES["attribution"])
    page.get_by_label("Rows").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Show", exact=True).press("Enter")
    page.wait_for_url("**by=campaign**")


def test_from_a_failed_check_to_whoever_looks_after_it(visitor: Visitor, served: Served) -> None:
    fill_health(served.storefront)
    served.storefront.block()
    served.storefront.clock.advance(timedelta(minutes=1))
    owner, page = come_in(visitor, served, OWNER), visitor.page
    owner.open(f"/today?shop={ROD}")
    page.get_by_role("link", name="See data health").press("Enter")
    page.wait_for_url("**/data-health?**")
    owner.picture("data-health-blocked")
    assert owner.axe_violations() == []
    page.get_by_role("button", name="I look after it: Order ids are unique").press("Enter")
    page.wait_for_url("**#alerts")
    expect(page.locator("[data-alert]")).to_contain_text("Ada Rodriguez looks after it")
    page.get_by_text("End it").press("Enter")
    page.get_by_label("What was it?").fill("Read twice; mended.")
    page.get_by_role("button", name="It is mended").press("Enter")
    expect(page.get_by_text("No alert is open.")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Shopify counts 412")).first.press("Enter")
    page.wait_for_url("**/checks/orders_reconcile**")
    expect(page.get_by_role("heading", name="Orders reconcile")).to_be_visible()


def test_an_empty_shop_says_what_to_do(visitor: Visitor, served: Served) -> None:
    served.storefront.unpublish()
    owner = come_in(visitor, served, OWNER)
    for name, path in (("attribution", "/attribution"), ("data-health", "/data-health")):
        owner.open(f"{path}?shop={ROD}")
        owner.picture(f"{name}-empty")
        assert owner.axe_violations() == []
        expect(owner.page.get_by_text("hotdash run").first).to_be_visible()
