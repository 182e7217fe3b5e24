"""Lines of a file: one per message, whole, and a clear word when they cannot be written."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from hotdash.base.errors import UnavailableError
from hotdash.notifications.channels.file import FileChannel
from tests.fixtures.alerts import message

ALERT = {
    "alert": "018f",
    "shop": "hot-rod-an",
    "check": "order_ids_are_unique",
    "sentence": "3 orders stand there twice – “zu viel”.",
    "mend": "Run a full rebuild.",
    "owner": "data engineering",
    "runbook": "https://dash.example.com/runbooks/order_ids_are_unique",
    "page": "https://dash.example.com/today?shop=hot-rod-an",
}


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_message_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "new" / "notifications.ndjson"
    channel = FileChannel(path)

    channel.send(message(key="a:opened"))
    channel.send(message(key="b:opened"))

    assert [line["key"] for line in lines_of(path)] == ["a:opened", "b:opened"]
    assert lines_of(path)[0] == {
        "key": "a:opened",
        "incident": "incident-1",
        "kind": "opened",
        "subject": "check",
        "severity": "blocking",
        "title": "hot-rod-an: order ids are unique fails",
        "at": "2026-11-21T18:00:00.000000Z",
        **ALERT,
        "alerts": [ALERT],
    }


def test_lines_of_many_writers_stay_whole(tmp_path: Path) -> None:
    path = tmp_path / "notifications.ndjson"

    def write(writer: int) -> None:
        for number in range(20):
            FileChannel(path).send(message(key=f"{writer}.{number}", title="x" * 20_000))

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert len({line["key"] for line in lines_of(path)}) == 80


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "notifications.ndjson"
    with pytest.raises(UnavailableError, match=str(path)):
        FileChannel(path).send(message())
