"""Sends the kept statements of a command: every node in a transaction of its own, after what it rests on."""

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from graphlib import TopologicalSorter
from typing import Any

from hotdash.pipeline.transform.kept_statements import KeptCommand, KeptNode, filled
from hotdash.pipeline.transform.results import NodeResult
from hotdash.storage.warehouse.contract import Warehouse

_BETWEEN_INTERRUPTS = 0.05


def send(
    warehouse: Warehouse,
    command: KeptCommand,
    variables: Mapping[str, Any],
    at_once: int,
    on_finished: Callable[[str], None],
) -> list[NodeResult]:
    """So many nodes at once; the first error ends those that run, and is raised."""
    send_all = _Sender(warehouse, variables)
    send_all.outside(command.before)
    results = list[NodeResult]()
    with closing(_in_turn(command.nodes, send_all.node, at_once, warehouse.interrupt)) as in_turn:
        for result in in_turn:
            results.append(result)
            on_finished(result.name)
    send_all.outside(command.after)
    return results


class NotSentError(Exception):
    """What the warehouse said, and of which node; dbt does the command and says it in its words."""


class _Sender:
    def __init__(self, warehouse: Warehouse, variables: Mapping[str, Any]) -> None:
        self._warehouse = warehouse
        self._variables = variables

    def outside(self, statements: Sequence[str]) -> None:
        with _named("before and after all nodes"):
            for statement in statements:
                self._send(statement)

    def node(self, node: KeptNode) -> NodeResult:
        began = time.perf_counter()
        answer = None
        with _named(node.unique_id), self._warehouse.transaction():
            for statement in node.statements:
                answer = self._send(statement)
        status, failures = ("success", None) if node.severity is None else _judged(node, answer)
        seconds = time.perf_counter() - began
        return NodeResult(node.unique_id, node.name, status, seconds, failures, None, None)

    def _send(self, statement: str) -> Sequence[Any] | None:
        return self._warehouse.send(filled(statement, self._variables))


@contextmanager
def _named(place: str) -> Generator[None]:
    try:
        yield
    except Exception as error:
        raise NotSentError(f"{place}: {error}") from error


def _judged(node: KeptNode, answer: Sequence[Any] | None) -> tuple[str, int]:
    """A check's answer: how many rows, and whether these are to be warned of or an error."""
    assert answer is not None, f"{node.name} answered nothing"
    failures, should_warn, should_error = answer
    if node.severity == "ERROR" and should_error:
        return "fail", failures
    return ("warn", failures) if should_warn else ("pass", 0)


def _in_turn(
    nodes: Sequence[KeptNode],
    work: Callable[[KeptNode], NodeResult],
    at_once: int,
    interrupt: Callable[[], None],
) -> Generator[NodeResult]:
    if at_once == 1:
        yield from map(work, nodes)
        return
    known = {node.unique_id: place for place, node in enumerate(nodes)}
    order = TopologicalSorter({node.unique_id: node.after for node in nodes})
    order.prepare()
    ready, running = list[str](), set[Future[NodeResult]]()
    with ThreadPoolExecutor(at_once) as workers:
        try:
            while order.is_active():
                ready = sorted([*ready, *order.get_ready()], key=known.__getitem__)
                while ready and len(running) < at_once:
                    running.add(workers.submit(work, nodes[known[ready.pop(0)]]))
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for each in done:
                    result = each.result()
                    order.done(result.unique_id)
                    yield result
        except BaseException:
            # Again and again, because one may only be about to begin.
            while wait(running, timeout=_BETWEEN_INTERRUPTS).not_done:
                interrupt()
            raise
