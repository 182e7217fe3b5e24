"""The exact median order value: known beforehand for the ranges of tiles, else computed when asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from sqlalchemy import text
from sqlalchemy.orm import Session

from hotdash.insights.metrics.daily import switch_defaults
from hotdash.insights.metrics.period import Window
from hotdash.insights.metrics.publication import Published, Windows
from hotdash.insights.metrics.registry import registry
from hotdash.insights.statements import source, statement


@dataclass(frozen=True, slots=True)
class Medians:
    current: Decimal | None
    base: Decimal | None


def load_medians(session: Session, published: Published, windows: Windows) -> Medians:
    definition = median_definition(session, published.shop_id)
    return Medians(
        _median(session, published, windows.current, definition),
        _median(session, published, windows.base, definition) if windows.base else None,
    )


def median_definition(session: Session, shop_id: str) -> str:
    """Changes whenever the formula does, or what the shop decided about its switches."""
    decided: str = session.execute(
        statement(__file__, "median_definition.sql"), {"shop_id": shop_id}
    ).scalar_one()
    return sha256(f"{_order_value()}|{switch_defaults()}|{decided}".encode()).hexdigest()


def is_known(session: Session, published: Published, window: Window, definition: str) -> bool:
    return _known(session, published, window, definition) is not None


def compute_median(session: Session, published: Published, window: Window) -> Decimal | None:
    middles: Sequence[Decimal] | None = session.execute(
        text(source(__file__, "median.sql").format(order_value=_order_value())),
        {**_asked(published, window), **switch_defaults()},
    ).scalar_one()
    return None if middles is None else sum(middles, Decimal(0)) / len(middles)


def _median(
    session: Session, published: Published, window: Window, definition: str
) -> Decimal | None:
    known = _known(session, published, window, definition)
    return compute_median(session, published, window) if known is None else known[0]


def _known(
    session: Session, published: Published, window: Window, definition: str
) -> tuple[Decimal | None] | None:
    found = session.execute(
        statement(__file__, "median_known.sql"),
        {**_asked(published, window), "definition": definition},
    ).one_or_none()
    return None if found is None else (found.value,)


def _asked(published: Published, window: Window) -> dict[str, object]:
    return {
        "shop_id": published.shop_id,
        "manifest_id": published.manifest,
        "first": window.first,
        "last": window.last,
    }


def _order_value() -> str:
    return registry().get("median_order_value").parsed.as_sql()
