"""Everything that is known of a person, in one archive: by their ids, and wherever their words stand."""

import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from hotdash.base.clock import Clock, iso_utc
from hotdash.base.errors import NotFoundError
from hotdash.base.ids import new_id
from hotdash.base.needles import Needles
from hotdash.governance.privacy.erase import Asking
from hotdash.governance.privacy.export_files import EXPORTS, remove_unfinished, unfinished
from hotdash.governance.privacy.marked_columns import PERSON_KEYS
from hotdash.governance.privacy.person import Asked, Person, find_person
from hotdash.governance.privacy.stores import APP_DATABASE, HOME, WAREHOUSE, Stores
from hotdash.storage.appdb.repositories import audit
from hotdash.storage.appdb.repositories import personal_rows as served
from hotdash.storage.home_texts import holds
from hotdash.storage.home_walk import keep_name
from hotdash.storage.warehouse import personal_rows as stored
from hotdash.storage.warehouse.personal_rows import StoredTable

EXPORTED_ACTION = "person exported"
Records = list[dict[str, Any]]


def export_person(stores: Stores, asked: Asked, asking: Asking, clock: Clock) -> Path:
    """Written down before anybody can read it."""
    person = find_person(stores.warehouse, asked)
    if not person.order_ids and not person.is_here:
        raise NotFoundError(
            "Nothing is known here of this person.",
            hint="Check the number or the address.",
            field="customer",
        )
    asking.require_nameless(person)
    # What was computed of a person stands under a pseudonym.
    words = Needles(person.needles.words | person.customer_keys)
    export_id, now = str(new_id()), clock.now()
    with stores.database.jobs() as session:
        audit.add_event(
            session,
            shop_id=asked.shop_id,
            actor=asking.actor,
            action=EXPORTED_ACTION,
            subject=export_id,
            at=now,
            detail={"reason": asking.reason},
        )
    return _write(stores, replace(person, needles=words), export_id, now)


def _write(stores: Stores, person: Person, export_id: str, now: datetime) -> Path:
    folder = stores.home / EXPORTS
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"{export_id}.zip"
    remove_unfinished(stores.home)
    beside = unfinished(file)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with (
        os.fdopen(descriptor, "wb") as writing,
        zipfile.ZipFile(writing, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        listed: dict[str, int] = {}
        for name, records in _found(stores, person):
            if records:
                archive.writestr(f"{name}.json", _as_json(records))
                listed[name] = len(records)
        about = {"shop_id": person.shop_id, "made_at": iso_utc(now), "records": listed}
        archive.writestr("contents.json", _as_json(about))
    os.replace(beside, file)
    keep_name(file)
    return file


def _found(stores: Stores, person: Person) -> Iterator[tuple[str, Records]]:
    for table in stores.of_warehouse():
        yield f"{WAREHOUSE}/{table.full_name}", _rows_about(stores, table, person)
    tables = stores.of_app_database()
    with stores.database.snapshot() as session:
        for each in tables:
            found = served.rows_holding(session, each, person.shop_id, person.needles)
            yield f"{APP_DATABASE}/{each.full_name}", found
    named = [{"file": each.name} for each in stores.of_home() if holds(each, person.needles)]
    yield f"{HOME}/files", named


def _rows_about(stores: Stores, table: StoredTable, person: Person) -> Records:
    key = next((each for each in PERSON_KEYS if each in table.columns), None)
    of_person: Records = []
    if key is not None and table.has_shop:
        values = sorted(person.values_of(key))
        of_person = stored.rows_of_keys(stores.warehouse, table, person.shop_id, key, values)
    holding = stored.rows_holding(stores.warehouse, table, person.shop_id, person.needles)
    return of_person + [row for row in holding if row not in of_person]


def _as_json(told: object) -> bytes:
    return orjson.dumps(told, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)
