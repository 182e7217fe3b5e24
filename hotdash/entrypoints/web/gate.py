"""Who is at the door, and whether the shop they ask for is theirs."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from math import ceil
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from hotdash.base.actors import actor_of
from hotdash.base.errors import ForbiddenError, HotdashError, NotFoundError
from hotdash.base.roles import Permission, may
from hotdash.decisions.log import hidden_scopes
from hotdash.entrypoints.web.context import WebContext
from hotdash.entrypoints.web.cookies import Cookies
from hotdash.entrypoints.web.session_desk import SessionDesk
from hotdash.governance.access.api_tokens import PREFIX
from hotdash.governance.access.tokens import hash_token
from hotdash.storage.appdb.repositories import sign_in, visits
from hotdash.storage.appdb.repositories.visits import Quota, SessionAsked, Visit, VisitedShop
from hotdash.storage.appdb.session import token_in_use

_SEEN_EVERY = timedelta(minutes=5)


_SCHEME = "bearer "
_PROGRAMS = "/api/"


class SignedOutError(HotdashError):
    code = "signed_out"
    http_status = 401

    def __init__(self) -> None:
        super().__init__(
            "You are not signed in, or your sign-in has ended.", hint="Sign in and ask again."
        )


class DeadTokenError(HotdashError):
    code = "invalid_token"
    http_status = 401

    def __init__(self) -> None:
        super().__init__(
            "This token is unknown, over or revoked.",
            hint="Make a new one with `hotdash tokens create` or under POST /api/v1/tokens.",
        )
        self.headers = {"www-authenticate": 'Bearer error="invalid_token"'}


class TooManyRequestsError(HotdashError):
    code = "too_many_requests"
    http_status = 429

    def __init__(self, quota: Quota, seconds: int) -> None:
        super().__init__(
            f"This token has used up its {quota.allowed} requests of this minute.",
            hint=f"Wait {seconds} s; the answers say in RateLimit-Remaining how many are left.",
        )
        self.headers = {"retry-after": str(seconds)}


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
        self._vouched = context.vouched
        self._desk = SessionDesk(context.database, context.clock)

    def find_visit(self, request: Request, shop_id: str | None = None) -> Visit | None:
        """By the token a program shows, or else by the session of this browser; never by both."""
        bearer = bearer_of(request)
        if bearer is None:
            visit = self._of_session(request, shop_id)
        else:
            visit = self._of_bearer(request, bearer, shop_id)
        token_in_use.set(visit.token_id if visit else None)
        return None if visit is None else self._noted(request, visit)

    def _of_session(self, request: Request, shop_id: str | None) -> Visit | None:
        token = self._cookies.session_of(request)
        if not token:
            return None
        token_hash = hash_token(token)
        with self._database.glance() as connection:
            visit = visits.find_visit(connection, token_hash, self._clock.now(), shop_id)
        if visit is not None and self._is_seen_anew(visit):
            self._touch(token_hash)
        return visit

    def _is_seen_anew(self, visit: Visit) -> bool:
        return self._clock.now() - visit.last_seen_at > _SEEN_EVERY

    def _touch(self, token_hash: bytes) -> None:
        with self._database.as_user(None) as session:
            sign_in.touch_session(session, token_hash, self._clock.now())

    def visit(self, request: Request, shop_id: str | None = None) -> Visit:
        visit = self.find_visit(request, shop_id)
        if visit is None and bearer_of(request) is not None:
            raise DeadTokenError
        if visit is None:
            raise SignedOutError
        return visit

    def _of_bearer(self, request: Request, bearer: str, shop_id: str | None) -> Visit | None:
        counts, now = "quota" not in _state(request), self._clock.now()
        if bearer.startswith(PREFIX):
            with self._database.glance() as connection:
                visit = visits.find_token_visit(
                    connection, hash_token(bearer), now, shop_id, counts=counts
                )
        elif self._vouched is not None:
            visit = self._vouched.find_visit(bearer, now, shop_id, counts=counts)
        else:
            visit = None
        if visit is not None and visit.quota is not None:
            _state(request)["quota"] = visit.quota
            if visit.quota.is_over:
                seconds = max(1, ceil((visit.quota.ends_at - now).total_seconds()))
                raise TooManyRequestsError(visit.quota, seconds)
        return visit

    def _noted(self, request: Request, visit: Visit) -> Visit:
        """For whoever asks after the answer who it went to, and what they were let in for."""
        state = _state(request)
        state["actor"] = actor_of(visit.user_id)
        state["door"] = "session" if bearer_of(request) is None else "token"
        return replace(visit, admissions=state.setdefault("admissions", []))

    async def admit_browser(
        self, request: Request, shop_id: str, permission: Permission
    ) -> Admission:
        """As admit, for whoever shows no token; a thread is taken for all that wait at a time."""
        token = self._cookies.session_of(request)
        if not token:
            raise SignedOutError
        token_hash = hash_token(token)
        visit = await self._desk.find_visit(SessionAsked(token_hash, shop_id))
        if visit is None:
            raise SignedOutError
        if self._is_seen_anew(visit):
            await run_in_threadpool(self._touch, token_hash)
        visit = self._noted(request, visit)
        return Admission(visit, shop_of(visit, shop_id, permission), visit.edition or "")

    def admit(
        self,
        request: Request,
        shop_id: str,
        permission: Permission,
        *,
        by_token: Permission | None = None,
    ) -> Admission:
        """What everybody may write for themselves, a token that is good for reading may not."""
        visit = self.visit(request, shop_id)
        shop = shop_of(visit, shop_id, permission)
        if by_token is not None and visit.scopes is not None:
            shop_of(visit, shop_id, by_token)
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
    if visit.scopes is not None and permission not in visit.scopes:
        raise ForbiddenError(
            f"This token is not good for this ({permission.value}).",
            hint="Make one with that scope, or sign in.",
            field="Authorization",
        )
    visit.admissions.append((shop_id, permission))
    return shop


def sees(visit: Visit, shop: VisitedShop, permission: Permission) -> bool:
    """For what an answer leaves out, where it is not refused as a whole."""
    return may(shop.role, permission) and (visit.scopes is None or permission in visit.scopes)


def hidden_from(visit: Visit, shop: VisitedShop) -> frozenset[str]:
    """The scopes of decisions that are not told to them."""
    return hidden_scopes(partial(sees, visit, shop))


def bearer_of(request: Request) -> str | None:
    """Only the API knows tokens: a page that one opened would be a session without a sign-in."""
    told = request.headers.get("authorization", "")
    if not request.scope["path"].startswith(_PROGRAMS) or not told.lower().startswith(_SCHEME):
        return None
    return told[len(_SCHEME) :].strip()


def _state(request: Request) -> dict[str, Any]:
    return request.scope.setdefault("state", {})
