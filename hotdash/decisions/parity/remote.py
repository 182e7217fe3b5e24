"""A Supabase project's rows, read by key in pages: it never gives more than a thousand at once."""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

import httpx

from hotdash.base.errors import UnavailableError
from hotdash.base.http import (
    RetryPolicy,
    TransientError,
    attempts,
    open_client,
    raise_for_transience,
    why,
)
from hotdash.storage.appdb.repositories.mirror_parity import MirrorDoor, MirroredTable

PAGE = 1_000
_LONGEST = 300


class MirrorReader:
    def __init__(self, door: MirrorDoor, policy: RetryPolicy = RetryPolicy()) -> None:  # noqa: B008
        self._url = door.url.rstrip("/")
        self._headers = {"apikey": door.key, "authorization": f"Bearer {door.key}"}
        self._policy = policy
        self._http = open_client()

    def close(self) -> None:
        self._http.close()

    def rows(self, mirrored: MirroredTable, shop_id: str) -> Iterator[Mapping[str, Any]]:
        last: str | None = None
        while True:
            asked = {
                "select": ",".join(mirrored.kinds),
                "shop_id": f"eq.{shop_id}",
                "order": f"{mirrored.key}.asc",
                "limit": str(PAGE),
                **({mirrored.key: f"gt.{last}"} if last else {}),
            }
            page = self._ask(mirrored.name, asked)
            yield from page
            if len(page) < PAGE:
                return
            last = str(page[-1][mirrored.key])

    def strange_shops(self, mirrored: MirroredTable, known: Sequence[str]) -> Iterator[str]:
        """Shops of which it has rows and we know nothing."""
        seen = list(known)
        while True:
            quoted = ",".join(f'"{each}"' for each in seen)
            asked = {"select": "shop_id", "limit": "1"}
            found = self._ask(mirrored.name, {**asked, "shop_id": f"not.in.({quoted})"})
            if not found:
                return
            seen.append(str(found[0]["shop_id"]))
            yield seen[-1]

    def _ask(self, table: str, asked: Mapping[str, str]) -> list[dict[str, Any]]:
        try:
            for attempt in attempts(self._policy):
                with attempt:
                    response = self._get(table, asked)
                    raise_for_transience(response)
                    return self._told(table, response)
        except TransientError as error:
            raise UnavailableError(
                f"The mirror does not answer for {table}: {error.reason}.",
                hint="Compare again when the project is up; nothing was changed.",
            ) from error
        raise AssertionError("attempts end with an answer or an error")

    def _get(self, table: str, asked: Mapping[str, str]) -> httpx.Response:
        try:
            return self._http.get(
                f"{self._url}/rest/v1/{table}", params=dict(asked), headers=self._headers
            )
        except httpx.TransportError as error:
            raise TransientError(why(error)) from error

    def _told(self, table: str, response: httpx.Response) -> list[dict[str, Any]]:
        try:
            told: Any = json.loads(response.content, parse_float=Decimal)
        except ValueError:
            told = {}
        if response.is_success and isinstance(told, list):
            return cast("list[dict[str, Any]]", told)
        said = str(told.get("message") or f"HTTP {response.status_code}")[:_LONGEST]
        code = f" ({told['code']})" if told.get("code") else ""
        raise UnavailableError(
            f"The mirror refuses to show {table}: {said}{code}.",
            hint="Check the project's key and its tables' columns and grants, then compare again.",
        )
