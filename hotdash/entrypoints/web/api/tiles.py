"""GET /api/v1/tiles/{tile}: one shape for all, answered from ready bytes while nothing has changed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import orjson
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.clock import local_day
from hotdash.base.roles import Permission
from hotdash.entrypoints.web.api.schemas import ERRORS, TileAnswer
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.entrypoints.web.tile_cache import CACHE_FOR, ReadyAnswer
from hotdash.insights.metrics.period import Compare, Period, Range
from hotdash.insights.tiles.contract import Tile
from hotdash.insights.tiles.sales_pulse import TILE, load_sales_pulse

router = APIRouter(prefix="/api/v1/tiles", tags=["tiles"])
Shop = Annotated[str, Query(description="The shop, by its id.", min_length=1, max_length=100)]


@dataclass(frozen=True, slots=True)
class Asked:
    what: str
    shop_id: str
    range: Range
    compare: Compare


@router.get("/sales-pulse", response_model=TileAnswer, responses=ERRORS)
def sales_pulse(
    request: Request,
    parts: PartsOf,
    shop: Shop,
    range: Range = Range.DAYS_30,
    compare: Compare = Compare.PREVIOUS,
) -> Response:
    """Revenue and its change, with orders, order values and refunds."""
    return ready_answer(request, parts, Asked(TILE, shop, range, compare), _body).response(request)


def _body(tile: Tile) -> bytes:
    return orjson.dumps(tile.as_json())


def ready_answer(
    request: Request, parts: Parts, asked: Asked, body: Callable[[Tile], bytes]
) -> ReadyAnswer:
    """The right to see it is asked for every time, together with the edition; the rest is ready."""
    admission = parts.gate.admit(request, asked.shop_id, Permission.SEE_METRICS)
    now, fresh = parts.context.clock.now(), parts.context.orders_fresh_within
    key = (asked.what, asked.shop_id, asked.range, asked.compare, admission.edition)
    answer = parts.tiles.get(key, now)
    parts.telemetry.tile_answered(asked.what, from_cache=answer is not None)
    if answer is None:
        with parts.context.database.as_user(admission.visit.user_id) as session:
            tile = load_sales_pulse(
                session,
                asked.shop_id,
                Period(asked.range, asked.compare),
                now,
                fresh_within=fresh,
            )
        answer = ReadyAnswer.of(body(tile), good_until(tile, now, fresh))
        parts.tiles.put(key, answer)
    return answer


def good_until(tile: Tile, now: datetime, fresh_within: timedelta) -> datetime:
    """Time alone changes a tile when its data grows stale and when the shop's day ends."""
    zone = ZoneInfo(tile.timezone)
    tomorrow = local_day(now, tile.timezone) + timedelta(days=1)
    changes = [
        datetime.combine(tomorrow, time(), zone),
        *(at + fresh_within for at in tile.as_of.values()),
    ]
    return min([now + CACHE_FOR, *(at for at in changes if at > now)])
