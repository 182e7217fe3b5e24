"""Amounts of shops in one currency: converted row by row with the published rate of the row's day, then summed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.insights.metrics.definition import Unit
from hotdash.insights.metrics.publication import Published, load_publications
from hotdash.insights.metrics.query.plan import Node
from hotdash.insights.metrics.query.question import QueryError
from hotdash.insights.metrics.query.segments import Side
from hotdash.insights.statements import source, statement

RATES = "dim_exchange_rates"


@dataclass(frozen=True, slots=True)
class UsedRates:
    """Which rates could be used for a shop on the days asked for; none where there are no first and last."""

    shop_id: str
    base: str
    build: UUID | None
    count: int
    first: date | None
    last: date | None
    lowest: Decimal | None
    highest: Decimal | None

    def as_json(self, currency: str) -> dict[str, Any]:
        return {
            "shop": self.shop_id,
            "from": self.base,
            "to": currency,
            "build": str(self.build) if self.build else None,
            "rates": self.count,
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
            "lowest": _plain(self.lowest),
            "highest": _plain(self.highest),
        }


@dataclass(frozen=True, slots=True)
class Conversion:
    """The currency asked for, and of each shop that has another one: which, and where its rates are."""

    currency: str
    bases: Mapping[str, str]
    parts: Sequence[int]
    used: Sequence[UsedRates]

    @property
    def joined(self) -> str:
        """What brings each row its rate; rows of shops in the currency itself have none and need none."""
        return source(__file__, "rate_of_row.sql")

    @property
    def asked(self) -> dict[str, Any]:
        return {
            "rate_shops": list(self.bases),
            "rate_bases": list(self.bases.values()),
            "rate_quote": self.currency,
            "rate_parts": list(self.parts),
        }

    def as_json(self) -> dict[str, Any]:
        shops = [each.as_json(self.currency) for each in self.used]
        return {"currency": self.currency, "shops": shops}

    def told(self, used: UsedRates) -> str:
        """As a sentence beside the answer."""
        what = f"Money of {used.shop_id} is converted from {used.base} to {self.currency}"
        if not used.count:
            return f"{what}: no rate of these days is published."
        days = f"{used.first} to {used.last}" if used.first != used.last else f"{used.first}"
        rates = "1 rate" if used.count == 1 else f"{used.count} rates"
        return f"{what} day by day, with {rates} of {days}."

    def missing(self, shop_id: str, day: date) -> str:
        return (
            f"No rate converts {self.bases[shop_id]} of {shop_id} to {self.currency} on {day}: "
            "`hotdash rates import FILE`, then `hotdash run`."
        )


def load_conversion(
    session: Session,
    currency: str | None,
    shops: Mapping[str, str],
    sides: Sequence[Side],
    manifests: Mapping[str, UUID] | None = None,
) -> Conversion | None:
    """Shops with the currency each has; None where nothing was asked to be converted."""
    if currency is None:
        return None
    bases = {shop_id: base for shop_id, base in shops.items() if base != currency}
    published = load_rates(session, list(bases), manifests) if bases else {}
    parts = sorted({part for each in published.values() for part in each.parts.values()})
    found = Conversion(currency, bases, parts, ())
    return Conversion(currency, bases, parts, _used(session, found, published, sides))


def load_rates(
    session: Session, shops: Sequence[str], manifests: Mapping[str, UUID] | None = None
) -> dict[str, Published]:
    found = load_publications(session, shops, [RATES], manifests)
    return {shop_id: each for (shop_id, _), each in found.items()}


def refuse_unconvertible(nodes: Sequence[Node], conversion: Conversion) -> None:
    """What one rate of one day would make another number of than the days it came from."""
    if not conversion.bases:
        return
    for node in (each for asked in nodes for each in asked.nodes()):
        why = _why_not(node)
        if why:
            others = ", ".join(f"{shop} in {base}" for shop, base in conversion.bases.items())
            raise QueryError(
                f"{node.metric.title} {why} and is not converted to {conversion.currency}: {others}.",
                hint="Ask for it without currency and split by shop, or for a sum such as revenue.",
                field="currency",
            )


def _why_not(node: Node) -> str | None:
    if not node.holds_money:
        return None
    if node.is_median:
        return "is a median"
    if node.metric.unit is not Unit.MONEY:
        return None
    columns = [column for form in node.leaves() for column in form.columns.values()]
    if any(column.is_money and column.is_stock for column in columns):
        return "adds up the days before its own"
    if any(column.is_money and not column.has_currency for column in columns):
        return "adds up what came on later days than its own"
    return None


def _used(
    session: Session,
    conversion: Conversion,
    published: Mapping[str, Published],
    sides: Sequence[Side],
) -> list[UsedRates]:
    of_others = [side for side in sides if side.shop_id in conversion.bases]
    asked = conversion.asked | {
        "side_shops": [side.shop_id for side in of_others],
        "firsts": [side.window.first for side in of_others],
        "lasts": [side.window.last for side in of_others],
    }
    rows = session.execute(statement(__file__, "rates_used.sql"), asked)
    return [
        UsedRates(
            row.shop_id,
            row.base,
            published[row.shop_id].build,
            row.rates,
            row.first_day,
            row.last_day,
            row.lowest,
            row.highest,
        )
        for row in rows
    ]


def _plain(rate: Decimal | None) -> str | None:
    return None if rate is None else f"{rate.normalize():f}"
