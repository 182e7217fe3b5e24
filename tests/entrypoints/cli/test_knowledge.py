"""hotdash knowledge build|search|status|crawl, as a person types them at an installation's home."""

from pathlib import Path

import pytest

from tests.fixtures.commands import Commands
from tests.fixtures.knowledge_world import MARKS, write_everything_down
from tests.fixtures.storefront import ROD, Storefront


@pytest.fixture
def at_home(storefront: Storefront, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    monkeypatch.chdir(tmp_path)
    write_everything_down(storefront, tmp_path / ".hotdash")
    return Commands(tmp_path, storefront.database.direct_uri)


def test_built_searched_and_told_with_source_date_and_that_it_is_mock(at_home: Commands) -> None:
    assert "Nothing is indexed yet" in at_home.shown("knowledge", "status")

    built = at_home.shown("knowledge", "build", "--shop", ROD)
    assert f"{ROD}: 5 documents in" in built
    assert "Vectors are mock" in built

    told = at_home.told("knowledge", "search", MARKS["decision"], "--limit", "1")
    (passage,) = told["passages"]
    assert (passage["kind"], passage["shop"], passage["date"][:10]) == (
        "decision",
        ROD,
        "2026-11-17",
    )
    assert passage["link"].startswith(f"/decisions?shop={ROD}")
    assert "zinnober carburettor" in passage["text"]
    assert (told["index"]["mock"], told["index"]["vectors"]) == (True, "exact")

    shown = at_home.shown("knowledge", "search", MARKS["page"], "--kind", "page")
    assert "Page of the site, hot-rod-an, 2026-11-20" in shown
    assert "https://shop.example/pages/fitting" in shown
    assert "Vectors are mock" in shown
    assert "Nothing was found" in at_home.shown("knowledge", "search", "xyzzy", "--kind", "packet")

    status = at_home.told("knowledge", "status")
    assert (status["documents"]["page"], status["cut_documents"]) == (1, [])
    assert [each["shop"] for each in status["builds"]] == [None, ROD]
    assert "(mock)" in at_home.shown("knowledge", "status")


def test_what_cannot_be_done_says_its_mend(at_home: Commands) -> None:
    assert "No site is named" in at_home.shown("knowledge", "crawl")
    refused = at_home.error("knowledge", "crawl", "--shop", ROD)
    assert "knowledge_sites" in refused["hint"]
    assert at_home.error("knowledge", "search", " ")["field"] == "q"
    assert ROD in at_home.error("knowledge", "search", "hose", "--shop", "nobody")["hint"]
    without = at_home.told("knowledge", "build", code=2, HOTDASH_EMBEDDINGS="local")
    assert "embedding_model" in without["error"]["message"]
    absent = at_home.error(
        *("knowledge", "build"), HOTDASH_EMBEDDINGS="local", HOTDASH_EMBEDDING_MODEL="nowhere"
    )
    assert absent["field"] in ("embeddings", "embedding_model")
    private = at_home.error(
        *("knowledge", "crawl"), HOTDASH_KNOWLEDGE_SITES=f'{{"{ROD}": "http://127.0.0.1:9"}}'
    )
    assert "out_of_reach" in private["message"]


def test_the_house_is_found_before_there_is_a_shop(commands: Commands) -> None:
    commands.shown("migrate")
    commands.shown("knowledge", "build")
    shown = commands.shown("knowledge", "search", "how do I connect Shopify")
    assert "Nothing was found" not in shown
    assert commands.told("knowledge", "status")["documents"]["guide"] > 0
