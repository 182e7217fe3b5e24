"""The simulator's own doors: its clock, faults, tokens, plan and bulk operations, for tests and demos."""

import json
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route as HttpRoute

from hotdash.base.clock import iso_utc
from hotdash.simulators.shopify.costs import Bucket, Plan
from hotdash.simulators.shopify.faults import Fault, FaultKind, Route
from hotdash.simulators.shopify.state import Simulator

PREFIX = "/_simulator"


def control_routes(simulator: Simulator) -> list[HttpRoute]:
    doors = _Control(simulator)
    changes = {
        "clock": doors.clock,
        "faults": doors.fault,
        "tokens": doors.token,
        "plan": doors.plan,
        "bulk": doors.bulk,
        "reset": doors.reset,
    }
    return [
        HttpRoute(PREFIX, doors.describe),
        HttpRoute(f"{PREFIX}/faults", doors.no_faults, methods=["DELETE"]),
        *(HttpRoute(f"{PREFIX}/{name}", door, methods=["POST"]) for name, door in changes.items()),
    ]


class _Control:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def describe(self, _http: Request) -> Response:
        simulator = self._simulator
        told: dict[str, Any] = {
            "now": iso_utc(simulator.clock.now()),
            "until": iso_utc(simulator.world.until),
            "orders": simulator.world.orders,
            "seed": simulator.world.seed,
            "calls": dict(simulator.calls),
        }
        return JSONResponse(told)

    async def clock(self, http: Request) -> Response:
        asked = await _asked(http)
        clock = self._simulator.clock
        if "now" in asked:
            clock.set(datetime.fromisoformat(asked["now"]))
        clock.advance(timedelta(seconds=asked.get("advance_seconds", 0)))
        return JSONResponse({"now": iso_utc(clock.now())})

    async def fault(self, http: Request) -> Response:
        asked = await _asked(http)
        kind, route = FaultKind(asked.pop("kind")), Route(asked.pop("route", Route.GRAPHQL))
        self._simulator.faults.add(Fault(kind, route, **asked))
        return JSONResponse({}, 201)

    async def no_faults(self, _http: Request) -> Response:
        self._simulator.faults.clear()
        return JSONResponse({})

    async def token(self, http: Request) -> Response:
        """Another token for a shop, or none at all: it is revoked."""
        asked = await _asked(http)
        self._simulator.by_id(asked["shop"]).token = asked.get("token")
        return JSONResponse({})

    async def plan(self, http: Request) -> Response:
        """A bucket of another size, full or as full as asked."""
        asked = await _asked(http)
        plan = Plan(asked["most"], asked["restored_per_second"])
        for shop in self._simulator.shops.values():
            shop.bucket = Bucket(plan)
            shop.bucket.take(plan.most - asked.get("available", plan.most))
        return JSONResponse({})

    async def bulk(self, http: Request) -> Response:
        """Hold bulk operations back, let them go, or let every url handed out expire."""
        asked = await _asked(http)
        for runs in self._simulator.bulk.values():
            if asked.get("expire_urls"):
                runs.expire_urls()
            if "held" in asked:
                runs.hold(asked["held"])
        return JSONResponse({})

    async def reset(self, _http: Request) -> Response:
        self._simulator.reset()
        return JSONResponse({})


async def _asked(http: Request) -> dict[str, Any]:
    return json.loads(await http.body())
