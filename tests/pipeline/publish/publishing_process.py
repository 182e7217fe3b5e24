"""What a child process does that is about to be killed."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from hotdash.base.clock import FixedClock
from hotdash.pipeline.publish.publish import publish
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.factory import open_warehouse

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)


def publish_build(url: str, home: str, build_id: str, shop_id: str) -> list[str]:
    database = Database(url)
    warehouse = open_warehouse("duckdb", home=Path(home), memory_mb=512, url=None)
    as_of = {shop_id: {"shopify": NOW}}
    outcomes = publish(database, warehouse, UUID(build_id), [shop_id], {}, as_of, FixedClock(NOW))
    warehouse.close()
    database.dispose()
    return [f"{each.mart} {each.outcome}" for each in outcomes]
