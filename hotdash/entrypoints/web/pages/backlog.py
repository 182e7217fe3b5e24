"""GET /backlog: metrics, studies and evidence still to come, and how far each is for a shop, looked at now."""

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.roles import Permission
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.insights.tiles import wording
from hotdash.reports.backlog.items import backlog as wanted_items
from hotdash.reports.backlog.standing import Dependency, Standing, Status, board
from hotdash.reports.backlog.surroundings import load_surroundings

PATH = "/backlog"

router = APIRouter(include_in_schema=False)
_STATES = {
    Status.BLOCKED: "blocked",
    Status.IN_PROGRESS: "reprocessing",
    Status.QUEUED: "empty",
    Status.COMPLETE: "ok",
}
_TITLES = {
    Status.IN_PROGRESS: "In progress",
    Status.QUEUED: "Queued",
    Status.BLOCKED: "Blocked",
    Status.COMPLETE: "Complete",
}


@dataclass(frozen=True, slots=True)
class ItemView:
    name: str
    title: str
    kind: str
    priority: int
    owner: str
    why: str
    because: str
    blocked_by: tuple[str, ...]
    dependencies: tuple[Dependency, ...]
    file: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    state: str
    items: tuple[ItemView, ...]


@router.get(PATH)
def backlog(request: Request, parts: PartsOf, shop: str | None = None) -> Response:
    visit = parts.gate.visit(request)
    asked = shop or next(iter(visit.shops), None)
    if asked is None:
        return parts.pages.render(request, "no_shop.html", top_bar(visit, "programme"))
    chosen = shop_of(visit, asked, Permission.SEE_METRICS)
    context = parts.context
    # As the page Sources does: which sources are connected is kept with their keys, which no web role reads.
    with context.database.jobs() as session:
        around = load_surroundings(session, chosen.shop_id, context.home, context.clock.now())
    found = board(wanted_items(), around)
    values = top_bar(visit, "programme") | {
        "shop": chosen,
        "columns": [
            Column(
                title,
                _STATES[status],
                tuple(
                    _view(each, chosen.shop_id) for each in found.standings if each.status is status
                ),
            )
            for status, title in _TITLES.items()
        ],
        "total": wording.counted(len(found.standings), "item"),
    }
    return parts.pages.render(request, "backlog.html", values)


def _view(each: Standing, shop_id: str) -> ItemView:
    item, artifact = each.item, each.artifact
    return ItemView(
        name=item.name,
        title=item.title,
        kind=item.kind.value,
        priority=item.priority,
        owner=item.owner,
        why=item.why,
        because=f"{each.why[:1].upper()}{each.why[1:]}",
        blocked_by=tuple(each.blocked_by),
        dependencies=each.dependencies,
        file=(artifact.file or "") if artifact else "",
        url=_url(each, shop_id),
    )


def _url(each: Standing, shop_id: str) -> str | None:
    page = each.artifact.page if each.artifact else None
    return f"{page}?{urlencode({'shop': shop_id})}" if page else None
