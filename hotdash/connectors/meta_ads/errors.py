"""What Meta's error objects mean: come back later, ask for less, ask again, or never without a person."""

from collections.abc import Mapping
from typing import Any, cast

import httpx

from hotdash.base.errors import HotdashError
from hotdash.base.http import TransientError, raise_for_transience
from hotdash.connectors.calling import VendorAccessError, VendorAnswerError
from hotdash.connectors.meta_ads.usage import Usage
from hotdash.connectors.patience import ThrottledError

_TOO_MUCH = {(100, 1504018), (2, 1504038)}
_THROTTLING = {4, 17, 32, 613, *range(80_000, 80_015)}
_TOKEN = {102, 190, 463, 467}
_PERMISSION = {3, 10, 294, *range(200, 300)}
_UNREACHABLE = (100, 33)
_PASSING = {1, 2}
_OK, _REFUSED = 200, 400


class TooMuchAskedError(HotdashError):
    """Meta cannot compute this range while one waits."""

    code = "too_much_asked"


class GoneError(VendorAccessError):
    """There is no such object, or the token may not see it: Meta does not tell which."""


def judge(response: httpx.Response, told: Any, shop_id: str, secret: str, usage: Usage) -> None:
    """Raises what an error object means; an answer without one is good."""
    error = _error_of(told)
    if error is None:
        raise_for_transience(response)
        if response.status_code == _REFUSED:
            raise TransientError("a refusal that cannot be read")
        if response.status_code != _OK:
            raise VendorAnswerError(
                f"Meta answers HTTP {response.status_code} for {shop_id}.",
                hint="Check base_url; if it is empty, report this message.",
            )
        return
    code, subcode = _number(error, "code"), _number(error, "error_subcode")
    said = f"{_said(error).replace(secret, '***')} (error {code}/{subcode})"
    if (code, subcode) in _TOO_MUCH:
        raise TooMuchAskedError(said, hint="A smaller range is asked for.")
    if code in _THROTTLING:
        raise ThrottledError(said, usage.regain or None)
    if error.get("is_transient") is True or code in _PASSING:
        raise TransientError(said)
    raise _for_a_person(code, subcode, said, shop_id)


def _for_a_person(code: int, subcode: int, said: str, shop_id: str) -> HotdashError:
    if code in _TOKEN:
        return VendorAccessError(
            f"Meta does not take the access token of {shop_id}: {said}",
            hint="Make a new token for the system user in the Business settings, with ads_read, "
            "and store it anew.",
            field="access_token",
        )
    if code in _PERMISSION or (code, subcode) == _UNREACHABLE:
        kind = GoneError if (code, subcode) == _UNREACHABLE else VendorAccessError
        return kind(
            f"Meta does not let {shop_id} read this: {said}",
            hint="Check the ad account's id, and in the Business settings that the system user "
            "is assigned to this ad account and its token has ads_read.",
            field="account_id",
        )
    return VendorAnswerError(
        f"Meta refused what was asked for {shop_id}: {said}",
        hint="Update Hotdash; if it is the newest, report this message.",
    )


def _error_of(told: Any) -> Mapping[str, Any] | None:
    if not isinstance(told, dict):
        return None
    error = cast("Mapping[str, Any]", told).get("error")
    return cast("Mapping[str, Any]", error) if isinstance(error, dict) else None


def _number(error: Mapping[str, Any], name: str) -> int:
    value = error.get(name)
    return value if isinstance(value, int) else 0


def _said(error: Mapping[str, Any]) -> str:
    return str(error.get("error_user_msg") or error.get("message") or "no reason")
