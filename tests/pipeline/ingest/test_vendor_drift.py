"""Each way in which a vendor can change, from its server to what models may read, on both engines."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hotdash.base.progress import SilentProgress
from hotdash.pipeline.ingest.ingest import Ingest, IngestOutcome
from hotdash.pipeline.quality.waiting import waiting_records
from hotdash.storage.warehouse.contract import Warehouse

COMMITTED = """
    select c.* from raw.postcards_cards c
    join raw.load_events e on e.load_id = c.load_id and e.event = 'committed'
"""


@dataclass
class Desk:
    """A connector opened anew for every load, as every run does."""

    account: Any
    warehouse: Warehouse
    home: Path

    def load(self, *, reread: bool = False) -> IngestOutcome:
        work = Ingest(self.warehouse, self.account, SilentProgress(), self.home / "dlt", "run")
        return work.read(self._connector(), "a-shop", reread=reread)

    def repair(self, *ids: str) -> IngestOutcome:
        work = Ingest(self.warehouse, self.account, SilentProgress(), self.home / "dlt", "run")
        return work.repair(self._connector(), "a-shop", {"postcards_cards": ids})

    def rows(self) -> dict[int, dict[str, Any]]:
        found = self.warehouse.query(COMMITTED).to_pylist()
        return {row["card_id"]: row for row in sorted(found, key=lambda row: row["fetched_at"])}

    def waiting(self) -> list[str | None]:
        records = waiting_records(self.warehouse, self._connector().tables)
        return [each.vendor_id for each in records]

    def _connector(self) -> Any:
        from hotdash_postcards.spec import SPEC

        return SPEC.open(self.account.access())


@pytest.fixture
def desk(postcards: Any, warehouse: Warehouse, tmp_path: Path) -> Desk:
    return Desk(postcards, warehouse, tmp_path)


def kinds(outcome: IngestOutcome) -> list[tuple[str, str]]:
    return [(drift.kind.value, drift.field) for drift in outcome.drifts]


def test_an_added_field_passes_is_kept_and_reported(desk: Desk) -> None:
    desk.account.world.drift = {"field": "price", "change": "add", "value": "stamp"}
    outcome = desk.load()
    assert kinds(outcome) == [("added", "stamp")]
    rows = desk.rows()
    assert len(rows) == len(desk.account.world.cards())
    assert {json.loads(row["_extra"])["stamp"] for row in rows.values()} == {"new"}
    assert outcome.unreadable == 0


@pytest.mark.parametrize(
    ("drift", "told"),
    [
        ({"change": "drop"}, ("dropped", "price")),
        ({"change": "retype", "value": "cheap"}, ("retyped", "price")),
        ({"change": "rename", "value": "amount"}, ("renamed", "price")),
    ],
    ids=["dropped", "retyped", "renamed"],
)
def test_what_no_longer_fits_waits_with_its_reason_and_the_rest_loads(
    desk: Desk, drift: dict[str, Any], told: tuple[str, str]
) -> None:
    desk.account.world.drift = {"field": "price", "every": 4, **drift}
    outcome = desk.load()
    assert kinds(outcome)[0] == told
    cards = {card["id"] for card in desk.account.world.cards()}
    waiting = {int(each or 0) for each in desk.waiting()}
    assert len(waiting) == outcome.unreadable >= len(cards) // 4
    assert desk.rows().keys() == cards - waiting
    assert all(row["price"] is not None for row in desk.rows().values()), "never NULL for garbage"
    reasons = desk.warehouse.query(
        "select distinct reason, payload from raw.quarantine"
    ).to_pylist()
    assert all("price" in row["reason"] for row in reasons)
    assert not any("Recipient" in row["payload"] for row in reasons), "persons are hidden"
    desk.account.world.drift = {}
    desk.account.world.now += timedelta(minutes=1)
    desk.repair(*map(str, sorted(waiting)))
    assert desk.rows().keys() == cards
    assert desk.waiting() == []


def test_a_new_value_passes_and_is_reported(desk: Desk) -> None:
    desk.account.world.drift = {"field": "status", "change": "retype", "value": "lost", "every": 9}
    outcome = desk.load()
    assert kinds(outcome) == [("new_value", "status")]
    assert outcome.unreadable == 0
    assert "lost" in {row["status"] for row in desk.rows().values()}
