"""The simulator's own doors: its clock, faults and counts, and each vendor's switches, for tests and demos."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.routing import Route as HttpRoute

from hotdash.base.clock import iso_utc
from hotdash.simulators.faults import Fault, FaultKind
from hotdash.simulators.simulation import SimulatedVendor, Simulation

PREFIX = "/_simulator"


def control_routes(simulation: Simulation, vendors: Sequence[SimulatedVendor]) -> list[BaseRoute]:
    doors = _Control(simulation, vendors)
    changes = {"clock": doors.clock, "faults": doors.fault, "reset": doors.reset}
    return [
        HttpRoute(PREFIX, doors.describe),
        HttpRoute(f"{PREFIX}/faults", doors.no_faults, methods=["DELETE"]),
        *(HttpRoute(f"{PREFIX}/{name}", door, methods=["POST"]) for name, door in changes.items()),
        *(Mount(f"{PREFIX}/{vendor.name}", routes=vendor.switches) for vendor in vendors),
    ]


class _Control:
    def __init__(self, simulation: Simulation, vendors: Sequence[SimulatedVendor]) -> None:
        self._simulation = simulation
        self._vendors = vendors

    async def describe(self, _http: Request) -> Response:
        simulation = self._simulation
        told: dict[str, Any] = {
            "now": iso_utc(simulation.clock.now()),
            "until": iso_utc(simulation.world.until),
            "orders": simulation.world.orders,
            "seed": simulation.world.seed,
            "calls": dict(simulation.calls),
        }
        return JSONResponse(told)

    async def clock(self, http: Request) -> Response:
        asked = await asked_of(http)
        clock = self._simulation.clock
        if "now" in asked:
            clock.set(datetime.fromisoformat(asked["now"]))
        clock.advance(timedelta(seconds=asked.get("advance_seconds", 0)))
        return JSONResponse({"now": iso_utc(clock.now())})

    async def fault(self, http: Request) -> Response:
        asked = await asked_of(http)
        self._simulation.faults.add(Fault(FaultKind(asked.pop("kind")), **asked))
        return JSONResponse({}, 201)

    async def no_faults(self, _http: Request) -> Response:
        self._simulation.faults.clear()
        return JSONResponse({})

    async def reset(self, _http: Request) -> Response:
        self._simulation.reset()
        for vendor in self._vendors:
            vendor.reset()
        return JSONResponse({})


async def asked_of(http: Request) -> dict[str, Any]:
    return json.loads(await http.body())
