"""Bulk files that nobody should send: every order is kept as it is or refused, and nothing falls over."""

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from hotdash.connectors.shopify.batches import shown_lines
from hotdash.connectors.shopify.bulk_files import read_file
from hotdash.connectors.shopify.layouts import ORDERS_FILE
from hotdash.connectors.shopify.tables import ORDERS
from tests.fixtures.bulk_lines import order_lines, write_orders

DEEP = b"[" * 10_000 + b"]" * 10_000
ROOT = Path(__file__).resolve().parents[3]

Spoil = Callable[[bytes], bytes]


def named(name: bytes) -> Spoil:
    return lambda lines: lines.replace(b'"name":"#2"', b'"name":' + name)


def beside(field: bytes) -> Spoil:
    return lambda lines: lines.replace(b'"name":"#2"', b'"name":"#2",' + field)


def read(file: Path) -> dict[str, Any]:
    names: dict[int, str] = {}
    refused: list[str] = []
    for verdict in read_file(file, ORDERS_FILE):
        for block in verdict.read:
            table = block.tables[ORDERS]
            ids, called = table.column("order_id").to_pylist(), table.column("name").to_pylist()
            names.update(zip(ids, called, strict=True))
        refused += [refusal.reason for refusal in verdict.refused]
    return {"names": names, "refused": refused}


def with_second(folder: Path, second: bytes) -> Path:
    file = folder / "orders.jsonl"
    file.write_bytes(order_lines(1) + second + order_lines(3))
    return file


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(named(DEEP), id="nested 10,000 deep"),
        pytest.param(named(b'"\\ud800"'), id="half of a surrogate pair"),
        pytest.param(named(b'"\xed\xa0\x80"'), id="the same as bytes"),
        pytest.param(named(b'"\\u0000"'), id="NUL"),
        pytest.param(named(b'"\x00"'), id="a raw NUL"),
        pytest.param(named(b'"\xff\xfe"'), id="no UTF-8"),
        pytest.param(named(b'"#2'), id="a string without an end"),
        pytest.param(lambda lines: lines[: len(lines) // 3] + b"\n", id="a line cut off"),
        pytest.param(
            lambda lines: lines.replace(b'"quantity":1', b'"quantity":' + b"9" * 5000),
            id="a number of 5,000 digits",
        ),
        pytest.param(lambda lines: b"null\n", id="null"),
        pytest.param(lambda lines: b" null\nnull\n", id="nulls"),
        pytest.param(lambda lines: b"[1]\n", id="a list"),
        pytest.param(lambda lines: b"true\n", id="a flag"),
        pytest.param(lambda lines: b"\x00\x01\x02\n", id="no text at all"),
        pytest.param(lambda lines: lines.replace(b"gid://shopify/Order/2", b"2"), id="another id"),
    ],
)
def test_one_such_order_is_refused_and_its_neighbours_are_read(
    tmp_path: Path, spoil: Spoil
) -> None:
    lines = order_lines(2)
    spoilt = spoil(lines)
    assert spoilt != lines
    found = read(with_second(tmp_path, spoilt))
    assert found["names"] == {1: "#1", 3: "#3"}
    assert found["refused"]
    assert all(len(reason) < 1000 for reason in found["refused"])
    shown_lines(spoilt).encode()


@pytest.mark.parametrize(
    ("spoil", "name"),
    [
        pytest.param(beside(b'"news":' + DEEP), "#2", id="depth where nobody looks"),
        pytest.param(named('"#2 ✓ \U0001f600"'.encode()), "#2 ✓ \U0001f600", id="characters"),
        pytest.param(named(b'"\\ud83d\\ude00"'), "\U0001f600", id="a whole surrogate pair"),
        pytest.param(named(b'"\\\\u0000"'), "\\u0000", id="the letters of an escape"),
    ],
)
def test_what_can_be_kept_is_kept_exactly(tmp_path: Path, spoil: Spoil, name: str) -> None:
    found = read(with_second(tmp_path, spoil(order_lines(2))))
    assert found == {"names": {1: "#1", 2: name, 3: "#3"}, "refused": []}


MEASURED = """
import hashlib, json, sys
from pathlib import Path
from tests.connectors.shopify.test_hostile_files import read
from tests.fixtures.processes import own_peak_mb
found = read(Path(sys.argv[1]))
names = {str(n): hashlib.sha256(name.encode()).hexdigest() for n, name in found["names"].items()}
print(json.dumps({"names": names, "refused": len(found["refused"]), "peak_mb": own_peak_mb()}))
"""


@pytest.mark.parametrize("known", [True, False], ids=["a known field", "an unknown one"])
def test_a_line_of_100_mb_needs_less_than_a_gigabyte(tmp_path: Path, known: bool) -> None:
    long = b'"' + b"x" * (100 << 20) + b'"'
    spoil = named(long) if known else beside(b'"news":' + long)
    file = with_second(tmp_path, spoil(order_lines(2)))
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(file)], cwd=ROOT, capture_output=True, check=True
    )
    told = json.loads(done.stdout)
    name = "x" * (100 << 20) if known else "#2"
    assert told["names"]["2"] == hashlib.sha256(name.encode()).hexdigest()
    assert told["refused"] == 0
    assert told["peak_mb"] < 1024


class TestPoison:
    """One order in a thousand cannot be read."""

    ORDERS = 50_000

    def test_all_of_it_is_refused_with_its_reason_and_all_else_is_read(
        self, tmp_path: Path
    ) -> None:
        file = tmp_path / "orders.jsonl"
        spoilt = set(range(500, self.ORDERS + 1, 1000))
        write_orders(file, self.ORDERS, lambda number: number in spoilt)
        found = read(file)
        assert found["names"].keys() == set(range(1, self.ORDERS + 1)) - spoilt
        assert len(found["refused"]) == len(spoilt) == self.ORDERS // 1000
        assert {reason.partition(":")[0] for reason in found["refused"]} == {"totalPriceSet"}

    def test_costs_no_multiple_of_what_clean_orders_cost(self, tmp_path: Path) -> None:
        """CPU seconds of the best of three, because others use this machine too."""
        spent: dict[bool, float] = {}
        for poisoned in (False, True):
            file = tmp_path / "orders.jsonl"
            write_orders(file, 20_000, lambda n, poisoned=poisoned: poisoned and n % 1000 == 500)
            spent[poisoned] = min(self.seconds(file) for _ in range(3))
        assert spent[True] < 6 * spent[False]

    def seconds(self, file: Path) -> float:
        began = time.process_time()
        read(file)
        return time.process_time() - began


def without(field: str, lines: bytes) -> bytes:
    """Dropped from the order and from what lies behind it; a dotted field is dropped in each element."""
    outer, _, inner = field.partition(".")

    def dropped(row: dict[str, Any]) -> bytes:
        if inner:
            for element in row.get(outer, ()):
                element.pop(inner)
        else:
            row.pop(outer, None)
        return orjson.dumps(row)

    return b"".join(dropped(orjson.loads(line)) + b"\n" for line in lines.splitlines())


class TestAFieldThatIsGone:
    """Shopify no longer tells what every order needs: all are refused, each for what it would be alone."""

    @pytest.mark.parametrize(
        "field",
        [
            *("name", "totalPriceSet", "refunds", "tags", "transactions", "fulfillments"),
            *("title", "taxLines", "discountAllocations", "taxLines.priceSet", "taxLines.title"),
        ],
    )
    def test_all_have_the_reason_they_have_alone(self, tmp_path: Path, field: str) -> None:
        spoils: list[Spoil] = [
            lambda lines: lines,
            lambda lines: without(field, lines),
            lambda lines: without("currencyCode", without(field, lines)),
            lambda lines: without("title", without("isGiftCard", without(field, lines))),
            lambda lines: without(field, lines).replace(b"/Order/", b"/Customer/"),
        ]
        file = tmp_path / "orders.jsonl"
        alone: list[str] = []
        for number in range(1, 21):
            file.write_bytes(spoils[number % len(spoils)](order_lines(number)))
            alone += read(file)["refused"]
        file.write_bytes(
            b"".join(spoils[number % len(spoils)](order_lines(number)) for number in range(1, 21))
        )
        found = read(file)
        assert sorted(found["refused"]) == sorted(alone)
        assert len(alone) == 16
        assert found["names"].keys() == set(range(5, 21, 5))

    def test_costs_no_multiple_of_what_clean_orders_cost(self, tmp_path: Path) -> None:
        """Looked at one by one, five thousand take a hundred times as long."""
        file = tmp_path / "orders.jsonl"
        lines = b"".join(order_lines(number) for number in range(1, 5001))
        spent: list[float] = []
        for content, refused in ((lines, 0), (without("name", lines), 5000)):
            file.write_bytes(content)
            began = time.process_time()
            assert len(read(file)["refused"]) == refused
            spent.append(time.process_time() - began)
        clean, lacking = spent
        assert lacking < 10 * clean + 1
