"""Lines of a file: one per message, whole, and a clear word when they cannot be written."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotdash.base.errors import UnavailableError
from hotdash.notifications.channels.file import FileChannel
from hotdash.notifications.message import Kind, Message, Severity


def message(key: str = "a:opened", body: str = "3 Tage weichen ab – “zu viel”.\n") -> Message:
    return Message(
        key=key,
        kind=Kind.OPENED,
        severity=Severity.BLOCKING,
        shop_id="hot-rod-an",
        check="order_counts_reconcile",
        title="hot-rod-an: order counts reconcile fails",
        body=body,
        mend="Read the days anew.",
        owner="data engineering",
        at=datetime(2026, 11, 21, 18, tzinfo=UTC),
    )


def lines_of(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_message_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "new" / "notifications.ndjson"
    channel = FileChannel(path)

    channel.send(message())
    channel.send(message(key="b:opened"))

    assert [line["key"] for line in lines_of(path)] == ["a:opened", "b:opened"]
    assert lines_of(path)[0] == {
        "key": "a:opened",
        "kind": "opened",
        "severity": "blocking",
        "shop": "hot-rod-an",
        "check": "order_counts_reconcile",
        "title": "hot-rod-an: order counts reconcile fails",
        "body": "3 Tage weichen ab – “zu viel”.\n",
        "mend": "Read the days anew.",
        "owner": "data engineering",
        "at": "2026-11-21T18:00:00.000000Z",
    }


def test_lines_of_many_writers_stay_whole(tmp_path: Path) -> None:
    path = tmp_path / "notifications.ndjson"

    def write(writer: int) -> None:
        for number in range(20):
            FileChannel(path).send(message(f"{writer}.{number}", body="x" * 20_000))

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
