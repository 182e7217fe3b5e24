"""The ledger, told in two loads and built after each, on both engines."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest

from hotdash.pipeline.quality.findings import GateReport
from hotdash.storage.warehouse.contract import Engine
from tests.fixtures.raw_orders import Order, Product, Row, money
from tests.fixtures.raw_world import RawWorld
from tests.fixtures.touches import tell_journey, visit
from tests.fixtures.warehouses import ENGINES, OpenBuilt
from tests.golden import (
    ledger,
    ledger_abroad,
    ledger_calendar,
    ledger_changes,
    ledger_payments,
)
from tests.golden.expected import Case
from tests.golden.ledger_report import REPORT
from tests.pipeline.transform.operations_histories import tell_operations
from tests.pipeline.transform.touch_histories import tell_touches

CASES: tuple[Case, ...] = (
    *ledger.CASES,
    *ledger_abroad.CASES,
    *ledger_payments.CASES,
    *ledger_changes.CASES,
    *ledger_calendar.CASES,
)
SHOPS = {
    "ny": ("America/New_York", "USD"),
    "berlin": ("Europe/Berlin", "EUR"),
    "tokyo": ("Asia/Tokyo", "JPY"),
    "kuwait": ("Asia/Kuwait", "KWD"),
    "lord_howe": ("Australia/Lord_Howe", "AUD"),
}
# A shop without a case of the ledger: what else there is, told for both engines to agree on.
BESIDE = "beside"
PRODUCTS = (Product(1, "AN fittings", "3.00"), Product(2, "Hoses"))

Marts = dict[str, list[dict[str, Any]]]
Built = tuple[Marts, GateReport]


def tell(world: RawWorld, shop: str, version: int) -> None:
    orders: list[Order] = [
        case.versions[version]
        for case in CASES
        if case.shop == shop and len(case.versions) > version
    ]
    deleted = [
        case.versions[0].order_id
        for case in CASES
        if version and case.shop == shop and case.expected is None
    ]
    world.load(shop, orders, deleted=deleted, products=[] if version else PRODUCTS)


def tell_report(world: RawWorld) -> None:
    """Shopify's report as a person reckoned it; its total leaves out duties and tips."""
    for told in REPORT:
        row: Row = {
            "day": date.fromisoformat(told.day),
            "orders": told.orders,
            "gross_sales": money(told.gross_sales),
            "discounts": money(told.discounts),
            "returns": money(told.returns),
            "net_sales": money(told.net_sales),
            "shipping": money(told.shipping),
            "taxes": money(told.taxes),
            "total_sales": money(told.total_sales) - money(told.duties) - money(told.tips),
        }
        world.slices(told.shop, "shopify", {"shopify_sales_report_days": [row]})


def tell_ads(world: RawWorld) -> None:
    """12.00 dollars of ads, and 5.00 euros that no rate makes dollars of: the one told held until the 7th."""
    campaigns: list[Row] = [
        {
            "day": date(2026, 6, 12),
            "campaign_id": number,
            "currency": currency,
            "spend": money(spend),
        }
        for number, currency, spend in ((1, "USD", 12), (2, "EUR", 5))
    ]
    world.slices("ny", "meta_ads", {"meta_ads_campaign_days": campaigns})


@pytest.fixture(scope="session")
def golden_marts(built_on: OpenBuilt) -> Callable[[Engine], Built]:
    known: dict[Engine, Built] = {}

    def of(engine: Engine) -> Built:
        if engine not in known:
            built = built_on(engine)
            world = built.new_world()
            for shop, (timezone, currency) in SHOPS.items():
                world.shop(shop, timezone, currency)
            world.shop(BESIDE, "America/Chicago")
            # Before the policy: each such load tells the whole list of what was decided.
            world.rates("ny", ("2026-06-01", "EUR", "USD", "1.1"))
            world.policy("ny", "count_partially_paid", "true", "2026-05-01")
            for version in (0, 1):
                for shop in SHOPS:
                    tell(world, shop, version)
                if version:
                    tell_report(world)
                    tell_ads(world)
                    tell_operations(Random(1), world, BESIDE, 0)
                    tell_touches(Random(1), world, BESIDE, datetime(2026, 10, 1, tzinfo=UTC))
                    mail = "utm_source=newsletter&utm_medium=email"
                    tell_journey(
                        world, "ny", {1: [visit(1, datetime(2026, 1, 5, tzinfo=UTC), mail)]}
                    )
                built.build()
            known[engine] = built.marts(), built.ask()
        return known[engine]

    return of


@pytest.fixture(scope="session", params=ENGINES)
def golden(request: pytest.FixtureRequest, golden_marts: Callable[[Engine], Built]) -> Built:
    return golden_marts(request.param)


@pytest.fixture(scope="session")
def marts(golden: Built) -> Marts:
    return golden[0]
