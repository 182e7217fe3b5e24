"""Clear stock that nobody buys or that is far more than sells: one question for all of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from hotdash.base.money import in_words
from hotdash.decisions.recommendations import wording
from hotdash.decisions.recommendations.contract import Confidence, Evidence, Kind, Proposal
from hotdash.storage.appdb.repositories.signals.found import IdleStock
from hotdash.storage.appdb.repositories.signals.reading import INVENTORY, Reading

SUBJECT = "stock:idle"
DECIDE_WITHIN = timedelta(days=28)


class ClearStock:
    """What it cost is bound and not lost, so it is said in words; it is ranked as one day of sales at most."""

    name = "forecasts/clear_stock@1"

    def judges(self, reading: Reading) -> frozenset[Kind]:
        """By a plan of the stock as it is published."""
        return frozenset({Kind.CLEAR_STOCK} if _known(reading) else ())

    def propose(self, reading: Reading, now: datetime) -> Iterator[Proposal]:
        del now
        idle = _known(reading)
        if idle and reading.sales and 0 < reading.sales.per_day <= idle.value:
            yield _proposal(reading, idle, reading.sales.per_day)

    def measure(self, reading: Reading, kind: Kind, subject: str) -> Decimal | None:
        idle = _known(reading)
        is_asked = kind is Kind.CLEAR_STOCK and subject == SUBJECT
        return idle.value if idle and is_asked else None


def _known(reading: Reading) -> IdleStock | None:
    idle = reading.idle
    if idle is None or INVENTORY not in reading.marts:
        return None
    return idle if idle.as_of_day >= reading.last_complete(INVENTORY) else None


def _proposal(reading: Reading, idle: IdleStock, day_of_sales: Decimal) -> Proposal:
    bound = in_words(idle.value, reading.currency)
    if idle.dead_unpriced or idle.slow_unpriced:
        bound = f"at least {bound}"
    return Proposal(
        kind=Kind.CLEAR_STOCK,
        subject=SUBJECT,
        title=f"Clear stock that cost {bound} and is not needed",
        reason=" ".join(_sentences(reading, idle)),
        confidence=Confidence.MEDIUM,
        deadline=wording.end_of(idle.as_of_day + DECIDE_WITHIN, reading.timezone),
        evidence=[
            wording.signals_of(reading, "The items", Kind.CLEAR_STOCK, SUBJECT),
            _listed(reading, "What nobody buys", "dead"),
            _listed(reading, "What is too much", "overstock"),
        ],
        verb="Clear it",
        weight=min(idle.value, day_of_sales),
        magnitude=idle.value,
        metric="idle_stock_value",
        measured=idle.value,
        impact_text=f"{bound} bound in it",
        options=[{"option": "mark down"}, {"option": "bundle"}, {"option": "keep it"}],
        features={
            "dead": idle.dead,
            "dead_value": f"{idle.dead_value:f}",
            "dead_unpriced": idle.dead_unpriced,
            "slow": idle.slow,
            "slow_value": f"{idle.slow_value:f}",
            "slow_unpriced": idle.slow_unpriced,
        },
    )


def _sentences(reading: Reading, idle: IdleStock) -> Iterator[str]:
    if idle.dead:
        items = wording.counted(idle.dead, "item")
        known = in_words(idle.dead_value, reading.currency)
        if idle.dead_unpriced == idle.dead:
            yield f"Nobody buys {items} any more; what {_they(idle.dead)} cost is not known."
        else:
            yield f"Nobody buys {items} any more, which cost {_cost(known, idle.dead_unpriced)}."
    if idle.slow:
        items = wording.counted(idle.slow, "item")
        known = in_words(idle.slow_value, reading.currency)
        enough = "there is more than their forecast sells in the days that are thought enough"
        if idle.slow_unpriced == idle.slow:
            yield f"Of {items} {enough}; the cost of what is beyond is not known."
        else:
            yield f"Of {items} {enough}; what is beyond cost {_cost(known, idle.slow_unpriced)}."


def _cost(known: str, unpriced: int) -> str:
    if not unpriced:
        return known
    return f"at least {known}: the cost of {unpriced:,} is not known"


def _they(items: int) -> str:
    return "it" if items == 1 else "they"


def _listed(reading: Reading, label: str, chosen: str) -> Evidence:
    return Evidence(label, f"/api/v1/forecasts/stock?shop={reading.shop_id}&list={chosen}")
