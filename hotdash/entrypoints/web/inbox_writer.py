"""Webhooks that come together are written together: one commit for all that wait, and nobody is answered before it."""

import asyncio
from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool

from hotdash.jobs.receive_webhook import WebhookInbox
from hotdash.storage.appdb.repositories.inbox import IncomingWebhook

MOST_AT_ONCE = 200
# A larger body is checked in a thread, so that others are not kept waiting by it.
_SMALL = 64 * 1024

Waiting = tuple[IncomingWebhook, "asyncio.Future[bool]"]


class InboxWriter:
    def __init__(self, inbox: WebhookInbox) -> None:
        self._inbox = inbox
        self._waiting: list[Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def receive(
        self, vendor: str, shop_id: str | None, headers: Mapping[str, str], body: bytes
    ) -> bool:
        """True when it is new; it is on the disk by then."""
        if len(body) <= _SMALL and self._inbox.knows(vendor, shop_id, headers):
            webhook = self._inbox.accept(vendor, shop_id, headers, body)
        else:
            webhook = await run_in_threadpool(self._inbox.accept, vendor, shop_id, headers, body)
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append((webhook, stored))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        return await stored

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            try:
                told = await run_in_threadpool(self._inbox.store, [each for each, _ in batch])
            except Exception as error:
                await self._write_singly(batch, error)
            else:
                for (_, stored), is_new in zip(batch, told, strict=True):
                    _settle(stored, is_new)

    async def _write_singly(self, batch: list[Waiting], error: Exception) -> None:
        """One that cannot be stored must not take the others with it."""
        for webhook, stored in batch:
            failure = error
            if len(batch) > 1:
                try:
                    [is_new] = await run_in_threadpool(self._inbox.store, [webhook])
                except Exception as own:
                    failure = own
                else:
                    _settle(stored, is_new)
                    continue
            if not stored.done():
                stored.set_exception(failure)


def _settle(stored: "asyncio.Future[bool]", is_new: bool) -> None:
    """Whoever went away meanwhile has nobody to tell."""
    if not stored.done():
        stored.set_result(is_new)
