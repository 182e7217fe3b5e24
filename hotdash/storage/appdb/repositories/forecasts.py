"""What was expected of a shop: each day's word of each subject, and the newest plan of its stock."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import InstrumentedAttribute, Session

from hotdash.storage.appdb.models.forecasts import KeptForecast, StockPlan

_ROWS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class ForecastRecord:
    shop_id: str
    subject: str
    known_to: date
    made_at: datetime
    publication_id: UUID | None
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StockPlanRecord:
    shop_id: str
    inventory_item_id: int
    as_of_day: date
    made_at: datetime
    sku: str | None
    product_title: str | None
    variant_title: str | None
    supplier: str | None
    method: str
    is_intermittent: bool
    is_own_range: bool
    available: int
    incoming: int
    lead_time_days: int
    service_percent: int
    pack_size: int
    daily: Decimal
    expected_28d: Decimal
    low_28d: Decimal
    high_28d: Decimal
    out_on: date | None
    out_earliest: date | None
    out_latest: date | None
    run_out: Decimal
    run_out_noticed: Decimal
    is_warned: bool
    units_short: Decimal
    money_at_risk: Decimal | None
    reorder_point: int
    reorder_quantity: int
    order_cost: Decimal | None
    overstock_units: int
    overstock_value: Decimal | None
    is_dead: bool
    dead_value: Decimal | None

    @property
    def name(self) -> str:
        variant = None if self.variant_title == "Default Title" else self.variant_title
        told = " · ".join(filter(None, (self.product_title, variant)))
        return told or self.sku or f"item {self.inventory_item_id}"


class StockList(StrEnum):
    WARNED = "warned"
    REORDER = "reorder"
    OVERSTOCK = "overstock"
    DEAD = "dead"
    ALL = "all"


_LISTED: Mapping[StockList, Sequence[ColumnElement[bool] | InstrumentedAttribute[bool]]] = {
    StockList.WARNED: (StockPlan.is_warned,),
    StockList.REORDER: (StockPlan.reorder_quantity > 0,),
    StockList.OVERSTOCK: (StockPlan.overstock_units > 0, ~StockPlan.is_dead),
    StockList.DEAD: (StockPlan.is_dead,),
    StockList.ALL: (),
}
_ORDERED = {
    StockList.OVERSTOCK: StockPlan.overstock_value.desc().nulls_last(),
    StockList.DEAD: StockPlan.dead_value.desc().nulls_last(),
}
_BY_RISK = StockPlan.money_at_risk.desc().nulls_last()


@dataclass(frozen=True, slots=True)
class StockTotals:
    items: int
    warned: int
    to_reorder: int
    money_at_risk: Decimal | None
    order_cost: Decimal | None
    overstocked: int
    overstock_value: Decimal | None
    dead: int
    dead_value: Decimal | None
    as_of_day: date | None
    made_at: datetime | None


def keep_forecasts(
    session: Session, records: Sequence[ForecastRecord], *, in_hindsight: bool = False
) -> None:
    """A second word of the same day replaces the first, but none that was found out later."""
    for each in records:
        values = asdict(each)
        told = {name: values[name] for name in ("made_at", "publication_id", "document")}
        keys = [KeptForecast.shop_id, KeptForecast.subject, KeptForecast.known_to]
        kept = upsert(KeptForecast).values(values)
        session.execute(
            kept.on_conflict_do_nothing(index_elements=keys)
            if in_hindsight
            else kept.on_conflict_do_update(index_elements=keys, set_=told)
        )


def forget_forecasts(session: Session, before: date) -> None:
    session.execute(delete(KeptForecast).where(KeptForecast.known_to < before))


def latest_forecasts(
    session: Session, shop_id: str, until: date | None = None
) -> dict[str, ForecastRecord]:
    """Of each subject the newest that knew no later day."""
    query = select(KeptForecast).where(KeptForecast.shop_id == shop_id)
    if until is not None:
        query = query.where(KeptForecast.known_to <= until)
    newest = query.ext(distinct_on(KeptForecast.subject)).order_by(
        KeptForecast.subject, KeptForecast.known_to.desc()
    )
    return {row.subject: _record(row) for row in session.scalars(newest)}


def find_forecast(
    session: Session, shop_id: str, subject: str, known_to: date
) -> ForecastRecord | None:
    row = session.get(KeptForecast, (shop_id, subject, known_to))
    return None if row is None else _record(row)


def keep_stock_plan(session: Session, shop_id: str, plan: Sequence[StockPlanRecord]) -> None:
    """The whole plan of the shop in place of the one before."""
    session.execute(delete(StockPlan).where(StockPlan.shop_id == shop_id))
    for first in range(0, len(plan), _ROWS_AT_ONCE):
        rows = [asdict(each) for each in plan[first : first + _ROWS_AT_ONCE]]
        session.execute(insert(StockPlan), rows)


def list_stock(
    session: Session,
    shop_id: str,
    chosen: StockList = StockList.WARNED,
    *,
    limit: int,
    offset: int = 0,
) -> list[StockPlanRecord]:
    """What is at stake first; items alike by their id."""
    found = session.scalars(
        select(StockPlan)
        .where(StockPlan.shop_id == shop_id, *_LISTED[chosen])
        .order_by(
            _ORDERED.get(chosen, _BY_RISK),
            StockPlan.out_on.asc().nulls_last(),
            StockPlan.inventory_item_id,
        )
        .limit(limit)
        .offset(offset)
    )
    return [_plan(row) for row in found]


def stock_totals(session: Session, shop_id: str) -> StockTotals:
    """Of all items, however long a list is."""
    plan = StockPlan
    asked = select(
        func.count().label("items"),
        func.count().filter(plan.is_warned).label("warned"),
        func.count().filter(plan.reorder_quantity > 0).label("to_reorder"),
        func.sum(plan.money_at_risk).filter(plan.is_warned).label("money_at_risk"),
        func.sum(plan.order_cost).label("order_cost"),
        func.count().filter(*_LISTED[StockList.OVERSTOCK]).label("overstocked"),
        func.sum(plan.overstock_value).filter(~plan.is_dead).label("overstock_value"),
        func.count().filter(plan.is_dead).label("dead"),
        func.sum(plan.dead_value).label("dead_value"),
        func.max(plan.as_of_day).label("as_of_day"),
        func.max(plan.made_at).label("made_at"),
    ).where(plan.shop_id == shop_id)
    return StockTotals(**session.execute(asked).mappings().one())


def _record(row: KeptForecast) -> ForecastRecord:
    return ForecastRecord(
        row.shop_id, row.subject, row.known_to, row.made_at, row.publication_id, row.document
    )


def _plan(row: StockPlan) -> StockPlanRecord:
    return StockPlanRecord(**{name: getattr(row, name) for name in StockPlanRecord.__slots__})
