"""Shopify's GraphQL over HTTP: it pays before it asks, waits as told, and names what is wrong."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import httpx
import orjson

from hotdash.base.http import (
    RetryPolicy,
    TransientError,
    answered_at,
    open_client,
    raise_for_transience,
    retry_after,
    why,
)
from hotdash.connectors.calling import Caller, Measured, VendorUnavailableError
from hotdash.connectors.patience import LONGEST_WAIT
from hotdash.connectors.shopify.costs import Budget, requested_cost
from hotdash.connectors.shopify.errors import (
    ShopifyAccessError,
    ShopifyAnswerError,
    ShopifyShopError,
    ThrottledError,
)
from hotdash.connectors.shopify.queries import Query

VENDOR = "shopify"
Answer = Mapping[str, Any]
_OK = 200
_NO_ACCESS = (401, 403)
_NOTHING: Answer = {}
_TOO_MANY_REQUESTS = 429
_VERSION = "x-shopify-api-version"
_DEPRECATED = "x-shopify-api-deprecated-reason"


class ShopifyClient:
    """`token` is asked before each request: it may have been renewed since the last one."""

    def __init__(
        self,
        *,
        shop: str,
        base_url: str,
        token: Callable[[], str],
        api_version: str,
        caller: Caller,
        http: httpx.Client | None = None,
    ) -> None:
        self.shop = shop
        self.http = http or open_client()
        self.api_version = api_version
        self.answered_at: datetime | None = None
        self.told_version: str | None = None
        self.deprecations: dict[str, str] = {}
        self.budget = Budget(caller.sleep)
        self._url = f"{base_url.rstrip('/')}/admin/api/{api_version}/graphql.json"
        self._token = token
        self._caller = caller

    @property
    def policy(self) -> RetryPolicy:
        return self._caller.policy

    def sleep(self, seconds: float) -> None:
        self._caller.sleep(seconds)

    def ask(self, query: Query, /, **variables: Any) -> Answer:
        """The data of one query. Throttling is waited out, but no longer than anybody waits for a call."""
        cost = requested_cost(query.text, variables)
        body = orjson.dumps({"query": query.text, "variables": variables})
        throttled, waited = 0, 0.0
        while True:
            self.budget.wait_for(cost)
            try:
                return self._caller.call(
                    query.name, lambda measured: self._exchange(query.name, body, measured)
                )
            except ThrottledError as told:
                throttled += 1
                # Told to wait for nothing, again and again, it waits longer all the same.
                wait = max(told.wait or 0.0, self.policy.wait(throttled))
                waited += wait
                if waited > LONGEST_WAIT.total_seconds():
                    raise VendorUnavailableError(
                        f"Shopify throttles {query.name} of {self.shop} for too long.",
                        hint="Nothing is lost; a later run goes on.",
                    ) from told
                self.sleep(wait)

    def _exchange(self, operation: str, body: bytes, measured: Measured) -> Answer:
        headers = {"X-Shopify-Access-Token": self._token(), "Content-Type": "application/json"}
        try:
            response = self.http.post(self._url, content=body, headers=headers)
        except httpx.TransportError as error:
            raise TransientError(why(error)) from error
        self._judge_status(response)
        try:
            answer: Answer = orjson.loads(response.content)
        except ValueError as error:
            raise TransientError("an answer that is not JSON") from error
        self._note_cost(answer, measured)
        self._judge_errors(operation, answer)
        self._note_headers(operation, response)
        return answer["data"]

    def _note_cost(self, answer: Answer, measured: Measured) -> None:
        cost = _cost(answer)
        measured.cost = cost.get("actualQueryCost")
        status = cost.get("throttleStatus")
        if status is not None:
            self.budget.told(status)
            measured.throttle = self.budget.used

    def _note_headers(self, operation: str, response: httpx.Response) -> None:
        self.answered_at = answered_at(response)
        self.told_version = response.headers.get(_VERSION, self.told_version)
        deprecated = response.headers.get(_DEPRECATED)
        if deprecated:
            self.deprecations.setdefault(deprecated, operation)

    def _judge_status(self, response: httpx.Response) -> None:
        if response.status_code in _NO_ACCESS:
            raise ShopifyAccessError(self.shop, f"it answers HTTP {response.status_code}.")
        if response.status_code == _TOO_MANY_REQUESTS:
            raise ThrottledError(self.shop, retry_after(response))
        raise_for_transience(response)
        if response.status_code != _OK:
            raise ShopifyShopError(self.shop, response.status_code)

    def _judge_errors(self, operation: str, answer: Answer) -> None:
        errors: list[Answer] = answer.get("errors") or []
        codes = {_code(error) for error in errors}
        if "THROTTLED" in codes:
            wait = self.budget.wait_needed(_cost(answer).get("requestedQueryCost"))
            raise ThrottledError(self.shop, wait)
        if "ACCESS_DENIED" in codes:
            raise ShopifyAccessError(self.shop, str(errors[0].get("message")))
        if "INTERNAL_SERVER_ERROR" in codes or "TIMEOUT" in codes:
            raise TransientError("an internal error of Shopify's")
        if errors or answer.get("data") is None:
            said = "; ".join(str(error.get("message")) for error in errors) or "no data"
            raise ShopifyAnswerError(self.shop, operation, said)


def _cost(answer: Answer) -> Answer:
    extensions: Answer = answer.get("extensions") or _NOTHING
    return extensions.get("cost") or _NOTHING


def _code(error: Answer) -> str | None:
    extensions: Answer = error.get("extensions") or _NOTHING
    return extensions.get("code")
