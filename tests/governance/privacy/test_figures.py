"""Every figure is computed anew after an erasure, and is what it was."""

import json
import zipfile
from decimal import Decimal
from typing import Any

from hotdash.base.clock import FixedClock
from hotdash.governance.privacy.erase import Asking
from hotdash.jobs.privacy import PrivacyDesk
from hotdash.pipeline.transform.build import BuildMode
from hotdash.storage.appdb.session import Database
from tests.fixtures import planted_person as person
from tests.fixtures.planted_person import ANN, MESSAGE
from tests.fixtures.shops import add_shop
from tests.fixtures.warehouses import MARTS, BuiltWarehouse, OpenBuilt
from tests.governance.privacy.conftest import NOW

SHOP = "erased-figures"
# Told anew with every build.
OF_THE_BUILD = {"build_id", "as_of", "rows_hash"}


def figures(built: BuiltWarehouse) -> dict[str, list[dict[str, Any]]]:
    return {
        mart: sorted(
            (
                {name: value for name, value in row.items() if name not in OF_THE_BUILD}
                for row in built.rows(f"select * from marts.{mart} where shop_id = '{SHOP}'")
            ),
            key=repr,
        )
        for mart in MARTS
        if not mart.startswith("publication")
    }


def test_all_marts_are_the_same_after_a_full_rebuild(
    database: Database, built_on: OpenBuilt
) -> None:
    built = built_on("duckdb")
    with database.jobs() as session:
        add_shop(session, SHOP)
    person.tell(built.new_world(), SHOP)
    built.build(BuildMode.FULL)
    before = figures(built)
    # 10.00 + 15.50 + 20.25 of one person, the last one as a guest; 7.00 of another.
    assert sum(row["gross_sales"] for row in before["fct_orders"]) == Decimal("52.75")
    assert len({row["customer_key"] for row in before["fct_orders"]}) == 2

    desk = PrivacyDesk(
        database,
        built.warehouse,
        built.home,
        FixedClock(NOW),
        frozenset({built.home / "warehouse.duckdb", built.home / "warehouse.duckdb.wal"}),
    )
    with zipfile.ZipFile(desk.export(SHOP, str(ANN), Asking("program:test", "letter 11"))) as told:
        # What was computed of her, under her pseudonym alone.
        [worth] = json.loads(told.read("warehouse/marts.dim_customers.json"))
    assert worth["customer_key"] in {row["customer_key"] for row in before["fct_orders"]}
    proof = desk.erase(SHOP, str(ANN), Asking("program:test", "asked by letter 12"))
    assert {each.store for each in proof.held} >= {
        "warehouse: raw.shopify_orders",
        "warehouse: intermediate.int_customer_identity",
    }
    built.build(BuildMode.FULL)

    assert figures(built) == before
    assert person.traces_in(person.texts_of_warehouse(built.warehouse), MESSAGE) == {}
