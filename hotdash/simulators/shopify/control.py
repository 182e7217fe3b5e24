"""Shopify's own switches: tokens, the size of the bucket, bulk operations, deleted orders."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route as HttpRoute

from hotdash.simulators.control import asked_of
from hotdash.simulators.shopify.costs import Bucket, Plan
from hotdash.simulators.shopify.state import Simulator


def switches_of(simulator: Simulator) -> list[HttpRoute]:
    doors = _Switches(simulator)
    changes = {
        "tokens": doors.token,
        "plan": doors.plan,
        "bulk": doors.bulk,
        "vanish": doors.vanish,
    }
    return [HttpRoute(f"/{name}", door, methods=["POST"]) for name, door in changes.items()]


class _Switches:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def token(self, http: Request) -> Response:
        """Another token for a shop, or none at all: it is revoked."""
        asked = await asked_of(http)
        self._simulator.by_id(asked["shop"]).token = asked.get("token")
        return JSONResponse({})

    async def plan(self, http: Request) -> Response:
        """A bucket of another size, full or as full as asked."""
        asked = await asked_of(http)
        plan = Plan(asked["most"], asked["restored_per_second"])
        for shop in self._simulator.shops.values():
            shop.bucket = Bucket(plan)
            shop.bucket.take(plan.most - asked.get("available", plan.most))
        return JSONResponse({})

    async def bulk(self, http: Request) -> Response:
        """Hold bulk operations back, let them go, or let every url handed out expire."""
        asked = await asked_of(http)
        for runs in self._simulator.bulk.values():
            if asked.get("expire_urls"):
                runs.expire_urls()
            if "held" in asked:
                runs.hold(asked["held"])
        return JSONResponse({})

    async def vanish(self, http: Request) -> Response:
        """Orders that somebody deleted: not told and not counted any more."""
        asked = await asked_of(http)
        self._simulator.by_id(asked["shop"]).vanished.update(asked["orders"])
        return JSONResponse({})
