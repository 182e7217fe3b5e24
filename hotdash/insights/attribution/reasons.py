"""Why a touch has the credit it has, model by model, in words; and who would win within another window."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from hotdash.base.errors import HotdashError
from hotdash.insights.attribution import texts

if TYPE_CHECKING:
    from hotdash.insights.attribution.explain import AttributedOrder, ExplainedTouch

SINGLE = ("last_click", "last_touch", "first_click")
"""One touch has the whole order, so another window only asks who that is."""
WINDOWS = (1, 3, 7, 14, 30, 60, 90)
_DAY_SECONDS = 86_400
_MILLIONTHS_IN_A_PERCENT = 10_000


class ModelError(HotdashError):
    code = "invalid_model"


def model_of(text: str | None) -> str:
    if not text:
        return SINGLE[0]
    if text in texts.MODELS:
        return text
    raise ModelError(
        f"There is no attribution model {text[:40]!r}.",
        hint=f"Use one of {', '.join(texts.MODELS)}.",
        field="model",
    )


def window_of(text: str | None, model: str) -> int | None:
    """In days; nothing is the window that the shop decided on."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text) in WINDOWS):
        raise ModelError(
            f"A window of {text[:20]!r} days is not offered.",
            hint=f"Use one of {', '.join(map(str, WINDOWS))}, or none for the one that was decided.",
            field="window",
        )
    if model not in SINGLE:
        raise ModelError(
            f"{texts.TITLES[model]} is shown with the window that was decided alone.",
            hint=f"Leave the window out, or choose one of {', '.join(SINGLE)}.",
            field="window",
        )
    return int(text)


def reach_of(order: "AttributedOrder", model: str) -> int:
    """How many days the model looks back, as the shop decided."""
    return order.click_days if model in ("last_click", "last_touch") else order.lookback_days


def winner_of(
    touches: Sequence["ExplainedTouch"], model: str, days: int
) -> "ExplainedTouch | None":
    """Of touches with the latest first: who has the whole order under a model that gives it to one."""
    reached = [
        touch
        for touch in touches
        if touch.age_seconds <= days * _DAY_SECONDS and (touch.is_click or model == "last_touch")
    ]
    if not reached:
        return None
    return reached[-1] if model == "first_click" else reached[0]


def reason(
    order: "AttributedOrder", touch: "ExplainedTouch", model: str, days: int | None = None
) -> str:
    reach = days or reach_of(order, model)
    if not order.is_counted:
        return texts.NOT_COUNTED
    if touch.age_seconds > reach * _DAY_SECONDS:
        return texts.NOT_REACHED.format(days=reach)
    if not touch.is_click and model != "last_touch":
        return texts.LOST_DIRECT
    if model in SINGLE:
        return _won_or_lost(order, touch, model, reach)
    clicks = [
        each for each in order.touches if each.is_click and each.age_seconds <= reach * _DAY_SECONDS
    ]
    if len(clicks) == 1:
        return texts.ONLY_CLICK.format(days=reach)
    return _divided(order, touch, model, clicks)


def _won_or_lost(order: "AttributedOrder", touch: "ExplainedTouch", model: str, reach: int) -> str:
    winner = winner_of(order.touches, model, reach)
    won, lost = {
        "last_click": (texts.WON, texts.LOST_TO_LATER),
        "last_touch": (texts.WON_LAST_TOUCH, texts.LOST_TO_LATER_TOUCH),
        "first_click": (texts.WON_FIRST_CLICK, texts.LOST_TO_EARLIER),
    }[model]
    if winner is None or winner.touch_id == touch.touch_id:
        return won.format(days=reach)
    return lost.format(winner=f"{winner.source} / {winner.medium}")


def _divided(
    order: "AttributedOrder",
    touch: "ExplainedTouch",
    model: str,
    clicks: Sequence["ExplainedTouch"],
) -> str:
    if model == "linear":
        return texts.LINEAR.format(clicks=len(clicks), days=order.lookback_days)
    if model == "position":
        return _positioned(touch, clicks)
    if model == "time_decay":
        others = "other click" if len(clicks) == 2 else f"{len(clicks) - 1} other clicks"
        return texts.TIME_DECAY.format(half_life=order.half_life_days, others=others)
    own = [each for each in clicks if each.channel == touch.channel]
    shared = texts.SHARED.format(clicks=len(own)) if len(own) > 1 else ""
    if model == "markov":
        share = sum(each.credits[model].share for each in own if model in each.credits)
        return texts.MARKOV.format(channel=touch.channel, share=percent(share), shared=shared)
    channels = len({each.channel for each in clicks})
    told = texts.SHAPLEY_ONE if channels == 1 else texts.SHAPLEY
    return told.format(channels=channels, shared=shared)


def _positioned(touch: "ExplainedTouch", clicks: Sequence["ExplainedTouch"]) -> str:
    if len(clicks) == 2:
        return texts.POSITION_HALF
    for end, each in (("last", clicks[0]), ("first", clicks[-1])):
        if each.touch_id == touch.touch_id:
            return texts.POSITION_END.format(end=end, clicks=len(clicks))
    between = len(clicks) - 2
    told = texts.POSITION_ONE_BETWEEN if between == 1 else texts.POSITION_BETWEEN
    return told.format(between=between)


def percent(millionths: int) -> str:
    share = Decimal(millionths) / _MILLIONTHS_IN_A_PERCENT
    text = f"{share.quantize(Decimal('0.01'), rounding=ROUND_HALF_UP):f}"
    return f"{text.rstrip('0').rstrip('.')}%"
