"""What dbt sends to the warehouse while it works on a command, node by node."""

import threading
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from hotdash.pipeline.transform.kept_statements import KeptCommand, KeptNode, filled
from hotdash.storage.warehouse.standing import dropping

_DONE = frozenset({"success", "pass", "warn", "fail"})
# Before and after all nodes; also dbt's name of the connection on which these are rendered.
_HOOKS = "master"


@dataclass
class Recording:
    """Statements as they were rendered, with their open places."""

    sent: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    has_bindings: bool = False
    _noting: threading.Lock = field(default_factory=threading.Lock)

    def note(self, connection: str, statement: str, bindings: Any) -> None:
        with self._noting:
            self.sent.append((connection, statement))
            self.has_bindings |= bindings is not None


@contextmanager
def recorded(variables: Mapping[str, Any]) -> Generator[Recording]:
    """Inside, dbt's statements reach the warehouse with their places filled."""
    from dbt.adapters.sql.connections import SQLConnectionManager
    from dbt.task import run

    manager_type, tasks = cast(Any, SQLConnectionManager), cast(Any, run)
    send, run_hook = manager_type.add_query, tasks.get_execution_status
    recording = Recording()

    def note_and_send(
        manager: Any, sql: str, auto_begin: bool = True, bindings: Any = None, *others: Any
    ) -> Any:
        # What a node sends without a transaction only asks: for tables there are, for a statement's columns.
        if auto_begin:
            recording.note(manager.get_thread_connection().name, sql, bindings)
        return send(manager, filled(sql, variables), auto_begin, bindings, *others)

    def note_and_run_hook(sql: str, adapter: Any) -> Any:
        if sql.strip():
            recording.note(_HOOKS, sql, None)
        return run_hook(sql, adapter)

    manager_type.add_query, tasks.get_execution_status = note_and_send, note_and_run_hook
    try:
        yield recording
    finally:
        manager_type.add_query, tasks.get_execution_status = send, run_hook


def command_of(
    recording: Recording, results: Iterable[Any], manifest: Any, *, is_made_anew: bool
) -> KeptCommand | None:
    """Nothing where it cannot be sent again as it is."""
    nodes = {
        each.node.unique_id: each.node
        for each in results
        if not each.node.unique_id.startswith("operation.")
    }
    statements: dict[str, list[str]] = {}
    before: list[str] = []
    after: list[str] = []
    for connection, statement in recording.sent:
        if connection in nodes:
            statements.setdefault(connection, []).append(statement)
        elif connection == _HOOKS:
            (after if statements else before).append(statement)
    is_whole = statements.keys() == nodes.keys() and all(each.status in _DONE for each in results)
    if recording.has_bindings or not is_whole:
        return None
    kept = [
        KeptNode(
            *(unique_id, nodes[unique_id].name, _nearest_above(unique_id, nodes, manifest)),
            statements=(*_beforehand(nodes[unique_id], is_made_anew), *sent),
            severity=_severity(nodes[unique_id]),
        )
        for unique_id, sent in statements.items()
    ]
    return KeptCommand(tuple(before), tuple(kept), tuple(after))


def _beforehand(node: Any, is_made_anew: bool) -> tuple[str, ...]:
    """dbt's text of a seed takes away the table that was there, and nothing where there was none."""
    if node.resource_type == "seed" and is_made_anew:
        return (dropping(node.relation_name),)
    return ()


def _severity(node: Any) -> str | None:
    return node.config.severity.upper() if node.resource_type == "test" else None


def _nearest_above(unique_id: str, nodes: Mapping[str, Any], manifest: Any) -> tuple[str, ...]:
    """Those of the command that it rests on, also by way of models that are not made by it."""
    waiting, seen, found = list(manifest.parent_map.get(unique_id, ())), set[str](), set[str]()
    while waiting:
        above = waiting.pop()
        if above in nodes:
            found.add(above)
        elif above not in seen:
            seen.add(above)
            waiting.extend(manifest.parent_map.get(above, ()))
    return tuple(sorted(found))
