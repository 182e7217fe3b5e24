"""hotdash audit, as a person types it: exports of one chain, what a file proves, and the archive."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hotdash.storage.appdb.repositories import audit
from hotdash.storage.appdb.session import Database
from tests.fixtures.commands import Commands

SHOP = "hot-rod-an"
NOW = datetime.now(UTC)
OLD = NOW - timedelta(days=200)


@pytest.fixture(autouse=True)
def _log(database: Database) -> None:
    """Of the shop two rows of long ago and two of today; one of the installation, of today."""
    for shop, at in ((SHOP, OLD), (SHOP, OLD), (SHOP, NOW), (SHOP, NOW), (None, NOW)):
        with database.jobs() as session:
            audit.add_event(
                session, shop_id=shop, actor="cli:ann", action="try", subject="it", at=at
            )


def positions(exported: str) -> list[tuple[str, int]]:
    lines = [json.loads(line) for line in exported.splitlines()]
    return [(each["chain"], each["position"]) for each in lines]


def test_the_installations_chain_alone(commands: Commands) -> None:
    assert positions(commands.shown("audit", "export", "--installation")) == [("", 1)]
    both = commands.run("audit", "export", "--installation", "--shop", SHOP)
    assert both.exit_code == 1
    assert "exclude each other" in both.output


def test_a_file_says_that_it_is_a_part(commands: Commands) -> None:
    whole, later = Path("whole.ndjson"), Path("later.ndjson")
    whole.write_text(commands.shown("audit", "export", "--shop", SHOP))
    since = (NOW - timedelta(hours=1)).isoformat()
    later.write_text(commands.shown("audit", "export", "--shop", SHOP, "--from", since))
    told = commands.told("audit", "verify", str(later))
    assert (told["rows"], told["holds"], told["is_partial"]) == (2, True, True)
    assert told["parts"] == [{"shop": SHOP, "first": 3, "last": 4}]
    said = commands.shown("audit", "verify", str(whole))
    assert f"Part of the chain of {SHOP}: from its beginning to 4." in said
    assert "what stands before and after it, it cannot say" in said
    later.write_text(later.read_text().replace("cli:ann", "cli:bob", 1))
    assert not commands.told("audit", "verify", str(later), code=1)["holds"]


def test_an_empty_file_proves_nothing(commands: Commands) -> None:
    for name, content in (("empty.ndjson", b""), ("empty.ndjson.gz", gzip.compress(b""))):
        Path(name).write_bytes(content)
        assert "proves nothing" in commands.error("audit", "verify", name)["message"]


def test_what_is_archived_is_exported_and_proven(commands: Commands) -> None:
    before = commands.shown("audit", "export")
    assert commands.told("audit", "archive") == {"archived": 2}
    assert commands.shown("audit", "export") == before
    told = commands.told("audit", "verify")
    assert (told["rows"], told["holds"]) == (5, True)
    [file] = Path(".hotdash/audit/archive").rglob("*.gz")
    assert commands.told("audit", "verify", str(file))["parts"] == [
        {"shop": SHOP, "first": 1, "last": 2}
    ]
    file.write_bytes(file.read_bytes()[:-9])
    assert "cannot be read" in commands.error("audit", "verify", str(file))["message"]
    assert commands.told("audit", "verify", code=1)["misfit"]["why"].endswith("was changed")


def test_words_that_an_agent_sent_are_told_by_their_mark(commands: Commands) -> None:
    said = commands.told("audit", "mark", "what did Ann buy")
    assert said["characters"] == 16
    assert commands.shown("audit", "mark", "what did Ann buy").split() == said["fingerprints"]
    assert commands.told("audit", "mark", "what did Bob buy") != said
