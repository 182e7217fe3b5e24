"""The same erasure where the warehouse is Postgres."""

from pathlib import Path

from hotdash.base.clock import FixedClock
from hotdash.governance.privacy.erase import Asking
from hotdash.jobs.privacy import PrivacyDesk
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.factory import open_warehouse
from hotdash.storage.warehouse.personal_rows import amounts_of, stored_tables
from tests.fixtures import planted_person as person
from tests.fixtures.planted_person import ANN, MESSAGE, SHOP
from tests.fixtures.raw_world import RawWorld
from tests.fixtures.shops import add_shop
from tests.governance.privacy.conftest import NOW


def test_postgres_holds_nothing_either(
    database: Database, warehouse_database: str, tmp_path: Path
) -> None:
    warehouse = open_warehouse("postgres", home=tmp_path, memory_mb=256, url=warehouse_database)
    with database.jobs() as session:
        add_shop(session, SHOP)
    person.tell(RawWorld(warehouse))
    before = {table.full_name: amounts_of(warehouse, table) for table in stored_tables(warehouse)}

    desk = PrivacyDesk(database, warehouse, tmp_path, FixedClock(NOW))
    proof = desk.erase(SHOP, str(ANN), Asking("program:test", "asked by letter 12"))

    held = {each.store for each in proof.held}
    assert {"warehouse: raw.shopify_customers", "warehouse: raw.shopify_orders"} <= held
    assert person.traces_in(person.texts_of_warehouse(warehouse), MESSAGE) == {}
    after = {table.full_name: amounts_of(warehouse, table) for table in stored_tables(warehouse)}
    assert after == before
    warehouse.close()
