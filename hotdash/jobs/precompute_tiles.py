"""After a publication: compute what is slow to compute, for every range that a tile can be asked for."""

from collections.abc import Iterator, Sequence

from hotdash.base.clock import Clock
from hotdash.insights.metrics.period import Compare, Period, Range, Window
from hotdash.insights.metrics.publication import Published, load_published
from hotdash.insights.metrics.query.beforehand import Beforehand, median_forms
from hotdash.insights.tiles.beforehand import every_period, published_tiles, read_tiles
from hotdash.storage.appdb.repositories.medians import save_median
from hotdash.storage.appdb.repositories.tile_rows import (
    delete_tile_rows_of_others,
    save_tile_rows,
    tiles_read,
)
from hotdash.storage.appdb.session import Database


def precompute_tiles(database: Database, shops: Sequence[str], clock: Clock) -> int:
    """How many values were computed; without it tiles say the same, only later."""
    computed = 0
    for shop_id in shops:
        computed += _precompute_medians(database, shop_id, clock)
        computed += _precompute_rows(database, shop_id, clock)
    return computed


def _precompute_medians(database: Database, shop_id: str, clock: Clock) -> int:
    computed = 0
    for form in median_forms(shop_id):
        with database.jobs() as session:
            beforehand = Beforehand.of(session, form, shop_id)
        if beforehand.published.parts:
            for window in _windows(beforehand.published, clock):
                computed += _precompute(database, beforehand, window)
    return computed


def _precompute_rows(database: Database, shop_id: str, clock: Clock) -> int:
    """Tile by tile, so that no snapshot is kept for long; medians are known by then."""
    return sum(_read_before(database, shop_id, name, clock) for name in published_tiles())


def _read_before(database: Database, shop_id: str, tile: str, clock: Clock) -> int:
    with database.snapshot() as session:
        published = load_published(session, shop_id)
        if published.manifest is None:
            return 0
        known = tiles_read(session, shop_id, published.manifest)
        if all((tile, each.range.value, each.compare.value) in known for each in every_period()):
            return 0
        read = list(read_tiles(session, published, clock.now(), tile))
    with database.jobs() as session:
        delete_tile_rows_of_others(session, shop_id, published.manifest)
        for each in read:
            spans = each.period.range.value, each.period.compare.value
            save_tile_rows(*(session, shop_id, published.manifest, each.tile, *spans), each.found)
    return len(read)


def _windows(published: Published, clock: Clock) -> Sequence[Window]:
    return sorted(set(_every_window(published, clock)), key=lambda each: each.length)


def _every_window(published: Published, clock: Clock) -> Iterator[Window]:
    for span in Range:
        for compare in Compare:
            windows = published.windows(Period(span, compare), clock.now())
            yield windows.current
            if windows.base is not None:
                yield windows.base


def _precompute(database: Database, beforehand: Beforehand, window: Window) -> bool:
    published = beforehand.published
    assert published.manifest is not None
    with database.jobs() as session:
        if beforehand.is_known(session, window):
            return False
        save_median(
            session,
            published.shop_id,
            published.manifest,
            window.first,
            window.last,
            beforehand.definition,
            beforehand.compute(session, window),
        )
    return True
