"""One reading of a shop: everything that rules look at, from one snapshot."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, TextClause, text
from sqlalchemy.orm import Session

from hotdash.base.clock import local_day, parse_iso
from hotdash.base.errors import NotFoundError
from hotdash.storage.appdb.repositories.signals.found import (
    LIKELY_FROM,
    AnomalySignal,
    Foretold,
    IdleStock,
    LinkSignal,
)

MONTH_DAYS = 28
PARCELS_SINCE = timedelta(days=60)
INVENTORY, BREACHES, SHIPMENTS = "fct_inventory", "fct_sla_events", "fct_fulfillments"
TALKS = "fct_conversations"
PAGES, CAMPAIGNS, SALES = "fct_landing_pages", "fct_roas", "fct_revenue"


@dataclass(frozen=True, slots=True)
class StockSignal:
    """An item that runs out sooner than it can be refilled, by what it sold (`is_due`) or by its forecast.

    Others are told where somebody decided about them.
    """

    inventory_item_id: int
    sku: str | None
    product_title: str | None
    variant_title: str | None
    supplier: str | None
    as_of_day: date
    available: int
    units_sold_56d: int
    days_in_stock_56d: int
    lead_time_days: int
    days_of_stock: int | None
    reorder_quantity: int
    units_short: int
    money_at_risk: Decimal | None
    unit_cost: Decimal | None
    is_out_of_stock: bool
    is_due: bool = True
    foretold: Foretold | None = None


@dataclass(frozen=True, slots=True)
class BreachSignal:
    """A promise that was broken and is not made good, in a conversation that is not resolved."""

    conversation_id: int
    kind: str
    breached_at: datetime
    opened_at: datetime
    priority: str | None

    @property
    def promised_minutes(self) -> int:
        return int((self.breached_at - self.opened_at) / timedelta(minutes=1))


@dataclass(frozen=True, slots=True)
class CarrierSignal:
    """Parcels that have left, should have arrived and have not; with the merchandise of their orders."""

    carrier: str
    parcels: int
    promised_by_carrier: int
    oldest_promise: date
    order_value: Decimal | None


@dataclass(frozen=True, slots=True)
class PageSignal:
    page: str
    day: date
    sessions_7d: int
    sessions_previous_7d: int
    is_anomaly: bool
    sessions_28d: int
    purchases_28d: int


@dataclass(frozen=True, slots=True)
class CampaignSignal:
    """What a campaign cost and brought in the 28 days that end with the last complete one."""

    platform: str
    campaign: str
    spend: Decimal
    revenue: Decimal | None
    clicks: int | None
    orders: int | None
    days: int
    is_known: bool


@dataclass(frozen=True, slots=True)
class SourceSignal:
    source: str
    is_connected: bool
    complete_through: datetime | None = None
    state: str | None = None
    since: datetime | None = None
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Sales:
    """Merchandise after discounts and refunds, of the last 28 complete days and of the newest of them."""

    merchandise: Decimal
    orders: int
    days: int
    last: date
    last_day: Decimal | None = None
    last_day_orders: int | None = None

    @property
    def per_order(self) -> Decimal | None:
        return self.merchandise / self.orders if self.orders else None

    @property
    def per_day(self) -> Decimal:
        return self.merchandise / self.days if self.days else Decimal(0)


@dataclass(frozen=True, slots=True)
class Issues:
    issues: int
    unfulfilled_late: int
    failed: int
    exceptions: int
    orders: Sequence[int]


@dataclass(frozen=True, slots=True)
class Reading:
    """What is published and how sources stand; a mart that is not among `marts` was never published."""

    shop_id: str
    timezone: str
    currency: str
    now: datetime
    manifest: UUID | None = None
    marts: Mapping[str, datetime] = field(default_factory=dict[str, datetime])
    stock: Sequence[StockSignal] = ()
    breaches: Sequence[BreachSignal] = ()
    carriers: Sequence[CarrierSignal] = ()
    pages: Sequence[PageSignal] = ()
    campaigns: Sequence[CampaignSignal] = ()
    unread_platforms: frozenset[str] = frozenset()
    sources: Sequence[SourceSignal] = ()
    stale_after: Mapping[str, timedelta] = field(default_factory=dict[str, timedelta])
    sales: Sales | None = None
    issues: Issues | None = None
    idle: IdleStock | None = None
    looked_to: date | None = None
    anomalies: Sequence[AnomalySignal] = ()
    anomaly_ends: Mapping[str, str] = field(default_factory=dict[str, str])
    """By id, of those that somebody decided about in the queue."""

    links: Sequence[LinkSignal] = ()

    def day_of(self, mart: str) -> date:
        """The shop's day up to which the mart is known."""
        return local_day(self.marts.get(mart, self.now), self.timezone)

    def last_complete(self, mart: str) -> date:
        return self.day_of(mart) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Watched:
    """What somebody decided about: told whether or not it still stands out."""

    pages: Collection[str] = ()
    items: Collection[str] = ()
    anomalies: Collection[str] = ()


NOTHING_WATCHED = Watched()


def load_reading(
    session: Session,
    shop_id: str,
    now: datetime,
    *,
    stale_after: Mapping[str, timedelta] | None = None,
    watched: Watched = NOTHING_WATCHED,
) -> Reading:
    """Its statements agree with each other only where the session is a snapshot."""
    bare = _bare(session, shop_id, now)
    asked = _Asked(session, bare, watched)
    return replace(
        bare,
        stock=asked.stock(),
        breaches=[BreachSignal(**row) for row in asked.rows("breaches")],
        carriers=[CarrierSignal(**row) for row in asked.rows("carriers")],
        pages=[PageSignal(**row) for row in asked.rows("pages")],
        campaigns=[CampaignSignal(**row) for row in asked.rows("campaigns")],
        unread_platforms=frozenset(row["platform"] for row in asked.rows("unread_platforms")),
        sources=[SourceSignal(**row) for row in asked.rows("sources")],
        stale_after=dict(stale_after or {}),
        sales=asked.sales(),
        issues=asked.issues(),
        idle=asked.idle(),
        looked_to=next((row["last_day"] for row in asked.rows("looked")), None),
        anomalies=[AnomalySignal(**row) for row in asked.rows("ringing")],
        anomaly_ends={str(row["anomaly_id"]): row["state"] for row in asked.rows("anomaly_ends")},
    )


def load_rows(
    session: Session, shop_id: str, now: datetime, statement: str, **named: str
) -> list[dict[str, Any]]:
    """The rows behind one subject, by the statement that its kind asks."""
    bare = _bare(session, shop_id, now)
    today, last = bare.day_of(SHIPMENTS), bare.last_complete(CAMPAIGNS)
    given: dict[str, Any] = {
        "shop_id": shop_id,
        "today": today,
        "since": today - PARCELS_SINCE,
        "first": last - timedelta(days=MONTH_DAYS - 1),
        "last": last,
    }
    asked = _statement(statement)
    wanted = {name: value for name, value in (given | named).items() if f":{name}" in asked.text}
    return [dict(row) for row in session.execute(asked, wanted).mappings()]


def _bare(session: Session, shop_id: str, now: datetime) -> Reading:
    of_shop = {"shop_id": shop_id}
    shop = session.execute(_statement("shop"), of_shop).mappings().one_or_none()
    if shop is None:
        raise NotFoundError(
            f"There is no shop {shop_id!r}.",
            hint="Choose one of the shops in the list.",
            field="shop",
        )
    published: Mapping[str, Mapping[str, str]] = shop["marts"] or {}
    marts = {name: _known_to(as_of, now) for name, as_of in published.items()}
    return Reading(*(shop_id, shop["timezone"], shop["currency"], now, shop["manifest_id"], marts))


@dataclass(frozen=True, slots=True)
class _Asked:
    session: Session
    bare: Reading
    watched: Watched

    def rows(self, name: str) -> Sequence[RowMapping]:
        return self.session.execute(_statement(name), self._given(name)).mappings().all()

    def stock(self) -> list[StockSignal]:
        rows = [dict(row) for row in self.rows("stock")]
        return [StockSignal(foretold=Foretold.taken_from(row), **row) for row in rows]

    def idle(self) -> IdleStock | None:
        [row] = self.rows("idle")
        return IdleStock(**row) if row["as_of_day"] else None

    def sales(self) -> Sales | None:
        [row] = self.rows("sales")
        last = self.bare.last_complete(SALES)
        if not row["days"]:
            return None
        of_day = row["last_day"], row["last_day_orders"]
        return Sales(row["merchandise"], row["orders"] or 0, row["days"], last, *of_day)

    def issues(self) -> Issues | None:
        [row] = self.rows("issues")
        if SHIPMENTS not in self.bare.marts:
            return None
        counted = row["issues"], row["unfulfilled_late"], row["failed"], row["exceptions"]
        return Issues(*counted, sorted(row["orders"] or ()))

    def _given(self, name: str) -> dict[str, Any]:
        bare = self.bare
        given: dict[str, Any] = {"shop_id": bare.shop_id}
        today = bare.day_of(SHIPMENTS)
        if name == "carriers":
            given |= {"today": today, "since": today - PARCELS_SINCE}
        elif name == "issues":
            given["since"] = today - PARCELS_SINCE
        elif name == "pages":
            given["watched"] = sorted(self.watched.pages)
        elif name == "stock":
            given |= {"items": sorted(self.watched.items), "likely_from": LIKELY_FROM}
        elif name == "anomaly_ends":
            given["anomalies"] = sorted(self.watched.anomalies)
        elif name in ("campaigns", "unread_platforms", "sales"):
            last = bare.last_complete(SALES if name == "sales" else CAMPAIGNS)
            given |= {"first": last - timedelta(days=MONTH_DAYS - 1), "last": last}
        return given


def _known_to(as_of: Mapping[str, str] | None, now: datetime) -> datetime:
    """As its slowest source."""
    return min([now, *map(parse_iso, (as_of or {}).values())])


@cache
def _statement(name: str) -> TextClause:
    return text(Path(__file__).with_name(f"{name}.sql").read_text(encoding="utf-8"))


def breaches_of(
    session: Session, shop_id: str, conversations: Collection[int]
) -> list[BreachSignal]:
    """The first broken promise of each, made good or not."""
    given = {"shop_id": shop_id, "conversations": sorted(conversations)}
    found = session.execute(_statement("breached"), given).mappings()
    return [BreachSignal(**row) for row in found]
