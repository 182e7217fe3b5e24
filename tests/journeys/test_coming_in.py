"""Coming in and going out, with the hands of a person."""

import re

import pytest
from playwright.sync_api import expect

from tests.fixtures.browser import PHONE, Served, Visitor
from tests.fixtures.storefront import OWNER, PASSWORD
from tests.journeys.conftest import come_in, new_link

pytestmark = pytest.mark.browser


def test_by_password_and_out_again(visitor: Visitor, shop_window: Served) -> None:
    page, visitor.base_url = visitor.page, shop_window.base_url
    visitor.open("/today?range=7d")
    visitor.picture("sign-in")
    assert visitor.axe_violations() == []
    page.get_by_label("E-mail").fill(OWNER)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/today?range=7d")
    page.get_by_label("Account of Ada Rodriguez").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    visitor.open("/today")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_wrong_password_is_told_and_the_email_kept(visitor: Visitor, shop_window: Served) -> None:
    page, visitor.base_url = visitor.page, shop_window.base_url
    page.emulate_media(color_scheme="dark")
    visitor.open("/sign-in")
    page.get_by_label("E-mail").fill(OWNER)
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not fit together")
    expect(page.get_by_label("E-mail")).to_have_value(OWNER)
    visitor.picture("sign-in-wrong-dark")
    assert visitor.axe_violations() == []
    visitor.expects(401)


def test_a_link_works_once(visitor: Visitor, shop_window: Served) -> None:
    link = new_link(shop_window, OWNER)
    visitor.page.goto(link)
    visitor.page.wait_for_url(re.compile(r"\d/$"))
    visitor.page.goto(link)
    expect(visitor.page.get_by_role("heading")).to_contain_text("used already")
    visitor.picture("link-used")
    assert visitor.axe_violations() == []
    visitor.expects(403)


def test_set_a_new_password(visitor: Visitor, served: Served) -> None:
    page = come_in(visitor, served, OWNER).page
    visitor.open("/account")
    visitor.picture("account")
    assert visitor.axe_violations() == []
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password").fill("blue pickup over the old bridge")
    page.get_by_role("button", name="Save password").click()
    expect(page.get_by_role("status")).to_contain_text("The password is saved.")


def test_the_theme_is_remembered(visitor: Visitor, shop_window: Served) -> None:
    page = come_in(visitor, shop_window, OWNER).page
    page.get_by_label("Account of Ada Rodriguez").click()
    visitor.picture("menu")
    assert visitor.axe_violations() == []
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    visitor.open("/today?range=7d")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == "rgb(16, 20, 24)"


def test_everything_is_reached_with_the_keyboard(visitor: Visitor, shop_window: Served) -> None:
    page = come_in(visitor, shop_window, OWNER).page
    visitor.wait_for_chart()
    reached: list[str] = []
    for _ in range(80):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "() => document.activeElement.ariaLabel || document.activeElement.id"
                " || document.activeElement.innerText.trim()"
            )
        )
        if reached.count(reached[0]) > 1:
            break
    for name in ["Skip to content", "Today", "range", "compare", "CSV", "Show as a table"]:
        assert name in reached
    assert "Account of Ada Rodriguez" in reached
    page.keyboard.press("Escape")


def test_how_a_number_is_computed(visitor: Visitor, shop_window: Served) -> None:
    page = come_in(visitor, shop_window, OWNER).page
    page.get_by_role("link", name="How is this computed?").click()
    expect(page.get_by_role("heading", name="Revenue", exact=True)).to_be_visible()
    visitor.picture("definition")
    assert visitor.axe_violations() == []
    page.set_viewport_size(PHONE)
    assert visitor.sideways() == 0


def test_an_address_that_is_not_there(visitor: Visitor, shop_window: Served) -> None:
    come_in(visitor, shop_window, OWNER)
    visitor.open("/nowhere")
    expect(visitor.page.get_by_text("Reference")).to_be_visible()
    visitor.picture("not-found")
    assert visitor.axe_violations() == []
    visitor.expects(404)
