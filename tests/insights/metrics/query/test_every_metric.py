"""Every metric answers, whole and split by each of its dimensions, from marts as they are published."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hotdash.base.clock import FixedClock
from hotdash.insights.metrics.columns import TIME_DIMENSIONS
from hotdash.insights.metrics.definition import Metric, Status
from hotdash.insights.metrics.query.explain import explain
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import Question
from hotdash.insights.metrics.registry import registry
from hotdash.storage.appdb.session import Database
from hotdash.storage.marts import ColumnType, Partitioning, PublishedMart, published_marts
from hotdash.storage.warehouse.factory import open_warehouse
from tests.fixtures.marts import Publisher, WrittenMarts
from tests.fixtures.postgres import DatabaseUrls, new_database
from tests.fixtures.shops import SeededShop, add_shop
from tests.fixtures.storefront import NOW

ROD = "hot-rod-an"
DAY = date(2026, 11, 19)
APPROVED = [metric for metric in registry() if metric.status is Status.APPROVED]
FILLED: dict[ColumnType, Any] = {
    ColumnType.TEXT: "x",
    ColumnType.INTEGER: 2,
    ColumnType.MONEY: Decimal(3),
    ColumnType.RATE: Decimal(3),
    ColumnType.DAY: DAY,
    ColumnType.INSTANT: NOW,
    ColumnType.FLAG: True,
}


def row_of(mart: PublishedMart) -> dict[str, Any]:
    return {name: FILLED[kind] for name, kind in mart.columns.items()} | {"shop_id": ROD}


@pytest.fixture(scope="module")
def house(
    template_urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Database, SeededShop]]:
    """One row in every mart, published once for all questions."""
    folder: Path = tmp_path_factory.mktemp("marts")
    warehouse = open_warehouse("duckdb", home=folder / "home", memory_mb=512, url=None)
    with new_database(template_urls, "hotdash_template") as urls:
        database = Database(urls.owner, web_url=urls.web)
        with database.jobs() as session:
            shop = add_shop(session, ROD)
        publisher = Publisher(database, WrittenMarts(warehouse, folder), FixedClock(NOW))
        publisher.build({name: [row_of(mart)] for name, mart in published_marts().items()})
        yield database, shop
        database.dispose()
    warehouse.close()


@pytest.mark.parametrize("metric", APPROVED, ids=lambda metric: metric.label)
def test_answers_whole_and_split(house: tuple[Database, SeededShop], metric: Metric) -> None:
    database, shop = house
    times = TIME_DIMENSIONS if "day" in metric.dimensions else ()
    with database.as_user(shop.owner_id) as session:
        for by in ((), *((each,) for each in (*metric.dimensions, *times))):
            question = Question.parse(
                shops=[ROD], metrics=[metric.name], by=by, range="7d", compare="previous"
            )
            answer = query(session, question, NOW)
            # Nobody has decided anything in this house yet.
            assert answer.rows or metric.statement
            for row in answer.rows:
                cell = row.cells[metric.name]
                assert (cell.value is None) == (cell.why is not None)


@pytest.mark.parametrize("metric", APPROVED, ids=lambda metric: metric.label)
def test_is_explained(house: tuple[Database, SeededShop], metric: Metric) -> None:
    database, shop = house
    with database.as_user(shop.owner_id) as session:
        found = explain(session, metric.name, ROD, DAY, NOW)
    assert found.as_json()["metric"] == metric.name


def test_marts_that_can_be_asked_for_days_have_them() -> None:
    read = {mart for metric in APPROVED for mart in metric.marts}
    months = {
        name for name, mart in published_marts().items() if mart.partitioning is Partitioning.MONTH
    }
    assert read <= months
