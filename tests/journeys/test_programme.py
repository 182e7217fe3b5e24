"""The scorecard and the backlog as a person meets them, in both themes and on a phone."""

import pytest

from tests.fixtures.browser import DESKTOP, PHONE, Served, Visitor
from tests.fixtures.storefront import OWNER, ROD
from tests.journeys.conftest import come_in

pytestmark = pytest.mark.browser
PAGES = {"scorecard": f"/scorecard?shop={ROD}", "backlog": f"/backlog?shop={ROD}"}


@pytest.mark.parametrize("name", PAGES)
def test_looks(visitor: Visitor, shop_window: Served, name: str) -> None:
    owner = come_in(visitor, shop_window, OWNER)
    for theme in ("light", "dark"):
        owner.page.set_viewport_size(DESKTOP)
        owner.page.emulate_media(color_scheme=theme)
        owner.open(PAGES[name])
        owner.picture(f"programme-{name}-{theme}")
        assert owner.axe_violations() == []
        assert owner.sideways() == 0
    owner.page.set_viewport_size(PHONE)
    owner.picture(f"programme-{name}-phone")
    for summary in owner.page.locator("main details summary").all():
        summary.click()
    assert owner.sideways() == 0
