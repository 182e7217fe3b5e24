"""The same shop through Shopify and through a loader's copy: equal marts, but for what names the shop."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hotdash.base.clock import FixedClock
from hotdash.base.progress import SilentProgress
from hotdash.connectors.contract import Connector
from hotdash.connectors.registry import open_connector
from hotdash.connectors.spec import Access
from hotdash.pipeline.ingest.ingest import ingest
from hotdash.pipeline.quality.checks.freshness import FreshnessLimit
from hotdash.pipeline.transform.build import BuildMode
from hotdash.simulators.files.app import write_shop
from hotdash.simulators.orders import epoch
from hotdash.simulators.world import World
from tests.fixtures.loader_files import stores
from tests.fixtures.simulator import UNTIL, SimulatorHandle
from tests.fixtures.warehouses import BuiltWarehouse, OpenBuilt

# One with tax on top and one with tax inside its prices.
SHOPS = ("hot-rod-an", "nordkurve-teile")
LOADERS = ("fivetran", "airbyte")
MARTS = ("fct_orders", "fct_revenue", "fct_refunds")
# Names made of the shop's own.
OF_THE_SHOP = {"shop_id", "customer_key"}


@pytest.fixture(scope="module")
def built(
    built_on: OpenBuilt,
    running_simulator: SimulatorHandle,
    world: World,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[BuiltWarehouse]:
    running_simulator.reset()
    built = built_on("duckdb")
    built.new_world()
    home = tmp_path_factory.mktemp("loaders")
    for shop_id in SHOPS:
        told = running_simulator.shops[shop_id]
        load(built, home, f"{shop_id}-shopify", open_connector("shopify", access(told, "shopify")))
        for loader in LOADERS:
            folder = home / loader / shop_id
            write_shop(world.of(shop_id), epoch(UNTIL), loader, folder)
            fields = {"loader": loader, "folder": str(folder)}
            opened = open_connector("files", access(told, "shopify", fields))
            load(built, home, f"{shop_id}-{loader}", opened)
    built.build(BuildMode.FULL)
    yield built
    built.new_world()


def access(shop: dict[str, Any], source: str, fields: dict[str, str] | None = None) -> Access:
    told = fields or shop["sources"][source]
    return Access(shop["shop_id"], told, FixedClock(UNTIL), shop["timezone"], stores=stores())


def load(built: BuiltWarehouse, home: Path, shop_id: str, connector: Connector) -> None:
    progress, clock = SilentProgress(), FixedClock(UNTIL)
    outcome = ingest(built.warehouse, connector, shop_id, "run", clock, progress, home / "dlt")
    assert outcome.unreadable == 0


@pytest.mark.parametrize("mart", MARTS)
@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("shop_id", SHOPS)
def test_equal_marts(built: BuiltWarehouse, shop_id: str, loader: str, mart: str) -> None:
    by_loader, by_shopify = (rows(built, mart, f"{shop_id}-{by}") for by in (loader, "shopify"))
    assert len(by_shopify) > 5
    assert by_loader == by_shopify


def rows(built: BuiltWarehouse, mart: str, shop_id: str) -> list[str]:
    found = built.rows(f"select * from marts.{mart} where shop_id = '{shop_id}'")
    return sorted(str({k: v for k, v in row.items() if k not in OF_THE_SHOP}) for row in found)


def test_the_marts_are_held_to_the_freshness_of_the_loader(built: BuiltWarehouse) -> None:
    limits = {
        "hot-rod-an-fivetran": {"files": FreshnessLimit(timedelta(hours=1), timedelta(days=1))}
    }
    report = built.ask(UNTIL + timedelta(days=30), limits)
    [stale] = [f for f in report.findings if f.check == "freshness_hard_files"]
    assert {"fct_orders", "fct_revenue"} <= set(stale.marts)
