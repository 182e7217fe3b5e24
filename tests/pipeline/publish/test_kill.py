"""Killed anywhere, a publication done again ends where an undisturbed one ends."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from hotdash.base.ids import new_id
from hotdash.storage.appdb.session import Database
from tests.fixtures.fork_server import ForkServer, Kill, forking
from tests.fixtures.marts import Publisher, WrittenMarts, customer, order, revenue_day
from tests.fixtures.postgres import DatabaseUrls

pytestmark = [pytest.mark.law(6), pytest.mark.usefixtures("shop")]

SHOP = "hot-rod-an"
PROCESS = "tests.pipeline.publish.publishing_process"
PUBLISH = "hotdash.pipeline.publish.publish"
STAGING = "hotdash.pipeline.publish.staging"
KILLS = [
    Kill(f"{PUBLISH}:sweep", "after"),
    Kill(f"{STAGING}:register_parts", "after"),
    Kill(f"{STAGING}:load_rows", "before"),
    Kill(f"{STAGING}:load_rows", "after"),
    Kill(f"{STAGING}:load_rows", "after", nth=2),
    Kill(f"{STAGING}:fingerprints", "after", nth=3),
    Kill(f"{PUBLISH}:add_manifest", "after"),
    Kill(f"{PUBLISH}:move_pointer", "after"),
    Kill(f"{PUBLISH}:record_outcomes", "after"),
    Kill(f"{PUBLISH}:_Publication._conclude", "after"),
]


def rows_of(amount: str) -> dict[str, list[dict[str, Any]]]:
    days = [date(2026, 8, 15) + timedelta(days=offset) for offset in range(0, 90, 9)]
    return {
        "fct_revenue": [revenue_day(SHOP, day, amount) for day in days],
        "fct_orders": [order(SHOP, number, day, amount) for number, day in enumerate(days)],
        "dim_customers": [
            customer(SHOP, f"c{number}", number % 4, counted_orders=int(amount))
            for number in range(10)
        ],
    }


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    yield from forking(PROCESS, "hotdash.storage.warehouse.duckdb", "adbc_driver_postgresql.dbapi")


def everything(database: Database) -> dict[str, Any]:
    """All that readers see, and all that is stored at all."""
    views = ("fct_revenue", "fct_orders", "dim_customers")
    with database.jobs() as session:
        shown = {
            view: [
                tuple(row)
                for row in session.execute(text(f"select * from api.{view} v order by v"))
            ]
            for view in views
        }
        stored = {
            table: session.execute(text(f"select count(*) from serving.{table}")).scalar_one()
            for table in (*views, "manifests", "manifest_entries", "published")
        }
        unnamed = session.execute(
            text(
                "select count(*) from serving.parts p where not exists"
                " (select from serving.manifest_entries e where e.part = p.part)"
            )
        ).scalar_one()
    return {**shown, "stored": stored, "unnamed parts": unnamed}


@pytest.mark.parametrize("kill", KILLS, ids=str)
def test_done_again_it_is_done_once(
    kill: Kill,
    server: ForkServer,
    publisher: Publisher,
    written_marts: WrittenMarts,
    database: Database,
    database_urls: DatabaseUrls,
    tmp_path: Path,
) -> None:
    publisher.build(rows_of("1"))
    before = everything(database)
    written_marts.write(rows_of("2"))
    written_marts.warehouse.close()
    build_id = new_id()
    asked = {
        "url": database_urls.owner,
        "home": str(tmp_path / "home"),
        "build_id": str(build_id),
        "shop_id": SHOP,
    }

    killed = server.call(f"{PROCESS}:publish_build", kill=kill, **asked)

    assert killed.was_killed, killed
    has_moved = "_conclude" in kill.target
    shown_now = everything(database)["fct_revenue"]
    assert (shown_now != before["fct_revenue"]) is has_moved
    again = server.call(f"{PROCESS}:publish_build", **asked)
    assert again.error is None
    after = everything(database)
    assert after["unnamed parts"] == 0
    assert {row[5] for row in after["fct_revenue"]} == {2}
    assert after["stored"] == {
        "fct_revenue": 20,
        "fct_orders": 20,
        "dim_customers": 20,
        "manifests": 2,
        "manifest_entries": before["stored"]["manifest_entries"] * 2,
        "published": 1,
    }
