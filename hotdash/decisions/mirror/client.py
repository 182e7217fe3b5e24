"""A Supabase project's Data API: rows are upserted by key, and its tables are asked for."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import httpx

from hotdash.base.http import retry_after, why
from hotdash.decisions.mirror.keys import is_public
from hotdash.storage.appdb.repositories.mirror_rows import MirroredTable

# Keys of this kind are no tokens: as a bearer the project would refuse them.
_SECRET_KEY = "sb_secret_"
_HTML = "text/html"
# It is kept beside every row that it concerns.
LONGEST_MESSAGE = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; without a status nothing did, and `message` says why."""

    status: int | None
    code: str | None = None
    message: str = ""
    is_html: bool = False
    retry_after: float | None = None
    seconds: float = 0.0
    told: Any = None


def key_headers(key: str) -> dict[str, str]:
    headers = {"apikey": key}
    if not key.startswith(_SECRET_KEY):
        headers["authorization"] = f"Bearer {key}"
    return headers


class MirrorClient:
    def __init__(self, url: str, key: str, http: httpx.Client) -> None:
        self._root = f"{url}/rest/v1/"
        self._http = http
        self._headers = key_headers(key)
        self.has_public_key = is_public(key)

    def upsert(self, table: MirroredTable, bodies: Sequence[str]) -> Answer:
        """All or none: a row that is there already becomes what is sent."""
        return self._ask(
            "POST",
            self._root + table.name,
            params={"on_conflict": ",".join(table.key)},
            content=f"[{','.join(bodies)}]".encode(),
            headers={
                "content-type": "application/json",
                "prefer": "resolution=merge-duplicates, return=minimal",
            },
        )

    def describe(self) -> Answer:
        """Its tables, as OpenAPI."""
        return self._ask("GET", self._root, headers={"accept": "application/openapi+json"})

    def _ask(self, method: str, url: str, *, headers: dict[str, str], **what: Any) -> Answer:
        began = time.monotonic()
        try:
            response = self._http.request(method, url, headers={**self._headers, **headers}, **what)
        except httpx.TransportError as error:
            return Answer(None, message=why(error), seconds=time.monotonic() - began)
        except httpx.HTTPError as error:
            return Answer(None, message=type(error).__name__, seconds=time.monotonic() - began)
        return _read(response, time.monotonic() - began)


def _read(response: httpx.Response, seconds: float) -> Answer:
    is_html = response.headers.get("content-type", "").startswith(_HTML)
    told = None if is_html else _json(response)
    record = cast("dict[str, Any]", told) if isinstance(told, dict) else dict[str, Any]()
    code = record.get("code")
    return Answer(
        response.status_code,
        str(code) if code else None,
        str(record.get("message") or "")[:LONGEST_MESSAGE],
        is_html,
        retry_after(response),
        seconds,
        told,
    )


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None
