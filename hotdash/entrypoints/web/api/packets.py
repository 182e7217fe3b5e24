"""GET /api/v1/packets: the kept weeks of a shop, each as its document and as files."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.clock import iso_utc
from hotdash.base.roles import Permission
from hotdash.entrypoints.web.api.answers import json_answer
from hotdash.entrypoints.web.api.packet_schemas import (
    Before,
    PacketAnswer,
    PacketsAnswer,
    WeekName,
)
from hotdash.entrypoints.web.api.schemas import ERRORS
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.packet_files import packet_answer
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.jobs.weekly_packet import packet_url
from hotdash.reports.packet.files import MEDIA_TYPES
from hotdash.reports.packet.weeks import Week
from hotdash.storage.appdb.repositories.packets import (
    Form,
    PacketRecord,
    get_packet,
    list_packets,
    packet_file,
)

router = APIRouter(prefix="/api/v1/packets", tags=["packets"])
_ERRORS: dict[int | str, dict[str, Any]] = ERRORS | {
    400: {"model": ERRORS[404]["model"], "description": "That year has no such week."}
}
_FILE: dict[int | str, dict[str, Any]] = _ERRORS | {
    200: {
        "description": "The file as it was sent.",
        "content": {
            media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
            for media_type in MEDIA_TYPES.values()
        },
    }
}


@router.get("", response_model=PacketsAnswer, responses=_ERRORS)
def packets(
    request: Request,
    parts: PartsOf,
    shop: Shop,
    before: Before = None,
    limit: Annotated[int, Query(ge=1, le=200, description="How many at most.")] = 53,
) -> Response:
    """The newest week first."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    oldest = Week.parse(before).name if before else None
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = list_packets(session, shop, before=oldest, limit=limit + 1)
    listed = found[:limit]
    return json_answer(
        {
            "shop": shop,
            "packets": [_told(each, parts) for each in listed],
            "next_before": listed[-1].week if len(found) > limit else None,
        }
    )


@router.get("/{week}", response_model=PacketAnswer, responses=_ERRORS)
def packet(request: Request, parts: PartsOf, week: WeekName, shop: Shop) -> Response:
    """One week with everything that was told of it, down to the SQL that was sent."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    asked = Week.parse(week)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        record = get_packet(session, shop, asked.name)
        document = packet_file(session, shop, asked.name, Form.JSON)
    told = {"shop": shop} | _told(record, parts)
    return json_answer(told | {"packet": orjson.Fragment(document.strip())})


@router.get("/{week}/{form}", response_class=Response, responses=_FILE)
def packet_as_file(
    request: Request,
    parts: PartsOf,
    week: WeekName,
    form: Annotated[Form, Path(description="Which of its files.")],
    shop: Shop,
) -> Response:
    """The very bytes that were sent."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        return packet_answer(session, shop, Week.parse(week), form)


def _told(each: PacketRecord, parts: Parts) -> dict[str, Any]:
    return {
        "week": each.week,
        "publication": str(each.publication) if each.publication else None,
        "as_of": iso_utc(each.as_of),
        "made_at": iso_utc(each.made_at),
        "sent_at": iso_utc(each.sent_at) if each.sent_at else None,
        "headline": each.headline,
        "url": packet_url(parts.context.base_url, each.shop_id, each.week),
    }
