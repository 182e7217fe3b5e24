"""Who was erased is known again by words that raw has no more; nobody else is taken for them."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from hotdash.base.clock import FixedClock
from hotdash.governance.backup.archive import oldest_at
from hotdash.governance.privacy.erase import Asking
from hotdash.governance.privacy.erasure_log import Erasure, StillFoundError, erasures
from hotdash.governance.privacy.kept_words import WORDS
from hotdash.jobs.privacy import PrivacyDesk
from hotdash.storage.appdb.repositories import personal_rows as served
from tests.fixtures import planted_person as person
from tests.fixtures import sample_rows
from tests.fixtures.planted_person import ANN, SHOP
from tests.fixtures.recovery import ACTOR, SILENT
from tests.fixtures.recovery import desk_of as backups_of
from tests.governance.privacy.conftest import NOW

ASKING = Asking("program:test", "asked by letter 12")
BUNDLE = r"evidence/bundle\.json"


def erasure_of(desk: PrivacyDesk) -> Erasure:
    [erasure] = erasures(desk.home)
    return erasure


def note_in(desk: PrivacyDesk, name: str) -> Path:
    file = desk.home / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(person.WORDS)
    return file


def add_customer(desk: PrivacyDesk, customer_id: int, **told: str | None) -> None:
    """One more, who is otherwise as Bo is."""
    changed = "".join(f", ? as {name}" for name in told)
    desk.warehouse.execute(
        f"""insert into raw.shopify_customers
            select * replace ({customer_id} as customer_id{changed})
            from raw.shopify_customers where customer_id = 8 limit 1""",
        list(told.values()),
    )


def customer(desk: PrivacyDesk, customer_id: int) -> list[dict[str, Any]]:
    return desk.warehouse.query(
        "select email, first_name, last_name from raw.shopify_customers where customer_id = ?",
        [customer_id],
    ).to_pylist()


def test_a_backup_without_the_warehouse_brings_nobody_back(
    desk: PrivacyDesk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Raw of here was written over and knows no word of hers any more."""
    with desk.database.jobs() as session:
        session.execute(text("delete from app.shops"))
        sample_rows.fill(session.connection(), SHOP, 1)
    person.plant_in_app_database(desk.database)
    note = note_in(desk, "incidents/old.md")
    desk.warehouse.close()
    backups = backups_of(desk.home, desk.database, str(tmp_path_factory.mktemp("place")))
    backups.create(ACTOR, "by hand", SILENT)
    desk.erase(SHOP, str(ANN), ASKING)
    desk.warehouse.close()
    seen: list[int] = []

    def follow() -> None:
        seen.append(len(person.traces_in(person.texts_of_app_database(desk.database))))
        desk.replay()

    replace(backups, after_restore=follow).restore(
        *(ACTOR, None, None, SILENT), replace=True, with_warehouse=False
    )

    assert seen[0] > 20, "the backup knew her"
    assert person.traces_in(person.texts_of_app_database(desk.database)) == {}
    assert person.traces_in([("note", note.read_text())]) == {}
    assert erasure_of(desk).finished_at is not None
    assert desk.replay() == []


def test_an_open_erasure_ends_when_nothing_is_left_and_not_before(desk: PrivacyDesk) -> None:
    """However late that is, and never by a search for no word, which would find nothing."""
    bundle = note_in(desk, "evidence/bundle.json")
    with pytest.raises(StillFoundError, match=BUNDLE):
        desk.erase(SHOP, str(ANN), ASKING)
    later = replace(desk, clock=FixedClock(NOW + timedelta(days=400)))
    with pytest.raises(StillFoundError, match=BUNDLE):
        later.replay()
    bundle.unlink()
    [kept] = (desk.home / WORDS).iterdir()
    sealed = kept.read_bytes()
    kept.unlink()
    with pytest.raises(StillFoundError, match="not known any more"):
        later.replay()
    assert erasure_of(desk).finished_at is None

    kept.write_bytes(sealed)
    [proof] = later.replay()

    assert proof.left == []
    assert erasure_of(desk).finished_at is not None


def test_an_open_erasure_costs_a_copy_of_the_warehouse_only_where_a_row_changed(
    desk: PrivacyDesk,
) -> None:
    note_in(desk, "evidence/bundle.json")

    def night() -> tuple[int, int]:
        with pytest.raises(StillFoundError, match=BUNDLE):
            desk.replay()
        desk.warehouse.close()
        proofs = (desk.home / "privacy/proofs").iterdir()
        return (desk.home / "warehouse.duckdb").stat().st_ino, len([*proofs])

    with pytest.raises(StillFoundError, match=BUNDLE):
        desk.erase(SHOP, str(ANN), ASKING)
    first = night()
    assert night() == first
    desk.warehouse.execute("update raw.chatwoot_messages set content = 'who is it now'")
    assert night()[0] != first[0]
    told = desk.warehouse.query("select distinct content from raw.chatwoot_messages").to_pylist()
    assert told == [{"content": None}]


def test_who_has_a_first_name_alone_is_erased_and_looked_for_by_id(desk: PrivacyDesk) -> None:
    add_customer(desk, 9, email=None, first_name="Ida", last_name=None)
    proof = desk.erase(SHOP, "9", ASKING)
    assert [each.store for each in proof.held] == ["warehouse: raw, by the ids of the person"]
    assert (proof.left, erasure_of(desk).finished_at) == ([], NOW)
    assert customer(desk, 9) == [{"email": None, "first_name": None, "last_name": None}]


def test_the_words_are_sealed_in_no_backup_and_go_when_none_can_know_the_person(
    desk: PrivacyDesk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    desk = replace(desk, kept_for=timedelta(days=32))
    desk.erase(SHOP, str(ANN), ASKING)
    [kept] = (desk.home / WORDS).iterdir()
    assert person.traces_in([("kept", kept.read_text())]) == {}
    assert kept.stat().st_mode & 0o077 == 0

    desk.warehouse.close()
    backups = backups_of(desk.home, desk.database, str(tmp_path_factory.mktemp("place")))
    made = backups.create(ACTOR, "by hand", SILENT)
    folders = {Path(each.path).parts[0] for each in made.manifest.files}
    assert "privacy" in folders
    assert WORDS.name not in folders

    for days, is_there in ((31, True), (32, False)):
        replace(desk, clock=FixedClock(NOW + timedelta(days=days))).replay()
        assert kept.exists() is is_there


def test_the_words_stay_as_long_as_a_backup_is_there_that_knows_the_person(
    desk: PrivacyDesk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Also where no newer one was made for weeks, which is what thins the older ones out."""
    place = str(tmp_path_factory.mktemp("place"))
    desk.warehouse.close()
    before = FixedClock(NOW - timedelta(hours=1))
    backups = backups_of(desk.home, desk.database, place, before)
    older = backups.create(ACTOR, "by hand", SILENT).manifest.backup_id
    desk.erase(SHOP, str(ANN), ASKING)
    [kept] = (desk.home / WORDS).iterdir()
    late = replace(
        desk, clock=FixedClock(NOW + timedelta(days=40)), oldest_backup=partial(oldest_at, place)
    )

    late.replay()
    assert kept.exists()
    desk.warehouse.close()
    backups_of(desk.home, desk.database, place, late.clock).create(ACTOR, "by hand", SILENT)
    assert older not in backups.archive().ids()
    late.replay()
    assert not kept.exists()


def test_the_words_are_used_before_they_are_forgotten(desk: PrivacyDesk) -> None:
    desk.erase(SHOP, str(ANN), ASKING)
    late = replace(desk, clock=FixedClock(NOW + timedelta(days=40)))
    note = note_in(desk, "incidents/old.md")

    [proof] = late.replay()

    assert {"home: incidents/old.md"} == {each.store for each in proof.held}
    assert person.traces_in([("note", note.read_text())]) == {}
    assert [*(desk.home / WORDS).iterdir()], "who was back may come back again"
    replace(desk, clock=FixedClock(NOW + timedelta(days=80))).replay()
    assert not [*(desk.home / WORDS).iterdir()]


def test_where_backups_cannot_be_seen_nothing_is_forgotten(desk: PrivacyDesk) -> None:
    desk.erase(SHOP, str(ANN), ASKING)
    nowhere = partial(oldest_at, "carrier-pigeon://loft")
    late = replace(desk, clock=FixedClock(NOW + timedelta(days=40)), oldest_backup=nowhere)
    assert late.replay() == []
    assert [*(desk.home / WORDS).iterdir()]


class TestSomebodyElse:
    def test_who_has_the_address_since_is_left_alone(self, desk: PrivacyDesk) -> None:
        desk.erase(SHOP, str(ANN), ASKING)
        told = {"email": person.ADDRESS, "first_name": "New", "last_name": "Comer"}
        add_customer(desk, 9, **told)
        note = note_in(desk, "incidents/new.md")
        note.write_text(f"{person.ADDRESS} asked, of {person.PHONE}")

        [proof] = desk.replay()

        assert proof.erasure.customer_ids == (ANN,)
        assert customer(desk, 9) == [told]
        assert person.ADDRESS in note.read_text()
        assert person.PHONE not in note.read_text(), "which is still hers alone"
        assert desk.replay() == []

    def test_who_was_erased_by_address_takes_nobody_along_later(self, desk: PrivacyDesk) -> None:
        desk.erase(SHOP, person.ADDRESS, ASKING)
        told = {"email": person.ADDRESS, "first_name": person.FIRST, "last_name": person.LAST}
        add_customer(desk, 9, **told)
        assert desk.replay() == []
        assert customer(desk, 9) == [told]
        assert erasure_of(desk).customer_ids == (ANN,)


def test_what_a_killed_erasure_left_in_dead_rows_goes(
    desk: PrivacyDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the commit and the vacuum, no row says any more which tables have dead ones."""

    class KilledError(BaseException):
        pass

    def die(*_: object) -> list[str]:
        raise KilledError

    where = "select pg_relation_filenode('app.told')"
    with desk.database.direct() as connection:
        connection.execute(
            "create table app.told (shop_id text, told text) with (autovacuum_enabled = false)"
        )
        connection.execute("insert into app.told values (%s, %s)", [SHOP, person.WORDS])
        before = connection.execute(where).fetchone()
    with monkeypatch.context() as dying:
        dying.setattr(served, "write_anew_statements", die)
        with pytest.raises(KilledError):
            desk.erase(SHOP, str(ANN), ASKING)
    with desk.database.direct() as connection:
        assert connection.execute(where).fetchone() == before
        [[told]] = connection.execute("select told from app.told").fetchall()
    assert person.traces_in([("row", told)]) == {}, "it was committed"

    desk.replay()

    with desk.database.direct() as connection:
        assert connection.execute(where).fetchone() != before
        [[place]] = connection.execute("select ctid::text from app.told").fetchall()
        connection.execute("drop table app.told")
    assert place == "(0,1)", "no dead row lies before it"
