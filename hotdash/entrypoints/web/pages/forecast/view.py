"""What the pages of forecasts show, made of what is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hotdash.entrypoints.web.pages.forecast.drawn import ForecastLine, line_of
from hotdash.insights.tiles import wording
from hotdash.reports.forecast import sentences
from hotdash.storage.appdb.repositories.forecasts import (
    ForecastRecord,
    StockList,
    StockPlanRecord,
    StockTotals,
)

LIST_TITLES = {
    StockList.WARNED: "May run out",
    StockList.REORDER: "To order",
    StockList.OVERSTOCK: "Too much",
    StockList.DEAD: "Dead",
    StockList.ALL: "All items",
}
NOTHING = {
    StockList.WARNED: "No item is likely to run out before it can be refilled.",
    StockList.REORDER: "No item is at its reorder point.",
    StockList.OVERSTOCK: "No item lasts longer than enough.",
    StockList.DEAD: "Every item in stock was sold within 56 days.",
    StockList.ALL: "No item is planned yet.",
}
_SERIES = ("revenue", "orders", "sessions", "conversations")


@dataclass(frozen=True, slots=True)
class SeriesCard:
    name: str
    title: str
    known_to: str
    sums: tuple[str, ...]
    method: str
    coverage: str
    why: str | None
    line: ForecastLine | None
    scores: tuple[tuple[str, str, bool], ...]
    days: tuple[tuple[str, str, str, str], ...]


def cards(found: Mapping[str, ForecastRecord]) -> list[SeriesCard]:
    return [_card(name, found[name].document) for name in _SERIES if name in found]


def _card(name: str, document: Mapping[str, Any]) -> SeriesCard:
    known_to = wording.day(date.fromisoformat(document["known_to"]))
    if document["why"]:
        return SeriesCard(
            name, document["title"], known_to, (), "", "", document["why"], None, (), ()
        )
    kept = document["method"]
    scores = [(each["method"], each["mase"]) for each in document["scores"]]
    scores.append(("seasonal naive, for comparison", document["naive_mase"]))
    return SeriesCard(
        name,
        document["title"],
        known_to,
        tuple(sentences.of_sum(document, each) for each in document["sums"]),
        sentences.of_method(document),
        sentences.of_coverage(document),
        None,
        line_of(document),
        tuple(
            (method, sentences.short(mase) if mase else "not known", method == kept)
            for method, mase in scores
        ),
        tuple(_day(document, each) for each in document["days"]),
    )


def _day(document: Mapping[str, Any], each: Mapping[str, Any]) -> tuple[str, str, str, str]:
    told = [
        "" if each[end] is None else sentences.amount(each[end], document["currency"])
        for end in ("value", "low", "high")
    ]
    return wording.day(date.fromisoformat(each["day"])), told[0], told[1], told[2]


def growth_line(found: Mapping[str, ForecastRecord]) -> str | None:
    kept = found.get("growth")
    return None if kept is None else sentences.of_growth(kept.document)


def demand_lines(found: Mapping[str, ForecastRecord]) -> Sequence[str]:
    kept = found.get("demand")
    if kept is None:
        return ()
    return (sentences.of_demand(kept.document), *sentences.of_demand_errors(kept.document))


def item_ranges(found: Mapping[str, ForecastRecord]) -> str | None:
    kept = found.get("demand")
    return None if kept is None else sentences.of_item_ranges(kept.document)


@dataclass(frozen=True, slots=True)
class StockRow:
    name: str
    sku: str
    supplier: str
    available: str
    daily: str
    month: str
    lasts: str
    run_out: str
    is_warned: bool
    at_risk: str
    point: str
    order: str
    order_note: str
    too_many: str
    dead: str
    method: str


def stock_rows(items: Sequence[StockPlanRecord], currency: str) -> list[StockRow]:
    return [_row(each, currency) for each in items]


def _row(each: StockPlanRecord, currency: str) -> StockRow:
    def money(value: Decimal | None) -> str:
        return "" if not value else sentences.amount(f"{value:f}", currency)

    def units(value: Decimal) -> str:
        return sentences.amount(f"{value:f}", None)

    packs = f" in packs of {each.pack_size}" if each.pack_size > 1 else ""
    way = f"; {each.incoming:,} on the way" if each.incoming else ""
    borrowed = "" if each.is_own_range else ", range of the shop"
    return StockRow(
        name=each.name,
        sku=each.sku or "",
        supplier=each.supplier or "",
        available=f"{each.available:,}",
        daily=f"{each.daily:.2f}",
        month=f"{units(each.expected_28d)} ({units(each.low_28d)} to {units(each.high_28d)})",
        lasts=sentences.lasts(each),
        run_out=wording.percent(each.run_out),
        is_warned=each.is_warned,
        at_risk=money(each.money_at_risk),
        point=f"{each.reorder_point:,}",
        order=f"{each.reorder_quantity:,}" if each.reorder_quantity else "",
        order_note=f"{money(each.order_cost)}{packs}{way}" if each.reorder_quantity else "",
        too_many=f"{each.overstock_units:,} ({money(each.overstock_value) or 'cost not known'})"
        if each.overstock_units
        else "",
        dead=money(each.dead_value) or "cost not known" if each.is_dead else "",
        method=f"{each.method}{', sells rarely' if each.is_intermittent else ''}{borrowed}",
    )


def stock_standing(totals: StockTotals, currency: str) -> str:
    return sentences.of_stock(totals, currency)
