"""The lines of the list: backfills that were asked for, and plans that were not yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from hotdash.base.clock import iso_utc
from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.pages.backfills.words import (
    IN_LINE,
    NO_PLAN,
    PLANNED,
    PLANNING,
    at,
    counted,
    days_of,
    how_many_days,
    scope_of,
    state_of,
)
from hotdash.entrypoints.web.pages.states import StateView
from hotdash.storage.appdb.repositories import jobs
from hotdash.storage.appdb.repositories.backfills import PlanRecord
from hotdash.storage.appdb.repositories.visits import VisitedShop

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ListedView:
    url: str
    days: str
    how_many: str
    what: str
    state: StateView
    since: str
    asked_by: str
    reason: str
    approved_by: str
    rows: str


@dataclass(frozen=True, slots=True)
class PlanLine:
    url: str
    days: str
    how_many: str
    what: str
    state: StateView
    by: str
    at: str
    told: str

    @property
    def is_being_made(self) -> bool:
        return self.state in (IN_LINE, PLANNING)


def url_of(backfill: str, shop_id: str) -> str:
    return f"/backfills/{backfill}?{urlencode({'shop': shop_id})}"


def listed_view(each: Document, shop: VisitedShop) -> ListedView:
    approved = each["approved_by"]
    if approved and each["deviation"]:
        approved = f"{approved}, alone"
    return ListedView(
        url_of(each["backfill"], shop.shop_id),
        days_of(each),
        how_many_days(each),
        _what(each),
        state_of(each),
        at(each["at"], shop.timezone),
        each["asked_by"],
        each["reason"],
        approved or formatting.MISSING,
        formatting.count(each["rows"]),
    )


def _what(each: Document) -> str:
    """What was named is in the plan; the list has what is computed, which is all of it by its count."""
    told = scope_of([], each["sources"], refetch=each["refetch"])
    return told if each["sources"] else f"{len(each['models'])} models"


def plan_lines(
    made: Sequence[PlanRecord],
    asked: Sequence[Document],
    names: Mapping[str, str],
    shop: VisitedShop,
) -> list[PlanLine]:
    """Those being made first, then those that could not be and those that wait to be asked for."""
    known = {str(each.plan_id) for each in made}
    being = [each for each in asked if each["state"] in jobs.WAITING]
    failed = [each for each in asked if each["state"] == jobs.FAILED and each["plan"] not in known]
    return [
        *(_asked(each, names, shop) for each in being),
        *(_made(each, names, shop) for each in made),
        *(_asked(each, names, shop) for each in failed[:3]),
    ]


def _asked(each: Document, names: Mapping[str, str], shop: VisitedShop) -> PlanLine:
    states = {jobs.QUEUED: IN_LINE, jobs.RUNNING: PLANNING}
    return PlanLine(
        url_of(each["plan"], shop.shop_id),
        days_of(each),
        how_many_days(each),
        scope_of(each["models"], each["sources"], refetch=each["refetch"]),
        states.get(each["state"], NO_PLAN),
        names.get(each["asked_by"], each["asked_by"]),
        at(each["asked_at"], shop.timezone),
        each["error"] or ("with a dry run" if each["dry_run"] else "without a dry run"),
    )


def _made(each: PlanRecord, names: Mapping[str, str], shop: VisitedShop) -> PlanLine:
    plan, tried = each.plan, each.plan.get("dry_run")
    first, last = plan["days"]
    days = {"from": first, "to": last}
    told = f"{counted(tried['changes'], 'number')} would change" if tried else "not tried"
    return PlanLine(
        url_of(str(each.plan_id), shop.shop_id),
        days_of(days),
        how_many_days(days),
        scope_of(plan["named_models"], plan["named_sources"], refetch=plan["refetch"]),
        PLANNED,
        names.get(each.made_by, each.made_by),
        at(iso_utc(each.made_at), shop.timezone),
        told,
    )
