"""Reorder what runs out sooner than it can be refilled."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from hotdash.base.money import in_words
from hotdash.decisions.recommendations import wording
from hotdash.decisions.recommendations.contract import Confidence, Evidence, Kind, Proposal
from hotdash.storage.appdb.repositories.signals.reading import INVENTORY, Reading, StockSignal

SURE_AFTER_DAYS, LIKELY_AFTER_DAYS = 28, 14
_WHOLE = Decimal(1)


class Reorder:
    """The impact is what customers will ask for within the lead time and not find, at its price."""

    name = "rules/reorder@1"

    def judges(self, reading: Reading) -> frozenset[Kind]:
        return frozenset({Kind.REORDER} if INVENTORY in reading.marts else ())

    def propose(self, reading: Reading, now: datetime) -> Iterator[Proposal]:
        """Where its forecast knows an item, that one speaks of it."""
        del now
        for item in reading.stock:
            if item.is_due and item.foretold is None:
                yield _proposal(reading, item)

    def measure(self, reading: Reading, kind: Kind, subject: str) -> Decimal | None:
        """What is not running out is short of nothing."""
        if kind not in self.judges(reading):
            return None
        short = {subject_of(item): pieces_short(item) for item in reading.stock}
        return short.get(subject, Decimal(0))


def subject_of(item: StockSignal) -> str:
    return f"item:{item.inventory_item_id}"


def name_of(item: StockSignal) -> str:
    return item.sku or item.product_title or f"item {item.inventory_item_id}"


def pieces_short(item: StockSignal) -> Decimal:
    """What will be missing within the lead time, as far as it is known: whole pieces either way."""
    if item.foretold is None:
        return Decimal(item.units_short)
    return item.foretold.expected_short.quantize(_WHOLE, rounding=ROUND_HALF_UP)


def magnitude_of(item: StockSignal) -> Decimal:
    """What is short, told apart from a week of sales on only.

    Near the reorder point it grows by half every day or two by itself, which is no news to who answered.
    """
    week = (_daily(item) * 7).quantize(_WHOLE, rounding=ROUND_HALF_UP)
    return max(pieces_short(item), week, _WHOLE)


def _daily(item: StockSignal) -> Decimal:
    if item.foretold is not None:
        return item.foretold.daily
    return Decimal(item.units_sold_56d) / max(item.days_in_stock_56d, 1)


def _proposal(reading: Reading, item: StockSignal) -> Proposal:
    name = name_of(item)
    pieces = wording.counted(item.reorder_quantity, "piece")
    runs_out = item.as_of_day + timedelta(days=item.days_of_stock or 0)
    amount, short = item.money_at_risk, wording.counted(item.units_short, "sale")
    is_money = amount is not None and amount > 0
    return Proposal(
        kind=Kind.REORDER,
        subject=subject_of(item),
        title=f"Reorder {name}",
        reason=_reason(reading, item, name),
        confidence=_confidence(item),
        deadline=wording.end_of(runs_out, reading.timezone),
        evidence=evidence_of_item(reading, item),
        verb=f"Order {pieces}",
        weight=amount or Decimal(0),
        magnitude=magnitude_of(item),
        metric="units_short",
        measured=Decimal(item.units_short),
        impact_amount=wording.rounded(amount, reading.currency) if amount and is_money else None,
        impact_text=None if is_money else f"{short} missed within the lead time",
        options=options_of(reading, item.reorder_quantity, _cost(item)),
        features={
            "available": item.available,
            "units_sold_56d": item.units_sold_56d,
            "days_in_stock_56d": item.days_in_stock_56d,
            "lead_time_days": item.lead_time_days,
            "days_of_stock": item.days_of_stock,
            "reorder_quantity": item.reorder_quantity,
            "units_short": item.units_short,
            "supplier": item.supplier,
        },
    )


def _reason(reading: Reading, item: StockSignal, name: str) -> str:
    sold = (
        f"{wording.counted(item.units_sold_56d, 'piece')} sold on "
        f"{wording.counted(item.days_in_stock_56d, 'day')} in stock"
    )
    days = wording.counted(item.days_of_stock or 0, "day")
    stands = "is out of stock" if item.is_out_of_stock else f"has {item.available:,} left, {days}"
    refill = f"a refill takes {wording.counted(item.lead_time_days, 'day')}"
    short = wording.counted(item.units_short, "piece")
    lost = f", worth {in_words(item.money_at_risk, reading.currency)}" if item.money_at_risk else ""
    return f"{name} {stands}, and {refill}: {sold}, so {short} will be missing{lost}."


def _confidence(item: StockSignal) -> Confidence:
    """By how many days of demand could be seen."""
    if item.days_in_stock_56d >= SURE_AFTER_DAYS:
        return Confidence.HIGH
    return Confidence.MEDIUM if item.days_in_stock_56d >= LIKELY_AFTER_DAYS else Confidence.LOW


def evidence_of_item(reading: Reading, item: StockSignal) -> list[Evidence]:
    label = f"Stock of {name_of(item)}"
    return [wording.signals_of(reading, label, Kind.REORDER, subject_of(item))]


def options_of(reading: Reading, quantity: int, cost: Decimal | None) -> list[dict[str, str | int]]:
    ordered: dict[str, str | int] = {"option": "order", "units": quantity}
    if cost is not None:
        ordered["cost"] = f"{wording.rounded(cost, reading.currency):f}"
    return [ordered, {"option": "let it run out", "units": 0}]


def _cost(item: StockSignal) -> Decimal | None:
    return None if item.unit_cost is None else item.unit_cost * item.reorder_quantity
