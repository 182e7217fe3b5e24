"""Forecasts and the stock plan as the API and the command line tell them: days in ISO, amounts as texts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hotdash.base.clock import iso_utc
from hotdash.storage.appdb.repositories.forecasts import (
    ForecastRecord,
    StockList,
    StockPlanRecord,
    StockTotals,
)


def forecasts_document(shop_id: str, found: Mapping[str, ForecastRecord]) -> dict[str, Any]:
    return {
        "shop": shop_id,
        "forecasts": [
            {
                "subject": each.subject,
                "made_at": iso_utc(each.made_at),
                "publication": str(each.publication_id) if each.publication_id else None,
                "document": dict(each.document),
            }
            for each in found.values()
        ],
    }


def stock_document(
    shop_id: str,
    currency: str,
    totals: StockTotals,
    chosen: StockList,
    items: Sequence[StockPlanRecord],
    next_offset: int | None,
) -> dict[str, Any]:
    return {
        "shop": shop_id,
        "currency": currency,
        "list": chosen.value,
        "totals": _plain(asdict(totals)),
        "items": [_item(each) for each in items],
        "next_offset": next_offset,
    }


def _item(each: StockPlanRecord) -> dict[str, Any]:
    told = {name: value for name, value in asdict(each).items() if name != "shop_id"}
    return _plain(told)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _text(value) for name, value in values.items()}


def _text(value: Any) -> Any:
    match value:
        case Decimal():
            return f"{value:f}"
        case datetime():
            return iso_utc(value)
        case date():
            return value.isoformat()
        case _:
            return value
