"""What a kept forecast says, in words that a shop owner reads once."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hotdash.base.money import in_words
from hotdash.insights.tiles import wording
from hotdash.storage.appdb.repositories.forecasts import StockPlanRecord, StockTotals

Document = Mapping[str, Any]
_TENTH = Decimal("0.1")


def amount(text: str, currency: str | None) -> str:
    value = Decimal(text)
    if currency is not None:
        return in_words(value, currency)
    return f"{value.quantize(Decimal(1) if value >= 10 else _TENTH, ROUND_HALF_UP):,f}"


def of_sum(document: Document, each: Document) -> str:
    """One line such as: $12,400 in the next 7 days, in eight of ten cases $10,900 to $13,800 (such ranges held 21 of 26 times)."""
    currency = document["currency"]
    told = f"{amount(each['value'], currency)} in the next {each['days']} days"
    if each["low"] is None:
        return f"{told}."
    ends = f"{amount(each['low'], currency)} to {amount(each['high'], currency)}"
    held = _held(each)
    return f"{told}, in eight of ten cases {ends}{f' ({held})' if held else ''}."


def of_method(document: Document) -> str:
    """Which one was kept, and what such a choice was worth beside repeating last week."""
    told = f"By {document['method']}, the least wrong of four in {wording.counted(document['windows'], 'tried window')}"
    proven: Mapping[str, Any] = document.get("proven") or {"mase": None, "naive_mase": None}
    mase, naive = proven["mase"], proven["naive_mase"]
    if mase is None or naive is None:
        return f"{told}; too little is known to say how far such a choice errs."
    return (
        f"{told}. Chosen so before each of {wording.counted(proven['windows'], 'window')}, it erred by "
        f"MASE {short(mase)}, seasonal naive by {short(naive)}."
    )


def of_coverage(document: Document) -> str:
    if document["why_no_range"]:
        return document["why_no_range"]
    if document["coverage"] is None:
        return "Too few windows are over to say how often the range held."
    held = wording.percent(Decimal(document["coverage"]))
    return f"The range is to hold on 80% of the days; it held on {held} of {document['judged_days']:,}."


def of_week(document: Document) -> str:
    """How often the range of a whole week held."""
    if document["week"]["low"] is None:
        return document["why_no_range"]
    held = _held(document["week"])
    if not held:
        return "Too few windows are over to say how often its range held."
    return f"Its range is to hold in eight of ten weeks: {held}."


def _held(each: Document) -> str:
    """Empty where nothing is over yet, or the word is of before this was counted."""
    judged = each.get("judged")
    return f"such ranges held {each['held']} of {judged} times" if judged else ""


def of_growth(document: Document) -> str:
    currency = document["currency"]
    target = in_words(Decimal(document["target"]), currency)
    if document["why"]:
        return f"No date of {target} can be told. {document['why']}"
    now = in_words(Decimal(document["revenue_12m"]), currency)
    rate = wording.percent(Decimal(document["growth_28d"]))
    told = f"{now} in twelve months, growing by {rate} in 28 days"
    if document["day"] is None:
        share = wording.percent(Decimal(document["share"]))
        return f"{told}: {target} is not reached within twenty years in most futures ({share} reach it)."
    if document["day"] == document["known_to"]:
        return f"{now} in twelve months: the target of {target} is reached."
    day = wording.day(date.fromisoformat(document["day"]))
    earliest = wording.day(date.fromisoformat(document["earliest"]))
    latest = document["latest"]
    until = wording.day(date.fromisoformat(latest)) if latest else "never"
    season = "" if document["knows_season"] else " Season and growth cannot be told apart yet."
    return f"{told}: {target} about {day}, in eight of ten futures between {earliest} and {until}.{season}"


def of_demand(document: Document) -> str:
    kept = ", ".join(f"{name} {count:,}" for name, count in document["kept"].items() if count)
    rare = f"{document['intermittent']:,} of them sell rarely"
    return f"{wording.counted(document['items'], 'item')}, {rare}; kept: {kept or 'none'}."


def of_demand_errors(document: Document) -> Sequence[str]:
    told: list[str] = []
    if document["rmsse"] is not None:
        naive = document["naive_rmsse"]
        beside = f", seasonal naive {short(naive)}" if naive else ""
        told.append(f"Rare demand: RMSSE {short(document['rmsse'])}{beside} (middle item).")
    if document["mase_of_smooth"] is not None:
        told.append(f"Other items: MASE {short(document['mase_of_smooth'])} (middle item).")
    if document["bias"] is not None:
        bias = Decimal(document["bias"])
        side = "high" if bias > 0 else "low"
        told.append(f"Over all items, forecasts were {wording.percent(abs(bias))} too {side}.")
    covered = [
        f"{each['days']} days {wording.percent(Decimal(each['held']))} of {each['judged']:,}"
        for each in document["coverage"]
        if each["held"] is not None
    ]
    if covered:
        told.append(f"Ranges to hold in 80% of cases held: {', '.join(covered)}.")
    else:
        told.append("Too few windows are over to say how often the ranges of items held.")
    return told


def of_item_ranges(document: Document) -> str | None:
    """How often what is told of 28 days held; None where too little is over."""
    [month] = [each for each in document["coverage"] if each["days"] == 28]
    if month["held"] is None:
        return None
    return f"in {wording.percent(Decimal(month['held']))} of {month['judged']:,} cases"


def short(text: str) -> str:
    return f"{Decimal(text).quantize(Decimal('0.01'), ROUND_HALF_UP):f}"


def of_stock(totals: StockTotals, currency: str) -> str:
    if not totals.items:
        return "No stock plan is kept yet."
    risk = f", {in_words(totals.money_at_risk, currency)} at risk" if totals.money_at_risk else ""
    order = f" for {in_words(totals.order_cost, currency)}" if totals.order_cost else ""
    parts = [
        f"{totals.warned:,} of {wording.counted(totals.items, 'item')} likely to run out within the lead time and two weeks{risk}",
        f"{totals.to_reorder:,} to order{order}",
        f"{totals.overstocked:,} with too much{_worth(totals.overstock_value, currency)}",
        f"{totals.dead:,} dead{_worth(totals.dead_value, currency)}",
    ]
    return f"{'; '.join(parts)}."


def lasts(each: StockPlanRecord) -> str:
    """Until when, with its range; the year where it is another one."""
    if each.available <= 0:
        return "out of stock"
    if each.out_on is None:
        return "more than a year"
    year = each.as_of_day.year

    def told(day: date) -> str:
        return f"{day.day} {day:%b}" if day.year == year else wording.day(day)

    first = told(each.out_earliest or each.out_on)
    last = told(each.out_latest) if each.out_latest else "over a year"
    return f"{told(each.out_on)} ({first} to {last})"


def _worth(value: Decimal | None, currency: str) -> str:
    return f" ({in_words(value, currency)})" if value else ""
