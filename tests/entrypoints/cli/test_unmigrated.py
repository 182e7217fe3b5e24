"""Whatever is asked of an app database that is empty names the one command that helps."""

from collections.abc import Iterator

import pytest

from tests.entrypoints.cli.test_commands import Terminal
from tests.fixtures.postgres import DatabaseUrls, new_database

ASKED = (
    ("alerts", "list"),
    ("attribution", "explain", "1"),
    ("backfill", "list"),
    ("checks", "list", "--shop", "a-shop"),
    ("credentials", "list"),
    ("drift", "list"),
    ("metrics", "query", "revenue"),
    ("publish", "list", "--shop", "a-shop"),
    ("quarantine", "list"),
    ("rates", "list"),
    ("run",),
    ("settings", "list", "--shop", "a-shop"),
    ("sign-in", "olga@shop.example"),
    ("sources",),
    ("sync",),
)


@pytest.fixture(scope="module")
def empty(
    tmp_path_factory: pytest.TempPathFactory, template_urls: DatabaseUrls
) -> Iterator[Terminal]:
    with new_database(template_urls, "template1") as urls:
        yield Terminal(tmp_path_factory.mktemp("empty"), urls.owner)


@pytest.mark.parametrize("asked", ASKED, ids=lambda each: " ".join(each))
def test_the_mend_is_named(empty: Terminal, asked: tuple[str, ...]) -> None:
    told = empty.error(*asked)
    assert told["message"] == "Nothing is set up in this app database yet."
    assert told["hint"].startswith("Run `hotdash init`, ")
