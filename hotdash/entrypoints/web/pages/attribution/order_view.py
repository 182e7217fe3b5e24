"""One order as its journey: every visit, what it has under the chosen model and why, and all models side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from hotdash.entrypoints.web import formatting
from hotdash.insights.attribution import texts
from hotdash.insights.attribution.explain import (
    AttributedOrder,
    Credit,
    Credits,
    ExplainedTouch,
)
from hotdash.insights.attribution.reasons import (
    SINGLE,
    percent,
    reach_of,
    reason,
    winner_of,
)

MOST_SHOWN = 60
_WHOLE = 1_000_000
_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class TouchView:
    number: int
    at: str
    age: str
    way: str
    campaign: str
    channel: str
    seen_by: str
    in_window: bool
    share: str
    amount: str
    why: str
    named: str
    rule: str
    link_problem: str


@dataclass(frozen=True, slots=True)
class CellView:
    amount: str
    share: str


@dataclass(frozen=True, slots=True)
class LineView:
    number: str
    name: str
    cells: tuple[CellView, ...]


@dataclass(frozen=True, slots=True)
class OrderView:
    number: int
    revenue: str
    at: str
    verdict: str
    reach: str
    touches: tuple[TouchView, ...]
    left_out: int
    nowhere: CellView | None
    models: tuple[tuple[str, str, bool], ...]
    lines: tuple[LineView, ...]
    sums: tuple[CellView, ...]
    says: tuple[str, ...]


def order_view(order: AttributedOrder, model: str, days: int | None, timezone: str) -> OrderView:
    """A window of its own moves the chosen model alone; beside it the others stay as decided."""
    reach = days or reach_of(order, model)
    credits = _within(order, model, days)
    shown = _shown(order)
    numbered = list(enumerate(reversed(shown), start=1))
    return OrderView(
        number=order.order_id,
        revenue=formatting.money(order.revenue, order.currency),
        at=formatting.shop_time(order.ordered_at, timezone),
        verdict=_verdict(order, model, credits),
        reach="1 day" if reach == 1 else f"{reach} days",
        touches=tuple(
            _touch(number, each, order, model, days, credits, timezone) for number, each in numbered
        ),
        left_out=len(order.touches) - len(shown),
        nowhere=_cell(credits.get(None), order.currency) if credits.get(None) else None,
        models=tuple((name, title, name == model) for name, title in texts.TITLES.items()),
        lines=tuple(_lines(order, numbered)),
        sums=tuple(_sum(order, name) for name in texts.MODELS) if order.is_counted else (),
        says=tuple(order.says),
    )


Within = Mapping[str | None, Credit]
"""By touch; what nobody can be credited with stands under None."""


def _within(order: AttributedOrder, model: str, days: int | None) -> Within:
    """The published credits, or who has the whole order within another window."""
    whole = order.revenue
    if days is not None and model in SINGLE and whole is not None:
        winner = winner_of(order.touches, model, days)
        return {winner.touch_id if winner else None: Credit(_WHOLE, whole)}
    found: dict[str | None, Credit] = {
        each.touch_id: each.credits[model] for each in order.touches if model in each.credits
    }
    return found | ({None: order.unsourced[model]} if model in order.unsourced else {})


def _shown(order: AttributedOrder) -> list[ExplainedTouch]:
    """The newest, and every one that some model credits."""
    return [each for place, each in enumerate(order.touches) if place < MOST_SHOWN or each.credits]


def _verdict(order: AttributedOrder, model: str, credits: Within) -> str:
    if not order.is_counted:
        return texts.NOT_COUNTED
    title = texts.TITLES[model]
    credited = [each for each in order.touches if each.touch_id in credits]
    if not credited:
        return f"{title} credits nobody with it: {_nobody(order)}"
    if len(credited) == 1:
        only = credited[0]
        return f"{title} gives all of it to {only.channel} ({_way(only)})."
    channels = list(dict.fromkeys(each.channel for each in credited))
    return f"{title} divides it among {len(credited)} visits: {formatting.listing(channels)}."


def _nobody(order: AttributedOrder) -> str:
    return "no visit before it is known." if not order.touches else "no visit lies in its window."


def _touch(
    number: int,
    each: ExplainedTouch,
    order: AttributedOrder,
    model: str,
    days: int | None,
    credits: Within,
    timezone: str,
) -> TouchView:
    reach, credit = days or reach_of(order, model), credits.get(each.touch_id)
    cell = _cell(credit, order.currency)
    decided = order.reasons(each)[model]
    return TouchView(
        number=number,
        at=formatting.shop_time(each.touched_at, timezone),
        age=age(each.age_seconds),
        way=_way(each),
        campaign=each.campaign or "",
        channel=each.channel,
        seen_by="Shopify" if each.origin == "shopify" else "the shop's own pixel",
        in_window=each.age_seconds <= reach * _DAY_SECONDS,
        share=cell.share,
        amount=cell.amount,
        why=decided if days is None else reason(order, each, model, days),
        named=each.named,
        rule=each.rule,
        link_problem=each.link_problem or "",
    )


def _lines(order: AttributedOrder, numbered: list[tuple[int, ExplainedTouch]]) -> list[LineView]:
    found = [
        LineView(
            str(number),
            f"{each.channel}: {_way(each)}",
            _cells(order, each.credits),
        )
        for number, each in numbered
    ]
    if order.unsourced:
        found.append(LineView("", "Direct / None", _cells(order, order.unsourced)))
    return found


def _cells(order: AttributedOrder, credits: Credits) -> tuple[CellView, ...]:
    return tuple(_cell(credits.get(name), order.currency) for name in texts.MODELS)


def _sum(order: AttributedOrder, model: str) -> CellView:
    told = [each.credits.get(model) for each in order.touches] + [order.unsourced.get(model)]
    given = [each for each in told if each is not None]
    whole = Credit(
        sum(each.share for each in given), sum((each.amount for each in given), Decimal(0))
    )
    return _cell(whole, order.currency)


def _cell(credit: Credit | None, currency: str) -> CellView:
    if credit is None:
        return CellView("", "")
    return CellView(formatting.money(credit.amount, currency), percent(credit.share))


def _way(each: ExplainedTouch) -> str:
    return f"{each.source} / {each.medium}"


def age(seconds: int) -> str:
    """Begun minutes do not count; less than one is told as it is."""
    days, rest = divmod(seconds, _DAY_SECONDS)
    hours, minutes = rest // 3_600, rest % 3_600 // 60
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min" if minutes else f"{seconds} s"
