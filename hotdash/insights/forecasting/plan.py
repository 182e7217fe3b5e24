"""The items of a shop as they are published, and what their forecast makes of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from hotdash.base.money import quantum
from hotdash.insights.forecasting.demand import (
    HORIZONS,
    LEAST_KNOWN,
    METHODS,
    DemandForecast,
    DemandRanges,
    Floats,
    forecast_demand,
    ranges_of,
)
from hotdash.insights.forecasting.documents import amount
from hotdash.insights.forecasting.stock import (
    NEVER,
    WARNED_FROM,
    StockOnHand,
    StockOutlook,
    stock_outlook,
    whole,
)
from hotdash.insights.operations.settings import known_setting
from hotdash.insights.statements import statement
from hotdash.storage.appdb.repositories.forecasts import StockPlanRecord

DAYS_READ = 730
_UNITS, _CHANCE = Decimal("0.0001"), Decimal("0.0001")
_MOST_PERCENT = 99.9
_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Planned:
    found: DemandForecast
    ranges: DemandRanges
    records: Sequence[StockPlanRecord]


def plan_stock(session: Session, shop_id: str, last: date, now: datetime) -> Planned | None:
    """`last` is the newest complete day of demand; None where no item is published."""
    items = _items(session, shop_id)
    if not items:
        return None
    demand = read_demand(session, shop_id, items, last)
    is_known_long = np.isfinite(demand).sum(axis=1) >= LEAST_KNOWN
    found = forecast_demand(demand)
    ranges = ranges_of(found)
    outlook = stock_outlook(found, ranges, _on_hand(items))
    # Of what was hardly ever seen nobody knows how long it lasts.
    outlook = replace(outlook, overstock=np.where(is_known_long, outlook.overstock, 0))
    records = [
        _record(shop_id, item, place, found, ranges, outlook, now)
        for place, item in enumerate(items)
    ]
    return Planned(found, ranges, records)


def read_demand(
    session: Session, shop_id: str, items: Sequence[Mapping[str, Any]], last: date
) -> Floats:
    """By item and day, NaN where it could not be bought or nobody has read.

    Shopify keeps no past stock: from before it was read an item counts as there since its first sale.
    """
    demand = np.full((len(items), DAYS_READ), np.nan)
    rows = {item["inventory_item_id"]: place for place, item in enumerate(items)}
    read_from = np.full(len(items), DAYS_READ)
    for item, places, sold in _told_by_item(session, "demand_days.sql", shop_id, last):
        if item in rows:
            demand[rows[item], places] = sold
            # Days on which it was out were read as well.
            read_from[rows[item]] = places[0]
    for item, places, sold in _told_by_item(session, "sold_before.sql", shop_id, last):
        if item in rows and places[0] < read_from[rows[item]]:
            is_before = places < read_from[rows[item]]
            demand[rows[item], places[0] : read_from[rows[item]]] = 0
            demand[rows[item], places[is_before]] = sold[is_before]
    known = np.flatnonzero(np.isfinite(demand).any(axis=0))
    return demand[:, known[0] :] if len(known) else demand[:, :0]


def _told_by_item(
    session: Session, name: str, shop_id: str, last: date
) -> Iterator[tuple[int, NDArray[np.intp], Floats]]:
    """By item the days on which something is known, and the units."""
    asked = {"shop_id": shop_id, "first": last - timedelta(days=DAYS_READ - 1), "last": last}
    found = session.execute(
        statement(__file__, name), asked, execution_options={"stream_results": True}
    )
    for part in found.partitions(_ROWS_AT_ONCE):
        for item, places, sold in part:
            yield item, np.array(places, dtype=np.intp), np.array(sold, dtype=np.float64)


def _items(session: Session, shop_id: str) -> list[dict[str, Any]]:
    defaults = {name: known_setting(name).default for name in ("cover_days", "service_percent")}
    asked = {"shop_id": shop_id} | defaults
    found = session.execute(statement(__file__, "items.sql"), asked).mappings()
    return [dict(row) for row in found]


def _on_hand(items: Sequence[Mapping[str, Any]]) -> StockOnHand:
    def column(name: str) -> list[int]:
        return [item[name] or 0 for item in items]

    percent = np.array(column("service_percent"), dtype=np.float64)
    return StockOnHand(
        available=whole(column("available")),
        incoming=whole(column("incoming")),
        lead_days=whole(column("lead_time_days")),
        cover_days=whole(column("cover_days")),
        overstock_days=whole(column("overstock_days")),
        pack_size=np.maximum(whole(column("pack_size")), 1),
        service=np.clip(percent, 1.0, _MOST_PERCENT) / 100,
    )


def _record(
    shop_id: str,
    item: Mapping[str, Any],
    place: int,
    found: DemandForecast,
    ranges: DemandRanges,
    outlook: StockOutlook,
    now: datetime,
) -> StockPlanRecord:
    month = HORIZONS.index(28)
    cent = quantum(item["currency"])
    short = amount(outlook.short[place], _UNITS)
    quantity, too_many = int(outlook.reorder_quantity[place]), int(outlook.overstock[place])
    noticed = float(outlook.run_out_noticed[place])
    is_dead = bool(item["is_dead"])

    def worth(units: Decimal | int, each: Decimal | None) -> Decimal | None:
        return None if each is None else (units * each).quantize(cent, rounding=ROUND_HALF_UP)

    def units(values: Floats) -> Decimal:
        return amount(values[place, month], _UNITS)

    def day(lasts: int) -> date | None:
        return None if lasts == NEVER else item["as_of_day"] + timedelta(days=lasts)

    return StockPlanRecord(
        shop_id=shop_id,
        inventory_item_id=item["inventory_item_id"],
        as_of_day=item["as_of_day"],
        made_at=now,
        sku=item["sku"],
        product_title=item["product_title"],
        variant_title=item["variant_title"],
        supplier=item["supplier"],
        method=METHODS[int(found.method[place])],
        is_intermittent=bool(found.intermittent[place]),
        is_own_range=bool(ranges.is_own[place, month]),
        available=item["available"],
        incoming=item["incoming"] or 0,
        lead_time_days=item["lead_time_days"],
        service_percent=item["service_percent"],
        pack_size=item["pack_size"],
        daily=amount(outlook.daily[place], _UNITS),
        expected_28d=units(ranges.expected),
        low_28d=units(ranges.low),
        high_28d=units(ranges.high),
        out_on=day(int(outlook.lasts[place])),
        out_earliest=day(int(outlook.earliest[place])),
        out_latest=day(int(outlook.latest[place])),
        run_out=amount(outlook.run_out[place], _CHANCE),
        run_out_noticed=amount(noticed, _CHANCE),
        is_warned=noticed >= WARNED_FROM and float(outlook.daily[place]) > 0,
        units_short=short,
        money_at_risk=worth(short, item["price"]),
        reorder_point=int(outlook.reorder_point[place]),
        reorder_quantity=quantity,
        order_cost=worth(quantity, item["unit_cost"]),
        overstock_units=too_many,
        overstock_value=worth(too_many, item["unit_cost"]),
        is_dead=is_dead,
        dead_value=item["stock_value"] if is_dead else None,
    )
