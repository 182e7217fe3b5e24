"""JSON answers that nobody should send: each record is kept as it is or refused, and nothing falls over."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from hotdash.base.http import TransientError
from hotdash.connectors import records
from hotdash.connectors.calling import MOST_VALUES, VendorAnswerError, json_of
from hotdash.connectors.contract import Drift, Event, RawKind, Rows, Unreadable
from hotdash.connectors.records import (
    INSTANT,
    MONEY,
    TEXT,
    WHOLE,
    Column,
    RecordReader,
    amount,
    epoch_instant,
    json_text,
    record_table,
    text,
    whole,
)

AT = datetime(2026, 11, 20, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
CARDS = record_table(
    "told_cards",
    RawKind.ENTITY,
    ("card_id",),
    [
        Column("card_id", WHOLE, whole, path="id", required=True),
        Column("name", TEXT, text),
        Column("price", MONEY, amount, omitted=True),
        Column("sent_at", INSTANT, epoch_instant, omitted=True),
        Column("email", TEXT, text, omitted=True, personal=True),
        Column("tags", TEXT, json_text, omitted=True),
    ],
)


def answered(body: bytes) -> Any:
    request = httpx.Request("GET", "https://api.vendor.example/cards?token=hidden")
    return json_of(httpx.Response(200, content=body, request=request))


def told(records: Any) -> list[Event]:
    return list(RecordReader(CARDS).read(records, AT))


def with_second(second: bytes) -> list[Event]:
    return told(answered(b'[{"id":1,"name":"a"},' + second + b',{"id":3,"name":"c"}]'))


def rows(events: list[Event]) -> dict[int, dict[str, Any]]:
    found = [row for each in events if isinstance(each, Rows) for row in each.data.to_pylist()]
    return {row["card_id"]: row for row in found}


def refusals(events: list[Event]) -> list[Unreadable]:
    return [event for event in events if isinstance(event, Unreadable)]


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(b'{"id":2,"name":"\\ud800"}', id="half of a surrogate pair"),
        pytest.param(b'{"id":2,"name":"\xed\xa0\x80"}', id="the same as bytes"),
        pytest.param(b'{"id":2,"name":"\\u0000"}', id="NUL"),
        pytest.param(b'{"id":2,"name":7}', id="a number for a text"),
        pytest.param(b'{"id":2,"name":["x"]}', id="a list for a text"),
        pytest.param(b'{"id":"\\ud800","name":"b"}', id="an id that is no character"),
        pytest.param(b'{"id":true,"name":"b"}', id="a flag for an id"),
        pytest.param(b'{"id":2.5,"name":"b"}', id="half an id"),
        pytest.param(b'{"id":1e999999999,"name":"b"}', id="an id without end"),
        pytest.param(b'{"id":2,"name":"b","price":"NaN"}', id="not a number"),
        pytest.param(b'{"id":2,"name":"b","price":1e-999999999}', id="next to nothing"),
        pytest.param(b'{"id":2,"name":"b","price":0.00001}', id="five decimals"),
        pytest.param(b'{"id":2,"name":"b","sent_at":1e30}', id="after the end of time"),
        pytest.param(b'{"id":2}', id="a missing key"),
        pytest.param(b"null", id="null"),
        pytest.param(b'"b"', id="a text"),
        pytest.param(b"[]", id="a list"),
    ],
)
def test_one_such_record_is_refused_and_its_neighbours_are_read(second: bytes) -> None:
    events = with_second(second)
    assert rows(events).keys() == {1, 3}
    [refused] = refusals(events)
    for said in (refused.reason, refused.payload, refused.vendor_id or ""):
        assert len(said.encode()) < 500
        assert "\x00" not in said
    drifts = [event for event in events if isinstance(event, Drift)]
    assert len(drifts) == 1


@pytest.mark.parametrize(
    "second",
    [
        {"id": 2, "name": "ünï ✓ \U0001f600"},
        {"id": 2, "name": "the letters \\u0000"},
        {"id": 2, "name": "x" * 1_000_000},
        {"id": 2, "name": "b", "tags": {"deep": [[[["\x00", "\ud800"]]]]}},
        {"id": 2, "name": "b", "tags": 10**300},
    ],
    ids=["characters", "escapes", "long", "nested", "a large number"],
)
def test_what_can_be_kept_is_kept_exactly(second: dict[str, Any]) -> None:
    row = rows(with_second(json.dumps(second).encode()))[2]
    assert row["name"] == second["name"]
    if "tags" in second:
        assert json.loads(row["tags"]) == second["tags"]
        row["tags"].encode()


def test_exact_decimals_come_through() -> None:
    row = rows(with_second(b'{"id":2,"name":"b","price":1234567890123456.7891}'))[2]
    assert row["price"] == Decimal("1234567890123456.7891")


def test_an_unknown_key_may_hold_anything() -> None:
    events = with_second(b'{"id":2,"name":"b","news":{"\\ud800":"\\u0000"}}')
    assert json.loads(rows(events)[2]["_extra"]) == {"news": {"\ud800": "\x00"}}


def test_a_personal_value_stands_in_no_reason() -> None:
    events = with_second(b'{"id":2,"name":"b","email":["ann@shop.example"]}')
    [refused] = refusals(events)
    assert "ann@" not in f"{events!r}"
    assert refused.reason.startswith("email: ")


@pytest.mark.law(12)
class TestWhatIsRefusedTellsNoPerson:
    CHATS = record_table(
        "told_chats",
        RawKind.ENTITY,
        ("chat_id",),
        [
            Column("chat_id", WHOLE, whole, path="id"),
            Column("sender_id", WHOLE, whole, path="meta.sender.id", omitted=True),
            Column("team", TEXT, text, path="meta.team", omitted=True),
            Column("words", TEXT, text, path="said.text", omitted=True, personal=True),
            Column("length", WHOLE, whole, path="said.length"),
        ],
        ignored=["transcript"],
    )

    def refused(self, record: Any) -> Unreadable:
        events = list(RecordReader(self.CHATS).read([record], AT))
        assert "ann@" not in f"{events!r}"
        [refused] = refusals(events)
        return refused

    def test_beside_or_below_what_is_read_or_where_nobody_looks(self) -> None:
        record = {
            "id": 7,
            "meta": {
                "sender": {"id": 8, "email": "ann@shop.example"},
                "team": None,
                "news": "ann@",
            },
            "said": {"text": "I am ann@shop.example", "length": "long"},
            "transcript": ["ann@shop.example wrote"],
        }
        assert json.loads(self.refused(record).payload) == {
            "id": 7,
            "meta": {"sender": {"id": 8, "email": "***"}, "team": None, "news": "***"},
            "said": {"text": "***", "length": "long"},
            "transcript": "***",
        }

    def test_in_place_of_an_object(self) -> None:
        record = {"id": 7, "meta": "ann@shop.example", "said": {"length": "long"}}
        assert json.loads(self.refused(record).payload)["meta"] == "***"

    @pytest.mark.parametrize("record", ["ann@shop.example", ["ann@shop.example"]])
    def test_in_place_of_a_record(self, record: Any) -> None:
        assert self.refused(record).reason == "it is no object"
        events = [*records.told(self.CHATS, [record], AT)]
        assert len(refusals(events)) == 1
        assert "ann@" not in f"{events!r}"


@pytest.mark.parametrize("depth", [900, 960, 975, 985, 990, 995, 1000, 10_000])
def test_depth_ends_in_a_row_or_a_refusal(depth: int) -> None:
    """Where the stack ends depends on who calls, so every depth around that is tried."""
    deep = b'{"id":2,"name":"b","tags":' + b"[" * depth + b"]" * depth + b"}"
    refused: VendorAnswerError | None = None
    events: list[Event] = []
    try:
        events = with_second(deep)
    except VendorAnswerError as error:
        refused = error
    if refused is None:
        assert rows(events).keys() | {2} == {1, 2, 3}
        assert len(rows(events)) + len(refusals(events)) == 3
    else:
        assert depth > 900
        assert "nested deeper" in refused.message
        assert "hidden" not in str(refused)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b'{"a":', b"\xff\xfe\x00", b'["\xff"]', b"[" + b"9" * 5000 + b"]"]
)
def test_what_is_no_json_is_worth_another_attempt(body: bytes) -> None:
    with pytest.raises(TransientError, match="not JSON"):
        answered(body)


def test_more_values_than_memory_holds_are_refused_before_they_are_read() -> None:
    with pytest.raises(VendorAnswerError, match="more than 4,000,000 values"):
        answered(b"[" + b"1.5," * (MOST_VALUES + 1) + b"1]")


MEASURED = """
import json
from tests.connectors.test_hostile_answers import rows, with_second
from tests.fixtures.processes import own_peak_mb
long = b"x" * (100 << 20)
row = rows(with_second(b'{"id":2,"name":"' + long + b'"}'))[2]
print(json.dumps({"same": row["name"] == long.decode(), "peak_mb": own_peak_mb()}))
"""


def test_a_text_of_100_mb_needs_less_than_a_gigabyte() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEASURED], cwd=ROOT, capture_output=True, check=True
    )
    told = json.loads(done.stdout)
    assert told["same"]
    assert told["peak_mb"] < 1024


class TestPoison:
    """One record in a thousand cannot be read."""

    RECORDS = 50_000

    def test_all_of_it_is_refused_with_its_reason_and_all_else_is_read(self) -> None:
        spoilt = set(range(500, self.RECORDS + 1, 1000))
        records = [
            {"id": n, "name": f"card {n}", "price": "abc" if n in spoilt else Decimal("1.50")}
            for n in range(1, self.RECORDS + 1)
        ]
        reader = RecordReader(CARDS)
        pages = [records[at : at + 1000] for at in range(0, self.RECORDS, 1000)]
        events = [event for page in pages for event in reader.read(page, AT)]
        assert rows(events).keys() == set(range(1, self.RECORDS + 1)) - spoilt
        refused = refusals(events)
        assert {int(each.vendor_id or 0) for each in refused} == spoilt
        assert {each.reason for each in refused} == {"price: 'abc' is not a number"}
        assert len([event for event in events if isinstance(event, Drift)]) == 1
