"""The Google Ads API over HTTP: whole streams of rows, pages where a stream keeps breaking off."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import httpx

from hotdash.base.errors import HotdashError
from hotdash.base.http import TransientError, answered_at, open_client, why
from hotdash.connectors.calling import Caller, Measured, VendorAnswerError, json_of
from hotdash.connectors.google_ads.errors import Object, TokenRefusedError, judge
from hotdash.connectors.google_auth import GoogleTokens
from hotdash.connectors.patience import Patience
from hotdash.connectors.spec import Access

VENDOR = "google_ads"
ADS = "https://googleads.googleapis.com"
API_VERSION = "v26"
SCOPE = "https://www.googleapis.com/auth/adwords"

_BREAKS_BORNE = 2


class _StreamBreaksError(HotdashError):
    """A stream that broke off more than once: what it holds is asked for page by page."""

    code = "stream_breaks"


@dataclass
class Result:
    """All rows of a query; `summary` are Google's own sums over them, `counted` its number of them."""

    rows: list[Any] = field(default_factory=list[Any])
    summary: Object | None = None
    counted: int | None = None

    def add(self, part: Object) -> None:
        results = part.get("results", [])
        if not isinstance(results, list):
            raise TypeError("results are no list")
        self.rows += cast("list[Any]", results)
        summary = part.get("summaryRow")
        if isinstance(summary, dict):
            self.summary = cast("Object", summary)
        if "totalResultsCount" in part:
            self.counted = int(part["totalResultsCount"])


class GoogleAdsClient:
    def __init__(self, access: Access, http: httpx.Client | None = None) -> None:
        self.shop_id = access.shop_id
        self.customer_id = digits(access.fields["customer_id"])
        self.answered_at: datetime | None = None
        self.http = http or open_client()
        self.operations = 0
        caller = Caller.of(VENDOR, access)
        self.tokens = GoogleTokens(access.fields, caller, self.http, access.clock, [SCOPE])
        self._patience = Patience(caller)
        version = access.options.get("google_ads_api_version", API_VERSION)
        self._url = f"{access.base_url(ADS)}/{version}/customers/{self.customer_id}/googleAds"
        self._headers = _headers(access.fields)

    def query(self, operation: str, gaql: str, *, sums: bool = False) -> Result:
        """One operation of the daily quota, whichever way the rows come."""
        self.operations += 1
        try:
            return self._stream(operation, gaql, sums)
        except _StreamBreaksError:
            self.operations += 1
            return self._pages(f"{operation}_pages", gaql, sums)

    def _stream(self, operation: str, gaql: str, sums: bool) -> Result:
        breaks = 0

        def exchange(measured: Measured) -> Result:
            nonlocal breaks
            asked = {"query": gaql}
            if sums:
                asked["summaryRowSetting"] = "SUMMARY_ROW_WITH_RESULTS"
            measured.cost = 1
            response = self._post("searchStream", asked)
            try:
                told = self._judged(response)
            except _UnreadableError as error:
                breaks += 1
                if breaks >= _BREAKS_BORNE:
                    raise _StreamBreaksError(
                        "The stream broke off again.", hint="It is read page by page."
                    ) from error
                raise
            return self._result(operation, told)

        return self._ask(operation, exchange)

    def _pages(self, operation: str, gaql: str, sums: bool) -> Result:
        result, token = Result(), ""
        while True:
            page = self._ask(operation, self._page_of(operation, gaql, sums, token))
            self._add(operation, result, page)
            previous, token = token, str(page.get("nextPageToken") or "")
            if not token:
                break
            if token == previous:
                raise self._odd(operation, "a page leads to itself")
        if result.counted is not None and result.counted != len(result.rows):
            raise self._odd(
                operation, f"it counts {result.counted} rows and told {len(result.rows)}"
            )
        return result

    def _page_of(
        self, operation: str, gaql: str, sums: bool, token: str
    ) -> Callable[[Measured], Object]:
        settings = {"returnTotalResultsCount": True, "returnSummaryRow": sums}
        asked: dict[str, Any] = {"query": gaql, "searchSettings": settings}
        if token:
            asked["pageToken"] = token

        def exchange(measured: Measured) -> Object:
            measured.cost = 0 if token else 1
            told = self._judged(self._post("search", asked))
            if not isinstance(told, dict):
                raise self._odd(operation, "the answer is no object")
            return cast("Object", told)

        return exchange

    def _ask(self, operation: str, exchange: Callable[[Measured], Any]) -> Any:
        """A token that is not taken is replaced once: it may have been revoked before its time."""
        # Signing in is a call of its own: within the query's it would be paid for as one.
        self.tokens.bearer()
        try:
            return self._patience.call(operation, exchange)
        except TokenRefusedError:
            self.tokens.forget()
            self.tokens.bearer()
            return self._patience.call(operation, exchange)

    def _post(self, method: str, asked: Mapping[str, Any]) -> httpx.Response:
        headers = {**self._headers, "Authorization": f"Bearer {self.tokens.bearer()}"}
        request = self.http.build_request(
            "POST", f"{self._url}:{method}", json=dict(asked), headers=headers
        )
        try:
            return self.http.send(request)
        except httpx.TransportError as error:
            raise TransientError(why(error)) from error

    def _judged(self, response: httpx.Response) -> Any:
        told = _read(response)
        judge(response, told, self.shop_id)
        self.answered_at = answered_at(response) or self.answered_at
        return told

    def _result(self, operation: str, parts: Any) -> Result:
        if not isinstance(parts, list):
            raise self._odd(operation, "the stream is no array")
        result = Result()
        for part in cast("list[Any]", parts):
            self._add(operation, result, part)
        return result

    def _add(self, operation: str, result: Result, part: Any) -> None:
        try:
            result.add(part)
        except (AttributeError, TypeError, ValueError) as error:
            raise self._odd(operation, "a part of it has another shape") from error

    def _odd(self, operation: str, what: str) -> VendorAnswerError:
        return VendorAnswerError(
            f"Google Ads' answer to {operation} of {self.shop_id} cannot be read: {what}.",
            hint="Run again later; if it stays, update Hotdash or report this message.",
        )


class _UnreadableError(TransientError):
    """A good answer that broke off before its end."""


def _read(response: httpx.Response) -> Any:
    try:
        return json_of(response)
    except TransientError as error:
        if response.is_success:
            raise _UnreadableError(error.reason) from error
        return None


def _headers(fields: Mapping[str, str]) -> dict[str, str]:
    """A developer token is no longer needed; a manager is named only where one leads the way."""
    headers: dict[str, str] = {}
    if fields.get("login_customer_id"):
        headers["login-customer-id"] = digits(fields["login_customer_id"])
    if fields.get("developer_token"):
        headers["developer-token"] = fields["developer_token"]
    return headers


def digits(customer_id: str) -> str:
    """As the API wants it, without the dashes people read it with."""
    return customer_id.replace("-", "").strip()
