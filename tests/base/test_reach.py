"""What lies in the network around this machine is no address of a page, whatever name it hides behind."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from hotdash.base.guarded_http import async_transport, sync_transport
from hotdash.base.http import open_client
from hotdash.base.reach import OutOfReachError, Reach


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("::10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::1", False),
    ],
)
def test_what_is_public(address: str, is_public: bool) -> None:
    assert Reach.PUBLIC.allows(address) == is_public
    assert Reach.ANYWHERE.allows(address)


def test_development_opens_this_machine_and_nothing_around_it() -> None:
    assert Reach.PUBLIC_OR_LOOPBACK.allows("127.0.0.1")
    assert Reach.PUBLIC_OR_LOOPBACK.allows("::1")
    assert not Reach.PUBLIC_OR_LOOPBACK.allows("10.0.0.1")
    assert not Reach.PUBLIC_OR_LOOPBACK.allows("169.254.169.254")


@pytest.fixture
def door() -> Iterator[tuple[int, list[bytes]]]:
    """A server on this machine, and what it was sent."""
    heard: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                taken, _ = listening.accept()
            except OSError:
                return
            with taken:
                heard.append(taken.recv(4096))
                taken.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")

    threading.Thread(target=serve, daemon=True).start()
    yield listening.getsockname()[1], heard
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433"])
def test_no_connection_is_made(door: tuple[int, list[bytes]], host: str) -> None:
    port, heard = door
    with open_client(reach=Reach.PUBLIC) as http, pytest.raises(OutOfReachError, match="public"):
        http.get(f"http://{host}:{port}/")
    with httpx.Client(transport=sync_transport(Reach.PUBLIC_OR_LOOPBACK)) as http:
        assert http.get(f"http://{host}:{port}/").text == "ok"
    assert len(heard) == 1


def test_nor_by_who_waits_on_the_side(door: tuple[int, list[bytes]]) -> None:
    port, heard = door

    async def ask(reach: Reach) -> str:
        async with httpx.AsyncClient(transport=async_transport(reach)) as http:
            return (await http.get(f"http://localhost:{port}/")).text

    # A browser's test may have left its loop in this thread.
    with ThreadPoolExecutor(1) as apart:
        with pytest.raises(OutOfReachError, match="public"):
            apart.submit(asyncio.run, ask(Reach.PUBLIC)).result()
        assert apart.submit(asyncio.run, ask(Reach.PUBLIC_OR_LOOPBACK)).result() == "ok"
    assert len(heard) == 1


def test_a_name_that_leads_nowhere_is_a_lost_connection() -> None:
    with open_client(reach=Reach.PUBLIC) as http, pytest.raises(httpx.ConnectError):
        http.get("https://nowhere.invalid/")
