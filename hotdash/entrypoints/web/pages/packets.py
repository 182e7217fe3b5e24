"""GET /packets: a shop's weeks as they were told; /packets/{week} is one of them, with its files."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter
from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.roles import Permission
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.packet_files import packet_answer
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.insights.tiles import wording
from hotdash.reports.packet import words
from hotdash.reports.packet.render.html import article_of
from hotdash.reports.packet.weeks import SENT_AT, Week
from hotdash.storage.appdb.repositories.packets import (
    Form,
    PacketRecord,
    get_packet,
    list_packets,
    packet_file,
)
from hotdash.storage.appdb.repositories.visits import VisitedShop

PATH = "/packets"
MOST_LISTED = 53
FORM_TITLES = {
    Form.PDF: "PDF",
    Form.HTML: "HTML",
    Form.JSON: "JSON",
    Form.NOTEBOOK: "Notebook",
}
router = APIRouter(prefix=PATH, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class FileLink:
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class PacketRow:
    week: str
    url: str
    span: str
    headline: str
    sent: str
    files: tuple[FileLink, ...]


@router.get("")
def packets(
    request: Request, parts: PartsOf, shop: str | None = None, before: str | None = None
) -> Response:
    visit = parts.gate.visit(request)
    wanted = shop or next(iter(visit.shops), None)
    if wanted is None:
        return parts.pages.render(request, "no_shop.html", top_bar(visit))
    chosen = shop_of(visit, wanted, Permission.SEE_METRICS)
    oldest = Week.parse(before).name if before else None
    with parts.context.database.as_user(visit.user_id) as session:
        found = list_packets(session, chosen.shop_id, before=oldest, limit=MOST_LISTED + 1)
    listed, more = found[:MOST_LISTED], found[MOST_LISTED:]
    values = top_bar(visit, "packets") | {
        "shop": chosen,
        "rows": [_row(each, chosen) for each in listed],
        "older_url": _url(chosen, before=listed[-1].week) if more else None,
        "newest_url": _url(chosen) if oldest else None,
        "sent_at": f"{SENT_AT:%H:%M}",
    }
    return parts.pages.render(request, "packets.html", values)


@router.get("/{week}")
def packet(request: Request, parts: PartsOf, week: str, shop: str) -> Response:
    visit = parts.gate.visit(request)
    chosen = shop_of(visit, shop, Permission.SEE_METRICS)
    asked = Week.parse(week)
    with parts.context.database.as_user(visit.user_id) as session:
        record = get_packet(session, shop, asked.name)
        document = packet_file(session, shop, asked.name, Form.HTML)
        beside = _beside(session, chosen, asked)
    values = top_bar(visit, "packets") | {
        "shop": chosen,
        "row": _row(record, chosen),
        # Written by us with every value escaped, and kept since; it brings no script and no style.
        "article": Markup(article_of(document)),
        "beside": beside,
        "all_url": _url(chosen),
    }
    return parts.pages.render(request, "packet.html", values)


@router.get("/{week}/{form}")
def file(request: Request, parts: PartsOf, week: str, form: Form, shop: str) -> Response:
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        return packet_answer(session, shop, Week.parse(week), form)


def _beside(session: Session, shop: VisitedShop, week: Week) -> Sequence[FileLink]:
    """The kept weeks on both sides of it."""
    [*older] = list_packets(session, shop.shop_id, before=week.name, limit=1)
    newer = [
        each
        for each in list_packets(session, shop.shop_id, before=week.before(-2).name, limit=1)
        if each.week > week.name
    ]
    return [FileLink(each.week, _url(shop, each.week)) for each in (*older, *newer)]


def _row(each: PacketRecord, shop: VisitedShop) -> PacketRow:
    week = Week.parse(each.week)
    moment = each.sent_at or each.made_at
    told = f"{'sent' if each.sent_at else 'made'} {wording.moment(moment, shop.timezone)}"
    return PacketRow(
        week=each.week,
        url=_url(shop, each.week),
        span=words.span(week.monday, week.sunday),
        headline=each.headline,
        sent=told,
        files=tuple(
            FileLink(title, _url(shop, f"{each.week}/{form.value}"))
            for form, title in FORM_TITLES.items()
        ),
    )


def _url(shop: VisitedShop, below: str = "", **more: str) -> str:
    path = f"{PATH}/{below}" if below else PATH
    return f"{path}?{urlencode({'shop': shop.shop_id} | more)}"
