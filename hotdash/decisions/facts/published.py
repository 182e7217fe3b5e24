"""What a publication tells as facts: sales, issues, stock, escalations and pages that lost their visitors."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from hotdash.decisions.facts.types import (
    Escalations,
    Fact,
    FactType,
    FulfillmentIssues,
    InventoryAlert,
    InventoryAlerts,
    SalesSummary,
    SessionAnomaly,
)
from hotdash.storage.appdb.repositories.signals.reading import (
    BREACHES,
    INVENTORY,
    PAGES,
    PARCELS_SINCE,
    SALES,
    SHIPMENTS,
    BreachSignal,
    PageSignal,
    Reading,
)

MOST_LISTED = 100
RUNNING_OUT = "days_of_stock < lead_time_days"
# A week beside the week before stays low for seven days: it is one anomaly, told once.
TOLD_FOR = timedelta(days=7)
_FINE = Decimal("0.0001")


def facts_of(reading: Reading) -> Iterator[Fact]:
    """Those that are told anew when they change."""
    if reading.manifest is None:
        return
    if SALES in reading.marts and reading.sales and reading.sales.last_day is not None:
        yield _sales(reading, reading.sales.last_day, reading.sales.last_day_orders or 0)
    if SHIPMENTS in reading.marts and reading.issues is not None:
        yield _issues(reading)
    if INVENTORY in reading.marts:
        yield _stock(reading)
    if BREACHES in reading.marts:
        yield _escalations(reading)


def anomalies_of(reading: Reading) -> Iterator[Fact]:
    """One per page; who keeps them leaves out pages that were told in the last seven days."""
    if PAGES in reading.marts:
        for page in reading.pages:
            if page.is_anomaly:
                yield _anomaly(reading, page)


def escalations(breaches: Sequence[BreachSignal]) -> Escalations:
    """Of a conversation with several broken promises the first one counts."""
    first: dict[int, BreachSignal] = {}
    for breach in sorted(breaches, key=lambda each: each.breached_at):
        first.setdefault(breach.conversation_id, breach)
    return Escalations(
        breached_ids=sorted(first),
        breach_times={str(number): each.breached_at for number, each in sorted(first.items())},
        sla_minutes={str(number): each.promised_minutes for number, each in sorted(first.items())},
    )


def _key(reading: Reading) -> str:
    return f"{reading.manifest}"


def _sales(reading: Reading, merchandise: Decimal, orders: int) -> Fact:
    assert reading.sales is not None
    summary = SalesSummary(
        day=reading.sales.last,
        timezone=reading.timezone,
        currency=reading.currency,
        orders=orders,
        merchandise=f"{merchandise:f}",
    )
    evidence = f"/api/v1/metrics/query?shop={reading.shop_id}&metric=revenue&by=day"
    return Fact(FactType.SALES, _key(reading), reading.now, summary, merchandise, evidence)


def _issues(reading: Reading) -> Fact:
    found = reading.issues
    assert found is not None
    told = FulfillmentIssues(
        since=reading.day_of(SHIPMENTS) - PARCELS_SINCE,
        unfulfilled_late=found.unfulfilled_late,
        failed=found.failed,
        exceptions=found.exceptions,
        orders=list(found.orders[:MOST_LISTED]),
    )
    value = Decimal(found.issues)
    return Fact(FactType.FULFILLMENT, _key(reading), reading.now, told, value)


def _stock(reading: Reading) -> Fact:
    """By the count alone, as the threshold says: what forecasts see besides is no such alert."""
    alerts = [item for item in reading.stock if item.is_due]
    at_risk = sum((item.money_at_risk or Decimal(0) for item in alerts), Decimal(0))
    worst = sorted(alerts, key=lambda item: (-(item.money_at_risk or 0), item.units_short))
    told = InventoryAlerts(
        generated_at=reading.now,
        thresholds={"running_out": RUNNING_OUT},
        currency=reading.currency,
        money_at_risk=f"{at_risk:f}",
        items=[
            InventoryAlert(
                inventory_item_id=item.inventory_item_id,
                sku=item.sku,
                available=item.available,
                days_of_stock=item.days_of_stock,
                lead_time_days=item.lead_time_days,
                units_short=item.units_short,
            )
            for item in worst[:MOST_LISTED]
        ],
    )
    value = Decimal(len(alerts))
    return Fact(FactType.INVENTORY, _key(reading), reading.now, told, value)


def _escalations(reading: Reading) -> Fact:
    told = escalations(reading.breaches)
    value = Decimal(len(told.breached_ids))
    return Fact(FactType.ESCALATIONS, _key(reading), reading.now, told, value)


def _anomaly(reading: Reading, page: PageSignal) -> Fact:
    lost = page.sessions_previous_7d - page.sessions_7d
    change = (-Decimal(lost) / page.sessions_previous_7d).quantize(_FINE)
    told = SessionAnomaly(
        property_id=None,
        first_day=page.day - timedelta(days=6),
        last_day=page.day,
        landing_page=page.page,
        sessions=page.sessions_7d,
        sessions_week_before=page.sessions_previous_7d,
        week_over_week=f"{change:f}",
    )
    key = f"{page.page}:{page.day}"
    return Fact(FactType.ANOMALIES, key, reading.now, told, Decimal(lost))
