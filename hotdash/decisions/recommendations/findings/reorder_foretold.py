"""Reorder what its forecast says will run out before a refill that is ordered today or in two weeks."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from hotdash.base.money import in_words
from hotdash.base.stock_notice import NOTICE_DAYS, NOTICE_IN_WORDS
from hotdash.decisions.recommendations import wording
from hotdash.decisions.recommendations.contract import Confidence, Kind, Proposal
from hotdash.decisions.recommendations.rules.reorder import (
    evidence_of_item,
    magnitude_of,
    name_of,
    options_of,
    pieces_short,
    subject_of,
)
from hotdash.storage.appdb.repositories.signals.found import LIKELY_FROM, Foretold
from hotdash.storage.appdb.repositories.signals.reading import INVENTORY, Reading, StockSignal

SURE_FROM = Decimal("0.8")


class ReorderForetold:
    """The impact is what is expected to be asked for within the lead time and not to be there, at its price."""

    name = "forecasts/reorder@1"

    def judges(self, reading: Reading) -> frozenset[Kind]:
        return frozenset({Kind.REORDER} if INVENTORY in reading.marts else ())

    def propose(self, reading: Reading, now: datetime) -> Iterator[Proposal]:
        del now
        for item in reading.stock:
            if item.foretold is not None and item.foretold.is_asked:
                yield _proposal(reading, item, item.foretold)

    def measure(self, reading: Reading, kind: Kind, subject: str) -> Decimal | None:
        """Told with all other items by the rule."""
        del reading, kind, subject
        return None


def order_by(item: StockSignal, told: Foretold) -> date | None:
    """The last day on which an order would still be there when it runs out, by what is expected."""
    return None if told.out_on is None else told.out_on - timedelta(days=item.lead_time_days)


def _proposal(reading: Reading, item: StockSignal, told: Foretold) -> Proposal:
    name, loss = name_of(item), told.expected_loss
    last_day = order_by(item, told) or item.as_of_day + timedelta(days=NOTICE_DAYS)
    is_money = loss is not None and loss > 0
    return Proposal(
        kind=Kind.REORDER,
        subject=subject_of(item),
        title=f"Reorder {name}",
        reason=_reason(reading, item, told, name),
        confidence=_confidence(told),
        deadline=wording.end_of(max(last_day, item.as_of_day), reading.timezone),
        evidence=evidence_of_item(reading, item),
        verb=f"Order {wording.counted(told.planned_quantity, 'piece')}",
        weight=loss or Decimal(0),
        magnitude=magnitude_of(item),
        metric="units_short",
        measured=pieces_short(item),
        impact_amount=wording.rounded(loss, reading.currency) if loss and is_money else None,
        impact_text=None
        if is_money
        else f"{wording.percent(told.run_out_noticed)} to run out, with {NOTICE_IN_WORDS} of notice",
        options=options_of(reading, told.planned_quantity, told.order_cost),
        features={
            "available": item.available,
            "lead_time_days": item.lead_time_days,
            "days_of_stock": (told.out_on - item.as_of_day).days if told.out_on else None,
            "reorder_quantity": told.planned_quantity,
            "supplier": item.supplier,
            "daily": f"{told.daily:f}",
            "run_out": f"{told.run_out:f}",
            "run_out_noticed": f"{told.run_out_noticed:f}",
            "expected_short": f"{told.expected_short:f}",
        },
    )


def _reason(reading: Reading, item: StockSignal, told: Foretold, name: str) -> str:
    """What is out has no chance to run out and no day on which it will."""
    stands = "is out of stock" if item.is_out_of_stock else f"has {item.available:,} left"
    refill = f"a refill takes {wording.counted(item.lead_time_days, 'day')}"
    daily = f"Its forecast of {wording.times(told.daily)} a day"
    parts = [f"{name} {stands}, and {refill}."]
    if item.is_out_of_stock:
        parts.append(f"{daily} leaves {_missing(reading, told)}.")
        return " ".join(parts)
    parts.append(f"{daily} gives {_chance(told)}{_between(told)}; {_missing(reading, told)}.")
    last_day = order_by(item, told)
    if last_day is not None and last_day > item.as_of_day:
        parts.append(f"To be there in time it has to be ordered by {wording.day(last_day)}.")
    return " ".join(parts)


def _chance(told: Foretold) -> str:
    chance = f"{wording.percent(told.run_out)} that it runs out before a refill"
    if told.run_out >= LIKELY_FROM:
        return chance
    return (
        f"{chance}, {wording.percent(told.run_out_noticed)} if it is ordered in {NOTICE_IN_WORDS}"
    )


def _between(told: Foretold) -> str:
    if told.out_earliest is None or told.out_latest is None:
        return ""
    return f", between {wording.day(told.out_earliest)} and {wording.day(told.out_latest)}"


def _missing(reading: Reading, told: Foretold) -> str:
    pieces = f"{wording.times(told.expected_short)} pieces are expected to be missing"
    if not told.expected_loss:
        return pieces
    return f"{pieces}, worth {in_words(told.expected_loss, reading.currency)}"


def _confidence(told: Foretold) -> Confidence:
    """Low is what runs out before a refill only if nobody orders for two weeks."""
    if told.run_out >= SURE_FROM:
        return Confidence.HIGH
    return Confidence.MEDIUM if told.run_out >= LIKELY_FROM else Confidence.LOW
