"""Kept statements are sent node after node, two at a time, and end when somebody ends them."""

import threading
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from hotdash.pipeline.transform.kept_statements import KeptCommand, KeptNode
from hotdash.pipeline.transform.sending import send
from hotdash.storage.warehouse.factory import open_warehouse


class Noting:
    """A warehouse that notes who is at work when a statement comes."""

    def __init__(self) -> None:
        self.at_work: set[str] = set()
        self.done: set[str] = set()
        self.most_at_once = 0
        self._changing = threading.Lock()
        self._both = threading.Barrier(2, timeout=10)

    def transaction(self) -> Any:
        return nullcontext()

    def interrupt(self) -> None:
        raise AssertionError("nobody asked for that")

    def send(self, statement: str) -> None:
        above, name = statement.split(" ")
        with self._changing:
            assert set(filter(None, above.split("+"))) <= self.done, statement
            self.at_work.add(name)
            self.most_at_once = max(self.most_at_once, len(self.at_work))
        if name in {"b", "c"}:
            self._both.wait()
        with self._changing:
            self.at_work.remove(name)
            self.done.add(name)


def test_each_begins_after_what_it_rests_on_and_two_work_at_once() -> None:
    above = {"a": "", "b": "a", "c": "a", "d": "b+c"}
    nodes = [
        KeptNode(name, name, tuple(filter(None, rests.split("+"))), (f"{rests} {name}",), None)
        for name, rests in above.items()
    ]
    noting: Any = Noting()
    finished: list[str] = []
    send(noting, KeptCommand((), tuple(nodes), ()), {}, 2, finished.append)
    assert noting.most_at_once == 2
    assert (finished[0], finished[-1], {*finished}) == ("a", "d", {*"abcd"})


def test_what_is_interrupted_ends_at_once_and_leaves_nothing(tmp_path: Path) -> None:
    warehouse = open_warehouse("duckdb", home=tmp_path, memory_mb=256, url=None)
    endless = (
        "create table marts.endless as select count(*) from range(10000000000) a, range(1000) b"
    )
    nodes = [
        KeptNode("a", "a", (), ("select 1",), None),
        KeptNode("b", "b", (), (endless,), None),
    ]

    def stop(_name: str) -> None:
        raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        send(warehouse, KeptCommand((), tuple(nodes), ()), {}, 2, stop)
    assert time.monotonic() - began < 60
    assert "endless" not in str(warehouse.query("select table_name from information_schema.tables"))
    warehouse.close()
