"""Shopify's own switches: tokens, the size of the bucket, bulk operations, deleted orders."""

import asyncio
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route as HttpRoute

from hotdash.base.clock import parse_iso
from hotdash.simulators.control import asked_of
from hotdash.simulators.orders import epoch
from hotdash.simulators.shopify.costs import Bucket, Plan
from hotdash.simulators.shopify.courier import Courier
from hotdash.simulators.shopify.oauth import CLIENT_SECRET
from hotdash.simulators.shopify.state import Simulator
from hotdash.simulators.shopify.webhooks import Mischief, deliveries, happenings_between


def switches_of(simulator: Simulator) -> list[HttpRoute]:
    doors = _Switches(simulator)
    changes = {
        "tokens": doors.token,
        "plan": doors.plan,
        "bulk": doors.bulk,
        "deletions": doors.delete,
        "oauth": doors.oauth,
        "webhooks": doors.webhooks,
        "scopes": doors.scopes,
        "headers": doors.headers,
        "vanish": doors.vanish,
    }
    return [HttpRoute(f"/{name}", door, methods=["POST"]) for name, door in changes.items()]


class _Switches:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def token(self, http: Request) -> Response:
        """Another token for a shop, or none at all: it is revoked."""
        asked = await asked_of(http)
        shop = self._simulator.by_id(asked["shop"])
        shop.token = asked.get("token")
        if shop.token is None:
            shop.oauth.revoke()
        return JSONResponse({})

    async def delete(self, http: Request) -> Response:
        """A merchant deletes an order, a customer or a product."""
        asked = await asked_of(http)
        self._simulator.by_id(asked["shop"]).delete(asked["kind"], asked["id"])
        return JSONResponse({})

    async def oauth(self, http: Request) -> Response:
        """How long tokens last, whether a used refresh token is forgiven, which scopes are granted."""
        asked = await asked_of(http)
        desk = self._simulator.by_id(asked["shop"]).oauth
        desk.lasts = timedelta(seconds=asked.get("lasts", desk.lasts.total_seconds()))
        desk.is_forgiving = asked.get("forgiving", desk.is_forgiving)
        desk.granted = asked.get("scopes", desk.granted)
        return JSONResponse({"renewed": desk.renewed, "refused": desk.refused})

    async def webhooks(self, http: Request) -> Response:
        """Send what happened between two instants to a receiver, and tell what came of it."""
        asked = await asked_of(http)
        shop = self._simulator.by_id(asked.pop("shop"))
        courier = Courier(asked.pop("url"), at_once=asked.pop("at_once", 8))
        secret = asked.pop("secret", CLIENT_SECRET)
        first, last = (epoch(parse_iso(asked.pop(name))) for name in ("from", "to"))
        told = happenings_between(shop.world, first, last, shop.deletions)
        sent = deliveries(shop.shop, told, Mischief(**asked), secret)
        report = await asyncio.to_thread(courier.deliver, sent)
        return JSONResponse({"events": len(told), **report})

    async def scopes(self, http: Request) -> Response:
        """What a shop's token may read from now on."""
        asked = await asked_of(http)
        self._simulator.by_id(asked["shop"]).scopes = frozenset(asked["scopes"])
        return JSONResponse({})

    async def headers(self, http: Request) -> Response:
        """Answers tell another version than the one asked, or that something is deprecated."""
        asked = await asked_of(http)
        self._simulator.told_version = asked.get("version")
        self._simulator.deprecated = asked.get("deprecated")
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
        shop = self._simulator.by_id(asked["shop"])
        for order_id in asked["orders"]:
            shop.delete("orders", order_id)
        return JSONResponse({})
