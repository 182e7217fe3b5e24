"""Admin, roles: the matrix as the reference shows it, in words."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.roles import MATRIX, Permission, Role
from hotdash.entrypoints.web.pages.admin.sections import ROLES, entered, nobodys, section_page
from hotdash.entrypoints.web.parts import PartsOf

router = APIRouter(prefix=ROLES.path, include_in_schema=False)

SENTENCES = {
    Permission.SEE_METRICS: "See every page and number of the shop",
    Permission.EXPORT: "Take numbers and decisions away as files",
    Permission.DECIDE: "Approve, reject, put off and correct decisions",
    Permission.ROLL_BACK_PUBLICATION: "Show an older publication again, and let go of it",
    Permission.CONNECT_SOURCES: "Connect sources and renew their credentials",
    Permission.MANAGE_SHOP: "Say who belongs to the shop, and decide its policies",
    Permission.HANDLE_ALERTS: "Acknowledge, put off and resolve alerts",
    Permission.SET_ALERT_RULES: "Say who hears of which alert, and when; try a channel",
    Permission.OVERRIDE_WARNINGS: "Let a warning pass for a while",
    Permission.SEE_BACKFILLS: "See backfills and what they changed",
    Permission.REQUEST_BACKFILLS: "Ask for a backfill",
    Permission.APPROVE_BACKFILLS: "Approve or refuse a backfill",
    Permission.RUN_BACKFILLS: "Run an approved backfill",
    Permission.ANNOTATE: "Write notes into charts",
    Permission.SET_GOALS: "Set goals",
    Permission.MAKE_TOKENS: "Make and end API tokens of their own",
    Permission.SEE_ACCESS: "See who read what",
    Permission.REVEAL_PEOPLE: "See a customer's name and address, with a reason that is kept",
    Permission.PROPOSE: "Put a proposal into the queue that somebody else decides (MCP)",
}


@dataclass(frozen=True, slots=True)
class RoleRow:
    sentence: str
    permission: str
    allowed: tuple[bool, ...]


@router.get("")
def roles(request: Request, parts: PartsOf, shop: str | None = None) -> Response:
    visit, chosen = entered(request, parts, ROLES, shop)
    if chosen is None:
        return nobodys(request, parts, visit)
    values = {
        "roles": [role.value.capitalize() for role in Role],
        "own": chosen.role.value.capitalize(),
        "rows": [
            RoleRow(SENTENCES[each], each.value, tuple(role in allowed for role in Role))
            for each, allowed in MATRIX.items()
        ],
    }
    return section_page(request, parts, ROLES, visit, chosen, values)
