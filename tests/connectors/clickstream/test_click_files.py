"""Click files: read once, read again when changed; every row is either a touch or in quarantine."""

import csv
import json
import os
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hotdash.base.errors import HotdashError
from hotdash.connectors.clickstream.csv_records import LONGEST_RECORD, Block, blocks_of
from hotdash.connectors.contract import DriftKind, Unreadable
from tests.fixtures.click_files import HEADER, ClickFolder, line

AT = datetime(2026, 11, 19, 10, tzinfo=UTC)


class TestWhatIsRead:
    def test_a_row_becomes_a_touch(self, clicks: ClickFolder) -> None:
        clicks.write("a.csv", line(1, order_id="4711"))
        [row] = clicks.read().rows
        assert {name: value for name, value in row.items() if value is not None} == {
            "event_id": "e1",
            "event_type": "page_view",
            "occurred_at": AT,
            "visitor_id": "v1",
            "order_id": "4711",
            "page_host": "www.shop.example",
            "page_path": "/p/1",
            "referrer_host": "www.google.com",
            "utm_source": "google",
            "utm_medium": "cpc",
            "origin": "file",
            "file": "a.csv",
        }

    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_delimiters_and_a_byte_order_mark(self, clicks: ClickFolder, delimiter: str) -> None:
        clicks.write(
            "a.csv",
            line(1).replace(",", delimiter),
            header=b"\xef\xbb\xbf" + HEADER.replace(",", delimiter).encode(),
        )
        assert clicks.read().ids == ["e1"]

    def test_utm_columns_and_other_tools_names(self, clicks: ClickFolder) -> None:
        clicks.write(
            "a.csv",
            "m1,1763546400,anon,42,Bing,cpc,autumn",
            "m2,1763546400123,anon,42,,,",
            header="message_id,timestamp,anonymous_id,user_id,utm_source,medium,campaign",
        )
        first, second = clicks.read().rows
        assert (first["utm_source"], first["utm_medium"], first["utm_campaign"]) == (
            *("Bing", "cpc", "autumn"),
        )
        assert (first["customer_id"], first["visitor_id"]) == ("42", "anon")
        assert first["occurred_at"] == datetime(2025, 11, 19, 10, tzinfo=UTC)
        assert second["occurred_at"] == first["occurred_at"] + timedelta(milliseconds=123)

    def test_columns_under_names_nobody_guesses(self, clicks: ClickFolder) -> None:
        clicks.write("a.csv", "2026-11-19T10:00:00Z,/x?gclid=1", header="clicked_on,seite")
        named = "occurred_at=clicked_on, url=seite"
        [row] = clicks.read(file_columns=named).rows
        assert (row["gclid"], row["page_path"]) == ("1", "/x")
        with pytest.raises(HotdashError, match="names no column"):
            clicks.read(file_columns="nonsense=x")

    def test_a_mark_is_decoded_once_and_a_malformed_one_stays(self, clicks: ClickFolder) -> None:
        base = "https://s.example/?utm_source="
        urls = ["Spring%20Sale", "a%2520b", "%zz", "%ff%fe", "x&utm_source=second"]
        clicks.write("a.csv", *(line(n, url=base + url) for n, url in enumerate(urls)))
        assert [row["utm_source"] for row in clicks.read().rows] == [
            *("Spring Sale", "a%20b", "%zz", "%ff%fe", "x")
        ]

    def test_mail_addresses_and_private_paths_are_not_kept(self, clicks: ClickFolder) -> None:
        secret = "https://s.example/account/reset/77/token?utm_content=ada%40mail.example"
        clicks.write("a.csv", line(1, url=secret))
        [row] = clicks.read().rows
        assert (row["page_path"], row["utm_content"]) == ("/account", "(hidden)")

    def test_rows_without_an_id_are_named_by_what_they_say(self, clicks: ClickFolder) -> None:
        rows = ["2026-11-19T10:00:00Z,v1,/a", "2026-11-19T10:00:01Z,v1,/a"]
        clicks.write("a.csv", *rows, rows[0], header="occurred_at,visitor_id,url")
        first, second, again = clicks.read().ids
        assert first == again != second
        clicks.write("b.csv", rows[0], header="occurred_at,visitor_id,url")
        assert first in clicks.read().ids[3:]

    def test_a_zone_is_agreed_on_or_the_row_refused(self, clicks: ClickFolder) -> None:
        clicks.write("a.csv", line(1, occurred_at="2026-11-19 12:00:00"))
        assert "has no timezone" in clicks.read().refused[0]
        [row] = clicks.read(file_timezone="Europe/Berlin").rows
        assert row["occurred_at"] == AT + timedelta(hours=1)

    def test_parquet_says_the_same_as_csv(self, clicks: ClickFolder) -> None:
        clicks.write("a.csv", *(line(n) for n in range(5)))
        told = list(csv.DictReader((clicks.folder / "a.csv").open()))
        data = pa.Table.from_pylist(told)
        instants = pa.array([AT] * 5, pa.timestamp("ns", tz="UTC"))
        place = data.schema.get_field_index("occurred_at")
        pq.write_table(data.set_column(place, "occurred_at", instants), clicks.folder / "b.parquet")
        rows = [{**row, "file": None} for row in clicks.read().rows]
        assert rows[:5] == rows[5:]

    def test_new_columns_are_kept_and_told_once(self, clicks: ClickFolder) -> None:
        for name in ("a.csv", "b.csv"):
            clicks.write(name, line(1) + ",7", header=HEADER + ",plan")
        read = clicks.read()
        assert [json.loads(row["_extra"]) for row in read.rows] == [{"plan": "7"}] * 2
        assert [(each.kind, each.field) for each in read.drifts] == [(DriftKind.ADDED, "plan")]

    def test_a_new_kind_of_event_is_told(self, clicks: ClickFolder) -> None:
        clicks.write("a.csv", "2026-11-19T10:00:00Z,/,Wishlist ", header="time,url,event")
        read = clicks.read()
        assert read.rows[0]["event_type"] == "wishlist"
        assert [each.kind for each in read.drifts] == [DriftKind.NEW_VALUE]


class TestOnce:
    def test_a_file_is_read_once(self, clicks: ClickFolder) -> None:
        clicks.write("a.csv", line(1))
        first = clicks.read()
        clicks.write("b.csv", line(2))
        assert clicks.read(first.cursor).ids == ["e2"]

    def test_a_changed_file_is_read_again_also_of_the_same_size_and_age(
        self, clicks: ClickFolder
    ) -> None:
        path = clicks.write("a.csv", line(1))
        times = path.stat().st_atime_ns, path.stat().st_mtime_ns
        cursor = clicks.read().cursor
        clicks.write("a.csv", line(2))
        os.utime(path, ns=times)
        assert clicks.read(cursor).ids == ["e2"]

    def test_a_touched_file_is_not_read_again(self, clicks: ClickFolder) -> None:
        path = clicks.write("a.csv", line(1))
        cursor = clicks.read().cursor
        path.touch()
        assert clicks.read(cursor).ids == []

    def test_a_folder_that_is_gone_is_an_error_and_forgets_nothing(
        self, clicks: ClickFolder
    ) -> None:
        with pytest.raises(HotdashError, match="no folder"):
            clicks.read(files=str(clicks.folder / "elsewhere" / "*.csv"))

    def test_a_folder_that_is_gone_is_missed_though_the_one_above_is_there(
        self, clicks: ClickFolder
    ) -> None:
        clicks.folder.rmdir()
        with pytest.raises(HotdashError, match=f"no folder {clicks.folder}"):
            clicks.read()

    def test_a_folder_named_like_a_file_is_none(self, clicks: ClickFolder) -> None:
        (clicks.folder / "whole.csv").mkdir()
        clicks.write("whole.csv/a.csv", line(1))
        read = clicks.read()
        assert (read.ids, read.refused) == (["e1"], [])

    def test_a_file_that_cannot_be_opened_costs_no_other(self, clicks: ClickFolder) -> None:
        away = clicks.folder / "b.csv"
        away.symlink_to(clicks.folder / "elsewhere")
        clicks.write("a.csv", line(1))
        clicks.write("c.csv", line(3))
        read = clicks.read()
        assert read.ids == ["e1", "e3"]
        assert read.refused == ["b.csv: No such file or directory"]
        away.unlink()
        clicks.write("b.csv", line(2))
        assert clicks.read(read.cursor).ids == ["e2"]

    def test_a_pattern_names_the_files(self, clicks: ClickFolder) -> None:
        clicks.write("a.csv", line(1))
        clicks.write("b.csv", line(2))
        assert clicks.read(files=str(clicks.folder / "b*.csv")).ids == ["e2"]


class TestPoison:
    BAD = (
        line(901, occurred_at="yesterday"),
        line(902, occurred_at=""),
        "e903,too,few",
        line(904) + ",too many",
        b"e905,2026-11-19T10:00:00Z,v,\xff\xfe,,",
        b"e906,2026-11-19T10:00:00Z,\xed\xa0\x80,/,,",
        b"e907,2026-11-19T10:00:00Z,a\0b,/,,",
        'e908,2026-11-19T10:00:00Z,"never closed,/,,',
    )

    def test_bad_rows_are_in_quarantine_and_the_rest_is_loaded(self, clicks: ClickFolder) -> None:
        good = [line(n) for n in range(20)]
        clicks.write("a.csv", *good[:10], *self.BAD, *good[10:])
        read = clicks.read()
        assert sorted(read.ids) == sorted(f"e{n}" for n in range(20))
        assert len(read.refused) == len(self.BAD)
        told = " ".join(read.refused)
        for word in (
            "yesterday",
            "is empty",
            "3 values",
            "7 values",
            "not UTF-8",
            "no text column can",
            "line 19",
        ):
            assert word in told

    def test_one_row_in_a_thousand_of_many(self, clicks: ClickFolder) -> None:
        rows = [
            line(n, **({"occurred_at": "abc"} if n % 1000 == 500 else {})) for n in range(20_000)
        ]
        clicks.write("a.csv", *rows)
        read = clicks.read()
        assert (len(read.refused), len(read.rows)) == (20, 19_980)
        assert all(row["occurred_at"] for row in read.rows)

    def test_a_line_of_100_megabytes_costs_no_memory(self, clicks: ClickFolder) -> None:
        with (clicks.folder / "a.csv").open("wb") as file:
            file.write(f"{HEADER}\n{line(1)}\ne2,".encode())
            for _ in range(100):
                file.write(b"x" * (1 << 20))
            file.write(f"\n{line(3)}\n".encode())
        tracemalloc.start()
        read = clicks.read()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert read.ids == ["e1", "e3"]
        assert read.refused == [f"a.csv line 3: a record of more than {LONGEST_RECORD} bytes"]
        assert peak < 64 << 20

    def test_a_value_over_several_lines_is_one_value(self, clicks: ClickFolder) -> None:
        clicks.write("a.csv", 'e1,2026-11-19T10:00:00Z,v,"/a\n/b",,', line(2))
        assert clicks.read().ids == ["e1", "e2"]

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            ("﻿event_id".encode("utf-16"), "UTF-16"),
            (b"a,b\n1,2\n", "no column says when"),
            (b"time,plan\n1,2\n", "came from or led to"),
            (b"time,time\n", "each column once"),
            (b"", "each column once"),
            (b"x" * 70_000, "longer than"),
        ],
    )
    def test_a_file_nobody_can_read(self, clicks: ClickFolder, content: bytes, reason: str) -> None:
        (clicks.folder / "a.csv").write_bytes(content)
        clicks.write("b.csv", line(1))
        read = clicks.read()
        assert reason in read.refused[0]
        assert read.ids == ["e1"]

    def test_parquet_with_bad_values(self, clicks: ClickFolder) -> None:
        texts = pa.array([b"v1", b"\xff", b"a\0b"], pa.binary()).cast(pa.string(), safe=False)
        data = pa.table(
            {"time": ["2026-11-19T10:00:00Z"] * 3, "visitor_id": texts, "url": ["/"] * 3}
        )
        pq.write_table(data, clicks.folder / "a.parquet")
        read = clicks.read()
        assert [row["visitor_id"] for row in read.rows] == ["v1"]
        assert len(read.refused) == 2

    def test_parquet_that_is_cut_off(self, clicks: ClickFolder) -> None:
        path = clicks.folder / "a.parquet"
        pq.write_table(pa.table({"time": ["x"], "url": ["/"]}), path)
        path.write_bytes(path.read_bytes()[:-20])
        read = clicks.read()
        assert read.rows == []
        assert len(read.refused) == 1

    def test_no_row_is_shown_where_it_is_refused(self, clicks: ClickFolder) -> None:
        clicks.write("a.csv", "e1,x,ada@mail.example,/,,")
        [refused] = [each for each in clicks.read().events if isinstance(each, Unreadable)]
        assert "ada@" not in refused.payload + refused.reason


@pytest.mark.parametrize("block_bytes", [1, 7, 64, 1 << 16])
def test_blocks_put_together_are_the_file(tmp_path: Path, block_bytes: int) -> None:
    content = b'a,b\n"x\ny",1\n\n2,"say ""hi""\n"\nlast,no end'
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with path.open("rb") as file:
        blocks = [each for each in blocks_of(file, 1, block_bytes) if isinstance(each, Block)]
    assert b"".join(each.records for each in blocks) == content
    before = b""
    for each in blocks:
        assert before.count(b"\n") == each.line - 1
        before += each.records
