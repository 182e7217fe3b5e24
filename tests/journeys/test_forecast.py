"""What comes and what was out of the ordinary, as a person meets them: band, stock plan, anomalies."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import expect

from hotdash.storage.appdb.repositories import anomalies
from hotdash.storage.appdb.repositories.anomalies import NewAnomaly
from tests.fixtures.browser import DESKTOP, PHONE, Served, Visitor, serving
from tests.fixtures.forecast_world import foretold
from tests.fixtures.kept_anomalies import kept_anomaly
from tests.fixtures.storefront import OWNER, ROD, Storefront
from tests.journeys.conftest import come_in

__all__ = ["foretold"]
pytestmark = pytest.mark.browser
PAGES = {
    "series": f"/forecast?shop={ROD}",
    "warned": f"/forecast/stock?shop={ROD}",
    "all": f"/forecast/stock?shop={ROD}&list=all",
    "anomalies": f"/anomalies?shop={ROD}",
}


def unusual() -> list[NewAnomaly]:
    """A day of which everything is told but what came before it, and one that rang before."""
    driver = {"unit": None, "dimension": "country", "named": "US", "parts": [_part("US", "-1200")]}
    beside = {"metric": "orders", "title": "Orders", "unit": "orders", "value": "8"}
    moved = [beside | {"expected": "40", "z": "-9.1"}]
    steady = [beside | {"title": "Units", "unit": "units", "expected": "8", "z": "0.1"}]
    context = {"driver": driver, "split": [], "moved": moved, "steady": steady, "before": []}
    money = {"unit": "USD", "money": Decimal(-1200), "value": Decimal(800)}
    money |= {"low": Decimal(1750), "high": Decimal(2280)}
    day = date(2026, 11, 19)
    return [
        kept_anomaly(
            *("revenue", day),
            **(money | {"title": "Revenue", "expected": Decimal(2000), "context": context}),
        ),
        kept_anomaly("sessions", day - timedelta(days=1), is_new=False, title="Sessions"),
    ]


def _part(name: str, change: str) -> dict[str, object]:
    told = {"name": name, "now": "800", "usual": "2000", "change": change}
    return told | {"mix": None, "rate": None, "is_rest": False}


@pytest.fixture(scope="module")
def window(foretold: Storefront, web_home: Path) -> Iterator[Served]:
    with foretold.database.jobs() as session:
        anomalies.keep_anomalies(session, unusual(), foretold.clock.now())
    with serving(foretold, web_home) as served:
        yield served


@pytest.mark.parametrize("name", PAGES)
def test_looks(visitor: Visitor, window: Served, name: str) -> None:
    owner = come_in(visitor, window, OWNER)
    owner.open(PAGES[name])
    look_at(owner, name)


def test_one_anomaly_looks(visitor: Visitor, window: Served) -> None:
    owner = come_in(visitor, window, OWNER)
    owner.open(PAGES["anomalies"])
    owner.page.get_by_role("link", name="Revenue: $").press("Enter")
    owner.page.wait_for_url("**/anomalies/*?*")
    expect(owner.page.get_by_text("Nothing that Hotdash knows of came before it.")).to_be_visible()
    look_at(owner, "anomaly")


def test_on_a_phone_level_and_state_stand_beside_each_other(
    visitor: Visitor, window: Served
) -> None:
    owner = come_in(visitor, window, OWNER)
    owner.page.set_viewport_size(PHONE)
    owner.open(PAGES["anomalies"])
    asked = owner.page.locator(".anomaly-asked")
    level, state = (asked.get_by_label(name).bounding_box() for name in ("Level", "State"))
    button = asked.get_by_role("button").bounding_box()
    assert level is not None
    assert state is not None
    assert button is not None
    assert (level["y"], level["width"]) == (state["y"], state["width"])
    assert button["y"] > level["y"] + level["height"]


def look_at(owner: Visitor, name: str) -> None:
    owner.page.set_viewport_size(DESKTOP)
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
