"""What the API answers about the ledger is what a person computed, to the last minor unit."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hotdash.base.clock import FixedClock
from hotdash.entrypoints.web.api.query_schemas import AnswerRowShape, MetricsAnswer
from hotdash.storage.appdb.session import Database
from hotdash.storage.marts import published_marts
from hotdash.storage.warehouse.factory import open_warehouse
from tests.fixtures.marts import Publisher, WrittenMarts
from tests.fixtures.postgres import DatabaseUrls, new_database
from tests.fixtures.shops import add_shop
from tests.fixtures.storefront import Storefront
from tests.fixtures.warehouses import AS_OF
from tests.fixtures.web import Web, web_in_front_of
from tests.golden.conftest import CASES, SHOPS, Built
from tests.golden.expected import ExpectedDay
from tests.golden.ledger_days import DAYS, EMPTY_DAYS

BASES = ("orders", "revenue", "revenue_refund_day")
WHOLE = {"from": "2023-01-01", "to": "2026-10-31"}


@pytest.fixture(scope="module")
def web(
    golden: Built, template_urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Web]:
    """The ledger's marts, of the engine that made them, published behind the web server."""
    folder: Path = tmp_path_factory.mktemp("golden")
    warehouse = open_warehouse("duckdb", home=folder / "warehouse", memory_mb=512, url=None)
    with new_database(template_urls, "hotdash_template") as urls:
        database = Database(urls.owner, web_url=urls.web)
        with database.jobs() as session:
            for shop, (timezone, currency) in SHOPS.items():
                add_shop(session, shop.replace("_", "-"), timezone=timezone, currency=currency)
        shops = [shop.replace("_", "-") for shop in SHOPS]
        publisher = Publisher(
            database, WrittenMarts(warehouse, folder), FixedClock(AS_OF), shops, may_shrink=True
        )
        publisher.build(published(golden))
        storefront = Storefront(database, FixedClock(AS_OF), folder)
        yield web_in_front_of(storefront, folder / "home")
        database.dispose()
    warehouse.close()


def published(golden: Built) -> dict[str, list[dict[str, Any]]]:
    """A shop of the app has no underscore in its name, which the ledger's Lord Howe has."""
    return {
        name: [
            {column: row[column] for column in mart.columns}
            | {"shop_id": row["shop_id"].replace("_", "-")}
            for row in golden[0][name]
        ]
        for name, mart in published_marts().items()
        if name in golden[0]
    }


def ask(web: Web, shop: str, **asked: Any) -> list[AnswerRowShape]:
    shop = shop.replace("_", "-")
    web.sign_in(f"owner@{shop}.example")
    answer = web.client.get(
        "/api/v1/metrics/query", params={"shop": shop, "metric": BASES, **asked}
    )
    assert answer.status_code == 200, answer.text
    return MetricsAnswer.model_validate_json(answer.content).rows


def amount(row: AnswerRowShape, metric: str) -> Decimal:
    value = row.values[metric].value
    assert value is not None, row.values[metric].why
    return Decimal(value)


@pytest.mark.parametrize("day", DAYS, ids=lambda day: f"{day.shop} {day.day}")
def test_day(web: Web, day: ExpectedDay) -> None:
    (row,) = ask(web, day.shop, **{"from": day.day, "to": day.day})
    found = tuple(amount(row, name) for name in BASES)
    expected = (day.orders, Decimal(day.by_order_day), Decimal(day.by_refund_day))
    assert found == expected, day.by_hand


@pytest.mark.parametrize(("shop", "day", "why"), EMPTY_DAYS)
def test_a_day_between_others_without_orders_is_a_true_zero(
    web: Web, shop: str, day: str, why: str
) -> None:
    (row,) = ask(web, shop, **{"from": day, "to": day})
    assert [amount(row, name) for name in BASES] == [0, 0, 0], why


@pytest.mark.parametrize("shop", SHOPS)
def test_every_split_adds_up_to_the_orders_of_the_ledger(web: Web, shop: str) -> None:
    kept = [case.expected for case in CASES if case.shop == shop and case.expected]
    counted = [each for each in kept if each.counted]
    revenue = sum(
        (
            Decimal(each.gross)
            - Decimal(each.discounts)
            - Decimal(each.refunds)
            + Decimal(each.shipping)
            - Decimal(each.shipping_refunds)
            for each in counted
        ),
        Decimal(0),
    )
    for by in (None, "day", "month", "country", "segment"):
        asked = {**WHOLE, "metric": ["orders", "revenue"], **({"by": by} if by else {})}
        rows = [row for row in ask(web, shop, **asked) if row.values["revenue"].value is not None]
        assert sum(amount(row, "revenue") for row in rows) == revenue, by
        assert sum(amount(row, "orders") for row in rows) == len(counted), by
    for by in ("product", "category"):
        rows = ask(web, shop, **WHOLE, metric="revenue", by=by)
        assert sum(amount(row, "revenue") for row in rows) == revenue, by
