"""Postcards' API over HTTP: its key, its pages, its refusals."""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from hotdash.base.http import open_client
from hotdash.connectors.calling import (
    Caller,
    Measured,
    VendorAccessError,
    VendorAnswerError,
    json_of,
    send,
)
from hotdash.connectors.spec import Access

VENDOR = "postcards"


class PostcardsClient:
    def __init__(self, access: Access) -> None:
        self._caller = Caller.of(VENDOR, access)
        self._base_url = access.base_url("https://api.postcards.example")
        self._headers = {"Authorization": f"Bearer {access.fields['api_key']}"}
        self._http = open_client()

    def get(self, operation: str, path: str, **asked: Any) -> Any:
        """One answer; what passes is tried again, what does not is an error a person can mend."""

        def exchange(measured: Measured) -> Any:
            request = self._http.build_request(
                "GET", f"{self._base_url}{path}", params=asked, headers=self._headers
            )
            response = send(self._http, request)
            _judge(response)
            measured.throttle = _used_share(response.headers)
            return json_of(response)

        return self._caller.call(operation, exchange)

    def pages(self, operation: str, path: str, **asked: Any) -> Iterator[list[Any]]:
        """Page after page; what the vendor counts is held against what it sent."""
        page, seen = 1, 0
        while True:
            answer = self.get(operation, path, page=page, **asked)
            records: list[Any] = answer["items"]
            seen += len(records)
            if records:
                yield records
            if answer["next"] is None:
                break
            page = answer["next"]
        if seen != answer["total"]:
            raise VendorAnswerError(
                f"Postcards counts {answer['total']} {operation} and sent {seen}.",
                hint="Nothing was kept; run again.",
            )


def _judge(response: httpx.Response) -> None:
    if response.status_code in (401, 403):
        raise VendorAccessError(
            f"Postcards does not accept the key (HTTP {response.status_code}).",
            hint="Make a new key on its settings page and connect again: `hotdash init`.",
        )
    if response.status_code not in (200, 404):
        raise VendorAnswerError(
            f"Postcards answers HTTP {response.status_code}.", hint="Report this to Postcards."
        )


def _used_share(headers: Mapping[str, str]) -> float | None:
    """How much of the hour's calls is used up, where the vendor tells it."""
    try:
        left, limit = int(headers["x-limit-left"]), int(headers["x-limit"])
    except (KeyError, ValueError):
        return None
    return 1 - left / limit if limit else None
