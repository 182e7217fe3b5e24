"""One call to a vendor: attempted as often as it pays, measured each time, stopped by an open breaker."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

import httpx

from hotdash.base.answer_bounds import MOST_VALUES, values_in
from hotdash.base.errors import HotdashError, UnavailableError
from hotdash.base.http import (
    Call,
    CallObserver,
    RetryPolicy,
    TransientError,
    attempts,
    raise_for_transience,
    why,
)
from hotdash.connectors.breaker import Breaker
from hotdash.connectors.spec import Access

Answer = TypeVar("Answer")


class VendorAccessError(HotdashError):
    """The vendor does not let us in; asking again changes nothing until a person does something."""

    code = "vendor_access"
    http_status = 502


class VendorAnswerError(HotdashError):
    """The vendor refused what we asked, or answered what nobody can read."""

    code = "vendor_answer"
    http_status = 502


class VendorUnavailableError(UnavailableError):
    code = "vendor_unavailable"


class BreakerOpenError(VendorUnavailableError):
    code = "breaker_open"


@dataclass(frozen=True)
class Caller:
    """`cost` of a call is noted by the exchange itself through `Measured`."""

    vendor: str
    shop_id: str
    observe: CallObserver
    policy: RetryPolicy
    sleep: Callable[[float], None]
    breaker: Breaker

    @classmethod
    def of(cls, vendor: str, access: Access) -> "Caller":
        return cls(
            vendor, access.shop_id, access.observe, access.policy, access.sleep, access.breaker
        )

    def call(self, operation: str, exchange: Callable[["Measured"], Answer]) -> Answer:
        """What the exchange answers; a TransientError of it is waited out and tried again."""
        self._refuse_while_open(operation)
        retries = -1
        try:
            for attempt in attempts(self.policy):
                retries += 1
                with attempt:
                    answer = self._measured(operation, retries, exchange)
                    self.breaker.succeeded()
                    return answer
        except TransientError as error:
            self.breaker.failed()
            raise VendorUnavailableError(
                f"{self.vendor} did not answer {operation} for {self.shop_id}: {error.reason}.",
                hint="Nothing is lost; run again later.",
            ) from error
        raise AssertionError("attempts end with an answer or an error")

    def _refuse_while_open(self, operation: str) -> None:
        left = self.breaker.seconds_left
        if left > 0:
            raise BreakerOpenError(
                f"{self.vendor} is not asked for {operation} of {self.shop_id}: "
                f"{self.breaker.failures} calls in a row failed.",
                hint=f"It is asked again in {left:.0f} seconds. Nothing is lost.",
            )

    def _measured(
        self, operation: str, retries: int, exchange: Callable[["Measured"], Answer]
    ) -> Answer:
        measured = Measured()
        began = time.monotonic()
        status = "failed"
        try:
            answer = exchange(measured)
            status = "ok"
            return answer
        except TransientError as error:
            status = error.reason
            raise
        except HotdashError as error:
            status = error.code
            raise
        finally:
            seconds = time.monotonic() - began
            self.observe(
                Call(
                    self.vendor,
                    operation,
                    self.shop_id,
                    status,
                    seconds,
                    retries,
                    measured.cost,
                    measured.throttle,
                )
            )


@dataclass
class Measured:
    """What only the answer tells about a call: its price, and how far the limit is used up (0 to 1)."""

    cost: int | None = None
    throttle: float | None = None


def send(http: httpx.Client, request: httpx.Request) -> httpx.Response:
    """The answer; what the network does to us, 429 and 5xx come as TransientError."""
    try:
        response = http.send(request)
    except httpx.TransportError as error:
        raise TransientError(why(error)) from error
    raise_for_transience(response)
    return response


def json_of(response: httpx.Response) -> Any:
    """The body as JSON with exact decimals; a body that broke off is worth another attempt."""
    body = response.content
    if values_in(body) > MOST_VALUES:
        raise _unusable(response, f"an answer of more than {MOST_VALUES:,} values")
    try:
        return json.loads(body, parse_float=Decimal)
    except RecursionError:
        raise _unusable(response, "an answer nested deeper than anybody reads") from None
    except ValueError as error:
        raise TransientError("an answer that is not JSON") from error


def _unusable(response: httpx.Response, what: str) -> VendorAnswerError:
    return VendorAnswerError(
        f"{response.request.url.host} sent {what}.",
        hint="Nothing was kept of it. Ask for less at once, or report it to the vendor.",
    )
