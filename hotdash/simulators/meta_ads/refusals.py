"""Meta's error objects, as its Graph API wraps them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import JSONResponse, Response

from hotdash.simulators.faults import Fault, FaultKind

THROTTLED = (80000, 2446079)
_TRACE = "AsImulatedTraceId"


@dataclass(frozen=True)
class RefusedError(Exception):
    code: int
    message: str
    subcode: int | None = None
    is_transient: bool = False
    status: int = 400
    user_title: str | None = None
    user_msg: str | None = None

    def response(self, headers: Mapping[str, str] | None = None) -> Response:
        error: dict[str, Any] = {
            "message": self.message,
            "type": "OAuthException",
            "code": self.code,
            "is_transient": self.is_transient,
            "fbtrace_id": _TRACE,
        }
        optional = {
            "error_subcode": self.subcode,
            "error_user_title": self.user_title,
            "error_user_msg": self.user_msg,
        }
        error |= {name: value for name, value in optional.items() if value is not None}
        return JSONResponse({"error": error}, self.status, headers=dict(headers or {}))


def invalid(message: str, subcode: int | None = None) -> RefusedError:
    return RefusedError(100, f"(#100) {message}", subcode)


def nonexisting_field(name: str, node: str) -> RefusedError:
    return invalid(f"Tried accessing nonexisting field ({name}) on node type ({node})")


def unreachable(node: str) -> RefusedError:
    return RefusedError(
        100,
        f"Unsupported get request. Object with ID '{node}' does not exist, cannot be loaded due "
        "to missing permissions, or does not support this operation.",
        33,
    )


def too_many_calls() -> RefusedError:
    code, subcode = THROTTLED
    return RefusedError(
        code,
        "There have been too many calls from this ad-account. Wait a bit and try again.",
        subcode,
        user_title="Ad account has too many API calls",
        user_msg="There have been too many calls from this ad-account. Wait a bit and try again.",
    )


def too_much_data(code: int, subcode: int) -> RefusedError:
    return RefusedError(
        code,
        "Please reduce the amount of data you are asking for, then retry your request",
        subcode,
        is_transient=code == 2,
        status=500 if code == 2 else 400,
    )


def malformed_token(token: str) -> RefusedError:
    return RefusedError(190, f"Malformed access token {token}", status=400)


def invalidated_token() -> RefusedError:
    return RefusedError(
        190,
        "Error validating access token: The session has been invalidated because the user "
        "changed the password.",
        460,
        status=401,
    )


def business_usage(
    account_id: int, percent: int, regain_minutes: int, kind: str = "ads_insights"
) -> dict[str, Any]:
    limits = {
        "type": kind,
        "call_count": percent,
        "total_cputime": percent // 2,
        "total_time": percent // 3,
        "estimated_time_to_regain_access": regain_minutes,
        "ads_api_access_tier": "development_access",
    }
    return {str(account_id): [limits]}


def of_throttled(fault: Fault) -> Response:
    """As the business limit refuses, which says for how long."""
    minutes = math.ceil(fault.seconds / 60)
    told = JSONResponse(business_usage(0, 100, minutes)).body
    return too_many_calls().response({"x-business-use-case-usage": bytes(told).decode()})


def of_too_many_requests(fault: Fault) -> Response:
    """As the user's limit refuses, which says nothing."""
    del fault
    return RefusedError(17, "User request limit reached", 2446079).response()


def of_internal_error(fault: Fault) -> Response:
    del fault
    return RefusedError(
        2, "Service temporarily unavailable", is_transient=True, status=500
    ).response()


def of_access_denied(fault: Fault) -> Response:
    del fault
    return invalidated_token().response()


REFUSALS = {
    FaultKind.THROTTLED: of_throttled,
    FaultKind.TOO_MANY_REQUESTS: of_too_many_requests,
    FaultKind.INTERNAL_ERROR: of_internal_error,
    FaultKind.ACCESS_DENIED: of_access_denied,
}
