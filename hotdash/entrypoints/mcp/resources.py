"""What can be read by its address: the definition of every metric, and the kept weeks of a shop."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from hotdash.base.clock import iso_utc
from hotdash.base.errors import NotFoundError
from hotdash.base.roles import Permission
from hotdash.entrypoints.admitting import sees, shop_of
from hotdash.entrypoints.mcp import auditing
from hotdash.entrypoints.mcp.auditing import Record
from hotdash.entrypoints.mcp.callers import Caller
from hotdash.entrypoints.mcp.calling import (
    Document,
    Outcome,
    entered,
    enveloped,
    everywhere,
    recorded,
)
from hotdash.entrypoints.mcp.contract import Found
from hotdash.entrypoints.mcp.fence import EVERY_PATH
from hotdash.entrypoints.mcp.house import McpHouse
from hotdash.insights.metrics.registry import registry
from hotdash.reports.packet.weeks import Week
from hotdash.storage.appdb.repositories.packets import Form, get_packet, list_packets, packet_file
from hotdash.storage.appdb.repositories.visits import Visit

METRIC = "hotdash://metrics/{metric}"
PACKET = "hotdash://shops/{shop}/packets/{week}"
_METRIC = re.compile(r"hotdash://metrics/(?P<metric>[a-z0-9_]{1,60}(@\d{1,5})?)")
_PACKET = re.compile(r"hotdash://shops/(?P<shop>[^/]{1,100})/packets/(?P<week>\d{4}-W\d{2})")
# Definitions are files of this project.
_EVERY_WORD = frozenset({EVERY_PATH})
_PACKET_WORDS = frozenset(
    {
        *("shop_id", "timezone", "currency", "headline.query"),
        *(f"trends.{name}" for name in ("metric", "title", "unit", "level", "query")),
    }
)
_MOST_SHOPS = 20
_MOST_WEEKS = 8


@dataclass(frozen=True, slots=True)
class Listed:
    address: str
    name: str
    title: str
    description: str


def listed(house: McpHouse, caller: Caller) -> list[Listed]:
    return [*_definitions(), *_packets(house, entered(caller))]


def read(house: McpHouse, caller: Caller, address: str) -> Outcome:
    def answered(record: Record) -> Document:
        visit = record.visit = entered(caller)
        metric, packet = _METRIC.fullmatch(address), _PACKET.fullmatch(address)
        if metric is not None:
            return _definition(house, visit, record, metric["metric"])
        if packet is not None:
            return _packet(house, visit, record, packet["shop"], packet["week"])
        raise NotFoundError(
            f"There is no resource {address[:80]!r}.", hint=f"Use {METRIC} or {PACKET}."
        )

    record = Record(auditing.RESOURCE_READ, address, {}, is_ours=_is_ours(address))
    return recorded(house, caller, record, answered)


def _is_ours(address: str) -> bool:
    """Where it names a metric that there is; a shop is known when it is let in, and others may say anything."""
    found = _METRIC.fullmatch(address)
    return found is not None and found["metric"].partition("@")[0] in {
        each.name for each in registry()
    }


def _definitions() -> Iterator[Listed]:
    metrics = registry()
    for name in sorted({each.name for each in metrics}):
        metric = metrics.get(name)
        address = METRIC.format(metric=name)
        yield Listed(address, name, f"Definition of {metric.title}", metric.definition)


def _packets(house: McpHouse, visit: Visit) -> Iterator[Listed]:
    """Without the headline: what is told of a week is read with its fence."""
    seen = [each for each in visit.shops.values() if sees(visit, each, Permission.SEE_METRICS)]
    for shop in seen[:_MOST_SHOPS]:
        with house.database.as_user(visit.user_id) as session:
            weeks = list_packets(session, shop.shop_id, before=None, limit=_MOST_WEEKS)
        for each in weeks:
            yield Listed(
                PACKET.format(shop=shop.shop_id, week=each.week),
                f"{shop.shop_id} {each.week}",
                f"Week {each.week} of {shop.shop_id}",
                "What the shop was told of this week, as it was sent.",
            )


def _definition(house: McpHouse, visit: Visit, record: Record, name: str) -> Document:
    """The same in every shop; read by whoever may see the numbers of one."""
    everywhere(visit, Permission.SEE_METRICS)
    plain, _, version = name.partition("@")
    metric = registry().get(plain, int(version) if version else None)
    record.more = {"version": metric.version}
    found = Found(metric.model_dump(mode="json"), {}, {}, {metric.name: metric.unit.value})
    return enveloped(house, METRIC.format(metric=name), found, _EVERY_WORD)


def _packet(house: McpHouse, visit: Visit, record: Record, shop_id: str, week: str) -> Document:
    shop = shop_of(visit, shop_id, Permission.SEE_METRICS)
    record.shops, record.is_ours = [shop.shop_id], True
    asked = Week.parse(week)
    with house.database.as_user(visit.user_id) as session:
        kept = get_packet(session, shop_id, asked.name)
        document: dict[str, Any] = orjson.loads(
            packet_file(session, shop_id, asked.name, Form.JSON)
        )
    # The statements that were sent are most of it, and for people who check: the API tells them.
    document["queries_left_off"] = len(document.pop("queries", ()))
    build = str(kept.publication) if kept.publication else None
    found = Found(
        document,
        {shop_id: build},
        {shop_id: {"packet": iso_utc(kept.as_of)}},
        {"money": shop.currency},
    )
    return enveloped(house, PACKET.format(shop=shop_id, week=week), found, _PACKET_WORDS)
