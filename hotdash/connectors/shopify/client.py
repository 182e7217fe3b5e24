"""Shopify's GraphQL over HTTP: it pays before it asks, waits as told, and names what is wrong."""

import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import httpx

from hotdash.base.http import (
    Call,
    CallObserver,
    RetryPolicy,
    TransientError,
    answered_at,
    attempts,
    open_client,
    raise_for_transience,
    retry_after,
    unobserved,
    why,
)
from hotdash.connectors.shopify.costs import Budget, requested_cost
from hotdash.connectors.shopify.errors import (
    ShopifyAccessError,
    ShopifyAnswerError,
    ShopifyShopError,
    ShopifyUnavailableError,
)
from hotdash.connectors.shopify.queries import Query

VENDOR = "shopify"
Answer = Mapping[str, Any]
_OK = 200
_NO_ACCESS = (401, 403)
_NOTHING: Answer = {}
_TOO_MANY_REQUESTS = 429


class ThrottledError(Exception):
    """Shopify wants to be asked later: after so many seconds, where it said so."""

    def __init__(self, wait: float | None) -> None:
        super().__init__("Throttled")
        self.wait = wait


class ShopifyClient:
    def __init__(
        self,
        *,
        shop: str,
        base_url: str,
        token: Callable[[], str],
        api_version: str,
        observe: CallObserver = unobserved,
        policy: RetryPolicy | None = None,
        sleep: Callable[[float], None] = time.sleep,
        http: httpx.Client | None = None,
    ) -> None:
        self.shop = shop
        self.http = http or open_client()
        self.policy = policy or RetryPolicy()
        self.sleep = sleep
        self.answered_at: datetime | None = None
        self._url = f"{base_url.rstrip('/')}/admin/api/{api_version}/graphql.json"
        self._token = token
        self._observe = observe
        self._budget = Budget(sleep)

    def ask(self, query: Query, /, **variables: Any) -> Answer:
        """The data of one query. Throttling is waited out for as long as it lasts."""
        cost = requested_cost(query.text, variables)
        body = json.dumps({"query": query.text, "variables": variables}).encode()
        throttled = 0
        while True:
            self._budget.wait_for(cost)
            try:
                return self._persistently(query.name, body)
            except ThrottledError as told:
                throttled += 1
                self.sleep(self.policy.wait(throttled) if told.wait is None else told.wait)

    def _persistently(self, operation: str, body: bytes) -> Answer:
        retries = -1
        try:
            for attempt in attempts(self.policy):
                retries += 1
                with attempt:
                    return self._measured(operation, body, retries)
        except TransientError as error:
            raise ShopifyUnavailableError(self.shop, operation, error.reason) from error
        raise AssertionError("attempts end with an answer or an error")

    def _measured(self, operation: str, body: bytes, retries: int) -> Answer:
        began = time.monotonic()
        status, cost = "failed", None
        try:
            answer = self._exchange(operation, body)
            status, cost = "ok", _cost(answer).get("actualQueryCost")
            return answer["data"]
        except ThrottledError:
            status = "throttled"
            raise
        except TransientError as error:
            status = error.reason
            raise
        finally:
            seconds = time.monotonic() - began
            self._observe(Call(VENDOR, operation, self.shop, status, seconds, retries, cost))

    def _exchange(self, operation: str, body: bytes) -> Answer:
        headers = {
            "X-Shopify-Access-Token": self._token(),
            "Content-Type": "application/json",
        }
        try:
            response = self.http.post(self._url, content=body, headers=headers)
        except httpx.TransportError as error:
            raise TransientError(why(error)) from error
        self._judge_status(response)
        try:
            answer: Answer = response.json()
        except ValueError as error:
            raise TransientError("an answer that is not JSON") from error
        status = _cost(answer).get("throttleStatus")
        if status is not None:
            self._budget.told(status)
        self._judge_errors(operation, answer)
        self.answered_at = answered_at(response)
        return answer

    def _judge_status(self, response: httpx.Response) -> None:
        if response.status_code in _NO_ACCESS:
            raise ShopifyAccessError(self.shop, f"it answers HTTP {response.status_code}.")
        if response.status_code == _TOO_MANY_REQUESTS:
            raise ThrottledError(retry_after(response))
        raise_for_transience(response)
        if response.status_code != _OK:
            raise ShopifyShopError(self.shop, response.status_code)

    def _judge_errors(self, operation: str, answer: Answer) -> None:
        errors: list[Answer] = answer.get("errors") or []
        codes = {_code(error) for error in errors}
        if "THROTTLED" in codes:
            raise ThrottledError(self._budget.wait_needed(_cost(answer).get("requestedQueryCost")))
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
