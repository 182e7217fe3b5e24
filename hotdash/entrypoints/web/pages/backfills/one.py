"""One backfill as its page shows it: where it stands, what would run, what it changes, what was said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hotdash.base.clock import parse_iso
from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.pages.backfills import words
from hotdash.entrypoints.web.pages.backfills.changes import ChangesView, changes_view
from hotdash.entrypoints.web.pages.backfills.looking import Looked
from hotdash.entrypoints.web.pages.backfills.steps import Steps, steps_of
from hotdash.entrypoints.web.pages.backfills.words import at
from hotdash.entrypoints.web.pages.states import ProgressView, StateView, in_line
from hotdash.jobs.sum_up_diff import BEYOND
from hotdash.pipeline.backfill.plan import HASH_SHOWN
from hotdash.storage.appdb.repositories import jobs
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop

Document = Mapping[str, Any]
_MOST_HISTORY, _MOST_MARTS = 50, 40
_NOT_BEGUN = ("requested", "approved")


@dataclass(frozen=True, slots=True)
class MartLine:
    mart: str
    partitions: str
    rows: str


@dataclass(frozen=True, slots=True)
class PlanView:
    figures: tuple[tuple[str, str, str], ...]
    marts: tuple[MartLine, ...]
    left_out: int
    models: str
    how_many: int
    rows: str


def one_values(
    looked: Looked, visit: Visit, shop: VisitedShop, metric: str, page: int
) -> dict[str, Any]:
    told, steps = looked.days, steps_of(looked, visit, shop)
    return {
        "backfill_id": str(looked.backfill_id),
        "title": words.days_of(told),
        "subtitle": _subtitle(looked),
        "state": _state(looked),
        "progress": _progress(looked, shop),
        "trouble": _trouble(looked, shop),
        "steps": steps,
        "next": _next(looked, steps),
        "facts": _facts(looked, shop),
        "plan": _plan(looked),
        "plan_hash": _hash(looked),
        "hash_shown": _hash(looked)[:HASH_SHOWN],
        "changes": _changes(looked, shop, metric, page),
        "no_changes": _no_changes(looked),
        "beyond": BEYOND,
        "history": _history(looked, shop),
    }


def _subtitle(looked: Looked) -> str:
    told = looked.days
    if looked.plan is not None:
        what = words.scope_of(told["named_models"], told["named_sources"], refetch=told["refetch"])
        return f"{what} · {words.how_many_days(told)} · {told['environment']}"
    what = words.scope_of(told["models"], told["sources"], refetch=told["refetch"])
    return f"{what} · {words.how_many_days(told)}"


def _state(looked: Looked) -> StateView:
    if looked.standing is not None:
        told = looked.standing["shops"][0]
        is_in_line = told["status"] in _NOT_BEGUN and looked.work["in_line_since"]
        return words.IN_LINE if is_in_line else words.state_of(told)
    if looked.plan is not None:
        is_over = parse_iso(looked.plan["expires_at"]) <= looked.now
        return words.OVER if is_over else words.PLANNED
    states = {jobs.QUEUED: words.IN_LINE, jobs.RUNNING: words.PLANNING}
    return states.get((looked.planning or {})["state"], words.NO_PLAN)


def _progress(looked: Looked, shop: VisitedShop) -> ProgressView | None:
    if looked.plan is None and looked.planning and looked.planning["state"] in jobs.WAITING:
        return _planning(looked.planning, shop)
    if looked.standing is None or looked.event is None:
        return None
    if looked.event.status == "running":
        return _running(looked, looked.standing["progress"])
    if looked.work["in_line_since"]:
        since = at(looked.work["in_line_since"], shop.timezone)
        verb = "given up" if looked.work["is_giving_up"] else "run"
        what = f"To be {verb} it stands"
        return in_line(what, since, has_worker=looked.work["has_worker"])
    return None


def _planning(planning: Document, shop: VisitedShop) -> ProgressView:
    what = "The plan and its dry run" if planning["dry_run"] else "The plan"
    if planning["state"] == jobs.RUNNING:
        since = at(planning["started_at"], shop.timezone)
        told = "A dry run takes as long as the backfill." if planning["dry_run"] else ""
        return ProgressView(f"{what} is being made since {since}.", told, None, "running")
    since = at(planning["asked_at"], shop.timezone)
    return in_line(f"{what} is", since, has_worker=planning["has_worker"])


def _running(looked: Looked, progress: Document) -> ProgressView:
    done, planned = progress["done"], progress["planned"]
    percent = done * 100 // planned if planned else 0
    parts = f"{done} of {planned} parts are done." if planned else "It has just begun."
    if not looked.work["has_process"]:
        return ProgressView(
            "Nobody is at it any more.",
            f"{parts} Its process ended in between; it goes on there when it is run again. "
            "Until then the shop's refreshes wait.",
            percent,
            "dead",
        )
    told = f"{parts} {words.left(progress['ends_about'], looked.now)}"
    return ProgressView(f"{percent}% is done.", told, percent, "running")


def _trouble(looked: Looked, shop: VisitedShop) -> tuple[str, str] | None:
    """Why it could not be planned, or why its last attempt came to nothing."""
    if looked.standing is None:
        planning = looked.planning
        if looked.plan is None and planning and planning["state"] == jobs.FAILED:
            return "It could not be planned.", planning["error"] or "Nobody said why."
        return None
    event = looked.event
    if event is not None and event.status == "failed":
        reason = str(event.detail.get("error") or "Nobody said why.")
        return f"It failed {at(looked.standing['shops'][0]['at'], shop.timezone)}.", reason
    is_open = event is not None and event.status in ("requested", "approved", "running")
    if is_open and looked.work["error"] and not looked.work["in_line_since"]:
        failed_at = at(looked.work["failed_at"], shop.timezone)
        return f"The last attempt ended {failed_at} without a result.", looked.work["error"]
    return None


def _next(looked: Looked, steps: Steps) -> str:
    if steps.why_not:
        return steps.why_not
    if looked.event is None:
        return _next_of_plan(looked)
    status = looked.event.status
    if status == "running":
        return "While it runs, the shop's scheduled refreshes wait and Today says which days are provisional."
    return {
        "requested": "Nobody has to agree: it may run on the reason that was given."
        if not steps.approve
        else "Look at what it would change, then approve it or reject it.",
        "approved": "It is agreed to and may run.",
        "completed": "Its numbers are shown. Within seven days the numbers from before can be shown again.",
        "failed": "Nothing of it is shown. Mend the cause and run it again, or give it up.",
        "refused": "It was rejected: plan another one.",
        "rolled_back": "The numbers from before are shown and held until somebody lets go of them; "
        "the next run then shows what the warehouse holds, so mend the cause first.",
        "aborted": "It was given up: plan another one.",
    }[status]


def _next_of_plan(looked: Looked) -> str:
    if looked.plan is None:
        return ""
    return words.demand_text(looked.plan["demand"])


def _facts(looked: Looked, shop: VisitedShop) -> list[tuple[str, str]]:
    if looked.standing is None:
        plan = looked.plan
        if plan is None:
            return []
        made = f"{plan['made_by']}, {at(plan['made_at'], shop.timezone)}"
        return [("Planned by", made), ("Good until", at(plan["expires_at"], shop.timezone))]
    told = looked.standing["shops"][0]
    asked = f"{told['asked_by']}, {at(told['asked_at'], shop.timezone)}"
    found = [
        ("Asked by", asked),
        ("Why", told["reason"]),
        ("Approved by", told["approved_by"]),
        ("Incident review", told["incident"]),
        ("Deviation", told["deviation"]),
        ("Rows written", formatting.count(told["rows"]) if told["rows"] is not None else None),
        ("It took", f"{told['seconds']} s" if told["seconds"] else None),
    ]
    return [(name, text) for name, text in found if text]


def _hash(looked: Looked) -> str:
    if looked.event is not None:
        return looked.event.plan_hash
    return str(looked.plan["hash"]) if looked.plan else ""


def _plan(looked: Looked) -> PlanView | None:
    plan = looked.plan
    if plan is None:
        return None
    marts: Sequence[Document] = plan["marts"]
    partitions = (
        f"{words.counted(plan['partitions'], 'partition')} of {words.counted(len(marts), 'mart')}"
    )
    seconds, chunks = plan["estimated_seconds"], plan["chunks"]
    parts = "in one part" if chunks == 1 else f"in {chunks} parts"
    why = "by the last builds" if seconds else "nothing like it was computed before"
    figures = [
        ("Rows that stand there now", formatting.count(plan["rows"]), partitions),
        ("It takes", words.seconds_text(seconds).capitalize(), f"{why}, {parts}"),
    ]
    stake = looked.stake
    if stake is not None:
        revenue = formatting.money(stake.revenue, stake.currency)
        figures.append(("Revenue of these days now", revenue, "as it is published"))
    return PlanView(
        tuple(figures),
        tuple(_mart(each) for each in marts[:_MOST_MARTS]),
        max(0, len(marts) - _MOST_MARTS),
        ", ".join(plan["models"]),
        len(plan["models"]),
        formatting.count(plan["rows"]),
    )


def _mart(each: Document) -> MartLine:
    keys: Sequence[str] = each["partitions"]
    told = f"{keys[0]} – {keys[-1]} ({len(keys)})" if len(keys) > 2 else ", ".join(keys)
    return MartLine(each["mart"], told or formatting.MISSING, formatting.count(each["rows"]))


def _changes(looked: Looked, shop: VisitedShop, metric: str, page: int) -> ChangesView | None:
    if looked.made_by is None:
        return None
    return changes_view(
        looked.changes, looked.made_by, looked.backfill_id, shop.shop_id, metric, page
    )


def _no_changes(looked: Looked) -> str:
    if looked.plan is None or looked.made_by is not None:
        return ""
    if looked.plan["refetch"]:
        return (
            "What the source will send cannot be tried: what changes is seen here when it has run."
        )
    return "No dry run was made, so nobody knows yet what would change."


def _history(looked: Looked, shop: VisitedShop) -> list[tuple[str, str, str, str]]:
    """The newest first."""
    if looked.standing is None:
        return []
    return [
        (
            at(each["at"], shop.timezone),
            words.state_of({**looked.standing["shops"][0], "status": each["status"]}).word
            if each["status"] != "requested"
            else "Asked for",
            each["by"],
            "; ".join(each["detail"].values()),
        )
        for each in reversed(looked.standing["history"][-_MOST_HISTORY:])
    ]
