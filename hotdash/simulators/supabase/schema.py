"""The description of the tables that PostgREST gives at its root."""

from collections.abc import Iterable
from typing import Any

from hotdash.simulators.supabase.tables import Table

_TYPES = {"integer": "integer", "bigint": "integer", "numeric": "number", "boolean": "boolean"}


def described(tables: Iterable[Table], host: str) -> dict[str, Any]:
    known = list(tables)
    return {
        "swagger": "2.0",
        "info": {"title": "PostgREST API", "description": "", "version": "13.0"},
        "host": f"{host}:443",
        "basePath": "/",
        "schemes": ["https"],
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "paths": {"/": {}, **{f"/{table.name}": {"get": {}, "post": {}} for table in known}},
        "definitions": {table.name: _definition(table) for table in known},
    }


def _definition(table: Table) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(table.key),
        "properties": {name: _property(table, name) for name in table.columns},
    }


def _property(table: Table, name: str) -> dict[str, Any]:
    kind = table.columns[name]
    told: dict[str, Any] = {"format": kind}
    if kind != "jsonb":
        told["type"] = _TYPES.get(kind, "string")
    if name in table.key:
        told["description"] = "Note:\nThis is a Primary Key.<pk/>"
    return told
