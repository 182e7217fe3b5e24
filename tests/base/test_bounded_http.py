"""Of an address that a page named no more is taken than an answer may hold, and no longer waited than it may take."""

import asyncio
import gzip
from collections.abc import Iterator
from functools import partial

import httpx
import pytest

from hotdash.base.answer_bounds import AnswerBound, AnswerOutOfBoundsError
from hotdash.base.bounded_http import BoundedAsyncTransport, BoundedTransport
from hotdash.base.errors import causes_of
from hotdash.base.http import open_client
from hotdash.base.reach import Reach
from tests.fixtures.hostile_server import (
    MB,
    Answer,
    HostileServer,
    bomb,
    dripping_body,
    dripping_head,
    endless,
    hostile_server,
    packed,
    plain,
    silent,
    silent_body,
)

HERE = Reach.PUBLIC_OR_LOOPBACK
QUICK = AnswerBound(most_bytes=1000, most_seconds=0.5, most_values=100)
# What lies in the buffers of both ends, though nobody read it.
UNREAD = 16 * MB

Refusals = list[AnswerOutOfBoundsError]


def asked(server: HostileServer, bound: AnswerBound | None = None) -> bytes:
    transport = BoundedTransport(HERE) if bound is None else BoundedTransport(HERE, bound)
    with httpx.Client(transport=transport) as http:
        return http.get(server.address).content


def asked_in_loop(server: HostileServer, noted: Refusals, bound: AnswerBound = QUICK) -> bytes:
    async def ask() -> bytes:
        transport = BoundedAsyncTransport(HERE, noted.append, bound)
        async with httpx.AsyncClient(transport=transport) as http:
            return (await http.post(server.address)).content

    return asyncio.run(ask())


@pytest.mark.parametrize("body", [plain(b""), packed(gzip.compress(b""))])
def test_what_is_empty_is_taken(body: Iterator[bytes]) -> None:
    with hostile_server(lambda: body) as server:
        assert asked(server, QUICK) == b""


@pytest.mark.parametrize("size", [1, 999, 1000])
def test_what_fits_is_taken_as_it_was_sent(size: int) -> None:
    body = b"1" * size
    for answer in (partial(plain, body), partial(packed, gzip.compress(body))):
        with hostile_server(answer) as server:
            assert asked(server, QUICK) == body
            assert asked_in_loop(server, []) == body


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (partial(plain, b"1" * 1001), "more than 1,000 bytes\\."),
        (partial(packed, gzip.compress(b"1" * 1001)), "more than 1,000 bytes unpacked"),
        (partial(plain, b"[" + b"1," * 100 + b"1]"), "more than 100 values"),
        (partial(packed, b"1", "br"), "packed its answer as 'br', where only gzip"),
        (partial(packed, b"1", "gzip, gzip"), "packed its answer as 'gzip, gzip'"),
        (dripping_body, "not ended its answer after 0.5 seconds"),
    ],
)
def test_what_is_out_of_bounds_is_refused_with_host_and_figure(answer: Answer, told: str) -> None:
    noted: Refusals = []
    with hostile_server(answer) as server:
        with pytest.raises(AnswerOutOfBoundsError, match=f"127.0.0.1.*{told}") as refused:
            asked(server, QUICK)
        with pytest.raises(AnswerOutOfBoundsError, match=f"127.0.0.1.*{told}"):
            asked_in_loop(server, noted)
    assert "hotdash connect" in refused.value.hint
    assert len(noted) == 1


@pytest.mark.parametrize("answer", [dripping_body, dripping_head])
def test_a_drip_is_left(answer: Answer) -> None:
    with hostile_server(answer) as server:
        for _ in range(2):
            with pytest.raises(AnswerOutOfBoundsError):
                asked(server, QUICK)
        assert server.sent < 300


@pytest.mark.parametrize("answer", [silent, silent_body, dripping_head])
def test_who_is_silent_is_waited_for_as_everywhere(answer: Answer) -> None:
    """It may be over in a moment: worth another attempt, unlike what drips."""
    bound = AnswerBound(most_bytes=1000, most_seconds=30.0)
    with hostile_server(answer) as server:
        transport = BoundedTransport(HERE, bound)
        with (
            httpx.Client(transport=transport, timeout=httpx.Timeout(30, read=0.01)) as http,
            pytest.raises(httpx.ReadTimeout) as raised,
        ):
            http.get(server.address)
    causes = list(causes_of(raised.value))
    assert len(causes) > 1
    assert all(each.__cause__ is not each for each in causes)


@pytest.mark.parametrize("answer", [silent, silent_body, dripping_head])
def test_what_never_began_to_answer_is_over_in_time_and_no_fault_of_its_size(
    answer: Answer,
) -> None:
    noted: Refusals = []
    with hostile_server(answer) as server, pytest.raises(httpx.ReadTimeout, match="not begun"):
        asked_in_loop(server, noted)
    assert noted == []


def test_a_broken_gzip_is_a_lost_connection() -> None:
    with (
        hostile_server(partial(packed, b"no gzip")) as server,
        pytest.raises(httpx.RemoteProtocolError, match="no gzip"),
    ):
        asked(server, QUICK)


class TestTheClientOfPages:
    """By the bound that holds in production."""

    def test_takes_no_more_of_a_large_answer_than_it_may_hold(self) -> None:
        with hostile_server(endless) as server, open_client(reach=HERE) as http:
            with pytest.raises(AnswerOutOfBoundsError, match="more than 64 MB"):
                http.get(server.address)
            assert server.sent < 64 * MB + UNREAD

    def test_unpacks_no_more_than_it_may_hold(self) -> None:
        with (
            hostile_server(bomb) as server,
            open_client(reach=HERE) as http,
            pytest.raises(AnswerOutOfBoundsError, match="more than 64 MB unpacked"),
        ):
            http.get(server.address)

    def test_takes_what_fits(self) -> None:
        body = b"0" * (63 * MB)
        with hostile_server(partial(plain, body)) as server, open_client(reach=HERE) as http:
            assert http.get(server.address).content == body

    def test_lets_who_bounds_all_requests_together_bound_their_size(self) -> None:
        small = gzip.compress(b"small")
        with (
            hostile_server(partial(packed, small)) as server,
            open_client(reach=HERE, seconds_left=lambda: 5.0) as http,
            http.stream("GET", server.address) as response,
        ):
            assert b"".join(response.iter_raw()) == small
