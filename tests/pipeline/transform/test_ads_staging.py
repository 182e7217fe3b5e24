"""Ads read over HTTP into each engine: staging shows the newest complete day, alike on all of them."""

from datetime import timedelta
from typing import Any

import pytest

from hotdash.base.progress import SilentProgress
from hotdash.connectors.registry import spec_of
from hotdash.pipeline.ingest.ingest import Ingest
from tests.fixtures.ads import AdConnecting, Row, Told, newest_days
from tests.fixtures.simulator import SHOP_ID, UNTIL, SimulatorHandle
from tests.fixtures.warehouses import ENGINES, BuiltWarehouse, OpenBuilt

VENDORS = ("google_ads", "meta_ads")
DAYS = "{vendor}_campaign_days"
# What two loads of the same never share.
_STAMPS = ("load_id", "fetched_at")


def staged(built: BuiltWarehouse, vendor: str) -> dict[str, list[Row]]:
    built.project.run(["run", "--select", f"+path:models/staging/{vendor}"], {}, lambda _name: None)
    return {
        table.name: sorted(
            (
                {name: value for name, value in row.items() if name not in _STAMPS}
                for row in built.rows(
                    f"select * from staging.stg_{table.name.replace(vendor, vendor + '_', 1)}"
                )
            ),
            key=str,
        )
        for table in spec_of(vendor).tables
    }


def numbers(row: Row) -> Row:
    """Raw leaves empty what staging tells as nothing."""
    return {name: 0 if value is None else value for name, value in row.items()}


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.law(1)
@pytest.mark.law(9)
def test_the_newest_complete_day_wins_on_every_engine_alike(
    built_on: OpenBuilt, simulator: SimulatorHandle, vendor: str
) -> None:
    connecting = AdConnecting(simulator, vendor)
    found: dict[str, Any] = {}
    wanted: list[Told] = []
    for engine in ENGINES:
        built = built_on(engine)
        built.new_world()
        simulator.set_clock(UNTIL - timedelta(days=3))
        for _ in range(2):
            ingest = Ingest(
                built.warehouse, simulator, SilentProgress(), built.home / "dlt-ads", "run"
            )
            ingest.read(connecting.connector(history_days="45"), SHOP_ID)
            if engine == ENGINES[0]:
                wanted.append(connecting.read(history_days="45"))
            simulator.advance(timedelta(days=3))
        found[engine] = staged(built, vendor)
    assert found["duckdb"] == found["postgres"]
    days = DAYS.format(vendor=vendor)
    told = newest_days(wanted, days)
    shown = {(row["day"], row["campaign_id"]): row for row in found["duckdb"][days]}
    assert shown == {key: {"shop_id": SHOP_ID, **numbers(row)} for key, row in told.items()}
    campaigns = found["duckdb"][f"{vendor}_campaigns"]
    assert len(campaigns) == 6
    assert not any(row["is_deleted"] for row in campaigns)
