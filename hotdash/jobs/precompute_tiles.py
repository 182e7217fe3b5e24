"""After a publication: compute what is slow to compute, for every range that a tile can be asked for."""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from hotdash.base.clock import Clock
from hotdash.insights.metrics.median import compute_median, is_known, median_definition
from hotdash.insights.metrics.period import Compare, Period, Range, Window
from hotdash.insights.metrics.publication import Published, load_published
from hotdash.storage.appdb.repositories.medians import save_median
from hotdash.storage.appdb.session import Database


def precompute_tiles(database: Database, shops: Sequence[str], clock: Clock) -> int:
    """How many values were computed; without it tiles say the same, only later."""
    computed = 0
    for shop_id in shops:
        with database.jobs() as session:
            published = load_published(session, shop_id)
        if published.manifest is not None:
            for window in sorted(set(_windows(published, clock)), key=lambda each: each.length):
                with database.jobs() as session:
                    computed += _precompute(session, published, window)
    return computed


def _windows(published: Published, clock: Clock) -> Iterator[Window]:
    for span in Range:
        for compare in Compare:
            windows = published.windows(Period(span, compare), clock.now())
            yield windows.current
            if windows.base is not None:
                yield windows.base


def _precompute(session: Session, published: Published, window: Window) -> bool:
    assert published.manifest is not None
    definition = median_definition(session, published.shop_id)
    if is_known(session, published, window, definition):
        return False
    save_median(
        session,
        published.shop_id,
        published.manifest,
        window.first,
        window.last,
        definition,
        compute_median(session, published, window),
    )
    return True
