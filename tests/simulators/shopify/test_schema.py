"""The simulator's schema promises nothing that Shopify's does not."""

from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    is_introspection_type,
)

from hotdash.simulators.shopify.execution import schema
from hotdash.simulators.shopify.fields import FIELDS, STANDING

OWN = schema()
OBJECTS = sorted(
    name
    for name, kind in OWN.type_map.items()
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    and not is_introspection_type(kind)
)
ENUMS = sorted(
    name
    for name, kind in OWN.type_map.items()
    if isinstance(kind, GraphQLEnumType) and not is_introspection_type(kind)
)


@pytest.mark.parametrize("name", OBJECTS)
def test_fields_agree_with_the_vendor(name: str, vendor_schema: GraphQLSchema) -> None:
    ours: Any = OWN.type_map[name]
    theirs: Any = vendor_schema.type_map[name]
    for field_name, field in ours.fields.items():
        told = theirs.fields[field_name]
        assert str(field.type) == str(told.type), f"{name}.{field_name}"
        assert told.deprecation_reason is None, f"{name}.{field_name}"
        for argument_name, argument in field.args.items():
            assert str(argument.type) == str(told.args[argument_name].type), (
                f"{name}.{field_name}({argument_name})"
            )


@pytest.mark.parametrize("name", ENUMS)
def test_enum_values_are_the_vendors(name: str, vendor_schema: GraphQLSchema) -> None:
    ours: Any = OWN.type_map[name]
    theirs: Any = vendor_schema.type_map[name]
    assert set(ours.values) <= set(theirs.values)


def test_interfaces_are_the_vendors(vendor_schema: GraphQLSchema) -> None:
    for name in OBJECTS:
        ours: Any = OWN.type_map[name]
        theirs: Any = vendor_schema.type_map[name]
        interfaces = {interface.name for interface in ours.interfaces}
        assert interfaces <= {interface.name for interface in theirs.interfaces}


def test_required_arguments_are_required_here_too(vendor_schema: GraphQLSchema) -> None:
    for name in OBJECTS:
        ours: Any = OWN.type_map[name]
        theirs: Any = vendor_schema.type_map[name]
        for field_name, field in ours.fields.items():
            for argument_name, told in theirs.fields[field_name].args.items():
                if str(told.type).endswith("!"):
                    assert argument_name in field.args, f"{name}.{field_name}({argument_name})"


def test_every_field_can_be_answered() -> None:
    wrapped = ("Connection", "Edge", "Payload", "UserError")
    answered_by_hand = {"QueryRoot", "Mutation", "PageInfo", "Count", "BulkOperation", "Node"}
    for name in OBJECTS:
        if name.endswith(wrapped) or name in answered_by_hand:
            continue
        ours: Any = OWN.type_map[name]
        standing = {field for owner, field in STANDING if owner == name}
        assert set(ours.fields) == set(FIELDS[name]) | standing, name
