"""The pages of the control center in one list: which permission each needs, and what a link to it keeps."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.routing import BaseRoute

from hotdash.base.roles import Permission, Role, may

KEPT = ("shop", "range", "from", "to", "compare")
"""What goes along from page to page; the rest belongs to the page it stands on."""


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    title: str
    path: str
    needs: Permission = Permission.SEE_METRICS


PAGES = (
    Page("today", "Today", "/today"),
    Page("anomalies", "Anomalies", "/anomalies"),
    Page("explore", "Explore", "/explore"),
    Page("attribution", "Attribution", "/attribution"),
    Page("patterns", "Patterns", "/patterns"),
    Page("forecast", "Forecast", "/forecast"),
    Page("studies", "Studies", "/studies"),
    Page("packets", "Packets", "/packets"),
    Page("knowledge", "Knowledge", "/knowledge"),
    Page("sources", "Sources", "/sources"),
    Page("decisions", "Decisions", "/decisions"),
    Page("data-health", "Data health", "/data-health"),
    Page("programme", "Programme", "/scorecard"),
    Page("backfills", "Backfills", "/backfills", Permission.SEE_BACKFILLS),
    # Whoever may make tokens has something to do there; each of its sections has a permission of its own.
    Page("admin", "Admin", "/admin", Permission.MAKE_TOKENS),
)


@dataclass(frozen=True, slots=True)
class PageLink:
    title: str
    url: str
    is_current: bool


def page_links(request: Request, page: str, roles: Mapping[str, Role]) -> list[PageLink]:
    """Those that are there and that the person may open, by their role in the shop they look at."""
    asked = request.query_params
    role = roles.get(asked.get("shop") or next(iter(roles), ""))
    kept = urlencode([(name, asked[name]) for name in KEPT if asked.get(name)])
    return [
        PageLink(each.title, f"{each.path}?{kept}" if kept else each.path, each.name == page)
        for each in open_pages(role, paths_of(request))
    ]


def open_pages(role: Role | None, paths: Collection[str]) -> Iterator[Page]:
    for each in PAGES:
        is_open = may(role, each.needs) if role else each.needs is Permission.SEE_METRICS
        if is_open and each.path in paths:
            yield each


def paths_of(request: Request) -> frozenset[str]:
    found: frozenset[str] | None = getattr(request.app.state, "page_paths", None)
    if found is None:
        found = frozenset(_paths(request.app.routes))
        request.app.state.page_paths = found
    return found


def _paths(routes: Iterable[BaseRoute]) -> Iterator[str]:
    """Also of routers that an app includes as they are."""
    for route in routes:
        inner: Any = getattr(route, "original_router", None)
        if inner is not None:
            yield from _paths(inner.routes)
        elif hasattr(route, "path"):
            yield str(getattr(route, "path", ""))
