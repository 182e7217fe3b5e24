"""GET /data-health/checks/{check}: one check, what it found, what it keeps back, and what it said before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.roles import Permission, may
from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.api.decisions import names_of_deciders
from hotdash.entrypoints.web.errors import Problem
from hotdash.entrypoints.web.pages.data_health import view
from hotdash.entrypoints.web.pages.data_health.state import PATH, check_url, health_url
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.jobs.decide_quality import LONGEST_OVERRIDE, newest_answer
from hotdash.storage.appdb.repositories.checks import FAILED, CheckRecord, answers_of
from hotdash.storage.appdb.repositories.overrides import standing_overrides
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop

router = APIRouter(include_in_schema=False)
_SHOWN_ANSWERS, _SHOWN_ROWS = 30, 20
_LONGEST_CELL = 200
Check = Annotated[str, Path(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class SampleView:
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class AnswerView:
    at: str
    state: str
    word: str
    rows: str
    sentence: str


@router.get(f"{PATH}/checks/{{check}}")
def one_check(request: Request, parts: PartsOf, check: Check, shop: str) -> Response:
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    return check_page(request, parts, admission.visit, admission.shop, check)


def check_page(
    request: Request,
    parts: Parts,
    visit: Visit,
    shop: VisitedShop,
    check: str,
    problem: Problem | None = None,
) -> Response:
    names, now = names_of_deciders(parts), parts.context.clock.now()
    with parts.context.database.as_user(visit.user_id) as session:
        newest = newest_answer(session, shop.shop_id, check)
        before = answers_of(session, shop.shop_id, check, _SHOWN_ANSWERS)
        aside = [
            each
            for each in standing_overrides(session, [shop.shop_id], now)
            if each.check_name == check
        ]
    [told] = view.check_views([newest], aside, names, shop.timezone)
    values = top_bar(visit, "data-health") | {
        "shop": shop,
        "here": check_url(shop.shop_id, check),
        "health_url": health_url(shop.shop_id),
        "problem": problem,
        "check": told,
        "asked": f"asked {formatting.ago(newest.at, now)}" if newest.at else "",
        "marts": newest.marts,
        "sources": [view.source_title(name) for name in newest.sources],
        "sample": sample_view(newest.sample[:_SHOWN_ROWS]),
        "answers": [_answer(each, shop.timezone) for each in before],
        "aside": [view.override_view(each, names, shop.timezone) for each in aside],
        "may_override": may(shop.role, Permission.OVERRIDE_WARNINGS),
        "longest": LONGEST_OVERRIDE.days,
    }
    return parts.pages.render(
        request, "data_health_check.html", values, problem.status if problem else 200
    )


def sample_view(sample: Sequence[Mapping[str, Any]]) -> SampleView | None:
    """Rows of one check may have different columns; every one of them is shown."""
    columns = tuple(dict.fromkeys(name for row in sample for name in row))
    if not columns:
        return None
    return SampleView(
        columns, tuple(tuple(_cell(row.get(name)) for name in columns) for row in sample)
    )


def _cell(value: Any) -> str:
    text = formatting.MISSING if value is None else str(value)
    return text if len(text) <= _LONGEST_CELL else f"{text[:_LONGEST_CELL]}…"


def _answer(each: CheckRecord, timezone: str) -> AnswerView:
    is_failing = each.status == FAILED
    aside = ", set aside" if each.override_id else ""
    return AnswerView(
        at=formatting.shop_time(each.at, timezone) if each.at else formatting.MISSING,
        state="act" if is_failing else "ok",
        word=f"failed{aside}" if is_failing else each.status,
        rows=formatting.count(each.failing_rows) if is_failing else "",
        sentence=each.sentence,
    )
