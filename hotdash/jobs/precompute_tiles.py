"""After a publication: compute what is slow to compute, for every range that a tile can be asked for."""

from collections.abc import Iterator, Sequence

from hotdash.base.clock import Clock
from hotdash.insights.metrics.period import Compare, Period, Range, Window
from hotdash.insights.metrics.publication import Published
from hotdash.insights.metrics.query.beforehand import Beforehand, median_forms
from hotdash.storage.appdb.repositories.medians import save_median
from hotdash.storage.appdb.session import Database


def precompute_tiles(database: Database, shops: Sequence[str], clock: Clock) -> int:
    """How many values were computed; without it tiles say the same, only later."""
    computed = 0
    for shop_id in shops:
        for form in median_forms(shop_id):
            with database.jobs() as session:
                beforehand = Beforehand.of(session, form, shop_id)
            if beforehand.published.parts:
                for window in _windows(beforehand.published, clock):
                    computed += _precompute(database, beforehand, window)
    return computed


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
