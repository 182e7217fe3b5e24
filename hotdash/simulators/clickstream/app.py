"""The simulated shops' visitors: their clicks as files, or sent to a running collector when asked for."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from hotdash.simulators.clickstream.click_files import write_months
from hotdash.simulators.clickstream.visits import PERSON, ROBOT, Touch, touches
from hotdash.simulators.control import asked_of
from hotdash.simulators.orders import Shop, epoch
from hotdash.simulators.simulation import Simulation

NAME = "clickstream"
# The clicks of a larger shop are many files; who wants them asks for them.
_MOST_ORDERS = 60_000
_FILED = timedelta(days=180)
_AT_ONCE = 25
_TRIES = 5


class ClickstreamSimulator:
    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self.app: ASGIApp = Starlette()
        self.switches: Sequence[BaseRoute] = [
            Route("/replay", self._replay, methods=["POST"]),
            Route("/write", self._write, methods=["POST"]),
        ]

    @property
    def name(self) -> str:
        return NAME

    def credentials(self, shop: Shop, address: str) -> Mapping[str, str] | None:
        """A folder of files: nobody browses the simulated shops while the demo stands."""
        del address
        if self._simulation.world.orders > _MOST_ORDERS:
            return None
        self._file(shop.shop_id)
        return {"files": str(self._folder(shop.shop_id))}

    def reset(self) -> None:
        """Files that were written stay as they are: a reader knows them already."""

    def _folder(self, shop_id: str) -> Any:
        return self._simulation.folder / NAME / shop_id

    def _file(self, shop_id: str) -> int:
        now = self._simulation.clock.now()
        world = self._simulation.world.of(shop_id)
        first, last = epoch(now - _FILED), epoch(now)
        return len(write_months(world, first, last, self._folder(shop_id)))

    async def _write(self, http: Request) -> Response:
        shop_id = (await asked_of(http))["shop"]
        files = await asyncio.to_thread(self._file, shop_id)
        return JSONResponse({"folder": str(self._folder(shop_id)), "files": files})

    async def _replay(self, http: Request) -> Response:
        """{url, key, origin, shop, from, to}: what happened then, as browsers would send it now."""
        asked = await asked_of(http)
        world = self._simulation.world.of(asked["shop"])
        first = epoch(datetime.fromisoformat(asked["from"]))
        last = epoch(datetime.fromisoformat(asked["to"]))
        now = epoch(self._simulation.clock.now())
        found = sorted(touches(world, first, last), key=lambda touch: touch.at + touch.sent_late)
        statuses: dict[str, int] = {}
        async with httpx.AsyncClient(timeout=30) as client:
            for is_robot, batch in _batches(found):
                body = {
                    "key": asked["key"],
                    "sent_at": now * 1000,
                    "events": [_event(touch) for touch in batch],
                }
                headers = {
                    "origin": asked["origin"],
                    "user-agent": ROBOT if is_robot else PERSON,
                    "content-type": "text/plain;charset=UTF-8",
                }
                status = await _sent(client, asked["url"], body, headers)
                statuses[str(status)] = statuses.get(str(status), 0) + 1
        return JSONResponse(
            {
                "statuses": statuses,
                "events": len(found),
                "robots": sum(touch.is_robot for touch in found),
                "distinct": len({touch.event_id for touch in found if not touch.is_robot}),
            }
        )


def _batches(found: Iterable[Touch]) -> Iterator[tuple[bool, Sequence[Touch]]]:
    kept = list(found)
    for is_robot in (False, True):
        of_kind = [each for each in kept if each.is_robot == is_robot]
        for start in range(0, len(of_kind), _AT_ONCE):
            yield is_robot, of_kind[start : start + _AT_ONCE]


async def _sent(
    client: httpx.AsyncClient, url: str, body: Mapping[str, Any], headers: Mapping[str, str]
) -> int:
    for _ in range(_TRIES):
        answer = await client.post(url, json=body, headers=dict(headers))
        if answer.status_code != 429:
            return answer.status_code
        await asyncio.sleep(float(answer.headers.get("retry-after", "1")))
    return 429


def _event(touch: Touch) -> dict[str, Any]:
    return {
        "id": touch.event_id.ljust(8, "0"),
        "type": touch.event_type,
        "at": touch.at * 1000,
        "visitor": touch.visitor,
        "session": touch.session,
        "url": touch.url,
        "referrer": touch.referrer,
        "order": str(touch.order_id) if touch.order_id else None,
        "customer": str(touch.customer_id) if touch.customer_id else None,
    }
