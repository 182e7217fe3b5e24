"""A form is believed when it carries this browser's token and comes from our own origin."""

import hashlib
import secrets
from functools import partial
from urllib.parse import SplitResult, urlsplit

from itsdangerous import Signer
from starlette.requests import Request

from hotdash.base.address import is_loopback
from hotdash.base.errors import ForbiddenError
from hotdash.entrypoints.web.context import WebContext

FIELD = "csrf"


class ForgedFormError(ForbiddenError):
    code = "forged_form"


class Csrf:
    def __init__(self, context: WebContext) -> None:
        self._keys = partial(context.keys, "csrf")
        self._base = urlsplit(context.base_url)

    def issue(self, visitor: str) -> str:
        """A new token each time, so that a compressed page gives nothing away about it."""
        return self._signer(visitor).sign(secrets.token_urlsafe(12)).decode()

    def check(self, request: Request, visitor: str | None, token: str | None) -> None:
        self._check_origin(request)
        if visitor is None or not self._signer(visitor).validate(token or ""):
            raise ForgedFormError(
                "This form is too old or was not sent by this browser.",
                hint="Open the page again and send the form once more; cookies must be allowed.",
                field=FIELD,
            )

    def refuse_foreign(self, request: Request) -> None:
        """For what shows a token: a page of another origin has none, and its browser says where it is."""
        if "origin" in request.headers:
            self._check_origin(request)

    def _signer(self, visitor: str) -> Signer:
        return Signer(self._keys(), salt=f"csrf {visitor}", digest_method=hashlib.sha256)

    def _check_origin(self, request: Request) -> None:
        origin = request.headers.get("origin") or _origin_of(request.headers.get("referer"))
        if not self._is_ours(origin):
            raise ForgedFormError(
                f"This form came from {origin or 'an unknown origin'}, not from this installation.",
                hint=f"Open {self._base.geturl()} and send the form there; "
                "behind a proxy, public_url must be the address people open.",
                field="Origin",
            )

    def _is_ours(self, origin: str | None) -> bool:
        if origin is None:
            return False
        try:
            theirs = urlsplit(origin)
        except ValueError:
            return False
        if (theirs.scheme, _port(theirs)) != (self._base.scheme, _port(self._base)):
            return False
        same_machine = is_loopback(theirs.hostname or "") and is_loopback(self._base.hostname or "")
        return theirs.hostname == self._base.hostname or same_machine


def _port(address: SplitResult) -> int | None:
    try:
        return address.port or {"http": 80, "https": 443}.get(address.scheme)
    except ValueError:
        return None


def _origin_of(referer: str | None) -> str | None:
    if not referer:
        return None
    parts = urlsplit(referer)
    return f"{parts.scheme}://{parts.netloc}"
