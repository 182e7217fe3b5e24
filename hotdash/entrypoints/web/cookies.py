"""The cookies: who is signed in, which browser this is, which theme it likes, which sign-in is under way."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from hotdash.entrypoints.web.context import WebContext
from hotdash.governance.access.oidc import PENDING_FOR

_A_YEAR = timedelta(days=365)


class Cookies:
    """Over https every name starts with __Host- and is Secure.

    Plain http is for loopback only. Chromium would take a Secure cookie there, Safari refuses it
    and nobody could sign in, so these names have no prefix. They carry the port instead: browsers
    share cookies between all ports of one host, and two installations must not sign each other out.
    """

    def __init__(self, context: WebContext) -> None:
        self._secure = context.is_https
        self._session_lasts = context.session_lasts
        prefix = "__Host-" if self._secure else ""
        suffix = "" if self._secure else f"-{context.port or 80}"
        self.session = f"{prefix}hotdash-session{suffix}"
        self.visitor = f"{prefix}hotdash-visitor{suffix}"
        self.pending = f"{prefix}hotdash-pending{suffix}"
        self.theme = f"{prefix}hotdash-theme{suffix}"

    def keep_session(self, response: Response, token: str) -> None:
        self._set(response, self.session, token, self._session_lasts)

    def drop_session(self, response: Response) -> None:
        response.delete_cookie(
            self.session, path="/", secure=self._secure, httponly=True, samesite="lax"
        )

    def keep_pending(self, response: Response, written: str) -> None:
        self._set(response, self.pending, written, PENDING_FOR)

    def drop_pending(self, response: Response) -> None:
        response.delete_cookie(
            self.pending, path="/", secure=self._secure, httponly=True, samesite="lax"
        )

    def pending_of(self, request: Request) -> str | None:
        return request.cookies.get(self.pending)

    def keep_visitor(self, response: Response, token: str) -> None:
        self._set(response, self.visitor, token, None)

    def keep_theme(self, response: Response, theme: str) -> None:
        self._set(response, self.theme, theme, _A_YEAR)

    def session_of(self, request: Request) -> str | None:
        return request.cookies.get(self.session)

    def visitor_of(self, request: Request) -> str | None:
        return request.cookies.get(self.visitor)

    def theme_of(self, request: Request) -> str:
        theme = request.cookies.get(self.theme, "")
        return theme if theme in {"light", "dark"} else "auto"

    def _set(self, response: Response, name: str, value: str, lasts: timedelta | None) -> None:
        response.set_cookie(
            name,
            value,
            max_age=int(lasts.total_seconds()) if lasts else None,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )
