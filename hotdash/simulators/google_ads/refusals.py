"""Google Ads' failures, as REST wraps them: an object, and an array of it where a stream was asked for."""

from dataclasses import dataclass, field
from typing import Any

from starlette.responses import JSONResponse, Response

from hotdash.simulators.faults import Fault, FaultKind
from hotdash.simulators.google_tokens import google_error

_TYPE = "type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure"
_REQUEST_ID = "simulatedRequestId0001"


@dataclass(frozen=True)
class FailedError(Exception):
    """`kind` and `code` as in ErrorCode: quotaError, RESOURCE_EXHAUSTED."""

    http: int
    status: str
    kind: str
    code: str
    message: str
    details: dict[str, Any] = field(default_factory=dict[str, Any])

    def told(self) -> dict[str, Any]:
        error: dict[str, Any] = {"errorCode": {self.kind: self.code}, "message": self.message}
        if self.details:
            error["details"] = self.details
        failure = {"@type": _TYPE, "errors": [error], "requestId": _REQUEST_ID}
        return {
            "error": {
                "code": self.http,
                "message": "Request contains an invalid argument."
                if self.http == 400
                else self.message,
                "status": self.status,
                "details": [failure],
            }
        }

    def response(self, *, streamed: bool) -> Response:
        told = self.told()
        return JSONResponse([told] if streamed else told, self.http)


def bad_query(code: str, message: str) -> FailedError:
    return FailedError(400, "INVALID_ARGUMENT", "queryError", code, message)


def bad_request(code: str, message: str) -> FailedError:
    return FailedError(400, "INVALID_ARGUMENT", "requestError", code, message)


def permission_denied() -> FailedError:
    return FailedError(
        403,
        "PERMISSION_DENIED",
        "authorizationError",
        "USER_PERMISSION_DENIED",
        "User doesn't have permission to access customer. Note: If you're accessing a client "
        "customer, the manager's customer id must be set in the 'login-customer-id' header.",
    )


def exhausted(code: str, rate: str, seconds: float, scope: str = "DEVELOPER") -> FailedError:
    details = {"rateScope": scope, "rateName": rate, "retryDelay": f"{seconds:.0f}s"}
    return FailedError(
        429,
        "RESOURCE_EXHAUSTED",
        "quotaError",
        code,
        "Too many requests. Retry in a while.",
        {"quotaErrorDetails": details},
    )


def transient() -> FailedError:
    return FailedError(
        500, "INTERNAL", "internalError", "TRANSIENT_ERROR", "Internal error encountered."
    )


def of_throttled(fault: Fault) -> Response:
    rate = "Requests per account"
    return exhausted("RESOURCE_TEMPORARILY_EXHAUSTED", rate, fault.seconds, "ACCOUNT").response(
        streamed=True
    )


def of_too_many_requests(fault: Fault) -> Response:
    """As Google's front end refuses, which knows nothing of ads."""
    return google_error(
        429, "RESOURCE_EXHAUSTED", "Quota exceeded.", retry_after=f"{fault.seconds:.0f}"
    )


def of_internal_error(fault: Fault) -> Response:
    del fault
    return transient().response(streamed=True)


def of_access_denied(fault: Fault) -> Response:
    del fault
    return permission_denied().response(streamed=True)


REFUSALS = {
    FaultKind.THROTTLED: of_throttled,
    FaultKind.TOO_MANY_REQUESTS: of_too_many_requests,
    FaultKind.INTERNAL_ERROR: of_internal_error,
    FaultKind.ACCESS_DENIED: of_access_denied,
}
