"""A parsed query beside its schema: which fields it selects of which type, fragments spread out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from graphql import (
    BooleanValueNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    OperationType,
    SchemaMetaFieldDef,
    SelectionSetNode,
    StringValueNode,
    TypeMetaFieldDef,
    TypeNameMetaFieldDef,
    ValueNode,
    VariableNode,
)
from graphql import type as types

_types = cast(Any, types)
_META: Mapping[str, Any] = {
    "__typename": TypeNameMetaFieldDef,
    "__type": TypeMetaFieldDef,
    "__schema": SchemaMetaFieldDef,
}


class Selected(NamedTuple):
    """A field of a query, with the type it is selected on and the type it has."""

    node: FieldNode
    owner: str
    type_name: str
    is_list: bool
    inner: Any

    @property
    def name(self) -> str:
        return self.node.name.value

    @property
    def answers_as(self) -> str:
        return self.node.alias.value if self.node.alias else self.name

    @property
    def is_connection(self) -> bool:
        return self.type_name.endswith("Connection")


@dataclass(frozen=True)
class Document:
    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]

    @property
    def is_query(self) -> bool:
        return self.operation.operation is OperationType.QUERY

    @property
    def name(self) -> str:
        return self.operation.name.value if self.operation.name else "anonymous"

    def roots(self) -> list[Selected]:
        root = self.schema.query_type if self.is_query else self.schema.mutation_type
        return list(self._selected(self.operation.selection_set, root))

    def under(self, field: Selected) -> list[Selected]:
        selection = field.node.selection_set
        return [] if selection is None else list(self._selected(selection, field.inner))

    def _selected(self, selection: SelectionSetNode, owner: Any) -> Iterator[Selected]:
        for node in selection.selections:
            if isinstance(node, FieldNode):
                yield _selected(node, owner)
            elif isinstance(node, FragmentSpreadNode):
                yield from self._fragment(self.fragments[node.name.value], owner)
            elif isinstance(node, InlineFragmentNode):
                yield from self._fragment(node, owner)

    def _fragment(
        self, node: FragmentDefinitionNode | InlineFragmentNode, owner: Any
    ) -> Iterator[Selected]:
        condition = node.type_condition
        narrowed = owner if condition is None else self.schema.type_map[condition.name.value]
        yield from self._selected(node.selection_set, narrowed)


def document(schema: GraphQLSchema, parsed: DocumentNode) -> Document:
    definitions = parsed.definitions
    operation = next(d for d in definitions if isinstance(d, OperationDefinitionNode))
    fragments = {d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)}
    return Document(schema, operation, fragments)


def arguments_of(field: Selected, variables: Mapping[str, Any]) -> dict[str, Any]:
    return {a.name.value: _literal(a.value, variables) for a in field.node.arguments or ()}


def named_type(declared: Any) -> Any:
    return _types.get_named_type(declared)


def _selected(node: FieldNode, owner: Any) -> Selected:
    meta = _META.get(node.name.value)
    declared = (meta or owner.fields[node.name.value]).type
    inner = named_type(declared)
    name = "String" if inner is None else cast(str, inner.name)
    return Selected(node, owner.name, name, _is_list(declared), inner)


def _is_list(declared: Any) -> bool:
    nullable = declared.of_type if _types.is_non_null_type(declared) else declared
    return bool(_types.is_list_type(nullable))


def _literal(value: ValueNode, variables: Mapping[str, Any]) -> Any:
    if isinstance(value, VariableNode):
        return variables.get(value.name.value)
    if isinstance(value, IntValueNode):
        return int(value.value)
    if isinstance(value, ListValueNode):
        return [_literal(each, variables) for each in value.values]
    if isinstance(value, BooleanValueNode | StringValueNode):
        return value.value
    return getattr(value, "value", None)
