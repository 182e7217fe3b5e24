"""What tiles read from a publication, read once after it: a tile then asks only what people changed since."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hotdash.insights.metrics.period import Compare, Period, Range
from hotdash.insights.metrics.publication import Published
from hotdash.insights.metrics.query.known_rows import KnownRows, written
from hotdash.insights.metrics.query.snapshot import Snapshot
from hotdash.insights.tiles.catalog import TILES, definition_of
from hotdash.insights.tiles.engine import load_tile


@dataclass(frozen=True, slots=True)
class TileRows:
    tile: str
    period: Period
    found: str


def published_tiles() -> list[str]:
    return [name for name in TILES if not definition_of(name).is_live]


def every_period() -> list[Period]:
    return [Period(span, compare) for span in Range for compare in Compare]


def read_tiles(
    session: Session, published: Published, now: datetime, name: str
) -> Iterator[TileRows]:
    """Needs one snapshot; what several periods of the tile share is read once."""
    known = KnownRows()
    snapshot = Snapshot(session, known)
    for period in every_period():
        load_tile(session, name, published.shop_id, period, now, snapshot=snapshot)
        yield TileRows(name, period, written(known.took()))
