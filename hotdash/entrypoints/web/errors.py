"""Every error in one shape: JSON for programs, a page with the reference for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import orjson
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.errors import HotdashError
from hotdash.base.logging import get_logger
from hotdash.entrypoints.web.address import address_of, see_other
from hotdash.entrypoints.web.gate import SignedOutError
from hotdash.entrypoints.web.rendering import Pages

_log = get_logger(__name__)
WEBHOOKS = "/webhooks/"
_JSON_PATHS = ("/api/", WEBHOOKS, "/healthz", "/readyz", "/metrics", "/collect", "/mcp")
_MENDS = {
    404: "Check the address; links in the dashboard lead to everything there is.",
    405: "Use the method the API description names for this address.",
    413: "Send less: nothing this installation accepts is that large.",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is told; the trace stays in the log, found by the reference."""

    status: int
    code: str
    message: str
    hint: str
    field: str | None = None
    headers: Mapping[str, str] | None = None

    def body(self, reference: str) -> dict[str, Any]:
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.field is not None:
            error["field"] = self.field
        return {"error": error | {"hint": self.hint, "ref": reference}}


class ErrorAnswers:
    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def for_exception(self, request: Request, error: Exception) -> Response:
        problem = problem_of(error)
        if problem.status >= 500:
            _log.error("request failed", path=request.url.path, exc_info=error)
        return self.answer(request, problem)

    def answer(self, request: Request, problem: Problem) -> Response:
        reference = reference_of(request)
        headers = {"cache-control": "no-store", **(problem.headers or {})}
        if wants_json(request):
            content = orjson.dumps(problem.body(reference))
            return Response(content, problem.status, headers, "application/json")
        if problem.code == SignedOutError.code and request.method == "GET":
            return see_other(f"/sign-in?{urlencode({'next': address_of(request)})}")
        return self._pages.error(request, problem, reference, headers)


def wants_json(request: Request) -> bool:
    return request.url.path.startswith(_JSON_PATHS)


def reference_of(request: Request) -> str:
    return str(request.scope.get("state", {}).get("reference", ""))


def problem_of(error: Exception) -> Problem:
    match error:
        case HotdashError():
            headers = getattr(error, "headers", None)
            return Problem(
                error.http_status, error.code, error.message, error.hint, error.field, headers
            )
        case RequestValidationError():
            return _invalid(error)
        case HTTPException():
            return _http(error)
        case OperationalError():
            return Problem(
                503,
                "database_unavailable",
                "The database does not answer.",
                "Wait a moment and try again; if it stays so, run `hotdash doctor`.",
            )
        case _:
            return Problem(
                500,
                "internal",
                "Something went wrong on our side. Nothing was changed by this request.",
                "Try again; if it happens again, look for the reference in the log.",
            )


def _http(error: HTTPException) -> Problem:
    status = HTTPStatus(error.status_code)
    return Problem(
        error.status_code,
        status.name.lower(),
        "There is nothing at this address." if status == 404 else f"{error.detail}.",
        _MENDS.get(error.status_code, "Check the request and send it again."),
        headers=error.headers,
    )


def _invalid(error: RequestValidationError) -> Problem:
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return Problem(
            422,
            "not_json",
            f"The body is not JSON: {first['ctx']['error']}.",
            "Send one JSON object with `Content-Type: application/json`.",
            "body",
        )
    place = [str(part) for part in first["loc"]]
    field = ".".join(place[1:]) or place[0]
    given = "" if first["type"] == "missing" else f" = {_shown(first.get('input'))}"
    return Problem(
        422,
        "invalid_input",
        f"{field}{given} is not usable: {first['msg']}.",
        f"Send {field} in the {place[0]} as the API description says.",
        field,
    )


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
