"""Postcards before the examiners: `pytest --hotdash-connector hotdash_postcards`."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotdash.base.http import RetryPolicy
from hotdash.connectors.spec import Access

from .server import KEY, World, served
from .spec import SPEC

HASTY = RetryPolicy(attempts=7, shortest_wait=0.001, longest_wait=0.01)


@dataclass
class Account:
    world: World
    address: str

    def now(self) -> datetime:
        return self.world.now

    def access(self) -> Access:
        fields = {"api_key": KEY, "base_url": self.address}
        sleep = lambda seconds: time.sleep(min(seconds, 0.02))  # noqa: E731
        return Access("a-shop", fields, self, policy=HASTY, sleep=sleep)

    def advance(self) -> None:
        self.world.now += timedelta(days=1, hours=7)

    def fault(self, kind: str, *, times: int | None = None, share: float = 1.0) -> None:
        self.world.faults.append({"kind": kind, "times": times, "share": share})

    def reset(self) -> None:
        self.world.reset()

    def expected(self) -> Mapping[str, int]:
        return {"postcards_cards": len(self.world.cards()), "postcards_days": 80}


@dataclass(frozen=True)
class Case:
    spec = SPEC
    told_apart = frozenset[str]()
    told_of_us = frozenset[str]()
    makes_calls = True

    @contextmanager
    def started(self) -> Iterator[Account]:
        world = World()
        with served(world) as address:
            yield Account(world, address)


CONTRACT_CASE = Case()
