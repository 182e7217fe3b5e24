"""Who is at the door, and whether the shop they ask for is theirs."""

from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request

from hotdash.base.errors import ForbiddenError, HotdashError, NotFoundError
from hotdash.base.roles import Permission, may
from hotdash.entrypoints.web.context import WebContext
from hotdash.entrypoints.web.cookies import Cookies
from hotdash.governance.access.tokens import hash_token
from hotdash.storage.appdb.repositories import sign_in, visits
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop

_SEEN_EVERY = timedelta(minutes=5)


class SignedOutError(HotdashError):
    code = "signed_out"
    http_status = 401


@dataclass(frozen=True, slots=True)
class Admission:
    """A person, a shop that is theirs, and the edition of what is published for it."""

    visit: Visit
    shop: VisitedShop
    edition: str


class Gate:
    def __init__(self, context: WebContext, cookies: Cookies) -> None:
        self._database = context.database
        self._clock = context.clock
        self._cookies = cookies

    def find_visit(self, request: Request, shop_id: str | None = None) -> Visit | None:
        token = self._cookies.session_of(request)
        if not token:
            return None
        token_hash, now = hash_token(token), self._clock.now()
        with self._database.glance() as connection:
            visit = visits.find_visit(connection, token_hash, now, shop_id)
        if visit is not None and now - visit.last_seen_at > _SEEN_EVERY:
            with self._database.as_user(None) as session:
                sign_in.touch_session(session, token_hash, now)
        return visit

    def visit(self, request: Request, shop_id: str | None = None) -> Visit:
        visit = self.find_visit(request, shop_id)
        if visit is None:
            raise SignedOutError(
                "You are not signed in, or your sign-in has ended.",
                hint="Sign in and ask again.",
            )
        return visit

    def admit(self, request: Request, shop_id: str, permission: Permission) -> Admission:
        visit = self.visit(request, shop_id)
        shop = shop_of(visit, shop_id, permission)
        return Admission(visit, shop, visit.edition or "")


def shop_of(visit: Visit, shop_id: str, permission: Permission) -> VisitedShop:
    """A shop that does not exist and one that is somebody else's give the same answer."""
    shop = visit.shops.get(shop_id)
    if shop is None:
        raise NotFoundError(
            f"There is no shop {shop_id!r} among yours.",
            hint="Choose one of the shops in the list on Today.",
            field="shop",
        )
    if not may(shop.role, permission):
        raise ForbiddenError(
            f"Your role {shop.role.value} may not do this ({permission.value}).",
            hint=f"Ask an owner of {shop.name} for another role.",
        )
    return shop
