"""`hotdash demo` as a newcomer meets it: from nothing, again, killed, and started over."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fixtures.free_ports import free_port
from tests.fixtures.processes import (
    RunningDemo,
    end_running_demos,
    follow_link,
    hotdash,
    until_gone,
)

# The demo is begun four times, and computes everything the first time.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
SHOPS = ("hot-rod-an", "kanto-garage", "nordkurve-teile")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path]:
    folder = tmp_path_factory.mktemp("a folder with blanks")
    yield folder
    end_running_demos()
    hotdash(folder, "demo", "--reset", "--no-start")


@contextmanager
def signed_in(demo: RunningDemo) -> Generator[httpx.Client]:
    with httpx.Client(base_url=demo.told["url"], follow_redirects=True) as client:
        answer = follow_link(client, demo.told["link"])
        assert answer.status_code == 200, answer.text
        yield client


def revenue_of(client: httpx.Client, shop: str) -> str:
    answer = client.get("/api/v1/tiles/sales-pulse", params={"shop": shop, "range": "30d"})
    assert answer.status_code == 200, answer.text
    return answer.json()["value"]


def _the_record_is_there(folder: Path) -> None:
    """A mirrored decision, an analysed log with its window, parity, a bundle that holds, last week."""
    home = folder / ".hotdash" / "demo"
    sent = {
        each["table"]: each["rows"]
        for each in _told(folder, "mirror", "status")["rows"]
        if each["status"] == "sent"
    }
    assert sent["decisions"] == 1
    assert _told(folder, "analyze", "sync")["windows"]
    assert (home / "analysis" / "sync.html").is_file()
    assert {each.name.split("-")[0] for each in (home / "parity").iterdir()} == {
        "serving",
        "mirror",
    }
    [bundle] = (home / "evidence").glob("*.zip")
    assert _told(folder, "evidence", "verify", str(bundle))["holds"]
    for shop in SHOPS:
        assert _told(folder, "packet", "list", "--shop", shop)["packets"]


def _told(folder: Path, *arguments: str) -> dict[str, Any]:
    home = str(folder / ".hotdash" / "demo")
    answer = hotdash(folder, "--home", home, *arguments, "--json")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return json.loads(answer.stdout)


def test_the_demo_from_nothing_to_nothing(folder: Path) -> None:
    port = free_port()
    first = RunningDemo(folder, port, "--orders", "600")
    read = {(each["shop"], each["source"]): each for each in first.told["sources"]}
    assert {(shop, "shopify") for shop in SHOPS} <= read.keys()
    assert {each["state"] for each in read.values()} == {"working"}
    assert all(each["last_load_rows"] for each in read.values())
    with signed_in(first) as client:
        page = client.get("/")
        assert "Hot Rod AN" in page.text
        assert "Sales Pulse" in page.text
        before = {shop: revenue_of(client, shop) for shop in SHOPS}
    assert all(before.values())
    _the_record_is_there(folder)
    with httpx.Client(base_url=first.told["url"]) as late:
        assert follow_link(late, first.told["link"]).status_code == 403, "the link works once"
    second_beside = hotdash(folder, "demo", "--json", "--port", str(port))
    assert second_beside.returncode == 1
    assert str(port) in second_beside.stdout
    first.interrupt()
    assert until_gone([str(folder)]) == [], "Ctrl-C stops every child"

    again = RunningDemo(folder, port)
    assert again.told["run"] is None, "what is there is shown, nothing is loaded anew"
    with signed_in(again) as client:
        assert {shop: revenue_of(client, shop) for shop in SHOPS} == before
    again.kill()
    assert until_gone([str(folder / "none"), f"--port={port}", f"port={port}"]) == []

    survivor = RunningDemo(folder, port)
    with signed_in(survivor) as client:
        assert {shop: revenue_of(client, shop) for shop in SHOPS} == before
    survivor.interrupt()

    other_size = hotdash(folder, "demo", "--json", "--orders", "700", "--port", str(port))
    assert other_size.returncode == 1
    assert "RESET=1" in other_size.stdout
    forgotten = hotdash(folder, "demo", "--reset", "--no-start")
    assert forgotten.returncode == 0, forgotten.stderr
    assert not (folder / ".hotdash" / "demo").exists()
    assert until_gone([str(folder)]) == []
