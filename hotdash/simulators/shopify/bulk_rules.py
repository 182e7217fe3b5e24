"""What bulkOperationRunQuery refuses, in the vendor's words, before anything is run."""

from graphql import GraphQLSchema, GraphQLSyntaxError, parse, validate

from hotdash.simulators.shopify.documents import Document, Selected, document

MOST_CONNECTIONS = 5
DEEPEST_NESTING = 2


class RefusedError(ValueError):
    """A bulk query that breaks a rule; the message is what userErrors tells."""


def accepted(schema: GraphQLSchema, query: str) -> Document:
    try:
        parsed = parse(query)
    except GraphQLSyntaxError as error:
        raise RefusedError(f"Invalid bulk query: {error.message}") from error
    errors = validate(schema, parsed)
    if errors:
        raise RefusedError(f"Invalid bulk query: {errors[0].message}")
    asked = document(schema, parsed)
    _check(asked)
    return asked


def _check(asked: Document) -> None:
    roots = asked.roots()
    if any(root.name in ("node", "nodes") for root in roots):
        raise RefusedError("Bulk queries cannot contain a top level node or nodes field.")
    connections = sum(_connections(asked, root, depth=0, in_list=False) for root in roots)
    if not connections:
        raise RefusedError("Bulk queries must contain at least one connection.")
    if connections > MOST_CONNECTIONS:
        raise RefusedError(f"Bulk queries cannot contain more than {MOST_CONNECTIONS} connections.")


def _connections(asked: Document, field: Selected, *, depth: int, in_list: bool) -> int:
    """How many connections lie in a field, each of them lawful."""
    if not field.is_connection:
        listed = in_list or field.is_list
        return sum(
            _connections(asked, each, depth=depth, in_list=listed) for each in asked.under(field)
        )
    if in_list:
        raise RefusedError(
            "Queries that contain a connection field within a list field are not supported: "
            f"{field.name}."
        )
    if depth > DEEPEST_NESTING:
        raise RefusedError(f"Bulk queries cannot nest connections deeper than {DEEPEST_NESTING}.")
    return 1 + _under_connection(asked, field, depth=depth)


def _under_connection(asked: Document, connection: Selected, *, depth: int) -> int:
    found = 0
    for edges in asked.under(connection):
        if edges.name != "edges":
            raise RefusedError(f"Bulk queries must read {connection.name} through edges and node.")
        for node in asked.under(edges):
            fields = asked.under(node)
            nested = sum(
                _connections(asked, each, depth=depth + 1, in_list=False) for each in fields
            )
            if nested and "id" not in {each.name for each in fields}:
                raise RefusedError("The parent of a nested connection must select its id.")
            found += nested
    return found
