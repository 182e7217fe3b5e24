"""GET /installation: whether this installation does what is due, for whoever looks after it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.roles import Permission
from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.pages.lineage.page import graph_at
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.entrypoints.work_overview import WorkOverview, work_overview

PATH = "/installation"
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class State:
    """By the names and words that every state on a page has."""

    name: str
    word: str


@dataclass(frozen=True, slots=True)
class Line:
    """What went wrong stands in the log and in `hotdash status`: it may name somebody else's shop."""

    title: str
    state: State
    told: str
    mend: str = ""


WELL, LATE, BROKEN = State("ok", "well"), State("watch", "late"), State("act", "failed")
_UNKNOWN = State("empty", "not yet")


@router.get(PATH)
def installation(request: Request, parts: PartsOf, shop: str | None = None) -> Response:
    visit = parts.gate.visit(request)
    asked = shop or next(iter(visit.shops), None)
    if asked is None:
        return parts.pages.render(request, "no_shop.html", top_bar(visit, "sources"))
    chosen = shop_of(visit, asked, Permission.CONNECT_SOURCES)
    context = parts.context
    work = work_overview(context.database, context.clock.now())
    values = top_bar(visit, "sources") | {
        "shop": chosen,
        "version": context.version,
        "parts_of_it": [_workers(work), _lineage(graph_at(context.home) is not None)],
        "jobs": [*_jobs(work)],
        "wrong": len(work.overdue) + len(work.failed) + (0 if work.alive else 1),
    }
    return parts.pages.render(request, "installation.html", values)


def _workers(work: WorkOverview) -> Line:
    if not work.alive:
        return Line("Workers", BROKEN, "None is running.", "Start one with `hotdash worker`.")
    versions = sorted({each.version for each in work.workers if each.is_alive(work.at)})
    return Line("Workers", WELL, f"{work.alive} running, of version {', '.join(versions)}.")


def _lineage(is_traced: bool) -> Line:
    if is_traced:
        return Line("Lineage", WELL, "Traced as the project is.")
    return Line("Lineage", _UNKNOWN, "Not traced on this machine.", "Run `hotdash lineage trace`.")


def _jobs(work: WorkOverview) -> Iterator[Line]:
    for each in work.schedules:
        done = work.completed_at.get(each.name)
        told = f"Last done {formatting.ago(done, work.at)}." if done else "Never done here."
        if each.pause_reason:
            told += " Paused."
        yield Line(each.name, _state(work, each.name, done), told, _mend(work, each.name))


def _state(work: WorkOverview, job: str, done: datetime | None) -> State:
    if job in work.failed:
        return BROKEN
    if job in work.overdue:
        return LATE
    return WELL if done else _UNKNOWN


def _mend(work: WorkOverview, job: str) -> str:
    if job in work.failed:
        return "Run `hotdash status`: it says why."
    return "Run `hotdash doctor`: it says what keeps it." if job in work.overdue else ""
