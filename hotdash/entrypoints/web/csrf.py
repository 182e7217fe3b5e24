"""A form is believed when it carries this browser's token and comes from our own origin."""

import hashlib
import hmac
import secrets
from urllib.parse import SplitResult, urlsplit

from starlette.requests import Request

from hotdash.base.errors import ForbiddenError
from hotdash.entrypoints.web.context import WebContext, is_loopback

FIELD = "csrf"


class ForgedFormError(ForbiddenError):
    code = "forged_form"


class Csrf:
    def __init__(self, context: WebContext) -> None:
        self._key = context.key("csrf")
        self._base = urlsplit(context.base_url)

    def issue(self, visitor: str) -> str:
        """A new token each time, so that a compressed page gives nothing away about it."""
        salt = secrets.token_urlsafe(12)
        return f"{salt}.{self._sign(salt, visitor)}"

    def check(self, request: Request, visitor: str | None, token: str | None) -> None:
        self._check_origin(request)
        salt, _, signature = (token or "").partition(".")
        if visitor is None or not hmac.compare_digest(signature, self._sign(salt, visitor)):
            raise ForgedFormError(
                "This form is too old or was not sent by this browser.",
                hint="Open the page again and send the form once more; cookies must be allowed.",
                field=FIELD,
            )

    def _sign(self, salt: str, visitor: str) -> str:
        return hmac.new(self._key, f"{salt}.{visitor}".encode(), hashlib.sha256).hexdigest()

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
        theirs = urlsplit(origin)
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
