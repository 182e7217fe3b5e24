"""A person stands in every store that catalogs and folders name, is erased, and is found in no byte of them."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import make_url

from hotdash.base.clock import FixedClock
from hotdash.base.errors import NotFoundError
from hotdash.governance.privacy.erase import Asking, Proof
from hotdash.governance.privacy.erasure_log import erasures, kept_by_restore
from hotdash.jobs.privacy import PrivacyDesk
from hotdash.storage.appdb.repositories import audit
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.factory import open_warehouse
from hotdash.storage.warehouse.personal_rows import amounts_of, stored_tables
from tests.fixtures import planted_person as person
from tests.fixtures import sample_rows
from tests.fixtures.planted_person import ANN, CHAINED, MESSAGE, SHOP
from tests.fixtures.postgres import TEMPLATE, DatabaseUrls, new_database
from tests.fixtures.raw_world import RawWorld

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
ASKING = Asking("program:test", "asked by letter 12")
# Every word in these is a key or one of a list: no sentence fits in.
WITHOUT_WORDS = {
    *("app.alembic_version", "app.api_token_shops", "app.click_counts", "app.memberships"),
    *("app.sessions", "app.sign_in_links", "audit.pending", "serving.fct_cohorts"),
}
OF_MODELS = """
    create schema candidate_of_tomorrow;
    create table intermediate.int_customer_identity (
      shop_id text, customer_id bigint, customer_key text, email text, first_name text,
      last_name text, email_hash text);
    create table candidate_of_tomorrow.notes (shop_id text, told text, amount numeric(20,4));
    create table checks.failed_rows (shop_id text, told json);
    create table marts.fct_orders (shop_id text, order_id bigint, landing_page text, gross numeric(20,4))
"""


@dataclass(frozen=True)
class Backup:
    home: Path
    database: DatabaseUrls


@dataclass(frozen=True)
class Erased:
    desk: PrivacyDesk
    planted: dict[str, list[str]]
    proof: Proof
    amounts_before: dict[str, dict[str, str]]
    backup: Backup


@pytest.fixture(scope="module")
def erased(
    template_urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Erased]:
    home = tmp_path_factory.mktemp("privacy")
    warehouse = open_warehouse("duckdb", home=home, memory_mb=256, url=None)
    with new_database(template_urls, TEMPLATE) as urls:
        database = Database(urls.owner, web_url=urls.web)
        desk = _desk(database, warehouse, home)
        planted = _plant(desk)
        before = amounts(warehouse)
        backup = tmp_path_factory.mktemp("backup") / "home"
        database.dispose()
        warehouse.close()
        shutil.copytree(home, backup)
        with new_database(template_urls, _name_of(urls)) as older:
            proof = desk.erase(SHOP, str(ANN), ASKING)
            yield Erased(desk, planted, proof, before, Backup(backup, older))
            warehouse.close()
            database.dispose()


def _name_of(urls: DatabaseUrls) -> str:
    return str(make_url(urls.owner).database)


def _desk(database: Database, warehouse: Warehouse, home: Path) -> PrivacyDesk:
    databases = frozenset(home / name for name in ("warehouse.duckdb", "warehouse.duckdb.wal"))
    return PrivacyDesk(database, warehouse, home, FixedClock(NOW), databases)


def _plant(desk: PrivacyDesk) -> dict[str, list[str]]:
    with desk.database.jobs() as session:
        sample_rows.fill(session.connection(), SHOP, 1)
        audit.add_event(
            session,
            shop_id=SHOP,
            actor="program:test",
            action="try",
            subject="it",
            at=NOW,
            detail={"reason": f"{person.ADDRESS} asked"},
        )
    person.tell(RawWorld(desk.warehouse))
    for statement in OF_MODELS.split(";"):
        desk.warehouse.execute(statement)
    in_app, refused = person.plant_in_app_database(desk.database)
    return {
        "warehouse": person.plant_in_warehouse(desk.warehouse),
        "app": in_app,
        "refused": refused,
        "home": [str(path) for path in person.plant_in_home(desk.home)],
    }


def amounts(warehouse: Warehouse) -> dict[str, dict[str, str]]:
    return {table.full_name: amounts_of(warehouse, table) for table in stored_tables(warehouse)}


def test_every_store_was_planted(erased: Erased) -> None:
    """A store that could not be planted is no store that was proven."""
    with erased.desk.database.jobs() as session:
        tables = set(person.app_tables(session))
    assert {"raw.quarantine", "raw.chatwoot_contacts", "candidate_of_tomorrow.notes"} <= set(
        erased.planted["warehouse"]
    )
    assert {"app.clicks", "app.webhook_deliveries", "app.mirror_outbox"} <= set(
        erased.planted["app"]
    )
    assert set(erased.planted["refused"]) == CHAINED | WITHOUT_WORDS
    assert {*erased.planted["app"], *erased.planted["refused"], "app.users"} == tables
    held = {each.store for each in erased.proof.held}
    assert {f"warehouse: {name}" for name in erased.planted["warehouse"]} <= held
    assert {f"app database: {name}" for name in erased.planted["app"]} <= held
    in_home = {
        Path(path).relative_to(erased.desk.home).as_posix() for path in erased.planted["home"]
    }
    assert {f"home: {name}" for name in in_home} <= held


def test_no_table_of_the_warehouse_says_who_it_was(erased: Erased) -> None:
    found = person.traces_in(person.texts_of_warehouse(erased.desk.warehouse), MESSAGE)
    assert found == {}


def test_no_byte_of_the_file_does(erased: Erased) -> None:
    """Not its free blocks either."""
    erased.desk.warehouse.close()
    stored = (erased.desk.home / "warehouse.duckdb").read_bytes().lower()
    left = [each for each in (*person.TRACES, MESSAGE) if each.lower().encode() in stored]
    assert left == []


def test_no_table_of_the_app_database_does(erased: Erased) -> None:
    assert person.traces_in(person.texts_of_app_database(erased.desk.database), MESSAGE) == {}


def test_no_file_of_the_home_does(erased: Erased) -> None:
    assert person.traces_in(person.texts_of_home(erased.desk.home), MESSAGE) == {}


def test_no_row_and_no_amount_is_another(erased: Erased) -> None:
    assert amounts(erased.desk.warehouse) == erased.amounts_before


def test_orders_of_one_person_are_still_one_persons(erased: Erased) -> None:
    rows = erased.desk.warehouse.query(
        "select order_id, email_hash from raw.shopify_orders where order_id <= 4 order by 1"
    ).to_pylist()
    [first, second, guest, other] = [row["email_hash"] for row in rows]
    assert first == second == guest != other
    customer = erased.desk.warehouse.query(
        "select email from raw.shopify_customers where customer_id = ? and email is not null", [ANN]
    ).to_pylist()
    assert {row["email"].endswith("@erased.invalid") for row in customer} == {True}


def test_nobody_else_was_erased(erased: Erased) -> None:
    [other] = erased.desk.warehouse.query(
        "select email, first_name, last_name from raw.shopify_customers where customer_id = 8"
    ).to_pylist()
    assert other == {"email": "bo@a.example", "first_name": "Bo", "last_name": "Ek"}


def test_the_proof_is_kept_and_names_no_person(erased: Erased) -> None:
    [logged] = erasures(erased.desk.home)
    assert logged.finished_at == NOW
    assert erased.proof.file is not None
    told = json.loads(erased.proof.file.read_text())
    assert told["left"] == []
    assert told["stores_searched"] == len(told["stores"]) > len(erased.planted["warehouse"])


def test_after_an_older_backup_was_restored_nobody_is_found_again(erased: Erased) -> None:
    """Databases and files as they were, but for the erasure log and its key."""
    erased.desk.warehouse.close()
    kept = kept_by_restore(erased.desk.home)
    for file in erased.backup.home.rglob("*"):
        name = file.relative_to(erased.backup.home)
        if file.is_file() and name not in kept:
            shutil.copy(file, erased.desk.home / name)
    urls = erased.backup.database
    desk = replace(erased.desk, database=Database(urls.owner, web_url=urls.web))
    texts = [
        lambda: person.texts_of_warehouse(desk.warehouse),
        lambda: person.texts_of_app_database(desk.database),
        lambda: person.texts_of_home(desk.home),
    ]
    assert all(person.traces_in(each()) for each in texts), "the backup knew the person"

    [proof] = desk.replay()

    assert {each.store for each in proof.held} >= {
        *(f"warehouse: {name}" for name in erased.planted["warehouse"]),
        *(f"app database: {name}" for name in erased.planted["app"]),
    }
    assert [person.traces_in(each(), MESSAGE) for each in texts] == [{}, {}, {}]
    assert amounts(desk.warehouse) == erased.amounts_before
    desk.database.dispose()


def test_who_was_erased_is_not_known_any_more(erased: Erased) -> None:
    with pytest.raises(NotFoundError, match="Nothing is known"):
        erased.desk.erase(SHOP, person.ADDRESS, ASKING)
