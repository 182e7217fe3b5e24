"""The pixel in real Chromium on a page of another site: what it stores, what it sends, and when it does neither."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from hotdash.base.clock import SystemClock
from hotdash.entrypoints.web.context import WebContext
from hotdash.storage.appdb.click_spool import ClickSpool
from hotdash.storage.appdb.session import Database
from tests.fixtures.browser import FLAGS, running_server
from tests.fixtures.collecting import BROWSER, counted, spooled
from tests.fixtures.free_ports import free_port
from tests.fixtures.pixel_shop import PixelShop, open_shop
from tests.fixtures.shops import SeededShop

pytestmark = pytest.mark.browser

SHOPIFY_SAYS = """
  window.Shopify = {{customerPrivacy: {{analyticsProcessingAllowed: () => window.agreed}}}};
  window.agreed = {agreed};
"""
STORED = "() => JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage}) + document.cookie"


@dataclass
class Street:
    """A visitor in front of a shop whose pixel writes to a collector elsewhere."""

    shop: PixelShop
    database: Database
    context: BrowserContext
    page: Page
    said: list[str] = field(default_factory=list[str])
    sent: list[str] = field(default_factory=list[str])

    def visit(self, path: str = "/") -> None:
        self.page.goto(self.shop.origin + path)
        self.page.wait_for_function("document.readyState === 'complete'")

    def follow(self, link: str, path: str) -> None:
        """A click ends before the page it leads to has run anything."""
        self.page.click(link)
        self.page.wait_for_url(self.shop.origin + path, wait_until="commit")
        self.page.wait_for_function("window.hotdash")

    def leave(self) -> None:
        self.page.goto("about:blank")

    @property
    def stored(self) -> str:
        return self.page.evaluate(STORED)

    def events(self, many: int) -> list[dict[str, Any]]:
        wait_until(lambda: len(spooled(self.database)) >= many)
        return [row["event"] for row in spooled(self.database)]


def wait_until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture(scope="module")
def persons_browser(chromium: Browser, chromium_path: str) -> Iterator[Browser]:
    """Named like a person's by a flag: what a page sends while it is left knows no other name."""
    browser = chromium.browser_type.launch(
        executable_path=chromium_path, args=[*FLAGS, f"--user-agent={BROWSER}"]
    )
    yield browser
    browser.close()


@pytest.fixture
def street(
    database: Database, shop: SeededShop, persons_browser: Browser, tmp_path: Path
) -> Iterator[Street]:
    port = free_port()
    served = WebContext(
        database=database,
        base_url=f"http://127.0.0.1:{port}",
        session_hours=12,
        sign_in_link_minutes=15,
        secrets=lambda: [b"a secret of the tests"],
        home=tmp_path,
        version="0.1.0",
        clock=SystemClock(),
    )
    spool = ClickSpool(database, shop.shop_id)
    with running_server(served, port), open_shop(f"{served.base_url}/pixel.js", "") as opened:
        opened.key = spool.register([opened.origin])
        context = persons_browser.new_context()
        page = context.new_page()
        street = Street(opened, database, context, page)
        page.on("console", lambda message: street.said.append(message.text))
        page.on("pageerror", lambda error: street.said.append(str(error)))
        page.on("request", lambda request: street.sent.append(f"{request.method} {request.url}"))
        yield street
        context.close()
        assert street.said == []


def collected(street: Street) -> list[str]:
    return [each for each in street.sent if each.startswith("POST") and "/collect" in each]


class TestWithConsent:
    @pytest.fixture(autouse=True)
    def agreed(self, street: Street) -> None:
        street.shop.before = SHOPIFY_SAYS.format(agreed="true")

    def test_a_visit_is_told_without_what_is_private(self, street: Street) -> None:
        street.visit("/products/hose?utm_source=Goo%20gle&gclid=g1&email=zoe@mail.example#secret")
        street.leave()
        [event] = street.events(1)
        assert (event["event_type"], event["page_path"]) == ("page_view", "/products/hose")
        assert (event["utm_source"], event["gclid"]) == ("Goo gle", "g1")
        assert event["landing_path"] == "/products/hose"
        assert "zoe" not in str(event)
        age = datetime.now(UTC) - datetime.fromisoformat(event["occurred_at"])
        assert 0 <= age.total_seconds() < 20
        assert street.context.cookies() == []

    def test_pages_of_one_visit_share_visitor_session_and_landing(self, street: Street) -> None:
        rest = threading.Event()
        street.shop.held = {"/products/hose": rest}
        street.visit("/?utm_source=newsletter&utm_medium=email")
        street.follow("#next", "/products/hose")
        assert street.page.evaluate("document.readyState") == "loading", "half a page tells already"
        rest.set()
        street.follow("#add", "/cart/add")
        street.leave()
        events = street.events(4)
        assert [event["event_type"] for event in sorted(events, key=lambda e: e["client_at"])] == [
            *("page_view", "page_view", "add_to_cart", "page_view")
        ]
        for shared in ("visitor_id", "session_id", "landing_path"):
            assert len({event[shared] for event in events}) == 1
        assert {event["referrer_host"] for event in events} == {None}

    def test_going_back_to_a_page_is_a_view_of_it(self, street: Street) -> None:
        street.visit()
        street.page.evaluate(
            "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
        )
        street.leave()
        assert [event["event_type"] for event in street.events(2)] == ["page_view", "page_view"]

    def test_the_visitors_id_lasts_a_year_and_no_longer(self, street: Street) -> None:
        street.visit()
        known = street.page.evaluate("() => JSON.parse(localStorage.hotdash_visitor)")
        days = (known["until"] / 1000 - time.time()) / 86_400
        assert 364 < days <= 365
        street.page.evaluate(
            "() => localStorage.hotdash_visitor = JSON.stringify("
            f"{{id: '{known['id']}', until: Date.now() - 1}})"
        )
        street.visit()
        again = street.page.evaluate("() => JSON.parse(localStorage.hotdash_visitor)")
        assert again["id"] != known["id"]

    def test_the_shop_tells_of_orders_itself(self, street: Street) -> None:
        street.visit()
        street.page.evaluate(
            "() => hotdash.track('order_completed', {order: 4711, checkout: 'c1'})"
        )
        street.page.evaluate("() => hotdash.flush()")
        order = next(e for e in street.events(2) if e["event_type"] == "order_completed")
        assert (order["order_id"], order["checkout_token"]) == ("4711", "c1")

    def test_consent_taken_back_is_forgotten_at_once(self, street: Street) -> None:
        street.visit()
        assert "hotdash_visitor" in street.stored
        street.page.evaluate(
            "() => { window.agreed = false;"
            " document.dispatchEvent(new CustomEvent('visitorConsentCollected')); }"
        )
        assert "hotdash" not in street.stored
        street.leave()
        assert collected(street) == []


class TestWithoutConsent:
    @pytest.mark.parametrize(
        "before",
        [
            "",
            SHOPIFY_SAYS.format(agreed="false"),
            "window.hotdashConsent = false",
            SHOPIFY_SAYS.format(agreed="true") + "window.hotdashConsent = () => false",
            SHOPIFY_SAYS.format(agreed="true")
            + "Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})",
            SHOPIFY_SAYS.format(agreed="true")
            + "Object.defineProperty(navigator, 'doNotTrack', {value: '1'})",
        ],
        ids=["unknown", "shopify", "flag", "flag over shopify", "gpc", "dnt"],
    )
    def test_nothing_is_stored_and_nothing_is_sent(self, street: Street, before: str) -> None:
        street.shop.before = before
        street.visit("/?utm_source=x")
        street.page.evaluate("() => { hotdash.track('add_to_cart'); hotdash.flush(); }")
        assert street.stored == "{}{}"
        street.leave()
        street.visit()
        assert collected(street) == []
        assert spooled(street.database) == []

    def test_by_option_a_page_is_counted_and_nobody_is(self, street: Street) -> None:
        street.shop.attributes = 'data-without-consent="count"'
        street.visit("/?utm_source=x")
        assert street.stored == "{}{}"
        street.leave()
        wait_until(lambda: bool(counted(street.database)))
        assert counted(street.database) == {("hot-rod-an", "without_consent"): 1}
        assert spooled(street.database) == []

    def test_the_visit_is_told_once_somebody_agrees(self, street: Street) -> None:
        street.visit("/?utm_source=late")
        street.page.evaluate(
            "() => { window.hotdashConsent = true;"
            " document.dispatchEvent(new CustomEvent('hotdashConsentChanged')); }"
        )
        street.leave()
        [event] = street.events(1)
        assert event["utm_source"] == "late"

    @pytest.mark.parametrize("act", ["", "hotdash.track('add_to_cart')"], ids=["leaves", "acts"])
    def test_an_answer_without_an_event_is_seen_in_time(self, street: Street, act: str) -> None:
        street.visit()
        street.page.evaluate(f"() => {{ window.hotdashConsent = true; {act} }}")
        street.leave()
        expected = [*(["add_to_cart"] if act else []), "page_view"]
        assert sorted(event["event_type"] for event in street.events(len(expected))) == expected


def test_robots_are_counted_only(street: Street, chromium: Browser) -> None:
    """A headless browser says that it is one."""
    street.shop.before = "window.hotdashConsent = true"
    robot = chromium.new_context()
    page = robot.new_page()
    page.goto(street.shop.origin)
    page.goto("about:blank")
    wait_until(lambda: bool(counted(street.database)))
    robot.close()
    assert counted(street.database) == {("hot-rod-an", "bot"): 1}
    assert spooled(street.database) == []
