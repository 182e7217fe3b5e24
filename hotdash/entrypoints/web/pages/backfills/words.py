"""How a backfill is put into words: its state, what it computes, how long it takes."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from math import ceil
from typing import Any

from hotdash.base.clock import parse_iso
from hotdash.base.environment import Environment
from hotdash.base.roles import Role
from hotdash.connectors.registry import registry
from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.pages.states import StateView
from hotdash.pipeline.backfill.authorisation import ActorKind, Demand, Verdict, demands

Document = Mapping[str, Any]


_STATES = {
    "approved": StateView("ok", "Approved"),
    "refused": StateView("blocked", "Rejected"),
    "running": StateView("reprocessing", "Running"),
    "completed": StateView("ok", "Done"),
    "failed": StateView("act", "Failed"),
    "rolled_back": StateView("stale", "Rolled back"),
    "aborted": StateView("empty", "Given up"),
}
WAITS = StateView("watch", "Waits for approval")
MAY_RUN = StateView("ok", "May run")
PLANNED = StateView("empty", "Planned")
PLANNING = StateView("reprocessing", "Being planned")
IN_LINE = StateView("reprocessing", "In line")
NO_PLAN = StateView("act", "Could not be planned")
OVER = StateView("stale", "Plan is over")


def cap_of(standing: Document) -> Verdict:
    """What the environment asks of everybody for so many days."""
    days = (date.fromisoformat(standing["to"]) - date.fromisoformat(standing["from"])).days + 1
    return demands(Role.OWNER, Environment(standing["environment"]), days, ActorKind.PERSON)


def state_of(standing: Document) -> StateView:
    if standing["status"] == "requested":
        return WAITS if cap_of(standing).demand.needs_approval else MAY_RUN
    return _STATES[standing["status"]]


def days_of(told: Document) -> str:
    return formatting.day_span(date.fromisoformat(told["from"]), date.fromisoformat(told["to"]))


def how_many_days(told: Document) -> str:
    days = (date.fromisoformat(told["to"]) - date.fromisoformat(told["from"])).days + 1
    return "1 day" if days == 1 else f"{days} days"


def scope_of(models: Sequence[str], sources: Sequence[str], *, refetch: bool = False) -> str:
    titles = [spec.title if (spec := registry().get(each)) else each for each in sources]
    what = "Everything"
    if models or titles:
        what = f"What rests on {formatting.listing([*titles, *models])}"
    return f"{what}, fetched again first" if refetch else what


def seconds_text(seconds: float | None) -> str:
    """Rounded up: what takes longer than was said is worse than what takes less."""
    if seconds is None:
        return "not known yet"
    if seconds < 90:
        return f"about {max(1, ceil(seconds))} s"
    if seconds < 7200:
        return f"about {ceil(seconds / 60)} min"
    return f"about {ceil(seconds / 3600)} h"


def counted(number: int, what: str) -> str:
    return f"{formatting.count(number)} {what}{'' if number == 1 else 's'}"


def at(instant: str | None, timezone: str) -> str:
    return formatting.shop_time(parse_iso(instant), timezone) if instant else formatting.MISSING


def left(ends_about: str | None, now: datetime) -> str:
    """At the speed of what is done; a moment that has passed is not told as one to come."""
    if ends_about is None:
        return "How long it still takes is known once its first part is done."
    seconds = (parse_iso(ends_about) - now).total_seconds()
    if seconds <= 0:
        return "It takes longer than its first parts let expect."
    return f"{seconds_text(seconds).capitalize()} left, if the rest goes as fast."


def demand_text(demand: str) -> str:
    return {
        Demand.ALLOWED: "Nobody has to agree.",
        Demand.NOTICE: "Nobody has to agree; the reason is told.",
        Demand.MANAGER: "A manager or owner who did not ask for it has to approve.",
        Demand.MANAGER_AND_INCIDENT: (
            "A manager or owner who did not ask for it has to approve, and an incident review "
            "is named."
        ),
        Demand.REFUSED: "It would be refused.",
    }[Demand(demand)]
