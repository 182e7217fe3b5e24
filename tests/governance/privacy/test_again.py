"""An erasure that is killed is finished, and a restored backup is erased again."""

import multiprocessing
import os
import shutil
import signal
from pathlib import Path

import pytest

from hotdash.governance.audit.chain import verify
from hotdash.governance.privacy import erase, write_over
from hotdash.governance.privacy.erase import Asking
from hotdash.governance.privacy.erasure_log import LOG_FILE, erasures
from hotdash.governance.privacy.write_over import Writing
from hotdash.jobs.privacy import PrivacyDesk
from hotdash.storage.appdb.session import Database
from tests.fixtures import planted_person as person
from tests.fixtures.planted_person import ANN, MESSAGE, SHOP
from tests.fixtures.postgres import DatabaseUrls
from tests.governance.privacy.conftest import desk_of

ASKING = Asking("program:test", "asked by letter 12")
KILLED_AT = {
    "before the warehouse": (Writing, "warehouse"),
    "before the file is anew": (write_over, "write_anew"),
    "before it is called finished": (erase, "_kept"),
}


def _die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def erase_and_die(home: str, url: str, killed_at: str) -> None:
    """In a child, which does not survive it."""
    setattr(*KILLED_AT[killed_at], _die)
    desk_of(Database(url), Path(home)).erase(SHOP, str(ANN), ASKING)


def traces(desk: PrivacyDesk) -> dict[str, list[str]]:
    desk.warehouse.close()
    in_file = person.traces_in(person.texts_of_home(desk.home), MESSAGE)
    return in_file | person.traces_in(person.texts_of_warehouse(desk.warehouse), MESSAGE)


@pytest.mark.parametrize("killed_at", KILLED_AT)
def test_a_killed_erasure_is_finished(
    desk: PrivacyDesk, database_urls: DatabaseUrls, killed_at: str
) -> None:
    desk.warehouse.close()
    (desk.home / "logs").mkdir()
    (desk.home / "logs/web.ndjson").write_text(person.WORDS)
    child = multiprocessing.get_context("spawn").Process(
        target=erase_and_die, args=(str(desk.home), database_urls.owner, killed_at)
    )
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    [begun] = erasures(desk.home)
    assert begun.finished_at is None

    desk.replay()

    [finished] = erasures(desk.home)
    assert finished.erasure_id == begun.erasure_id
    assert finished.finished_at is not None
    assert traces(desk) == {}


def test_a_restored_backup_is_erased_again(
    desk: PrivacyDesk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    desk.warehouse.close()
    backup = tmp_path_factory.mktemp("elsewhere") / "warehouse.duckdb"
    shutil.copy(desk.home / "warehouse.duckdb", backup)
    desk.erase(SHOP, person.ADDRESS, ASKING)
    assert desk.replay() == [], "nobody is here again"
    desk.warehouse.close()
    shutil.move(backup, desk.home / "warehouse.duckdb")
    assert traces(desk) != {}, "the backup knew the person"

    [proof] = desk.replay()

    assert [each.store for each in proof.held] != []
    assert proof.left == []
    assert traces(desk) == {}
    assert person.ADDRESS.lower() not in (desk.home / LOG_FILE).read_text().lower()


def test_the_audit_log_says_it_and_still_proves_itself(desk: PrivacyDesk) -> None:
    assert verify(desk.database, desk.home).misfit is None
    desk.erase(SHOP, str(ANN), ASKING)
    proof = verify(desk.database, desk.home)
    assert proof.misfit is None
    told = dict(person.texts_of_app_database(desk.database))["audit.events"]
    assert "person erased" in told


def test_a_guest_is_found_by_address(desk: PrivacyDesk) -> None:
    proof = desk.erase(SHOP, f"  {person.ADDRESS.upper()} ", ASKING)
    assert proof.erasure.customer_ids == (ANN,)
    assert traces(desk) == {}
