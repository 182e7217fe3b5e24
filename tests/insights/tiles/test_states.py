"""Every tile in every of the eight states, each from what was really published."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from hotdash.base.ids import new_id
from hotdash.insights.metrics.period import Compare, Period, Range
from hotdash.insights.tiles.catalog import TILES
from hotdash.insights.tiles.contract import ActionKind, Tile, TileState
from hotdash.insights.tiles.engine import load_tile
from hotdash.storage.appdb.models import Run
from tests.fixtures.marts import Publisher
from tests.fixtures.shops import SeededShop
from tests.fixtures.tile_people import People
from tests.fixtures.tile_world import (
    ACT,
    LAST,
    MARTS_BY_SOURCE,
    READ_AT,
    SHOP,
    WATCH,
    WELL,
    Mood,
    breach,
    every_source,
    open_talk,
    world,
)

WEEK = Period(Range.DAYS_7, Compare.PREVIOUS)
REASON = "It does not add up."


@pytest.fixture
def publisher(publisher: Publisher) -> Publisher:
    publisher.as_of = every_source()
    publisher.marts_by_source = MARTS_BY_SOURCE
    return publisher


def tiles_of(publisher: Publisher, shop: SeededShop) -> Mapping[str, Tile]:
    with publisher.database.as_user(shop.owner_id) as session:
        return {name: load_tile(session, name, SHOP, WEEK, publisher.clock.now()) for name in TILES}


def states_of(publisher: Publisher, shop: SeededShop) -> dict[str, TileState]:
    return {name: tile.state for name, tile in tiles_of(publisher, shop).items()}


def all_are(state: TileState) -> dict[str, TileState]:
    return dict.fromkeys(TILES, state)


def publish(publisher: Publisher, mood: Mood = WELL) -> None:
    publisher.build(world(mood))
    with publisher.database.jobs() as session:
        People(session, mood).act()


@pytest.mark.parametrize(
    ("mood", "state"), [(WELL, TileState.OK), (WATCH, TileState.WATCH), (ACT, TileState.ACT)]
)
def test_by_the_thresholds_of_their_metrics(
    publisher: Publisher, shop: SeededShop, mood: Mood, state: TileState
) -> None:
    publish(publisher, mood)
    tiles = tiles_of(publisher, shop)
    assert {name: tile.state for name, tile in tiles.items()} == all_are(state)
    assert all(bool(tile.reasons) == (state is not TileState.OK) for tile in tiles.values())
    assert not any(tile.provisional for tile in tiles.values())


def test_empty_before_anything_was_published(publisher: Publisher, shop: SeededShop) -> None:
    tiles = tiles_of(publisher, shop)
    assert {tile.state for tile in tiles.values()} == {TileState.EMPTY}
    assert {tile.next_action.kind for tile in tiles.values()} == {ActionKind.RUN}
    assert {tile.value for tile in tiles.values()} == {None}


def test_empty_with_nothing_in_the_marts(publisher: Publisher, shop: SeededShop) -> None:
    publisher.build({})
    tiles = tiles_of(publisher, shop)
    assert {tile.state for tile in tiles.values()} == {TileState.EMPTY}
    assert {name: tile.reasons[0] for name, tile in tiles.items()} == {
        "cx-pulse": "The shop has no conversation yet.",
        "sales-pulse": "The shop has no order that counts yet.",
        "seo-pulse": "Google has shown no page of the shop yet.",
        "inventory-watch": "No stock of the shop has been read yet.",
        "fulfillment-flow": "The shop has no order to send yet.",
        "ops-pulse": "Not yet counted: activation needs seven days since the first visit.",
        "growth": "The shop has no revenue yet.",
    }


def test_empty_without_its_source_names_what_to_connect(
    publisher: Publisher, shop: SeededShop
) -> None:
    publisher.as_of = {"shopify": READ_AT}
    publisher.build({})
    tiles = tiles_of(publisher, shop)
    asked = {
        name: tile.next_action.text
        for name, tile in tiles.items()
        if tile.next_action.kind is ActionKind.CONNECT
    }
    assert asked == {
        "cx-pulse": "Connect Chatwoot, then run `hotdash run`.",
        "seo-pulse": "Connect Search Console, then run `hotdash run`.",
    }
    assert tiles["cx-pulse"].reasons[0] == (
        "Chatwoot conversations have not been connected and read yet."
    )


def test_stale_when_what_they_rest_on_grew_old(publisher: Publisher, shop: SeededShop) -> None:
    publish(publisher)
    publisher.clock.advance(timedelta(days=5))
    assert states_of(publisher, shop) == all_are(TileState.STALE)


def test_degraded_when_a_source_beside_the_headline_grew_old(
    publisher: Publisher, shop: SeededShop
) -> None:
    publisher.as_of = every_source() | {"ga4": READ_AT - timedelta(hours=40)}
    publish(publisher)
    tiles = tiles_of(publisher, shop)
    late = {name for name, tile in tiles.items() if tile.state is TileState.DEGRADED}
    assert late == {"sales-pulse", "seo-pulse", "ops-pulse"}
    assert {tiles[name].reasons[0] for name in late} == {"1 of 2 sources are up to date."}
    assert tiles["sales-pulse"].provisional


def test_degraded_when_a_part_is_kept_back(publisher: Publisher, shop: SeededShop) -> None:
    publish(publisher)
    parts = {mart for tile in TILES.values() for mart in tile.shows}
    carried = {mart for tile in TILES.values() for mart in tile.rests_on}
    reasons = {mart: [REASON] for mart in parts - carried}
    publisher.build(world(), blocked={SHOP: reasons})
    states = states_of(publisher, shop)
    # The parts of CX Pulse and Growth carry other tiles, and are looked at below.
    beside = {name for name, tile in TILES.items() if {*tile.shows} & reasons.keys()}
    assert beside == TILES.keys() - {"cx-pulse", "growth"}
    assert states == {
        name: TileState.DEGRADED if name in beside else TileState.OK for name in TILES
    }


@pytest.mark.parametrize(
    ("mart", "part_of", "carries"),
    [("fct_sla_events", "cx-pulse", "ops-pulse"), ("fct_revenue", "growth", "sales-pulse")],
)
def test_a_mart_may_carry_one_tile_and_be_a_part_of_another(
    publisher: Publisher, shop: SeededShop, mart: str, part_of: str, carries: str
) -> None:
    publish(publisher)
    publisher.build(world(), blocked={SHOP: {mart: [REASON]}})
    tiles = tiles_of(publisher, shop)
    assert (tiles[part_of].state, tiles[carries].state) == (TileState.DEGRADED, TileState.BLOCKED)
    assert REASON in tiles[part_of].reasons


def test_blocked_by_what_they_rest_on(publisher: Publisher, shop: SeededShop) -> None:
    publish(publisher)
    reasons = {tile.rests_on[0]: [REASON] for tile in TILES.values()}
    publisher.build(world(ACT), blocked={SHOP: reasons}, build_id=new_id())
    tiles = tiles_of(publisher, shop)
    assert {tile.state for tile in tiles.values()} == {TileState.BLOCKED}
    assert {tile.reasons[0] for tile in tiles.values()} == {REASON}
    assert tiles["seo-pulse"].reasons[1] == (
        "Last trusted: 70 for the 7 days to 20 Nov 2026, from data as of 21 Nov 2026 10:00."
    )


def test_reprocessing_during_a_rebuild(publisher: Publisher, shop: SeededShop) -> None:
    publish(publisher)
    with publisher.database.jobs() as session:
        session.add(
            Run(
                run_id=new_id(),
                warehouse="w",
                kind="rebuild",
                status="running",
                started_at=READ_AT,
                shops=[SHOP],
            )
        )
    tiles = tiles_of(publisher, shop)
    assert {tile.state for tile in tiles.values()} == {TileState.REPROCESSING}
    assert all(tile.provisional for tile in tiles.values())


def test_an_alarm_is_not_hidden_by_a_late_source_beside_it(
    publisher: Publisher, shop: SeededShop
) -> None:
    publisher.as_of = every_source() | {"ga4": READ_AT - timedelta(hours=40)}
    publish(publisher, ACT)
    sales = tiles_of(publisher, shop)["sales-pulse"]
    assert sales.state is TileState.ACT
    assert sales.reasons[:2] == [
        "Revenue is 25% below the previous 7 days (watch from 10%, act from 25%).",
        "1 of 2 sources are up to date.",
    ]


def test_where_broken_promises_were_never_published_nobody_is_counted_as_none(
    publisher: Publisher, shop: SeededShop
) -> None:
    rows = {"fct_conversations": [open_talk(1, LAST)]}
    publisher.build(rows, blocked={SHOP: {"fct_sla_events": [REASON]}})
    tile = tiles_of(publisher, shop)["cx-pulse"]
    [waiting] = [each for each in tile.context if each.metric == "open_past_sla"]
    [breached] = [each for each in tile.lists if each.name == "breached"]
    assert waiting.value is None
    assert breached.why == "fct_sla_events holds nothing of this shop yet."


def test_who_waits_past_a_promise_calls_before_anybody_was_answered(
    publisher: Publisher, shop: SeededShop
) -> None:
    rows = {
        "fct_conversations": [open_talk(1, LAST)],
        "fct_sla_events": [breach(1, LAST), breach(1, LAST, kind="resolution")],
    }
    publisher.build(rows)
    tile = tiles_of(publisher, shop)["cx-pulse"]
    assert (tile.state, tile.value) == (TileState.ACT, None)
    assert tile.next_action.text == "Answer 1 conversation past the promise"
    assert tile.next_action.about == "breached"
