"""Webhooks that come doubled, shuffled, late and between forgeries end in the tables of an in-order telling."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from hotdash.simulators.orders import epoch
from hotdash.simulators.world import World
from hotdash.storage.appdb.session import Database
from tests.fixtures.postgres import TEMPLATE, DatabaseUrls, new_database
from tests.fixtures.simulator import SHOP_ID, UNTIL, SimulatorHandle
from tests.fixtures.webhook_storm import BAD, UNTOLD, WebhookStorm

BEGAN, ENDED = UNTIL - timedelta(days=240), UNTIL - timedelta(hours=6)


@pytest.fixture
def storm(
    simulator: SimulatorHandle, world: World, template_urls: DatabaseUrls, tmp_path: Path
) -> Iterator[WebhookStorm]:
    with ExitStack() as stack:

        def fresh() -> Database:
            urls = stack.enter_context(new_database(template_urls, TEMPLATE))
            database = Database(urls.owner, web_url=urls.web)
            stack.callback(database.dispose)
            return database

        of_shop = world.of(SHOP_ID)
        orders = list(of_shop.orders_as_of(epoch(BEGAN + timedelta(days=100))))
        storm = WebhookStorm(
            simulator,
            world,
            fresh,
            tmp_path,
            BEGAN,
            ENDED,
            deleted=[
                ("orders", orders[3].order_id),
                ("orders", orders[-1].order_id),
                ("customers", next(of_shop.customers_as_of(epoch(BEGAN))).customer_id),
                ("products", of_shop.products_as_of(epoch(BEGAN))[0].product_id),
            ],
        )
        storm.prepare()
        yield storm


def test_a_bad_telling_ends_like_an_orderly_one(storm: WebhookStorm) -> None:
    orderly = storm.tell("orderly", UNTOLD)
    bad = storm.tell("bad", BAD)

    genuine = [sent for sent in storm.planned(BAD) if not sent.is_forged]
    forged = len(storm.planned(BAD)) - len(genuine)
    assert len(storm.happenings) > 600
    assert len(genuine) > 2.5 * len(storm.happenings)
    assert forged > 50
    assert orderly.statuses == {200: len(storm.happenings)}
    assert bad.statuses == {200: len(genuine), 401: forged}, (
        "no forgery comes in, nothing else is refused"
    )
    assert bad.state == orderly.state
    deleted = {f"{kind} deleted": 0 for kind, _ in storm.deleted}
    for kind, number in storm.deleted:
        assert str(number) in bad.state[f"{kind} deleted"]
        deleted[f"{kind} deleted"] += 1
    assert {name: len(bad.state[name]) for name in deleted} == deleted

    anew = storm.house("anew")
    anew.connect()
    anew.sync()
    assert living(bad.state) == living(anew.state()), "and it is the shop as it is"


def living(state: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: rows for name, rows in state.items() if not name.endswith("deleted")}
