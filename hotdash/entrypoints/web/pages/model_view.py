"""The card of a shop's model in words and cells."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hotdash.base.clock import parse_iso
from hotdash.decisions.recommendations.learning.words import kind_in_words
from hotdash.entrypoints.web import formatting

_SAID = {
    "approved": "approved",
    "edited": "approved after a change",
    "rejected": "rejected",
    "ignored": "passed unanswered",
}


@dataclass(frozen=True, slots=True)
class KindRow:
    kind: str
    answers: str
    approved: str
    liked: str
    outcomes: str
    worked: str
    works: str


@dataclass(frozen=True, slots=True)
class BinRow:
    foretold: str
    answers: str
    mean: str
    approved: str


@dataclass(frozen=True, slots=True)
class WeightRow:
    words: str
    sure: str


@dataclass(frozen=True, slots=True)
class ModelView:
    state: str
    headline: str
    lines: tuple[str, ...]
    auc: str
    auc_words: str
    calibration: str
    calibration_words: str
    kinds: tuple[KindRow, ...]
    bins: tuple[BinRow, ...]
    weights: tuple[WeightRow, ...]
    is_frozen: bool


def model_view(card: Mapping[str, Any], timezone: str) -> ModelView:
    quality: Mapping[str, Any] = card["quality"]
    return ModelView(
        state="watch" if card["frozen_since"] else "ok" if card["is_ready"] else "empty",
        headline=_headline(card, timezone),
        lines=tuple(_lines(card, timezone)),
        auc=_figure(quality["auc"]),
        auc_words=_auc_words(quality),
        calibration=_percent(quality["calibration_error"]),
        calibration_words=f"on average, over the newest {quality['answers']:,} answers",
        kinds=tuple(_kind(each) for each in card["kinds"]),
        bins=tuple(_bin(each) for each in quality["bins"]),
        weights=tuple(WeightRow(each["words"], _percent(each["sure"])) for each in card["weights"]),
        is_frozen=card["frozen_since"] is not None,
    )


def _headline(card: Mapping[str, Any], timezone: str) -> str:
    if card["frozen_since"]:
        return f"Frozen since {_at(card['frozen_since'], timezone)}: answers given since are not learnt from."
    if card["is_ready"]:
        return "Learning: the order counts how likely an approval is."
    left = card["fewest_answers"] - card["answers"]
    more = f"{left} more answer" if left == 1 else f"{left} more answers"
    return f"{more} until the order counts them; until then it is by money and urgency alone."


def _lines(card: Mapping[str, Any], timezone: str) -> list[str]:
    said = [f"{card['said'][name]:,} {words}" for name, words in _SAID.items()]
    told = [f"Answers: {', '.join(said)}."]
    if card["learned_to"]:
        told.append(f"The newest of them is of {_at(card['learned_to'], timezone)}.")
    if card["since"]:
        told.append(f"It began anew on {_at(card['since'], timezone)}.")
    if card["prior_shops"]:
        told.append(
            f"It began from what {card['prior_shops']} other shops of this installation have in common."
        )
    return told


def _auc_words(quality: Mapping[str, Any]) -> str:
    if quality["auc"] is None:
        return "Known once something was approved and something rejected."
    often = round(quality["auc"] * 100)
    return (
        f"of an approved and a rejected one, the approved was foretold likelier {often} times in 100; "
        f"50 is chance, over the newest {quality['answers']:,} answers, each foretold before it was given"
    )


def _kind(each: Mapping[str, Any]) -> KindRow:
    return KindRow(
        kind_in_words(each["kind"]),
        f"{each['answers']:,}",
        f"{each['approved']:,}",
        _percent(each["liked"]),
        f"{each['outcomes']:,}",
        f"{each['worked']:,}",
        _percent(each["works"]),
    )


def _bin(each: Mapping[str, Any]) -> BinRow:
    span = f"{round(each['from'] * 100)} to {round(each['to'] * 100)}%"
    return BinRow(
        span, f"{each['answers']:,}", _percent(each["foretold"]), _percent(each["approved"])
    )


def _figure(value: float | None) -> str:
    return formatting.MISSING if value is None else f"{value:.2f}"


def _percent(value: float | None) -> str:
    return formatting.MISSING if value is None else f"{round(value * 100)}%"


def _at(told: str, timezone: str) -> str:
    return formatting.shop_time(parse_iso(told), timezone)
