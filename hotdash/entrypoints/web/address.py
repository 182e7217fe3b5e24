"""Where a request came from, for counting failed sign-ins; and where it may go next."""

import ipaddress
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hotdash.base.address import is_loopback
from hotdash.entrypoints.web.context import WebContext


def client_address(request: Request, context: WebContext) -> str:
    """Behind a proxy on this machine every visitor comes from loopback: the last hop it names counts."""
    peer = request.client.host if request.client else "unknown"
    if context.is_loopback or not is_loopback(peer):
        return peer
    named = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    try:
        return str(ipaddress.ip_address(named))
    except ValueError:
        return peer


def address_of(request: Request) -> str:
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


def see_other(address: str) -> Response:
    return RedirectResponse(address, 303, {"cache-control": "no-store"})


def with_word(address: str, name: str, word: str) -> str:
    """The same place with one more word in its query, in front of where it points to on the page."""
    parts = urlsplit(address)
    asked = [pair for pair in parse_qsl(parts.query) if pair[0] != name]
    return parts._replace(query=urlencode([*asked, (name, word)])).geturl()


def local_path(address: str | None) -> str:
    """Only a path of our own: a link to us must not send anybody elsewhere after the sign-in."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return "/"
    is_clean = all(character.isprintable() for character in address) and "\\" not in address
    return address if is_clean else "/"
