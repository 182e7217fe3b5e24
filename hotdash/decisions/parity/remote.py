"""A Supabase project's rows, read by key in pages: it never gives more than a thousand at once."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
from hotdash.decisions.mirror.client import key_headers
from hotdash.storage.appdb.repositories.mirror_rows import MirroredTable

PAGE = 1_000
_LONGEST = 300


@dataclass(frozen=True)
class MirrorDoor:
    url: str
    key: str = field(repr=False)


class MirrorReader:
    def __init__(self, door: MirrorDoor, policy: RetryPolicy = RetryPolicy()) -> None:  # noqa: B008
        self._url = door.url.rstrip("/")
        self._headers = key_headers(door.key)
        self._policy = policy
        self._http = open_client()

    def close(self) -> None:
        self._http.close()

    def rows(self, mirrored: MirroredTable, shop_id: str) -> Iterator[Mapping[str, Any]]:
        """Until nothing comes: a project may be set to give less at once than was asked for."""
        last: str | None = None
        while True:
            asked = {
                "select": ",".join(mirrored.columns),
                "shop_id": f"eq.{shop_id}",
                "order": f"{mirrored.id}.asc",
                "limit": str(PAGE),
                **({mirrored.id: f"gt.{last}"} if last else {}),
            }
            page = self._ask(mirrored.name, asked)
            if not page:
                return
            yield from page
            last = str(page[-1][mirrored.id])

    def strange_shops(self, mirrored: MirroredTable, known: Sequence[str]) -> Iterator[str]:
        """Shops of which it has rows and we know nothing."""
        seen = list(known)
        while True:
            quoted = ",".join(_quoted(each) for each in seen)
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


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
