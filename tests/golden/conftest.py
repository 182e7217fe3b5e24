"""The ledger, told in two loads and built after each, on both engines."""

from collections.abc import Callable
from typing import Any

import pytest

from hotdash.pipeline.quality.findings import GateReport
from hotdash.storage.warehouse.contract import Engine
from tests.fixtures.raw_world import Order, Product, RawWorld
from tests.fixtures.warehouses import ENGINES, OpenBuilt
from tests.golden import ledger, ledger_abroad
from tests.golden.expected import Case

CASES: tuple[Case, ...] = (*ledger.CASES, *ledger_abroad.CASES)
SHOPS = {
    "ny": ("America/New_York", "USD"),
    "berlin": ("Europe/Berlin", "EUR"),
    "tokyo": ("Asia/Tokyo", "JPY"),
    "kuwait": ("Asia/Kuwait", "KWD"),
}
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


@pytest.fixture(scope="session")
def golden_marts(built_on: OpenBuilt) -> Callable[[Engine], Built]:
    known: dict[Engine, Built] = {}

    def of(engine: Engine) -> Built:
        if engine not in known:
            built = built_on(engine)
            world = built.new_world()
            for shop, (timezone, currency) in SHOPS.items():
                world.shop(shop, timezone, currency)
            world.policy("ny", "count_partially_paid", "true", "2026-05-01")
            for version in (0, 1):
                for shop in SHOPS:
                    tell(world, shop, version)
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
