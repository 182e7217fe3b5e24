"""What was asked for insights, read from a query or a form as Meta reads it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from hotdash.simulators.meta_ads.refusals import invalid, nonexisting_field

INSIGHT_FIELDS = frozenset(
    "account_id account_name account_currency campaign_id campaign_name spend impressions clicks "
    "actions action_values date_start date_stop".split()
)
# What was given up still passes, and nothing comes of it.
WINDOWS = ("1d_click", "7d_click", "28d_click", "1d_view")
_GIVEN_UP = ("7d_view", "28d_view")
_LEVELS = ("account", "campaign")
_SHOWN_BY_DEFAULT = frozenset({"ACTIVE", "PAUSED"})
_LONGEST_HISTORY_MONTHS = 37
TOO_OLD = 3018


@dataclass(frozen=True)
class AskedInsights:
    level: str
    fields: tuple[str, ...]
    first: date
    last: date
    windows: tuple[str, ...]
    by_day: bool
    states: frozenset[str]
    by_conversion: bool

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def asked_insights(params: Mapping[str, str], today: date) -> AskedInsights:
    level = params.get("level", "account")
    if level not in _LEVELS:
        raise invalid(f"level must be one of the following values: {', '.join(_LEVELS)}")
    told: Any = _json(params, "time_range", None)
    if not isinstance(told, dict):
        raise invalid("time_range must be a map with since and until")
    first, last = (_day(cast("dict[str, Any]", told).get(end)) for end in ("since", "until"))
    if first > last:
        raise invalid("The since date must not be after the until date")
    _require_kept(first, today)
    return AskedInsights(
        level=level,
        fields=_known_fields(params),
        first=first,
        last=last,
        windows=_known_windows(params),
        by_day=params.get("time_increment") == "1",
        states=_states(params),
        by_conversion=params.get("action_report_time", "mixed") != "impression",
    )


def _known_fields(params: Mapping[str, str]) -> tuple[str, ...]:
    fields = listed(params.get("fields", "impressions,spend"))
    for name in fields:
        if name not in INSIGHT_FIELDS:
            raise nonexisting_field(name, "AdsInsights")
    return fields


def _known_windows(params: Mapping[str, str]) -> tuple[str, ...]:
    windows: list[str] = _json(params, "action_attribution_windows", [])
    for name in windows:
        if name not in (*WINDOWS, *_GIVEN_UP):
            raise invalid(f"action_attribution_windows: {name} is not a valid window")
    return tuple(name for name in windows if name in WINDOWS)


def _states(params: Mapping[str, str]) -> frozenset[str]:
    for each in _json(params, "filtering", []):
        if each.get("field") == "campaign.effective_status" and each.get("operator") == "IN":
            return frozenset(each["value"])
    return _SHOWN_BY_DEFAULT


def _require_kept(first: date, today: date) -> None:
    months = (today.year - first.year) * 12 + today.month - first.month
    if months > _LONGEST_HISTORY_MONTHS or (
        months == _LONGEST_HISTORY_MONTHS and first.day < today.day
    ):
        raise invalid(
            "The start date of the time range cannot be beyond 37 months from the current date",
            TOO_OLD,
        )


def listed(value: str) -> tuple[str, ...]:
    """Fields come with commas or as JSON."""
    names = json.loads(value) if value.startswith("[") else value.split(",")
    return tuple(name.strip() for name in names if name.strip())


def _json(params: Mapping[str, str], name: str, default: Any) -> Any:
    try:
        return json.loads(params[name]) if name in params else default
    except ValueError as error:
        raise invalid(f"{name} is not valid JSON") from error


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise invalid(f"{value!r} is not a date") from error
