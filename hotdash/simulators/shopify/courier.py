"""Deliveries on their way to a receiver: several at once, tried again as Shopify does until it answers well."""

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx

from hotdash.simulators.shopify.webhooks import Sent

RETRIES = 8
# Eight times within four hours, each pause about twice the one before.
PAUSES_MINUTES = (1, 2, 4, 8, 15, 30, 60, 120)
_TIMEOUT = httpx.Timeout(5.0, connect=1.0)
_WELL = range(200, 300)


@dataclass(frozen=True)
class Courier:
    """`minute` is how long a simulated minute lasts while a receiver is waited for."""

    url: str
    minute: float = 0.001
    at_once: int = 8

    def deliver(self, sent: Sequence[Sent]) -> dict[str, Any]:
        counts: Counter[str] = Counter()
        with (
            httpx.Client(timeout=_TIMEOUT) as http,
            ThreadPoolExecutor(self.at_once) as threads,
        ):
            for outcome in threads.map(partial(self._carry, http), sent):
                counts.update(outcome)
        names = ("accepted", "retried", "given_up", "forged", "forged_accepted")
        return {"sent": len(sent), **{name: counts[name] for name in names}}

    def _carry(self, http: httpx.Client, sent: Sent) -> Counter[str]:
        if sent.is_forged:
            taken = self._post(http, sent)
            return Counter(forged=1, forged_accepted=int(taken))
        for attempt in range(RETRIES + 1):
            if self._post(http, sent):
                return Counter(accepted=1, retried=attempt)
            if attempt < RETRIES:
                time.sleep(PAUSES_MINUTES[attempt] * self.minute)
        return Counter(given_up=1, retried=RETRIES)

    def _post(self, http: httpx.Client, sent: Sent) -> bool:
        try:
            answer = http.post(self.url, content=sent.content, headers=sent.headers)
        except httpx.TransportError:
            return False
        return answer.status_code in _WELL
