"""GET /api/v1/tiles/{tile}: one shape for all, answered from ready bytes while nothing has changed."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.roles import Permission
from hotdash.entrypoints.web.api.schemas import ERRORS, TileAnswer, TileName, TilesAnswer
from hotdash.entrypoints.web.gate import bearer_of
from hotdash.entrypoints.web.known_tiles import TileQuestion
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.entrypoints.web.ready_tiles import Asked
from hotdash.entrypoints.web.tile_cache import answer_together
from hotdash.insights.metrics.period import Compare, Period, Range
from hotdash.insights.tiles.catalog import TILES

router = APIRouter(prefix="/api/v1/tiles", tags=["tiles"])
Shop = Annotated[str, Query(description="The shop, by its id.", min_length=1, max_length=100)]


@router.get("", response_model=TilesAnswer, responses=ERRORS)
def tiles(
    request: Request,
    parts: PartsOf,
    shop: Shop,
    range: Range = Range.DAYS_30,
    compare: Compare = Compare.PREVIOUS,
) -> Response:
    """All seven tiles at once, in the order in which Today shows them."""
    asked = asked_by(request, parts, shop, Period(range, compare))
    return answer_together(request, "tiles", parts.tiles.tiles(tuple(TILES), asked))


@router.get("/{tile}", response_model=TileAnswer, responses=ERRORS)
async def tile(
    request: Request,
    parts: PartsOf,
    tile: Annotated[TileName, Path(description="The tile, by its name.")],
    shop: Shop,
    range: Range = Range.DAYS_30,
    compare: Compare = Compare.PREVIOUS,
) -> Response:
    """A number with its change, days, context and lists, and in which state it is and why."""
    period = Period(range, compare)
    if bearer_of(request) is not None:
        return await run_in_threadpool(_answer_program, request, parts, tile, shop, period)
    question = TileQuestion(tile, shop, period, request.scope["route"])
    answer = await answer_browser(request, parts, question)
    # Not before they were let in: what strangers ask for fills no memory.
    parts.known_tiles.remember(request.scope, question)
    return answer


async def answer_browser(request: Request, parts: Parts, question: TileQuestion) -> Response:
    admission = await parts.gate.admit_browser(request, question.shop, Permission.SEE_METRICS)
    asked = Asked(admission.visit.user_id, question.shop, admission.edition, question.period)
    ready = parts.tiles.known(question.tile, asked)
    if ready is None:
        ready = await run_in_threadpool(parts.tiles.tile, question.tile, asked)
    return ready.response(request)


def _answer_program(
    request: Request, parts: Parts, tile: str, shop: str, period: Period
) -> Response:
    asked = asked_by(request, parts, shop, period)
    return parts.tiles.tile(tile, asked).response(request)


def asked_by(request: Request, parts: Parts, shop: str, period: Period) -> Asked:
    """The right to see it is asked for every time, together with the edition; the rest is ready."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    return Asked(admission.visit.user_id, shop, admission.edition, period)
