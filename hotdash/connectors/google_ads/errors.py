"""What Google Ads' failures mean: come back later, sign in anew, ask again, or never without a person."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import httpx

from hotdash.base.errors import HotdashError
from hotdash.base.http import TransientError, raise_for_transience, retry_after
from hotdash.connectors.calling import VendorAccessError, VendorAnswerError
from hotdash.connectors.patience import ThrottledError

_PASSING = {"INTERNAL_ERROR", "TRANSIENT_ERROR", "DEADLINE_EXCEEDED"}
_PASSING_STATUS = {"INTERNAL", "UNAVAILABLE", "DEADLINE_EXCEEDED", "ABORTED", "UNKNOWN"}
_PROHIBITED = "ACCESS_PROHIBITED"
_TOO_NARROW = "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
_ACCOUNTS = {
    *("INVALID_CUSTOMER_ID", "RESOURCE_NAME_MALFORMED", "CUSTOMER_NOT_FOUND"),
    *("CLIENT_CUSTOMER_ID_INVALID", "CANNOT_BE_EXECUTED_BY_MANAGER_ACCOUNT"),
    *("REQUESTED_METRICS_FOR_MANAGER", "INVALID_LOGIN_CUSTOMER_ID"),
}
_OK, _UNAUTHENTICATED, _TOO_MANY = 200, 401, 429
_LONGEST_TOLD = 300

Object = Mapping[str, Any]


class TokenRefusedError(VendorAccessError):
    """The access token is not taken; a new one may be."""


class ScopeMissingError(VendorAccessError):
    """The token was given without the permission for ads."""


@dataclass(frozen=True)
class Failure:
    """One refusal: Google's own status and words, and the codes of the Ads API with their kinds."""

    status: str
    said: str
    codes: Mapping[str, str] = field(default_factory=dict[str, str])
    reasons: frozenset[str] = frozenset()
    wait: float | None = None


def judge(response: httpx.Response, told: Any, shop_id: str) -> None:
    """Raises what a failure means, also one that stands among the parts of a good answer."""
    error = _error_of(told)
    if error is not None:
        raise _meaning(_failure(error), response, shop_id) from None
    if response.status_code == _TOO_MANY:
        raise ThrottledError("HTTP 429", retry_after(response))
    raise_for_transience(response)
    if response.status_code == _UNAUTHENTICATED:
        raise _token(shop_id, "HTTP 401")
    if response.status_code != _OK:
        raise VendorAnswerError(
            f"Google Ads answers HTTP {response.status_code} for {shop_id}.",
            hint="Check base_url; if it is empty, report this message.",
        )


def _meaning(failure: Failure, response: httpx.Response, shop_id: str) -> Exception:
    codes = set(failure.codes.values())
    is_quota = "quotaError" in failure.codes or failure.status == "RESOURCE_EXHAUSTED"
    if is_quota and _PROHIBITED not in codes:
        wait = retry_after(response) if failure.wait is None else failure.wait
        return ThrottledError(failure.said, wait)
    if _TOO_NARROW in failure.reasons:
        return ScopeMissingError(
            f"Google's token of {shop_id} may not read ads: {failure.said}",
            hint="Consent again with the scope https://www.googleapis.com/auth/adwords.",
        )
    if failure.status == "UNAUTHENTICATED" or "authenticationError" in failure.codes:
        return _token(shop_id, failure.said)
    if codes & _PASSING or failure.status in _PASSING_STATUS:
        return TransientError(failure.said)
    return _for_a_person(failure, codes, shop_id)


def _for_a_person(failure: Failure, codes: set[str], shop_id: str) -> HotdashError:
    if codes & _ACCOUNTS or {"authorizationError", "headerError"} & failure.codes.keys():
        return VendorAccessError(
            f"Google Ads does not let {shop_id} read this account: {failure.said}",
            hint="Check customer_id (ten digits, no manager account), that the signed-in account "
            "was invited to it, and login_customer_id where it is reached through a manager.",
            field="customer_id",
        )
    if failure.status == "PERMISSION_DENIED":
        return VendorAccessError(
            f"Google does not let {shop_id} use the Google Ads API: {failure.said}",
            hint="Enable the Google Ads API in the Cloud project, and check its access level.",
        )
    return VendorAnswerError(
        f"Google Ads refused what was asked for {shop_id}: {failure.said}",
        hint="Update Hotdash; if it is the newest, report this message.",
    )


def _token(shop_id: str, said: str) -> TokenRefusedError:
    return TokenRefusedError(
        f"Google does not take the access token of {shop_id}: {said}",
        hint="Sign in to Google anew and store the credentials anew.",
    )


def _error_of(told: Any) -> Object | None:
    """A stream wraps its failure into an array, at its start or after rows it had told already."""
    parts = cast("Sequence[Any]", told) if isinstance(told, list) else [told]
    for part in _objects(parts):
        error = part.get("error")
        if isinstance(error, dict):
            return cast("Object", error)
    return None


def _failure(error: Object) -> Failure:
    details = list(_objects(error.get("details")))
    errors = [each for detail in details for each in _objects(detail.get("errors"))]
    codes = {
        str(kind): str(code)
        for each in errors
        for named in _objects([each.get("errorCode")])
        for kind, code in named.items()
    }
    words = [str(each.get("message")) for each in errors if each.get("message")]
    said = (words or [str(error.get("message") or "no reason")])[0][:_LONGEST_TOLD]
    listed = ", ".join(codes.values()) or str(error.get("status") or error.get("code"))
    return Failure(
        status=str(error.get("status")),
        said=f"{said} ({listed})",
        codes=codes,
        reasons=frozenset(str(detail.get("reason")) for detail in details),
        wait=_delay(details, errors),
    )


def _delay(details: Sequence[Object], errors: Sequence[Object]) -> float | None:
    """Durations are texts like 90s; the Ads API has its own place for it beside Google's."""
    quotas = [
        quota
        for each in errors
        for named in _objects([each.get("details")])
        for quota in _objects([named.get("quotaErrorDetails")])
    ]
    told = [each.get("retryDelay") for each in (*quotas, *details) if each.get("retryDelay")]
    try:
        return max((float(str(each).removesuffix("s")) for each in told), default=None)
    except ValueError:
        return None


def _objects(values: Any) -> Iterator[Object]:
    if isinstance(values, list):
        for value in cast("list[Any]", values):
            if isinstance(value, dict):
                yield cast("Object", value)
