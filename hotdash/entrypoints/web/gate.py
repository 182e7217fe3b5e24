"""Who is at the door, and whether the shop they ask for is theirs."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from hotdash.base.actors import actor_of
from hotdash.base.errors import HotdashError
from hotdash.base.roles import Permission
from hotdash.entrypoints.admitting import DeadTokenError, require_within_quota, shop_of
from hotdash.entrypoints.web.context import WebContext
from hotdash.entrypoints.web.cookies import Cookies
from hotdash.entrypoints.web.session_desk import SessionDesk
from hotdash.governance.access.api_tokens import PREFIX
from hotdash.governance.access.tokens import hash_token
from hotdash.storage.appdb.repositories import sign_in, visits
from hotdash.storage.appdb.repositories.visits import SessionAsked, Visit, VisitedShop
from hotdash.storage.appdb.session import token_in_use

_SEEN_EVERY = timedelta(minutes=5)


_SCHEME = "bearer "
_PROGRAMS = ("/api/", "/mcp")


class SignedOutError(HotdashError):
    code = "signed_out"
    http_status = 401

    def __init__(self) -> None:
        super().__init__(
            "You are not signed in, or your sign-in has ended.", hint="Sign in and ask again."
        )


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
            require_within_quota(visit, now)
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


def bearer_of(request: Request) -> str | None:
    """Only what programs ask knows tokens: a page that one opened would be a session without a sign-in."""
    told = request.headers.get("authorization", "")
    if not request.scope["path"].startswith(_PROGRAMS) or not told.lower().startswith(_SCHEME):
        return None
    return told[len(_SCHEME) :].strip()


def _state(request: Request) -> dict[str, Any]:
    return request.scope.setdefault("state", {})
