"""Meta's Graph API over HTTP: the token in a header only, pages by their cursor, limits obeyed."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import httpx

from hotdash.base.http import TransientError, answered_at, open_client, why
from hotdash.connectors.calling import Caller, Measured, VendorAnswerError, json_of
from hotdash.connectors.meta_ads.errors import judge
from hotdash.connectors.meta_ads.usage import Usage
from hotdash.connectors.patience import Patience
from hotdash.connectors.spec import Access

VENDOR = "meta_ads"
GRAPH = "https://graph.facebook.com"
API_VERSION = "v26.0"
PAGE = 500

Answer = Mapping[str, Any]
Params = Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """`records` as Meta sent them; `answer` holds what stands beside them."""

    records: list[Any]
    answer: Answer


class MetaAdsClient:
    def __init__(self, access: Access, http: httpx.Client | None = None) -> None:
        self.shop_id = access.shop_id
        self.usage = Usage()
        self.answered_at: datetime | None = None
        self.http = http or open_client()
        self.sleep = access.sleep
        version = access.options.get("meta_ads_api_version", API_VERSION)
        self._root = f"{access.base_url(GRAPH)}/{version}"
        self._token = access.fields["access_token"]
        self._proof = _proof(self._token, access.fields.get("app_secret"))
        self._patience = Patience(Caller.of(VENDOR, access))

    def get(self, operation: str, path: str, **params: Any) -> Answer:
        return self._ask("GET", operation, path, params)

    def post(self, operation: str, path: str, **params: Any) -> Answer:
        return self._ask("POST", operation, path, params)

    def pages(self, operation: str, path: str, **params: Any) -> Iterator[Page]:
        """Meta's ready-made address of the next page carries a token and may lead anywhere: only
        its cursor is taken."""
        after: str | None = None
        while True:
            asked = {**params, "limit": PAGE} | ({"after": after} if after else {})
            answer = self.get(operation, path, **asked)
            yield Page(self._records(operation, answer), answer)
            paging = _object(answer.get("paging"))
            if not paging.get("next"):
                return
            previous, after = after, _object(paging.get("cursors")).get("after")
            if not isinstance(after, str) or after == previous:
                raise self._odd(operation, "there is a next page and no cursor that leads to it")

    def _records(self, operation: str, answer: Answer) -> list[Any]:
        records = answer.get("data")
        if not isinstance(records, list):
            raise self._odd(operation, "there is no list called data")
        return cast("list[Any]", records)

    def _ask(self, method: str, operation: str, path: str, params: Params) -> Answer:
        self._patience.rest(operation, self.usage.rest())
        request = self._request(method, path, params)
        return self._patience.call(
            operation, lambda measured: self._exchange(operation, request, measured)
        )

    def _request(self, method: str, path: str, params: Params) -> httpx.Request:
        told = {name: _written(value) for name, value in params.items()} | self._proof
        return self.http.build_request(
            method,
            f"{self._root}/{path}",
            headers={"Authorization": f"Bearer {self._token}"},
            params=told if method == "GET" else None,
            data=None if method == "GET" else told,
        )

    def _exchange(self, operation: str, request: httpx.Request, measured: Measured) -> Answer:
        try:
            response = self.http.send(request)
        except httpx.TransportError as error:
            raise TransientError(why(error)) from error
        self.usage.told(response.headers)
        measured.throttle = min(self.usage.share, 1.0)
        told = _read(response)
        judge(response, told, self.shop_id, self._token, self.usage)
        if not isinstance(told, dict):
            raise self._odd(operation, "the answer is no object")
        self.answered_at = answered_at(response) or self.answered_at
        return cast("Answer", told)

    def _odd(self, operation: str, what: str) -> VendorAnswerError:
        return VendorAnswerError(
            f"Meta's answer to {operation} of {self.shop_id} cannot be read: {what}.",
            hint="Run again later; if it stays, update Hotdash or report this message.",
        )


def _read(response: httpx.Response) -> Any:
    """Meta's errors are JSON too; what is not comes from something in between."""
    if response.is_success:
        return json_of(response)
    try:
        return json.loads(response.content)
    except ValueError:
        return None


def _object(value: Any) -> Answer:
    return cast("Answer", value) if isinstance(value, dict) else {}


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _proof(token: str, app_secret: str | None) -> dict[str, str]:
    """Apps that demand it take a token only with the proof that their secret is known."""
    if not app_secret:
        return {}
    proof = hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    return {"appsecret_proof": proof}
