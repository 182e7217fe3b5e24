"""Google's JSON APIs: the bearer goes along, a revoked one is asked for anew once, refusals get their mend."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import httpx

from hotdash.base.http import TransientError, retry_after, why
from hotdash.connectors.calling import (
    Caller,
    Measured,
    VendorAccessError,
    VendorAnswerError,
    VendorUnavailableError,
    json_of,
)
from hotdash.connectors.google_auth import GoogleTokens

Answer = Mapping[str, Any]
Measure = Callable[[Answer, Measured], None]
_UNAUTHENTICATED = 401
_FORBIDDEN = 403
_TOO_MANY = 429
_FIRST_SERVER_ERROR = 500
_FIRST_REFUSAL = 300
_LONGEST_TOLD = 300
# Too much at once passes in a moment; what was allowed for an hour or a day does not.
_USED_UP = re.compile(r"exhausted (?!concurrent)|daily|per day|quotaExceeded", re.IGNORECASE)
_TOO_FAST = re.compile(r"rateLimitExceeded", re.IGNORECASE)


class QuotaUsedUpError(VendorUnavailableError):
    """What Google allows for an hour or a day is used up; asking again before it returns is in vain."""

    code = "quota_used_up"


class _RevokedBearerError(Exception):
    """The bearer is not accepted: perhaps it ran out early."""


@dataclass(frozen=True)
class Refusal:
    """What Google said instead of an answer, over HTTP or through a host that speaks with it for us."""

    status: int
    message: str
    wait: float | None = None

    @property
    def is_used_up(self) -> bool:
        limited = self.status in (_TOO_MANY, _FORBIDDEN)
        return limited and bool(_USED_UP.search(self.message))

    def error(self, caller: Caller, operation: str, mend: str) -> Exception:
        said = self.message.rstrip(".")[:_LONGEST_TOLD] or f"HTTP {self.status}"
        if self.is_used_up:
            return QuotaUsedUpError(
                f"{caller.vendor} of {caller.shop_id} has used up its quota: {said}.",
                hint="Nothing is lost; what is missing is read when the quota has come back.",
            )
        if self.status == _TOO_MANY or _TOO_FAST.search(self.message):
            return TransientError("HTTP 429", self.wait)
        if self.status >= _FIRST_SERVER_ERROR:
            return TransientError(f"HTTP {self.status}", self.wait)
        if self.status in (_UNAUTHENTICATED, _FORBIDDEN):
            return VendorAccessError(
                f"{caller.vendor} does not let us read for {caller.shop_id}: {said}.", hint=mend
            )
        return VendorAnswerError(
            f"{caller.vendor} refused {operation} for {caller.shop_id}: {said}.",
            hint="Run `hotdash doctor`; if it stays, report this message.",
        )


class GoogleCalls:
    """`mend` is what a person does when Google does not let us in; `measure` notes what a call cost."""

    def __init__(
        self,
        tokens: GoogleTokens,
        caller: Caller,
        http: httpx.Client,
        mend: str,
        measure: Measure | None = None,
    ) -> None:
        self._tokens = tokens
        self._caller = caller
        self._http = http
        self._mend = mend
        self._measure = measure

    def granted(self) -> tuple[str, ...]:
        return self._tokens.granted()

    def post(self, operation: str, url: str, body: Answer) -> Answer:
        content = json.dumps(body).encode()
        return self._ask(operation, lambda: self._http.build_request("POST", url, content=content))

    def get(self, operation: str, url: str) -> Answer:
        return self._ask(operation, lambda: self._http.build_request("GET", url))

    def _ask(self, operation: str, build: Callable[[], httpx.Request]) -> Answer:
        try:
            return self._once(operation, build, is_last=False)
        except _RevokedBearerError:
            self._tokens.forget()
            return self._once(operation, build, is_last=True)

    def _once(self, operation: str, build: Callable[[], httpx.Request], *, is_last: bool) -> Answer:
        bearer = self._tokens.bearer()

        def exchange(measured: Measured) -> Answer:
            request = build()
            request.headers["authorization"] = f"Bearer {bearer}"
            request.headers["content-type"] = "application/json"
            answer = self._exchanged(operation, request, is_last=is_last)
            if self._measure is not None:
                self._measure(answer, measured)
            return answer

        return self._caller.call(operation, exchange)

    def _exchanged(self, operation: str, request: httpx.Request, *, is_last: bool) -> Answer:
        try:
            response = self._http.send(request)
        except httpx.TransportError as error:
            raise TransientError(why(error)) from error
        if response.status_code == _UNAUTHENTICATED and not is_last:
            raise _RevokedBearerError
        if response.status_code >= _FIRST_REFUSAL:
            refusal = Refusal(response.status_code, _said(response), retry_after(response))
            raise refusal.error(self._caller, operation, self._mend)
        told = json_of(response)
        if not isinstance(told, dict):
            raise TransientError("an answer that is no object")
        return cast("Answer", told)


def _said(response: httpx.Response) -> str:
    """Google's own words, with the reasons that some of its older APIs add."""
    try:
        error: Any = json.loads(response.content)["error"]
        reasons = [str(each["reason"]) for each in error.get("errors", ()) if "reason" in each]
        return " ".join([str(error["message"]), *(f"({reason})" for reason in reasons)])
    except (ValueError, TypeError, KeyError, AttributeError):
        return ""
