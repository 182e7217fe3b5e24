"""GET /decisions: what waits for an answer, what was decided and what came of it; POST answers, without a script."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.clock import require_aware
from hotdash.base.cursors import moment_of
from hotdash.base.errors import HotdashError
from hotdash.base.roles import Permission, may
from hotdash.decisions.corrections import correct as record_correction
from hotdash.decisions.recommendations.answering import (
    LONGEST_TEXT,
    Answer,
    AnswerError,
    Verdict,
    answer,
)
from hotdash.decisions.recommendations.evidence import evidence_of
from hotdash.entrypoints.admitting import hidden_from
from hotdash.entrypoints.web.address import local_path, see_other, with_word
from hotdash.entrypoints.web.api.decisions import names_of_deciders
from hotdash.entrypoints.web.errors import Problem, problem_of, reference_of
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.pages.answered_view import ANSWERED, answered_view, answered_word
from hotdash.entrypoints.web.pages.asked_view import (
    answering_view,
    asked_view,
)
from hotdash.entrypoints.web.pages.assigned_view import (
    ASSIGNMENT_STATES,
    STILL_OPEN,
    assigned_view,
)
from hotdash.entrypoints.web.pages.decided_view import decided_view
from hotdash.entrypoints.web.pages.evidence_view import evidence_view
from hotdash.entrypoints.web.pages.model import PATH as MODEL_PATH
from hotdash.entrypoints.web.pages.proposal_edits import changed, corrected_units
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.jobs.decision_documents import EXPORTED, decisions_page, every_decision, exported
from hotdash.reports.files.csv_file import csv_line
from hotdash.storage.appdb.repositories.assignments import list_assignments
from hotdash.storage.appdb.repositories.decisions import Wanted
from hotdash.storage.appdb.repositories.recommendations import (
    ASKED,
    find_recommendation,
    list_recommendations,
)
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop

PATH = "/decisions"
router = APIRouter(prefix=PATH, include_in_schema=False)
_MOST_ASKED, _MOST_DECIDED, _LONGEST = 50, 50, 300
Text = Annotated[str, Form()]


@dataclass(frozen=True, slots=True)
class Search:
    """As the address says it; what is empty does not narrow."""

    by: str = ""
    action: str = ""
    subject: str = ""
    cursor: str = ""

    @property
    def wanted(self) -> Wanted:
        by, action, subject = (
            each.strip()[:_LONGEST] or None for each in (self.by, self.action, self.subject)
        )
        return Wanted(by, action, subject, before=moment_of(self.cursor or None))

    def url(self, shop_id: str, path: str = PATH, cursor: str = "") -> str:
        asked = {"by": self.by, "action": self.action, "subject": self.subject, "cursor": cursor}
        kept = {name: text for name, text in asked.items() if text}
        return f"{path}?{urlencode({'shop': shop_id} | kept)}"


@router.get("")
def decisions(
    request: Request,
    parts: PartsOf,
    shop: str | None = None,
    by: str = "",
    action: str = "",
    subject: str = "",
    cursor: str = "",
    answered: str = "",
) -> Response:
    visit = parts.gate.visit(request)
    wanted = shop or next(iter(visit.shops), None)
    if wanted is None:
        return parts.pages.render(request, "no_shop.html", top_bar(visit, "decisions"))
    chosen = shop_of(visit, wanted, Permission.SEE_METRICS)
    search = Search(by, action, subject, cursor)
    return _page(request, parts, visit, chosen, search, answered=answered)


@router.get("/evidence")
def evidence(request: Request, parts: PartsOf, shop: str, kind: str, subject: str) -> Response:
    """The published rows behind a recommendation, as a table."""
    visit = parts.gate.visit(request)
    chosen = shop_of(visit, shop, Permission.SEE_METRICS)
    with parts.context.database.as_user(visit.user_id) as session:
        rows = evidence_of(session, shop, kind, subject, parts.context.clock.now())
    values = top_bar(visit, "decisions") | {
        "shop": chosen,
        "table": evidence_view(kind, subject, rows, chosen),
    }
    return parts.pages.render(request, "evidence.html", values)


@router.get("/export.csv")
def export(
    request: Request,
    parts: PartsOf,
    shop: str,
    by: str = "",
    action: str = "",
    subject: str = "",
) -> Response:
    """What the search found, whole."""
    admission = parts.gate.admit(request, shop, Permission.EXPORT)
    names = names_of_deciders(parts)
    hidden = hidden_from(admission.visit, admission.shop)
    wanted = replace(Search(by, action, subject).wanted, hidden=hidden)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        lines = [csv_line(EXPORTED)]
        lines += [csv_line(exported(each)) for each in every_decision(session, shop, wanted, names)]
    return Response(
        "".join(lines),
        media_type="text/csv; charset=utf-8",
        headers={
            "content-disposition": f'attachment; filename="decisions-{shop}.csv"',
            "cache-control": "no-store",
        },
    )


@router.post("/answer")
def give_answer(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    recommendation: Text = "",
    verdict: Text = "",
    rationale: Text = "",
    assignee: Text = "",
    option: Text = "",
    units: Text = "",
    external_ref: Text = "",
    days: Text = "",
    shown_at: Text = "",
    shown_order: Text = "",
    next: Text = PATH,
    csrf: Text = "",
) -> Response:
    """What is refused is told above the queue; the same form sent twice is one answer."""
    visit = parts.gate.visit(request)
    parts.check_form(request, csrf)
    chosen, now = shop_of(visit, shop, Permission.DECIDE), parts.context.clock.now()
    try:
        asked = _id(recommendation)
        said = _verdict(verdict)
        given = Answer(
            verdict=said,
            rationale=rationale,
            actor=actor_of(visit.user_id),
            external_ref=external_ref.strip() or None,
            until=now + _days(days) if said is Verdict.SNOOZE else None,
            option=option or None if said is Verdict.REJECT else None,
            assignee=assignee or None,
            shown_at=_moment(shown_at),
            shown_order=shown_order.split()[:_MOST_ASKED],
            request_id=reference_of(request) or None,
            idempotency_key=f"page:{asked}:{said}:{shown_at[:40]}",
        )
        with parts.context.database.as_user(visit.user_id) as session:
            if said is Verdict.APPROVE:
                given = _as_changed(session, shop, asked, given, option, units)
            answer(session, shop, asked, given, now)
    except HotdashError as error:
        return _page(request, parts, visit, chosen, Search(), problem_of(error))
    return see_other(with_word(local_path(next), ANSWERED, answered_word(asked, given)))


def _as_changed(
    session: Session, shop_id: str, asked: UUID, given: Answer, option: str, units: str
) -> Answer:
    """What is not there any more is refused where answers are."""
    record = find_recommendation(session, shop_id, asked)
    if record is None:
        return given
    told = changed(record, option, units, given.rationale)
    return replace(given, option=told.option, edits=told.edits, rationale=told.rationale)


@router.post("/correct")
def correct(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    decision: Text = "",
    rationale: Text = "",
    units: Text = "",
    shown_at: Text = "",
    next: Text = PATH,
    csrf: Text = "",
) -> Response:
    """A decision is never changed: what was wrong about it is said by another one."""
    visit = parts.gate.visit(request)
    parts.check_form(request, csrf)
    chosen = shop_of(visit, shop, Permission.DECIDE)
    try:
        wrong, edits = _id(decision, "decision"), corrected_units(units)
        if len(rationale) > LONGEST_TEXT:
            raise AnswerError(
                f"The reason has {len(rationale):,} characters.",
                hint=f"Say it in {LONGEST_TEXT:,} or fewer.",
                field="rationale",
            )
        with parts.context.database.as_user(visit.user_id) as session:
            record_correction(
                *(session, shop, wrong, parts.context.clock.now()),
                actor=actor_of(visit.user_id),
                rationale=rationale,
                edits=edits,
                request_id=reference_of(request) or None,
                idempotency_key=f"page:correct:{wrong}:{shown_at[:40]}",
                hidden=hidden_from(visit, chosen),
            )
    except HotdashError as error:
        return _page(request, parts, visit, chosen, Search(), problem_of(error))
    return see_other(f"{local_path(next)}#history")


def _page(
    request: Request,
    parts: Parts,
    visit: Visit,
    shop: VisitedShop,
    search: Search,
    problem: Problem | None = None,
    answered: str = "",
) -> Response:
    now, names = parts.context.clock.now(), names_of_deciders(parts)
    wanted = replace(search.wanted, hidden=hidden_from(visit, shop))
    with parts.context.database.as_user(visit.user_id) as session:
        found = list_recommendations(session, shop.shop_id, ASKED, limit=_MOST_ASKED)
        page = decisions_page(session, shop.shop_id, wanted, _MOST_DECIDED, names)
        assigned = [
            assigned_view(each, shop.timezone)
            for each in list_assignments(session, shop.shop_id, STILL_OPEN)[:_MOST_ASKED]
        ]
    asked = [asked_view(each, shop.timezone, now) for each in found]
    here = search.url(shop.shop_id)
    following = search.url(shop.shop_id, cursor=page.next_cursor) if page.next_cursor else None
    values = top_bar(visit, "decisions") | {
        "shop": shop,
        "here": here,
        "problem": problem,
        "answered": answered_view(parts.context.database, visit.user_id, shop.shop_id, answered),
        "queue": asked,
        "answering": answering_view(
            asked,
            *(shop.shop_id, now, here),
            may_decide=may(shop.role, Permission.DECIDE),
            may_put_off=True,
        ),
        "search": search,
        "deciders": _deciders(names, search.by, page.documents),
        "may_decide": may(shop.role, Permission.DECIDE),
        "assigned": assigned,
        "states": ASSIGNMENT_STATES,
        "history": [decided_view(each, shop.timezone) for each in page.documents],
        "older_url": following,
        "model_url": Search().url(shop.shop_id, MODEL_PATH)
        if may(shop.role, Permission.MANAGE_SHOP)
        else None,
        "export_url": search.url(shop.shop_id, f"{PATH}/export.csv")
        if may(shop.role, Permission.EXPORT)
        else None,
    }
    return parts.pages.render(request, "decisions.html", values, problem.status if problem else 200)


def _deciders(
    names: dict[str, str], chosen: str, documents: Sequence[dict[str, Any]]
) -> dict[str, str]:
    """Whoever decided what is shown, and whoever is searched for; never who belongs to other shops."""
    told = {actor: names.get(actor, actor) for actor in {str(each["actor"]) for each in documents}}
    # Who is asked for by a number that the address holds may be anybody.
    asked_for = {chosen: chosen} if chosen else {}
    return dict(sorted((asked_for | told).items()))


def _verdict(text: str) -> Verdict:
    if text not in set(Verdict):
        raise AnswerError(
            f"{text[:40]!r} is no answer.",
            hint=f"The answers are {', '.join(Verdict)}.",
            field="verdict",
        )
    return Verdict(text)


def _id(text: str, what: str = "recommendation") -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise AnswerError(
            f"{text[:40]!r} names no {what}.", hint="Load the page again.", field=what
        ) from None


def _days(text: str) -> timedelta:
    """Nothing sensible is no time, which is refused where answers are."""
    return (
        timedelta(days=int(text))
        if text.isascii() and text.isdigit() and len(text) < 3
        else timedelta()
    )


def _moment(text: str) -> datetime | None:
    try:
        return require_aware(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None
