"""Explore as a person meets it: from a number that moved to its orders, and to a file with the same digits."""

import pytest

from tests.fixtures.browser import PHONE, Served, Visitor
from tests.fixtures.storefront import OWNER, ROD
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


def look(visitor: Visitor, name: str) -> None:
    visitor.open(f"/explore?shop={ROD}{VIEWS[name]}")
    if name == "refused":
        visitor.expects(400)
    if name in ("line", "rows"):
        visitor.page.wait_for_selector("[data-lines][data-hydrated=true]", timeout=20_000)


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
