"""The exact median order value of the days asked for and of those they are compared with."""

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
    )
    medians = {row.is_current: row.middle_sum / row.middles for row in found}
    return Medians(medians.get(True), medians.get(False) if windows.base else None)
