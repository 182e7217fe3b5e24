"""The shapes of forecasts and of the stock plan."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from hotdash.entrypoints.web.api.schemas import Shape
from hotdash.storage.appdb.repositories.forecasts import StockList


class ForecastShape(Shape):
    subject: str
    made_at: datetime
    publication: UUID | None
    document: Annotated[
        dict[str, Any],
        Field(
            description="What was told: of a series its days, sums, scores and coverage; `proven` is the"
            " error of methods chosen so before each window, held of judged how often a range held."
        ),
    ]


class ForecastsAnswer(Shape):
    shop: str
    forecasts: list[ForecastShape]


class StockTotalsShape(Shape):
    """Over all items, however long the list is."""

    items: int
    warned: int
    to_reorder: int
    money_at_risk: str | None
    order_cost: str | None
    overstocked: int
    overstock_value: str | None
    dead: int
    dead_value: str | None
    as_of_day: date | None
    made_at: datetime | None


class StockItemShape(Shape):
    """run_out is the probability within the lead time, run_out_noticed within two weeks more."""

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
    daily: str
    expected_28d: str
    low_28d: str
    high_28d: str
    out_on: date | None
    out_earliest: date | None
    out_latest: date | None
    run_out: str
    run_out_noticed: str
    is_warned: bool
    units_short: str
    money_at_risk: str | None
    reorder_point: int
    reorder_quantity: int
    order_cost: str | None
    overstock_units: int
    overstock_value: str | None
    is_dead: bool
    dead_value: str | None


class StockAnswer(Shape):
    shop: str
    currency: str
    list: StockList
    totals: StockTotalsShape
    items: Sequence[StockItemShape]
    next_offset: int | None
