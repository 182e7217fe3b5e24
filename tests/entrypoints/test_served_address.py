"""Links lead to where the pages are served, whatever port that is."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotdash.base.settings import load_settings
from hotdash.entrypoints.served_address import address_of_pages, told_where


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_the_living_server_is_told_and_forgotten_when_it_ends(
    tmp_path: Path, listening: int
) -> None:
    usual = load_settings(home=tmp_path)
    served = load_settings(home=tmp_path, port=listening)
    with told_where(served):
        assert address_of_pages(usual) == f"http://127.0.0.1:{listening}"
    assert address_of_pages(usual) == usual.base_url != served.base_url
    assert list(tmp_path.iterdir()) == []


def test_one_that_was_killed_or_is_spoiled_is_not_believed(tmp_path: Path, listening: int) -> None:
    usual = load_settings(home=tmp_path)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with told_where(load_settings(home=tmp_path, port=nobody.getsockname()[1])):
            assert address_of_pages(usual) == usual.base_url
    (tmp_path / "served.json").write_text("half a")
    assert address_of_pages(usual) == usual.base_url


def test_the_one_that_began_last_is_told_and_the_first_does_not_take_it_away(
    tmp_path: Path, listening: int
) -> None:
    usual = load_settings(home=tmp_path)
    with told_where(load_settings(home=tmp_path, port=listening)):
        pass
    first = told_where(load_settings(home=tmp_path, port=1))
    with first, told_where(load_settings(home=tmp_path, port=listening)):
        assert address_of_pages(usual).endswith(str(listening))


def test_what_public_url_says_stands_above_it(tmp_path: Path, listening: int) -> None:
    settings = load_settings(home=tmp_path, public_url="https://dash.example.com")
    with told_where(load_settings(home=tmp_path, port=listening)):
        assert address_of_pages(settings) == "https://dash.example.com"
