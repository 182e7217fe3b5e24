"""The sections of Admin, which permission each needs, and the frame that every one of them stands in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.roles import Permission, Role, may
from hotdash.entrypoints.web.errors import Problem
from hotdash.entrypoints.web.gate import Admission, shop_of
from hotdash.entrypoints.web.parts import Parts
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop

PATH = "/admin"
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    title: str
    path: str
    needs: Permission


SHOPS = Section("shops", "Shops", PATH, Permission.SEE_METRICS)
PEOPLE = Section("people", "People", f"{PATH}/people", Permission.MANAGE_SHOP)
ROLES = Section("roles", "Roles", f"{PATH}/roles", Permission.SEE_METRICS)
TOKENS = Section("tokens", "API tokens", f"{PATH}/tokens", Permission.MAKE_TOKENS)
CREDENTIALS = Section(
    "credentials", "Credentials", f"{PATH}/credentials", Permission.CONNECT_SOURCES
)
POLICIES = Section("policies", "Policies", f"{PATH}/policies", Permission.SEE_METRICS)
ALERT_RULES = Section("alerts", "Alert rules", f"{PATH}/alerts", Permission.HANDLE_ALERTS)
ACCESS = Section("access", "Who read what", f"{PATH}/access", Permission.SEE_ACCESS)
# A page of its own, which belongs to no shop.
INSTALLATION = Section("installation", "Installation", "/installation", Permission.CONNECT_SOURCES)
SECTIONS = (SHOPS, PEOPLE, ROLES, TOKENS, CREDENTIALS, POLICIES, ALERT_RULES, ACCESS)


@dataclass(frozen=True, slots=True)
class Tab:
    title: str
    url: str
    is_current: bool


def url_of(section: Section, shop_id: str, **more: str) -> str:
    return f"{section.path}?{urlencode({'shop': shop_id} | more)}"


def tabs(current: Section, shop_id: str, role: Role) -> list[Tab]:
    """Only those that the person may open."""
    return [
        Tab(each.title, url_of(each, shop_id), each is current)
        for each in (*SECTIONS, INSTALLATION)
        if may(role, each.needs)
    ]


def entered(
    request: Request, parts: Parts, section: Section, shop_id: str | None
) -> tuple[Visit, VisitedShop | None]:
    """Without a shop in the address the person's first one, without any none."""
    visit = parts.gate.visit(request)
    wanted = shop_id or next(iter(visit.shops), None)
    return visit, shop_of(visit, wanted, section.needs) if wanted else None


def changing(
    request: Request, parts: Parts, permission: Permission, shop_id: str, csrf: str
) -> Admission:
    """Before anything is done: who it is, whether the form is theirs, whether they may."""
    visit = parts.gate.visit(request)
    parts.check_form(request, csrf)
    return Admission(visit, shop_of(visit, shop_id, permission), "")


def section_page(
    request: Request,
    parts: Parts,
    section: Section,
    visit: Visit,
    shop: VisitedShop,
    values: Mapping[str, Any],
    problem: Problem | None = None,
) -> Response:
    page = top_bar(visit, "admin") | {
        "shop": shop,
        "section": section,
        "tabs": tabs(section, shop.shop_id, shop.role),
        "problem": problem,
        **values,
    }
    status = problem.status if problem else 200
    return parts.pages.render(request, f"admin_{section.name}.html", page, status)


def nobodys(request: Request, parts: Parts, visit: Visit) -> Response:
    return parts.pages.render(request, "no_shop.html", top_bar(visit, "admin"))
