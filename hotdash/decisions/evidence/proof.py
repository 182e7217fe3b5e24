"""Hold a bundle against its manifest, and its manifest against the audit log."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from hotdash.decisions.evidence.bundle import MANIFEST, Difference, Opened, open_bundle
from hotdash.decisions.evidence.create import CREATED
from hotdash.storage.appdb.repositories.audit_chain import WantedEvents, wanted_events
from hotdash.storage.appdb.session import Database

_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Entered:
    """A bundle as the audit log knows it."""

    name: str
    manifest_hash: str
    file_hash: str
    topic: str
    shop_id: str | None
    made_at: datetime
    made_by: str


def entered_bundles(database: Database) -> list[Entered]:
    """The newest first."""
    with database.snapshot() as session:
        found = wanted_events(session, WantedEvents(action=CREATED), _MOST)
    bundles: list[Entered] = []
    for event, _ in found:
        told: Mapping[str, Any] = orjson.loads(event.detail)
        named = event.subject, told["manifest_sha256"], told["file_sha256"], told["topic"]
        bundles.append(Entered(*named, event.shop_id, event.at, event.actor))
    return bundles


def verify_alone(path: Path, known_hash: str | None = None) -> Opened:
    """Against itself, and against the hash that was printed when it was made."""
    opened = open_bundle(path)
    if known_hash is None or known_hash.lower() == opened.manifest_hash:
        return opened
    return _with(opened, f"its hash is {opened.manifest_hash or 'none'}, not the one you named")


def verify_by_log(path: Path, database: Database) -> Opened:
    opened = open_bundle(path)
    entered = entered_bundles(database)
    same = [each for each in entered if each.manifest_hash == opened.manifest_hash]
    if same and not opened.differences and opened.file_hash not in {e.file_hash for e in same}:
        why = "its bytes are not those that were written, though all that it holds is"
        return replace(opened, differences=(Difference(path.name, why),))
    if same:
        return opened
    of_name = [each for each in entered if each.name == path.name]
    if of_name:
        return _with(
            opened,
            f"it was changed: the audit log holds {of_name[0].manifest_hash} for {path.name}",
        )
    return _with(opened, "the audit log knows no bundle with this manifest")


def _with(opened: Opened, why: str) -> Opened:
    return replace(opened, differences=(*opened.differences, Difference(MANIFEST, why)))
