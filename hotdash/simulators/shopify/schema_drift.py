"""The schema that is told may drift apart from the one that is served: a field is announced to go or to change."""

from collections.abc import Iterator
from typing import Any, cast

from hotdash.simulators.faults import Fault, Faults

VENDOR = "shopify"
SCHEMA = "schema"


def drifted_schema(faults: Faults, shop_id: str, told: dict[str, Any], names: list[str]) -> None:
    """Change what introspection told of the types asked for, in the order they were asked for."""
    for fault in faults.drifts(VENDOR, SCHEMA, shop_id):
        owner, _, field = fault.field.partition(".")
        for answered, name in zip(list(told), names, strict=True):
            if name == owner and told[answered] is not None:
                fields = cast("list[dict[str, Any]]", told[answered].get("fields") or [])
                told[answered]["fields"] = list(_changed(fields, field, fault))


def _changed(fields: list[dict[str, Any]], name: str, fault: Fault) -> Iterator[dict[str, Any]]:
    for each in fields:
        if each.get("name") != name:
            yield each
        elif fault.change == "deprecate":
            yield {**each, "isDeprecated": True, "deprecationReason": fault.value}
        elif fault.change == "rename":
            yield {**each, "name": fault.value}
        elif fault.change == "retype":
            yield {**each, "type": {"kind": "SCALAR", "name": fault.value, "ofType": None}}
