"""The ASGI application: the gateway's key check, then PostgREST's doors for every table."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.routing import Route as HttpRoute
from starlette.types import ASGIApp

from hotdash.simulators.doors import BrokenOff, FaultyDoors, Refusals
from hotdash.simulators.faults import Fault, FaultKind
from hotdash.simulators.orders import Shop
from hotdash.simulators.simulation import Simulation
from hotdash.simulators.supabase import errors
from hotdash.simulators.supabase.control import switches_of
from hotdash.simulators.supabase.errors import PostgrestError
from hotdash.simulators.supabase.keys import Keys
from hotdash.simulators.supabase.project import Project
from hotdash.simulators.supabase.schema import described
from hotdash.simulators.supabase.selection import select, shown
from hotdash.simulators.supabase.tables import Row, Table
from hotdash.simulators.supabase.values import written

NAME = "supabase"
READ, WRITE, SCHEMA = "read", "write", "schema"
_JSON = "application/json; charset=utf-8"


class RestDoors:
    def __init__(self, project: Project) -> None:
        self._project = project

    async def schema(self, http: Request) -> Response:
        refusal = self._refusal(http)
        if refusal is not None:
            return refusal
        return JSONResponse(described(self._project.tables, http.url.hostname or ""))

    async def rows(self, http: Request) -> Response:
        refusal = self._refusal(http)
        if refusal is not None:
            return refusal
        body = await http.body()
        try:
            is_write = http.method == "POST"
            table = self._table(http, "INSERT" if is_write else "SELECT")
            answer = _insert(table, http, body) if is_write else _select(table, http)
        except PostgrestError as error:
            return error.response()
        return BrokenOff() if self._project.loses_answer() else answer

    def _refusal(self, http: Request) -> Response | None:
        """What the proxy and the gateway say before PostgREST is asked."""
        if self._project.is_out:
            return errors.proxy_page()
        key = http.headers.get("apikey") or http.query_params.get("apikey")
        if key is None:
            return errors.no_key()
        return None if self._project.keys.opens(key) else errors.invalid_key()

    def _table(self, http: Request, privilege: str) -> Table:
        role = _role(self._project.keys, http)
        for header in ("accept-profile", "content-profile"):
            schema = http.headers.get(header, "public")
            if schema != "public":
                raise errors.hidden_schema(schema)
        table = self._project.tables.find(http.path_params["table"])
        if role != "service_role" or not table.granted:
            raise errors.not_granted(table.name, role, privilege)
        return table


def _role(keys: Keys, http: Request) -> str:
    """The gateway hands the key on as a token where none was sent."""
    told = http.headers.get("authorization", "")
    if told.lower().startswith("bearer "):
        return keys.role_of(told[len("bearer ") :].strip())
    return keys.role_of_key(http.headers.get("apikey") or http.query_params["apikey"])


def _select(table: Table, http: Request) -> Response:
    found = select(table, http)
    counted = "count=exact" in _preferences(http)
    is_part = counted and len(found.rows) < found.total
    return Response(
        written(list(found.rows)) if http.method == "GET" else "",
        206 if is_part else 200,
        headers={"content-range": found.content_range(counted=counted)},
        media_type=_JSON,
    )


def _insert(table: Table, http: Request, body: bytes) -> Response:
    preferences = _preferences(http)
    merge = "resolution=merge-duplicates" in preferences
    ignore = "resolution=ignore-duplicates" in preferences
    conflict = http.query_params.get("on_conflict")
    if conflict is not None and set(conflict.split(",")) != set(table.key):
        raise errors.no_such_conflict()
    rows, inserted = table.write(_told(body, http), merge=merge, ignore=ignore)
    wants_rows = "return=representation" in preferences
    headers = {"content-range": "*/*"}
    applied = [each for each in preferences if each.startswith(("return=", "resolution="))]
    if applied:
        headers["preference-applied"] = ", ".join(applied)
    return Response(
        written(shown(table, rows, http)) if wants_rows else "",
        201 if inserted or not (merge or ignore) else 200,
        headers=headers,
        media_type=_JSON if wants_rows else None,
    )


def _told(body: bytes, http: Request) -> list[Row]:
    try:
        told: Any = json.loads(body, parse_float=Decimal)
    except ValueError:
        raise errors.bad_body("Empty or invalid json") from None
    rows = cast("list[Any]", told) if isinstance(told, list) else [told]
    if not all(isinstance(row, dict) for row in rows):
        raise errors.bad_body("Empty or invalid json")
    records = cast("list[Row]", rows)
    columns = http.query_params.get("columns")
    if columns is not None:
        return [{name: row.get(name) for name in columns.split(",")} for row in records]
    if records and any(row.keys() != records[0].keys() for row in records):
        raise errors.bad_body("All object keys must match")
    return records


def _preferences(http: Request) -> list[str]:
    told = http.headers.getlist("prefer")
    return [each.strip() for line in told for each in line.split(",")]


def route_of(http: Request) -> tuple[str, str | None]:
    if http.url.path.rstrip("/").endswith("/rest/v1"):
        return SCHEMA, None
    return (WRITE if http.method == "POST" else READ), None


def _server_error(fault: Fault) -> Response:
    """502 comes from the proxy, in HTML; the other ones from PostgREST."""
    if fault.status == 502:
        return errors.proxy_page()
    return errors.no_database().response()


def _too_many(fault: Fault) -> Response:
    headers = {"retry-after": str(fault.seconds)}
    return JSONResponse({"message": "API rate limit exceeded"}, 429, headers=headers)


REFUSALS: Refusals = {
    FaultKind.SERVER_ERROR: _server_error,
    FaultKind.INTERNAL_ERROR: lambda _fault: errors.timeout().response(),
    FaultKind.TOO_MANY_REQUESTS: _too_many,
    FaultKind.ACCESS_DENIED: lambda _fault: errors.invalid_key(),
}


def create_app(project: Project) -> Starlette:
    doors = RestDoors(project)
    return Starlette(
        routes=[
            HttpRoute("/rest/v1/", doors.schema),
            HttpRoute("/rest/v1/{table}", doors.rows, methods=["GET", "POST"]),
        ]
    )


class SupabaseSimulator:
    """Of all shops one project: it is nobody's source, facts and decisions are mirrored to it."""

    def __init__(self, simulation: Simulation) -> None:
        self._project = Project(simulation.clock)
        app = create_app(self._project)
        self.app: ASGIApp = FaultyDoors(app, simulation, NAME, route_of, REFUSALS)
        self.switches: Sequence[BaseRoute] = switches_of(self._project)

    @property
    def name(self) -> str:
        return NAME

    def credentials(self, shop: Shop, address: str) -> Mapping[str, str] | None:
        """Its keys are told by its switch: they belong to no shop."""
        del shop, address
        return None

    def reset(self) -> None:
        self._project.reset()
