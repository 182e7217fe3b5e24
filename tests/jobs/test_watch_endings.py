"""A key that ends is told to whom it concerns: two weeks before, and more urgently at the end."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hotdash.base.clock import FixedClock, iso_utc
from hotdash.base.errors import ConflictError
from hotdash.base.ids import new_id
from hotdash.jobs.job_context import Hooks, Watched, WatchKind
from hotdash.jobs.secret_ends import endings, state_end
from hotdash.jobs.watch import watch
from hotdash.storage.appdb.repositories import audit, credentials
from hotdash.storage.appdb.repositories.jobs import RUNNING, JobRecord
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import KEY_FILE, Vault
from tests.fixtures.shops import SeededShop
from tests.fixtures.working import job_context

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
JOB = JobRecord(new_id(), "watch", "", (), {}, "a test", NOW, RUNNING)
META = {"access_token": "a token that ends"}


@pytest.fixture
def vault(database: Database, two_shops: tuple[SeededShop, ...], tmp_path: Path) -> Vault:
    vault = Vault.in_home(tmp_path)
    renews = {"refresh_token": "another", "expires_at": iso_utc(NOW)}
    with database.jobs() as session:
        credentials.save_credential(session, vault, "hot-rod-an", "meta_ads", META)
        credentials.save_credential(session, vault, "kustom-kyoto", "shopify", renews)
    state_end(
        database, vault, FixedClock(NOW), "hot-rod-an", "meta_ads", NOW + timedelta(days=20), "me"
    )
    return vault


def told_after(database: Database, vault: Vault, days: float) -> list[Watched]:
    told: list[Watched] = []

    def note(found: Sequence[Watched]) -> None:
        told.extend(each for each in found if each.kind is WatchKind.ENDING)

    context = replace(
        job_context(database),
        clock=FixedClock(NOW + timedelta(days=days)),
        hooks=Hooks(tell_watched=note),
        endings=lambda: endings(database, vault),
    )
    watch(context, JOB, [])
    return told


def test_it_is_told_two_weeks_before_and_is_urgent_two_days_before(
    database: Database, vault: Vault
) -> None:
    assert told_after(database, vault, 5.9) == []
    [soon] = told_after(database, vault, 6)
    assert (soon.name, soon.shops, soon.is_hard) == (
        "Meta Ads of hot-rod-an",
        ("hot-rod-an",),
        False,
    )
    assert "hotdash connect meta_ads --shop hot-rod-an" in soon.mend
    [urgent] = told_after(database, vault, 18)
    assert urgent.is_hard
    [over] = told_after(database, vault, 21)
    assert "ended at 2026-12-10" in over.sentence


def test_since_when_the_key_is_kept_and_what_it_is_stay_as_they_were(
    database: Database, vault: Vault
) -> None:
    with database.jobs() as session:
        before = credentials.list_credentials(session, "hot-rod-an")
    state_end(database, vault, FixedClock(NOW), "hot-rod-an", "meta_ads", NOW, "me")
    with database.jobs() as session:
        assert credentials.list_credentials(session, "hot-rod-an") == before
        kept = credentials.find_credential(session, vault, "hot-rod-an", "meta_ads")
        [last, _first] = audit.list_events(session, "hot-rod-an")
    assert kept == {**META, "expires_at": iso_utc(NOW)}
    assert (last.action, last.detail) == ("state_end_of_credentials", {"ends": iso_utc(NOW)})


def test_what_renews_itself_has_no_end_to_state(database: Database, vault: Vault) -> None:
    with pytest.raises(ConflictError, match="renews its key itself"):
        state_end(database, vault, FixedClock(NOW), "kustom-kyoto", "shopify", NOW, "me")


def test_a_key_file_that_opens_nothing_is_told_and_hides_nothing_else(
    database: Database, vault: Vault, tmp_path: Path
) -> None:
    (tmp_path / KEY_FILE).write_text("no key\n")
    [told] = told_after(database, vault, 0)
    assert (told.name, told.is_hard) == ("key file", True)
    assert "holds no valid keys" in told.sentence
