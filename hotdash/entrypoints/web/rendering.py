"""Pages from templates: everything escaped, every form with its token, compressed when it pays."""

import gzip
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import jinja2
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import Response

from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.address import address_of
from hotdash.entrypoints.web.assets import Assets
from hotdash.entrypoints.web.cookies import Cookies
from hotdash.entrypoints.web.csrf import Csrf
from hotdash.entrypoints.web.navigation import page_links
from hotdash.entrypoints.web.viewer import Viewer

if TYPE_CHECKING:
    from hotdash.entrypoints.web.errors import Problem

_TEMPLATES = Path(__file__).parent / "templates"
_WORTH_COMPRESSING = 1024


class Pages:
    def __init__(self, assets: Assets, cookies: Cookies, csrf: Csrf, version: str) -> None:
        self._cookies = cookies
        self._csrf = csrf
        self._jinja = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        shared: dict[str, Any] = {"asset": assets.url, "version": version, "fmt": formatting}
        cast("dict[str, Any]", self._jinja.globals).update(shared)
        self._jinja.filters["prose"] = prose

    def render(
        self,
        request: Request,
        template: str,
        values: Mapping[str, Any],
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        visitor = self._cookies.visitor_of(request)
        token = visitor or secrets.token_urlsafe(24)
        viewer: Viewer | None = values.get("viewer")
        html = self._jinja.get_template(template).render(
            {
                "csrf": self._csrf.issue(token),
                "nav": page_links(request, values["page"], viewer.roles) if viewer else [],
                "theme": self._cookies.theme_of(request),
                "here": address_of(request),
                "viewer": None,
                **values,
            }
        )
        response = _compressed(request, html.encode(), status)
        response.headers["cache-control"] = "no-store"
        response.headers.update(headers or {})
        if visitor is None:
            self._cookies.keep_visitor(response, token)
        return response

    def error(
        self, request: Request, problem: "Problem", reference: str, headers: Mapping[str, str]
    ) -> Response:
        values = {"problem": problem, "reference": reference, "here": "/"}
        return self.render(request, "error.html", values, problem.status, headers)


def prose(sentence: str) -> Markup:
    """A sentence with `commands` in it, as HTML."""
    plain, *rest = sentence.split("`")
    html = escape(plain)
    for index, part in enumerate(rest):
        html += Markup("<code>{}</code>").format(part) if index % 2 == 0 else escape(part)
    return html


def _compressed(request: Request, body: bytes, status: int) -> Response:
    accepted = request.headers.get("accept-encoding", "")
    headers = {"vary": "Accept-Encoding, Cookie"}
    if "gzip" in accepted and len(body) > _WORTH_COMPRESSING:
        body = gzip.compress(body, 5, mtime=0)
        headers["content-encoding"] = "gzip"
    return Response(body, status, headers, "text/html; charset=utf-8")
