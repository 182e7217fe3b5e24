"""The shapes of Shopify's refusals, as recorded from the real API."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from graphql import GraphQLError
from starlette.responses import JSONResponse, Response

_CODES: tuple[tuple[str, str], ...] = (
    (r"Cannot query field", "undefinedField"),
    (r"must have a selection|must not have a selection", "selectionMismatch"),
    (r"Unknown argument", "argumentNotAccepted"),
    (r"is required, but it was not provided", "missingRequiredArguments"),
    (r"is never used", "variableNotUsed"),
)


def unauthorized() -> Response:
    message = "[API] Invalid API key or access token (unrecognized login or wrong password)"
    return JSONResponse({"errors": message}, 401)


def parse_failure(error: GraphQLError) -> Response:
    return _answer([_error(error.message, "PARSE_ERROR")])


def invalid_document(errors: Iterable[GraphQLError]) -> Response:
    return _answer([_error(error.message, _code(error.message)) for error in errors])


def error_answer(message: str, code: str, *, data: bool = False, **extensions: Any) -> Response:
    """With data, the key is there and null; without, it is absent."""
    answer = {"errors": [_error(message, code, **extensions)]}
    return JSONResponse({**answer, "data": None} if data else answer)


def throttled(requested: int, status: Mapping[str, Any]) -> Response:
    cost = {"requestedQueryCost": requested, "actualQueryCost": None, "throttleStatus": status}
    documentation = "https://shopify.dev/api/usage/rate-limits"
    error = _error("Throttled", "THROTTLED", documentation=documentation)
    return JSONResponse({"errors": [error], "extensions": {"cost": cost}})


def _answer(errors: list[dict[str, Any]]) -> Response:
    return JSONResponse({"errors": errors})


def _error(message: str, code: str, **extensions: Any) -> dict[str, Any]:
    return {"message": message, "extensions": {"code": code, **extensions}}


def _code(message: str) -> str:
    return next((code for pattern, code in _CODES if re.search(pattern, message)), "invalid")
