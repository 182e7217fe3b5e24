"""How a source is put into words: its state, its age against its limits, its calls."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hotdash.base.clock import parse_iso
from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.pages.states import StateView
from hotdash.jobs.show_sources import NEVER, NOT_CONNECTED, STALE, TOO_OLD

Document = Mapping[str, Any]
ON_TIME = StateView("ok", "On time")
_REJECTED, _FAILING = "rejected", "failing"


def state_of(told: Document) -> StateView:
    """The worst first: what is refused never comes by itself."""
    match told["state"], told["freshness"]:
        case (state, _) if state == NOT_CONNECTED:
            return StateView("empty", "Not connected")
        case (state, _) if state == _REJECTED:
            return StateView("act", "Key refused")
        case (_, freshness) if freshness == TOO_OLD:
            return StateView("act", "Too old")
        case (state, _) if state == _FAILING:
            return StateView("watch", "Does not answer")
        case (_, freshness) if freshness == STALE:
            return StateView("stale", "Late")
        case (_, freshness) if freshness == NEVER:
            return StateView("empty", "Never read")
        case _:
            return ON_TIME


def age_of(told: Document) -> str:
    seconds = told["age_seconds"]
    return span(seconds) if seconds is not None else formatting.MISSING


def limits_of(told: Document) -> str:
    """Late from the first on, too old from the second."""
    if told["soft_limit_seconds"] is None:
        return "no limit"
    return f"{span(told['soft_limit_seconds'])} / {span(told['hard_limit_seconds'])}"


def span(seconds: float) -> str:
    """Rounded down; up to two hours in minutes, up to two days in hours."""
    whole = max(0, int(seconds))
    if whole < 120:
        return f"{whole} s"
    if whole < 7200 and (whole < 3600 or whole % 3600):
        return f"{whole // 60} min"
    if whole < 2 * 86400:
        return f"{whole // 3600} h"
    return f"{whole // 86400} d"


def latency(seconds: float | None) -> str:
    if seconds is None:
        return formatting.MISSING
    return f"{round(seconds * 1000)} ms" if seconds < 1 else f"{seconds:.1f} s"


def at(instant: str | None, timezone: str) -> str:
    return formatting.shop_time(parse_iso(instant), timezone) if instant else formatting.MISSING


def lasted(first_at: str, last_at: str) -> str:
    between = parse_iso(last_at) - parse_iso(first_at)
    return "a moment" if between < timedelta(seconds=1) else span(between.total_seconds())


def credentials_of(told: Document, expires_at: str | None, timezone: str) -> tuple[str, str]:
    """What holds, and since or until when."""
    if told["state"] == NOT_CONNECTED:
        return "None", "they were taken away"
    entered = f"entered {at(told['connected_at'], timezone)}"
    if told["state"] == _REJECTED:
        return "Refused", f"since {at(told['since'], timezone)}, {entered}"
    if expires_at:
        return "Accepted", f"{entered}, renewed before {_until(expires_at, timezone)}"
    if told["freshness"] == NEVER:
        return "Not tried yet", entered
    return "Accepted", entered


def _until(expires_at: str, timezone: str) -> str:
    """Vendors' own words for an instant are shown as they are."""
    try:
        return at(expires_at, timezone)
    except ValueError:
        return expires_at[:40]
