"""Queries are parsed, validated and executed by graphql-core; here the types meet the world."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, cast

import graphql
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    parse,
    validate,
)

from hotdash.simulators.faults import Faults
from hotdash.simulators.orders import Shop
from hotdash.simulators.shopify.access import refusals
from hotdash.simulators.shopify.bulk import MOST_AT_ONCE, BulkRun, BulkRuns
from hotdash.simulators.shopify.bulk_rules import RefusedError, accepted
from hotdash.simulators.shopify.documents import Document, arguments_of, document, named_type
from hotdash.simulators.shopify.drift import drifted, drifts
from hotdash.simulators.shopify.fields import FIELDS, STANDING, chosen, read
from hotdash.simulators.shopify.paging import Page, PageError, cut
from hotdash.simulators.shopify.projection import compile_bulk
from hotdash.simulators.shopify.sales_report import report
from hotdash.simulators.shopify.schema_drift import drifted_schema
from hotdash.simulators.shopify.search import UnknownSearchError
from hotdash.simulators.shopify.shop import SimulatedShop
from hotdash.simulators.shopify.values import Resolver, Standpoint, typename_of

SCHEMA_FILE = Path(__file__).with_name("schema.graphql")
_COUNT_LIMIT = 10_000
_NOWHERE = Standpoint(0)
_graphql = cast(Any, graphql)
_IN_PROGRESS = "A bulk query operation for this app and shop is already in progress: {}."


@dataclass(frozen=True)
class Request:
    """What the resolvers of one call work on."""

    shop: SimulatedShop
    bulk: BulkRuns
    faults: Faults
    file_url: Callable[[str], str]

    def reader(self, type_name: str, field_name: str, at: Standpoint | None = None) -> Resolver:
        resolve = read(type_name, field_name, at or self.shop.standpoint)
        return drifted(self.faults, self.shop.shop.shop_id, type_name, field_name, resolve)


class Prepared(NamedTuple):
    parsed: DocumentNode
    document: Document


class Answered(NamedTuple):
    data: dict[str, Any] | None
    errors: list[GraphQLError]


Info = GraphQLResolveInfo[Request]


@lru_cache(maxsize=1)
def schema() -> GraphQLSchema:
    built = build_schema(SCHEMA_FILE.read_text(encoding="utf-8"))
    standing: dict[str, list[str]] = {}
    for name, field_name in STANDING:
        standing.setdefault(name, []).append(field_name)
    for name, fields in FIELDS.items():
        kind = cast(GraphQLObjectType, built.type_map[name])
        _attach(kind, [*fields, *standing.get(name, ())])
    for kind in built.type_map.values():
        if isinstance(kind, GraphQLObjectType) and kind.name.endswith("Connection"):
            _attach_connection(kind)
    query, mutation = cast(GraphQLObjectType, built.query_type), built.mutation_type
    for name, resolve in _QUERIES.items():
        query.fields[name].resolve = resolve
    for name, resolve in _MUTATIONS.items():
        cast(GraphQLObjectType, mutation).fields[name].resolve = resolve
    for kind in built.type_map.values():
        if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
            cast(Any, kind).resolve_type = _type_of
    return built


@lru_cache(maxsize=512)
def prepare(text: str) -> Prepared | tuple[GraphQLError, ...]:
    """The query ready to run, or what is wrong with it."""
    parsed = parse(text)
    errors = validate(schema(), parsed)
    return tuple(errors) if errors else Prepared(parsed, document(schema(), parsed))


def execute(prepared: Prepared, request: Request, variables: Mapping[str, Any]) -> Answered:
    result: ExecutionResult = _graphql.execute_sync(
        schema(),
        prepared.parsed,
        context_value=request,
        variable_values=dict(variables),
    )
    asked = prepared.document.roots()
    if result.data and all(field.name == "__type" for field in asked):
        names = [str(arguments_of(field, variables).get("name")) for field in asked]
        drifted_schema(request.faults, request.shop.shop.shop_id, result.data, names)
    return Answered(result.data, result.errors or [])


def _attach(kind: GraphQLObjectType, fields: Sequence[str]) -> None:
    for name in fields:
        connection = named_type(kind.fields[name].type).name.endswith("Connection")
        resolve = _nested_connection if connection else _plain
        kind.fields[name].resolve = resolve(kind.name, name)


def _plain(type_name: str, field_name: str) -> Callable[..., Any]:
    is_steady = (type_name, field_name) not in STANDING
    steady = read(type_name, field_name, _NOWHERE) if is_steady else None

    def resolve(thing: Any, info: Info, **arguments: Any) -> Any:
        request = info.context
        has_drift = drifts(request.faults, request.shop.shop.shop_id)
        ready = None if has_drift else steady
        value = (ready or request.reader(type_name, field_name))(thing)
        return _told_list(field_name, value, arguments) if arguments else value

    return resolve


def _told_list(field_name: str, pieces: Sequence[Any], arguments: Mapping[str, Any]) -> Any:
    return chosen(field_name, pieces, arguments)[: arguments.get("first")]


def _nested_connection(type_name: str, field_name: str) -> Callable[..., Any]:
    steady = read(type_name, field_name, _NOWHERE)

    def resolve(thing: Any, info: Info, **arguments: Any) -> Page:
        pieces = list(chosen(field_name, steady(thing), arguments))
        if arguments.get("query"):
            pieces = info.context.shop.search(pieces, arguments["query"])
        positions = [(place, 0) for place in range(1, len(pieces) + 1)]
        with _told_as_errors():
            return cut(positions, arguments, lambda position: pieces[position[0] - 1])

    return resolve


def _attach_connection(kind: GraphQLObjectType) -> None:
    kind.fields["nodes"].resolve = _page_nodes
    kind.fields["edges"].resolve = _page_edges
    kind.fields["pageInfo"].resolve = _page_info


def _page_nodes(page: Page, _info: Info) -> Sequence[Any]:
    return page.items


def _page_edges(page: Page, _info: Info) -> list[dict[str, Any]]:
    pairs = zip(page.cursors, page.items, strict=True)
    return [{"cursor": cursor, "node": item} for cursor, item in pairs]


def _page_info(page: Page, _info: Info) -> dict[str, Any]:
    return {
        "hasNextPage": page.has_next,
        "hasPreviousPage": page.has_previous,
        "startCursor": page.cursors[0] if page.cursors else None,
        "endCursor": page.cursors[-1] if page.cursors else None,
    }


def _root_connection(root: str) -> Callable[..., Page]:
    def resolve(_root: Any, info: Info, **arguments: Any) -> Page:
        with _told_as_errors():
            return info.context.shop.page(root, arguments)

    return resolve


@contextmanager
def _told_as_errors() -> Generator[None]:
    try:
        yield
    except (PageError, UnknownSearchError) as error:
        raise GraphQLError(str(error), extensions={"code": "BAD_REQUEST"}) from error


def _shop(_root: Any, info: Info) -> Shop:
    return info.context.shop.shop


def _orders_count(_root: Any, info: Info, **arguments: Any) -> dict[str, Any]:
    request = info.context
    count = request.shop.count_orders(arguments.get("query"))
    limit = arguments.get("limit", _COUNT_LIMIT)
    if limit is not None and count > limit:
        return {"count": limit, "precision": "AT_LEAST"}
    return {"count": count, "precision": "EXACT"}


def _node(_root: Any, info: Info, id: str) -> Any:
    return _found(info.context, id)


def _nodes(_root: Any, info: Info, ids: list[str]) -> list[Any]:
    return [_found(info.context, each) for each in ids]


def _found(request: Request, global_id: str) -> Any:
    _, _, _, kind, number = global_id.split("?", 1)[0].split("/", 4)
    if kind == "BulkOperation":
        return _told(request.bulk.find(int(number), request.file_url))
    return request.shop.find(kind, int(number))


def _bulk_operation(_root: Any, info: Info, id: str) -> Any:
    request = info.context
    return _told(request.bulk.find(int(id.rsplit("/", 1)[-1]), request.file_url))


def _told(run: BulkRun | None) -> dict[str, Any] | None:
    return None if run is None else run.told()


def _run_bulk(_root: Any, info: Info, query: str, **options: bool) -> dict[str, Any]:
    request = info.context
    running = request.bulk.running
    if len(running) >= MOST_AT_ONCE:
        ids = ", ".join(run.id for run in running)
        return _refused(None, _IN_PROGRESS.format(ids), "OPERATION_IN_PROGRESS")
    try:
        asked = accepted(schema(), query)
    except RefusedError as error:
        return _refused(["query"], str(error), "INVALID")
    at = request.shop.standpoint
    plan = compile_bulk(asked, lambda kind, name: request.reader(kind, name, at))
    may_read = not refusals(asked, request.shop.scopes)
    created = request.bulk.start(query, plan, grouped=options["groupObjects"], may_read=may_read)
    return {"bulkOperation": created, "userErrors": []}


def _webhook_subscriptions(_root: Any, info: Info, **arguments: Any) -> Page:
    with _told_as_errors():
        return info.context.shop.subscriptions.page(arguments)


def _subscribe_webhook(
    _root: Any,
    info: Info,
    topic: str,
    webhookSubscription: Mapping[str, Any],  # noqa: N803
) -> dict[str, Any]:
    return info.context.shop.subscriptions.create(topic, webhookSubscription)


def _refused(field: list[str] | None, message: str, code: str) -> dict[str, Any]:
    error = {"field": field, "message": message, "code": code}
    return {"bulkOperation": None, "userErrors": [error]}


def _type_of(value: Any, _info: Info, _kind: Any) -> str:
    return typename_of(value)


def _location(_root: Any, info: Info, id: str) -> Any:
    return _found(info.context, id)


def _installation(_root: Any, info: Info) -> Any:
    return info.context.shop.scopes


def _shopifyql(_root: Any, info: Info, query: str) -> Any:
    shop = info.context.shop
    return report(query, shop.world, shop.now)


_QUERIES: Mapping[str, Callable[..., Any]] = {
    "shop": _shop,
    "node": _node,
    "nodes": _nodes,
    "orders": _root_connection("orders"),
    "customers": _root_connection("customers"),
    "products": _root_connection("products"),
    "ordersCount": _orders_count,
    "bulkOperation": _bulk_operation,
    "webhookSubscriptions": _webhook_subscriptions,
    "currentAppInstallation": _installation,
    "fulfillmentOrders": _root_connection("fulfillmentOrders"),
    "inventoryItems": _root_connection("inventoryItems"),
    "location": _location,
    "locations": _root_connection("locations"),
    "shopifyqlQuery": _shopifyql,
}

_MUTATIONS: Mapping[str, Callable[..., Any]] = {
    "bulkOperationRunQuery": _run_bulk,
    "webhookSubscriptionCreate": _subscribe_webhook,
}
