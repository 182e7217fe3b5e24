"""The exact median order value of the days asked for and of those they are compared with."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.orm import Session

from hotdash.insights.metrics.daily import switch_defaults
from hotdash.insights.metrics.publication import Published, Windows
from hotdash.insights.metrics.registry import registry
from hotdash.insights.statements import source


@dataclass(frozen=True, slots=True)
class Medians:
    current: Decimal | None
    base: Decimal | None


def load_medians(session: Session, published: Published, windows: Windows) -> Medians:
    order_value = registry().get("median_order_value").parsed.as_sql()
    found = session.execute(
        text(source(__file__, "median.sql").format(order_value=order_value)),
        {**windows.as_parameters(), **switch_defaults(), "shop_id": published.shop_id},
    ).one()
    return Medians(_middle(found.current), _middle(found.base) if windows.base else None)


def _middle(middles: Sequence[Decimal] | None) -> Decimal | None:
    return None if middles is None else sum(middles, Decimal(0)) / len(middles)
