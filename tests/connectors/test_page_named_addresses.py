"""What a page named as the address of a source may be anybody's: its answers fill no memory and hold no thread."""

import gzip
import json
import subprocess
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from hotdash.base.answer_bounds import AnswerOutOfBoundsError
from hotdash.base.clock import FixedClock
from hotdash.base.http import Call
from hotdash.connectors.registry import spec_of
from hotdash.connectors.spec import ADDRESS_OF_PAGE, REACH_OF_PAGE, Access
from tests.fixtures.hostile_server import (
    MB,
    Answer,
    bomb,
    endless,
    endless_event,
    hostile_server,
    packed,
)

ROOT = Path(__file__).resolve().parents[2]
# What lies in the buffers of both ends, though nobody read it.
UNREAD = 16 * MB
MOST_GROWTH_MB = 250

MEASURED = """
import json, sys
from tests.connectors.test_page_named_addresses import told_of
from tests.fixtures.processes import own_peak_mb
from hotdash.connectors.ga4.mcp_session import McpSession
from hotdash.base.bounded_http import BoundedAsyncTransport
import mcp
before = own_peak_mb()
error, calls = told_of(sys.argv[1], sys.argv[2])
print(json.dumps({"error": error, "calls": calls, "grown_mb": own_peak_mb() - before}))
"""


def page_named(vendor: str, address: str) -> dict[str, str]:
    if vendor == "chatwoot":
        return {"base_url": address, "account_id": "1", "api_access_token": "secret"}
    return {"property_id": "1", "transport": "mcp_http", "mcp_url": f"{address}/mcp"}


def told_of(vendor: str, address: str, **options: str) -> tuple[str, int]:
    """What the check of such a source says, and how often it asked."""
    calls: list[Call] = []
    access = Access(
        "a-shop",
        page_named(vendor, address) | {ADDRESS_OF_PAGE: "yes"},
        FixedClock(datetime(2026, 11, 20, tzinfo=UTC)),
        observe=calls.append,
        options={REACH_OF_PAGE: "public_or_loopback"} | options,
    )
    with pytest.raises(AnswerOutOfBoundsError) as refused:
        spec_of(vendor).open(access).check()
    return refused.value.message, len(calls)


@pytest.mark.parametrize("vendor", ["chatwoot", "ga4"])
@pytest.mark.parametrize(
    ("answer", "most_sent", "told"),
    [
        (bomb, MB, "more than 64 MB unpacked"),
        (endless, 64 * MB + UNREAD, "more than 64 MB"),
        (
            partial(packed, gzip.compress(b"[" + b"[]," * 5_000_000 + b"1]")),
            MB,
            "more than 4,000,000 values",
        ),
    ],
    ids=["a gzip bomb", "a huge plain body", "millions of values"],
)
def test_a_hostile_answer_fills_no_memory(
    vendor: str, answer: Answer, most_sent: int, told: str
) -> None:
    with hostile_server(answer) as server:
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, vendor, server.address],
            cwd=ROOT,
            capture_output=True,
            check=True,
            timeout=60,
        )
    found = json.loads(done.stdout)
    assert found["error"] == f"127.0.0.1 sent an answer of {told}."
    assert found["calls"] == server.asked == 1
    assert server.sent < most_sent
    assert found["grown_mb"] < MOST_GROWTH_MB


def test_nor_does_an_event_without_end() -> None:
    """The library keeps what went wrong with it to itself; it is told once its patience is over."""
    with hostile_server(endless_event) as server:
        told, calls = told_of("ga4", server.address, ga4_mcp_patience="2")
    assert (told, calls) == ("127.0.0.1 sent an answer of more than 64 MB.", 1)
    assert server.sent < 64 * MB + UNREAD
