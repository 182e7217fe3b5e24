"""Reorder what runs out sooner than it can be refilled."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from hotdash.base.money import in_words
from hotdash.decisions.recommendations import wording
from hotdash.decisions.recommendations.contract import Confidence, Evidence, Kind, Proposal
from hotdash.storage.appdb.repositories.signals.reading import INVENTORY, Reading, StockSignal

SURE_AFTER_DAYS, LIKELY_AFTER_DAYS = 28, 14


class Reorder:
    """The impact is what customers will ask for within the lead time and not find, at its price."""

    name = "rules/reorder@1"

    def judges(self, reading: Reading) -> frozenset[Kind]:
        return frozenset({Kind.REORDER} if INVENTORY in reading.marts else ())

    def propose(self, reading: Reading, now: datetime) -> Iterator[Proposal]:
        del now
        for item in reading.stock:
            yield _proposal(reading, item)

    def measure(self, reading: Reading, kind: Kind, subject: str) -> Decimal | None:
        """What is not running out is short of nothing."""
        if kind not in self.judges(reading):
            return None
        short = {_subject(item): item.units_short for item in reading.stock}
        return Decimal(short.get(subject, 0))


def _subject(item: StockSignal) -> str:
    return f"item:{item.inventory_item_id}"


def _proposal(reading: Reading, item: StockSignal) -> Proposal:
    name = item.sku or item.product_title or f"item {item.inventory_item_id}"
    pieces = wording.counted(item.reorder_quantity, "piece")
    runs_out = item.as_of_day + timedelta(days=item.days_of_stock or 0)
    amount, short = item.money_at_risk, wording.counted(item.units_short, "sale")
    is_money = amount is not None and amount > 0
    return Proposal(
        kind=Kind.REORDER,
        subject=_subject(item),
        title=f"Reorder {name}",
        reason=_reason(reading, item, name),
        confidence=_confidence(item),
        deadline=wording.end_of(runs_out, reading.timezone),
        evidence=_evidence(reading, item, name),
        verb=f"Order {pieces}",
        weight=amount or Decimal(0),
        magnitude=Decimal(item.units_short),
        metric="units_short",
        measured=Decimal(item.units_short),
        impact_amount=wording.rounded(amount, reading.currency) if amount and is_money else None,
        impact_text=None if is_money else f"{short} missed within the lead time",
        options=_options(reading, item),
        features={
            "available": item.available,
            "units_sold_56d": item.units_sold_56d,
            "days_in_stock_56d": item.days_in_stock_56d,
            "lead_time_days": item.lead_time_days,
            "days_of_stock": item.days_of_stock,
            "reorder_quantity": item.reorder_quantity,
            "units_short": item.units_short,
            "supplier": item.supplier,
            **_foretold_features(item),
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
    return (
        f"{name} {stands}, and {refill}: {sold}, so {short} will be missing{lost}.{_foretold(item)}"
    )


def _foretold(item: StockSignal) -> str:
    """What the forecast adds: how likely, and between which days. Nothing of what is out already."""
    if item.run_out is None or item.is_out_of_stock:
        return ""
    told = f" Its forecast gives {wording.percent(item.run_out)} that it runs out before a refill"
    if item.out_earliest is None or item.out_latest is None:
        return f"{told}."
    return f"{told}, between {wording.day(item.out_earliest)} and {wording.day(item.out_latest)}."


def _foretold_features(item: StockSignal) -> dict[str, str]:
    return {} if item.run_out is None else {"run_out": f"{item.run_out:f}"}


def _confidence(item: StockSignal) -> Confidence:
    """By how many days of demand could be seen."""
    if item.days_in_stock_56d >= SURE_AFTER_DAYS:
        return Confidence.HIGH
    return Confidence.MEDIUM if item.days_in_stock_56d >= LIKELY_AFTER_DAYS else Confidence.LOW


def _evidence(reading: Reading, item: StockSignal, name: str) -> list[Evidence]:
    return [wording.signals_of(reading, f"Stock of {name}", Kind.REORDER, _subject(item))]


def _options(reading: Reading, item: StockSignal) -> list[dict[str, str | int]]:
    ordered: dict[str, str | int] = {"option": "order", "units": item.reorder_quantity}
    if item.unit_cost is not None:
        cost = item.unit_cost * item.reorder_quantity
        ordered["cost"] = f"{wording.rounded(cost, reading.currency):f}"
    return [ordered, {"option": "let it run out", "units": 0}]
