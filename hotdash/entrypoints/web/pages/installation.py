"""GET /installation: whether this installation does what is due, for whoever looks after it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.roles import Permission
from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.context import WebContext
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.pages import installation_parts
from hotdash.entrypoints.web.pages.installation_parts import (
    BROKEN,
    LATE,
    UNKNOWN,
    WELL,
    Part,
    State,
)
from hotdash.entrypoints.web.pages.job_words import schedule_words, words_of
from hotdash.entrypoints.web.pages.lineage.page import graph_at
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.entrypoints.work_overview import WorkOverview, work_overview
from hotdash.storage.appdb.repositories.jobs import ScheduleRecord
from hotdash.storage.appdb.repositories.visits import Visit

PATH = "/installation"
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class JobLine:
    """What went wrong stands in the log and in `hotdash status`: it may name somebody else's shop."""

    name: str
    title: str
    does: str
    state: State
    when: str
    done: str
    next: str
    mend: str


@router.get(PATH)
def installation(request: Request, parts: PartsOf, shop: str | None = None) -> Response:
    visit = parts.gate.visit(request)
    asked = shop or next(iter(visit.shops), None)
    if asked is None:
        return parts.pages.render(request, "no_shop.html", top_bar(visit, "sources"))
    chosen = shop_of(visit, asked, Permission.CONNECT_SOURCES)
    context = parts.context
    work = work_overview(context.database, context.clock.now())
    made_of, jobs = [*_parts(context, visit, work)], [*_jobs(work)]
    values = top_bar(visit, "sources") | {
        "shop": chosen,
        "version": context.version,
        "parts_of_it": made_of,
        "jobs": jobs,
        "wrong": sum(each.state.is_wrong for each in (*made_of, *jobs)),
    }
    return parts.pages.render(request, "installation.html", values)


def _parts(context: WebContext, visit: Visit, work: WorkOverview) -> Iterator[Part]:
    yield installation_parts.workers(work)
    if context.open_backups is not None:
        yield installation_parts.backups(context.open_backups(), context.backups_seen, work.at)
    yield installation_parts.erasures_open(context.database, context.home, work.at)
    if context.vault is not None:
        yield from installation_parts.keys(context.database, context.vault, visit.shops, work.at)
    yield installation_parts.lineage(is_traced=graph_at(context.home) is not None)


def _jobs(work: WorkOverview) -> Iterator[JobLine]:
    """Those that need somebody first."""
    lines = [_job(work, each) for each in work.schedules]
    yield from sorted(lines, key=lambda line: not line.state.is_wrong)


def _job(work: WorkOverview, each: ScheduleRecord) -> JobLine:
    words, done = words_of(each.name), work.completed_at.get(each.name)
    return JobLine(
        name=each.name,
        title=words.title,
        does=words.does,
        state=_state(work, each.name, done),
        when=schedule_words(each.cron, each.timezone),
        done=formatting.ago(done, work.at) if done else "never here",
        next=_next(each, work.at),
        mend=_mend(work, each.name),
    )


def _next(each: ScheduleRecord, now: datetime) -> str:
    if each.pause_reason:
        return "paused"
    return formatting.ahead(each.next_slot, now) if each.next_slot else "–"


def _state(work: WorkOverview, job: str, done: datetime | None) -> State:
    if job in work.failed:
        return BROKEN
    if job in work.overdue:
        return LATE
    return WELL if done else UNKNOWN


def _mend(work: WorkOverview, job: str) -> str:
    if job in work.failed:
        return "Run `hotdash status`: it says why."
    return "Run `hotdash doctor`: it says what keeps it." if job in work.overdue else ""
