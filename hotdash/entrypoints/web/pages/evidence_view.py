"""The published rows behind a recommendation as a table that a person reads without knowing our columns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hotdash.base.clock import parse_iso
from hotdash.decisions.recommendations.contract import Kind
from hotdash.entrypoints.web import formatting
from hotdash.insights.anomalies.wording import told
from hotdash.storage.appdb.repositories.visits import VisitedShop

Reads = Callable[[str, VisitedShop], str]


def _plain(text: str, shop: VisitedShop) -> str:
    del shop
    return text


def _words(text: str, shop: VisitedShop) -> str:
    del shop
    return text.replace("_", " ").lower()


def _count(text: str, shop: VisitedShop) -> str:
    del shop
    return formatting.count(Decimal(text))


def _number(text: str, shop: VisitedShop) -> str:
    del shop
    return formatting.number(Decimal(text))


def _days(text: str, shop: VisitedShop) -> str:
    return f"{_number(text, shop)} d"


def _money(text: str, shop: VisitedShop) -> str:
    return formatting.money(Decimal(text), shop.currency)


def _day(text: str, shop: VisitedShop) -> str:
    del shop
    return formatting.day_with_year(date.fromisoformat(text))


def _instant(text: str, shop: VisitedShop) -> str:
    return formatting.shop_time(parse_iso(text), shop.timezone)


def _chance(text: str, shop: VisitedShop) -> str:
    del shop
    return f"{Decimal(text):.0%}"


def _flag(text: str, shop: VisitedShop) -> str:
    del shop
    return "yes" if text == "True" else "no"


COLUMNS: Mapping[str, tuple[str, Reads]] = {
    "inventory_item_id": ("Item", _plain),
    "sku": ("SKU", _plain),
    "product_title": ("Product", _plain),
    "variant_title": ("Variant", _plain),
    "supplier": ("Supplier", _plain),
    "as_of_day": ("As of", _day),
    "available": ("Can be sold", _count),
    "on_hand": ("On hand", _count),
    "committed": ("Promised to orders", _count),
    "incoming": ("On its way", _count),
    "units_sold_56d": ("Sold in 8 weeks", _count),
    "days_in_stock_56d": ("Days in stock of these", _days),
    "lead_time_days": ("A refill takes", _days),
    "safety_stock": ("Safety stock", _count),
    "pack_size": ("Comes in packs of", _count),
    "days_of_stock": ("Lasts for", _days),
    "reorder_point": ("Reordered at", _count),
    "reorder_quantity": ("Proposed quantity", _count),
    "units_short": ("Will be missing", _count),
    "price": ("Price", _money),
    "unit_cost": ("Costs", _money),
    "money_at_risk": ("Money at risk", _money),
    "conversation_id": ("Conversation", _plain),
    "kind": ("Broken promise", _words),
    "breached_at": ("Past since", _instant),
    "opened_at": ("Opened", _instant),
    "priority": ("Priority", _words),
    "order_id": ("Order", _plain),
    "fulfillment_id": ("Parcel", _plain),
    "day": ("Day", _day),
    "shipped_day": ("Shipped", _day),
    "promised_day": ("Promised for", _day),
    "promised_by": ("Promised by", _words),
    "display_status": ("Status", _words),
    "sessions": ("Visits", _count),
    "purchases": ("Purchases", _count),
    "sessions_7d": ("Visits of the week", _count),
    "sessions_previous_7d": ("Of the week before", _count),
    "is_judged": ("Enough to judge", _flag),
    "is_anomaly": ("Lost too many", _flag),
    "channel": ("Channel", _plain),
    "spend": ("Spend", _money),
    "attributed_revenue": ("Revenue", _money),
    "clicks": ("Clicks", _count),
    "credited_orders": ("Orders", _number),
    "is_spend_known": ("All spend known", _flag),
    "source": ("Source", _words),
    "complete_through": ("Read up to", _instant),
    "read_at": ("Last read", _instant),
    "expected_daily": ("Expected a day", _number),
    "expected_28d": ("Expected in 28 days", _number),
    "out_on": ("Expected to run out on", _day),
    "run_out": ("Runs out before a refill", _chance),
    "expected_short": ("Expected to be missing", _number),
    "planned_quantity": ("To order by its forecast", _count),
    "is_dead": ("Nobody buys it", _flag),
    "overstock_units": ("More than enough", _count),
    "idle_value": ("Cost of that", _money),
    "hour": ("Hour", _plain),
    "value": ("Was", _number),
    "expected": ("Expected", _number),
    "low": ("At least", _number),
    "high": ("At most", _number),
    "unit": ("Unit", _plain),
    "z": ("Standard deviations off", _number),
    "difference_worth": ("The difference is worth", _money),
    "level": ("Told as", _words),
}
_IN_THEIR_UNIT = frozenset({"value", "expected", "low", "high"})
_AMOUNTS = (_count, _number, _days, _money, _chance)
_TITLES: Mapping[Kind, str] = {
    Kind.REORDER: "Stock of {name}",
    Kind.REPLY: "Conversations past their promise",
    Kind.CHASE_CARRIER: "Parcels of {name} that should have arrived",
    Kind.ASSIGN_PAGE: "Visits of {name}, day by day",
    Kind.CUT_CAMPAIGN: "Cost and return of {name}",
    Kind.RAISE_CAMPAIGN: "Cost and return of {name}",
    Kind.FIX_SOURCE: "How {name} stands",
    Kind.LOOK_INTO: "Days of {name} out of the ordinary",
    Kind.CLEAR_STOCK: "Stock that is not needed",
}


@dataclass(frozen=True, slots=True)
class EvidenceColumn:
    title: str
    is_amount: bool


@dataclass(frozen=True, slots=True)
class EvidenceView:
    title: str
    columns: tuple[EvidenceColumn, ...]
    rows: tuple[tuple[tuple[str, bool], ...], ...]


def evidence_view(
    kind: str, subject: str, rows: Sequence[Mapping[str, Any]], shop: VisitedShop
) -> EvidenceView:
    names = tuple(name for name in rows[0] if _is_shown(name, rows)) if rows else ()
    columns = tuple(_column(name) for name in names)
    return EvidenceView(
        title=_TITLES[Kind(kind)].format(name=_name(kind, subject, rows)),
        columns=columns,
        rows=tuple(
            tuple(
                (_cell(name, row, shop), column.is_amount)
                for name, column in zip(names, columns, strict=True)
            )
            for row in rows
        ),
    )


def _column(name: str) -> EvidenceColumn:
    title, reads = COLUMNS.get(name, (name.replace("_", " ").capitalize(), _plain))
    return EvidenceColumn(title, reads in _AMOUNTS)


def _is_shown(name: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Of whole days there is no hour, and a unit stands with its amounts."""
    return name != "unit" and (name != "hour" or any(row["hour"] is not None for row in rows))


def _cell(name: str, row: Mapping[str, Any], shop: VisitedShop) -> str:
    value = row[name]
    if value is None:
        return formatting.MISSING
    if name in _IN_THEIR_UNIT and "unit" in row:
        return told(Decimal(str(value)), row["unit"])
    _, reads = COLUMNS.get(name, (name, _plain))
    return reads(str(value), shop)


def _name(kind: str, subject: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """As people call it: an item by what is printed on it, a campaign without its platform."""
    name = subject.partition(":")[2] or subject
    if kind == Kind.REORDER and rows:
        return str(rows[0].get("sku") or rows[0].get("product_title") or f"item {name}")
    if kind in (Kind.CUT_CAMPAIGN, Kind.RAISE_CAMPAIGN):
        return name.partition(":")[2] or name
    return name
