"""Marts of a ledger, of the engine that made them, published behind the web server."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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

Marts = Mapping[str, list[dict[str, Any]]]


@contextmanager
def behind_the_web(
    marts: Marts, shops: Mapping[str, tuple[str, str]], urls: DatabaseUrls, folder: Path
) -> Iterator[Web]:
    warehouse = open_warehouse("duckdb", home=folder / "warehouse", memory_mb=512, url=None)
    with new_database(urls, "hotdash_template") as new_urls:
        database = Database(new_urls.owner, web_url=new_urls.web)
        with database.jobs() as session:
            for shop, (timezone, currency) in shops.items():
                add_shop(session, in_the_app(shop), timezone=timezone, currency=currency)
        names = [in_the_app(shop) for shop in shops]
        publisher = Publisher(
            database, WrittenMarts(warehouse, folder), FixedClock(AS_OF), names, may_shrink=True
        )
        publisher.build(_published(marts))
        storefront = Storefront(database, FixedClock(AS_OF), folder)
        yield web_in_front_of(storefront, folder / "home")
        database.dispose()
    warehouse.close()


def in_the_app(shop: str) -> str:
    """A shop of the app has no underscore in its name, which the ledger's Lord Howe has."""
    return shop.replace("_", "-")


def ask(web: Web, shop: str, **asked: Any) -> list[AnswerRowShape]:
    shop = in_the_app(shop)
    web.sign_in(f"owner@{shop}.example")
    answer = web.client.get("/api/v1/metrics/query", params={"shop": shop, **asked})
    assert answer.status_code == 200, answer.text
    return MetricsAnswer.model_validate_json(answer.content).rows


def _published(marts: Marts) -> dict[str, list[dict[str, Any]]]:
    return {
        name: [
            {column: row[column] for column in mart.columns}
            | {"shop_id": in_the_app(row["shop_id"])}
            for row in marts[name]
        ]
        for name, mart in published_marts().items()
        if name in marts
    }
