"""Bulk operations: asked for, waited for, downloaded whole, and asked for again where they broke."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from hotdash.base.clock import parse_iso
from hotdash.base.http import TransientError, attempts, raise_for_transience
from hotdash.base.progress import Task
from hotdash.connectors.shopify.client import ShopifyClient
from hotdash.connectors.shopify.errors import BulkExportError, ShopifyAccessError
from hotdash.connectors.shopify.queries import Query, query

_SHORTEST_POLL = 0.1
_LONGEST_POLL = 10.0
_POLL_GROWTH = 1.5
_GIVES_UP = frozenset({"FAILED", "CANCELED", "CANCELING", "EXPIRED"})
_MOST_EXPORTS = 3
_OK = 200
_OPERATION_ID = re.compile(r"gid://shopify/BulkOperation/\d+")


@dataclass(frozen=True)
class Export:
    """A bulk operation of ours. What it holds is at least as new as `created_at`, by Shopify's clock."""

    query: Query
    id: str
    created_at: datetime


class BulkExports:
    def __init__(self, client: ShopifyClient, folder: Path) -> None:
        self._client = client
        self._folder = folder
        self._begun: list[datetime] = []

    def at_least_as_new(self, instant: datetime) -> datetime:
        """The instant, or the begin of the oldest operation: one of a killed run is older than we are."""
        return min([instant, *self._begun])

    def start(self, wanted: Query) -> Export:
        """A new operation, or our own of a killed run; where the slots are taken, the next free one."""
        export = self._started(wanted)
        self._begun.append(export.created_at)
        return export

    def _started(self, wanted: Query) -> Export:
        wait = _SHORTEST_POLL
        while True:
            answer = self._client.ask(query("StartBulk"), query=wanted.text)
            started = answer["bulkOperationRunQuery"]
            if started["bulkOperation"] is not None:
                return _export(wanted, started["bulkOperation"])
            running = self._running(wanted, started["userErrors"])
            for operation in running:
                if operation["query"] == wanted.text and operation["status"] not in _GIVES_UP:
                    return _export(wanted, operation)
            self._client.sleep(wait)
            wait = min(wait * _POLL_GROWTH, _LONGEST_POLL)

    def fetch(self, export: Export, task: Task) -> tuple[Export, Path | None]:
        """The complete file, none where there is nothing; a failed operation is asked for again."""
        reason = ""
        for _ in range(_MOST_EXPORTS):
            operation = self._wait(export, task)
            if operation["status"] == "COMPLETED":
                return export, self._download(export, operation)
            if operation["errorCode"] == "ACCESS_DENIED":
                raise ShopifyAccessError(
                    self._client.shop, f"the export {export.query.name} is denied."
                )
            reason = f"it ended as {operation['status']} ({operation['errorCode']})"
            export = self.start(export.query)
        raise BulkExportError(self._client.shop, export.query.name, reason)

    def _wait(self, export: Export, task: Task) -> Mapping[str, Any]:
        wait = _SHORTEST_POLL
        while True:
            operation = self._look(export.id)
            if operation["status"] == "COMPLETED" or operation["status"] in _GIVES_UP:
                return operation
            task.say(f"Shopify has written {int(operation['objectCount']):,} rows")
            self._client.sleep(wait)
            wait = min(wait * _POLL_GROWTH, _LONGEST_POLL)

    def _look(self, operation_id: str) -> Mapping[str, Any]:
        operation = self._client.ask(query("BulkProgress"), id=operation_id)["bulkOperation"]
        if operation is None:
            return {"status": "EXPIRED", "errorCode": None}
        return operation

    def _running(self, wanted: Query, refusals: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        for refusal in refusals:
            if refusal["code"] not in ("OPERATION_IN_PROGRESS", "LIMIT_REACHED"):
                raise BulkExportError(self._client.shop, wanted.name, refusal["message"])
        ids = [found for each in refusals for found in _OPERATION_ID.findall(each["message"])]
        return [self._look(found) for found in ids]

    def _download(self, export: Export, operation: Mapping[str, Any]) -> Path | None:
        """Every attempt looks up the url anew: it may have run out meanwhile."""
        if operation["url"] is None:
            return None
        file = self._folder / f"{export.query.name}.jsonl"
        try:
            for attempt in attempts(self._client.policy):
                with attempt:
                    fresh = self._look(export.id)
                    self._save(fresh["url"], file)
                    _refuse_incomplete(file, int(fresh["fileSize"]))
                    return file
        except TransientError as error:
            reason = error.reason
            raise BulkExportError(self._client.shop, export.query.name, reason) from error
        raise AssertionError("attempts end with a file or an error")

    def _save(self, url: str, file: Path) -> None:
        """The url is signed and lies with another host: our token does not go there."""
        try:
            with self._client.http.stream("GET", url) as response, file.open("wb") as out:
                raise_for_transience(response)
                if response.status_code != _OK:
                    raise TransientError(f"its url is refused (HTTP {response.status_code})")
                for chunk in response.iter_bytes(1 << 20):
                    out.write(chunk)
        except httpx.TransportError as error:
            raise TransientError("the download broke off") from error


def _refuse_incomplete(file: Path, expected: int) -> None:
    size = file.stat().st_size
    if size != expected:
        raise TransientError(f"its file has {size:,} of {expected:,} bytes")


def _export(wanted: Query, operation: Mapping[str, Any]) -> Export:
    return Export(wanted, operation["id"], parse_iso(operation["createdAt"]))
