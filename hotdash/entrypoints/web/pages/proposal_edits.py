"""What a person may change about a proposal before approving it: one of its options, how many pieces, its number elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hotdash.decisions.recommendations.answering import AnswerError
from hotdash.decisions.recommendations.contract import Kind
from hotdash.entrypoints.web import formatting
from hotdash.storage.appdb.repositories.recommendations import RecommendationRecord

MOST_UNITS = 1_000_000
_KEPT_TO = "Approved as recommended."


@dataclass(frozen=True, slots=True)
class OptionView:
    value: str
    title: str


@dataclass(frozen=True, slots=True)
class Changed:
    """Only what differs from the proposal; the rationale says so where the person said nothing."""

    option: str | None
    edits: Mapping[str, Any]
    rationale: str


def options_of(record: RecommendationRecord) -> tuple[OptionView, ...]:
    """Those that approving can mean: the last of a recommendation's options is to leave it."""
    return tuple(
        OptionView(str(each["option"]), _title(each, record.currency))
        for each in _approving(record.options)
    )


def units_of(record: RecommendationRecord) -> int | None:
    """How many pieces are proposed, of what is ordered by the piece."""
    if record.kind != Kind.REORDER:
        return None
    for option in _approving(record.options):
        units = option.get("units")
        return units if isinstance(units, int) else None
    return None


def changed(record: RecommendationRecord, option: str, units: str, rationale: str) -> Changed:
    options = [each.value for each in options_of(record)]
    if option and option not in options:
        raise AnswerError(
            f"{option[:40]!r} is none of what can be approved.",
            hint=f"Choose one of {', '.join(options)}; reject it to leave it."
            if options
            else "Approve it as it is, or reject it.",
            field="option",
        )
    proposed, told = units_of(record), units.strip()
    edits: dict[str, Any] = {}
    if told and proposed is not None and _units(told) != proposed:
        edits = {"units": _units(told)}
    chosen = option if option and option != options[0] else None
    said = rationale.strip() or _said(chosen, edits, proposed)
    return Changed(chosen, edits, said)


def _said(option: str | None, edits: Mapping[str, Any], proposed: int | None) -> str:
    if edits:
        return f"Approved with {edits['units']:,} pieces instead of {proposed:,}."
    return f"Approved: {option}." if option else _KEPT_TO


def _approving(options: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    return options[:-1] if len(options) > 1 else options


def _title(option: Mapping[str, Any], currency: str | None) -> str:
    told = [str(option["option"]).capitalize()]
    if isinstance(option.get("units"), int):
        told.append(f"{option['units']:,} pieces")
    if option.get("cost") and currency:
        told.append(formatting.money(Decimal(str(option["cost"])), currency))
    return " · ".join(told)


def _units(text: str) -> int:
    plain = text.replace(",", "")
    if not (
        plain.isascii() and plain.isdigit() and len(plain) < 9 and 0 < int(plain) <= MOST_UNITS
    ):
        raise AnswerError(
            f"{text[:40]!r} is no number of pieces.",
            hint=f"Write a whole number from 1 to {MOST_UNITS:,}; reject it to order none.",
            field="units",
        )
    return int(plain)


def corrected_units(units: str) -> dict[str, Any]:
    """What should have been decided, where that is a number of pieces."""
    return {"units": _units(units.strip())} if units.strip() else {}
