"""Who is told of the worker's jobs: what an installation's own hooks do to its alerts."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError

from hotdash.base.clock import FixedClock
from hotdash.base.errors import UnavailableError
from hotdash.base.ids import new_id
from hotdash.base.settings import Settings
from hotdash.entrypoints.wiring import Installation
from hotdash.entrypoints.wiring_backfill import office
from hotdash.entrypoints.wiring_worker import hooks
from hotdash.jobs.backfill_notices import BackfillNotice, Where
from hotdash.jobs.job_context import JobContext, Watched, WatchKind
from hotdash.jobs.job_table import SCHEDULE
from hotdash.storage.appdb.repositories import jobs
from hotdash.storage.appdb.repositories.alerts import list_alerts
from hotdash.storage.appdb.repositories.backfills import running_backfills
from hotdash.storage.appdb.repositories.jobs import JobRecord
from hotdash.storage.appdb.session import Database
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.shops import SeededShop
from tests.fixtures.working import carried_out, no_warehouse

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
ROD, KYOTO = "hot-rod-an", "kustom-kyoto"
FULL = UnavailableError("The disk is full.", hint="Make room.")


@dataclass
class House:
    installation: Installation
    clock: FixedClock

    @property
    def context(self) -> JobContext:
        told = hooks(self.installation)
        return JobContext(self.installation.database, self.clock, no_warehouse, {}, hooks=told)

    def open_names(self) -> list[tuple[str, str]]:
        with self.installation.database.jobs() as session:
            return sorted((each.shop_id, each.check_name) for each in list_alerts(session, None))

    def told(self) -> list[str]:
        file = self.installation.settings.home / "notifications.ndjson"
        return file.read_text().splitlines() if file.exists() else []

    def refreshed(self, *shops: str, error: Exception | None = None) -> None:
        """One run of refresh_due that chose these shops."""
        chosen = {"due_shops": list(shops), "due_sources": ["shopify"] if shops else []}
        self.ended("refresh_due", shops, chosen, error)

    def ended(
        self, job: str, shops: tuple[str, ...], arguments: object, error: Exception | None
    ) -> None:
        self.clock.advance(timedelta(minutes=5))
        assert isinstance(arguments, dict)
        done = jobs.FAILED if error else jobs.COMPLETED
        record = JobRecord(
            new_id(), job, "a slot", shops, arguments, "scheduler", self.clock.now(), done
        )
        told = hooks(self.installation)
        told.tell_failure(record, error) if error else told.tell_success(record)


@pytest.fixture
def house(
    database: Database,
    database_urls: DatabaseUrls,
    two_shops: tuple[SeededShop, SeededShop],
    tmp_path: Path,
) -> House:
    del two_shops
    settings = Settings(home=tmp_path, database_url=SecretStr(database_urls.owner))
    installation = Installation(settings, database, None)
    clock = FixedClock(NOW)
    installation.clock = clock
    return House(installation, clock)


class TestRefreshes:
    def test_only_a_run_that_reads_the_shop_ends_its_alert(self, house: House) -> None:
        house.refreshed(ROD, error=FULL)
        assert house.open_names() == [(ROD, "job refresh_due")]
        house.refreshed()
        house.refreshed(KYOTO)
        assert house.open_names() == [(ROD, "job refresh_due")]
        assert len(house.told()) == 1
        house.refreshed(ROD)
        assert house.open_names() == []
        assert len(house.told()) == 2

    def test_the_worker_that_finds_nothing_due_ends_nothing(self, house: House) -> None:
        house.refreshed(ROD, error=FULL)
        job = carried_out(house.context, "refresh_due", "later")
        assert (job.status, job.arguments["due_shops"]) == (jobs.COMPLETED, [])
        assert house.open_names() == [(ROD, "job refresh_due")]

    def test_one_that_failed_before_it_chose_concerns_everybody(self, house: House) -> None:
        house.ended("refresh_due", (), {}, FULL)
        assert house.open_names() == [(ROD, "job refresh_due"), (KYOTO, "job refresh_due")]


def test_a_job_of_no_shop_concerns_everybody(house: House) -> None:
    house.ended("tidy", (), {}, FULL)
    assert house.open_names() == [(ROD, "job tidy"), (KYOTO, "job tidy")]
    assert '"mend": "Make room."' in house.told()[0]
    house.ended("tidy", (), {}, None)
    assert house.open_names() == []


def test_whoever_asked_for_a_run_is_told_there_and_nobody_else(house: House) -> None:
    house.ended("run", (ROD,), {"shops": [ROD]}, FULL)
    house.ended("run", (), {"shops": None}, FULL)
    assert house.open_names() == []
    assert house.told() == []


def test_what_is_watched_is_told_once_a_minute_by_one_sender(house: House) -> None:
    late = Watched(WatchKind.OVERDUE, "tidy", "tidy should have begun.", "Look.", (ROD,))
    told = hooks(house.installation)
    for found in [late], [late], []:
        house.clock.advance(timedelta(minutes=1))
        told.tell_watched(found)
    assert len(house.told()) == 2


def test_the_quarters_drill_is_due_on_its_first_day_and_a_person_is_asked_for_it(
    house: House,
) -> None:
    [scheduled] = [each for each in SCHEDULE if each.name == "backfill_drill"]
    assert scheduled.next_slot(NOW) == datetime(2027, 1, 1, 8, tzinfo=UTC)
    job = carried_out(house.context, "backfill_drill", "2026-10-01T08:00:00Z")

    with house.installation.database.jobs() as session:
        told = list_alerts(session, None, closed=True)
        assert running_backfills(session) == set()
    assert job.status == jobs.COMPLETED
    assert {each.shop_id for each in told} == {ROD, KYOTO}
    assert {each.sentence for each in told} == {
        "The quarter's backfill drill is due since 2026-10-01."
    }
    assert "hotdash backfill drill" in house.told()[0]


def test_a_worker_that_stumbles_is_told_and_its_end_wakes_somebody_up(house: House) -> None:
    told = hooks(house.installation)
    told.tell_standing()
    assert house.told() == []
    told.tell_stumble(KeyError("a key"), False)
    told.tell_stumble(KeyError("a key"), False)
    assert house.open_names() == [
        (ROD, "job round of the worker"),
        (KYOTO, "job round of the worker"),
    ]
    house.clock.advance(timedelta(minutes=5))
    told.tell_stumble(KeyError("a key"), True)
    with house.installation.database.jobs() as session:
        assert {each.severity for each in list_alerts(session, None)} == {"blocking"}
    assert "a key" not in "".join(house.told())
    house.clock.advance(timedelta(minutes=5))
    told.tell_standing()
    assert house.open_names() == []


NOTICE = BackfillNotice(
    Where.AUDIT, ROD, str(new_id()), NOW, "Backfill of hot-rod-an: requested", "A late correction."
)


def test_the_words_of_a_backfill_reach_the_alerts_at_once(house: House) -> None:
    herald = office(house.installation).herald
    for _ in range(2):
        herald([NOTICE])
    [line] = house.told()
    assert "A late correction." in line
    assert house.open_names() == [], "they are over when they happened"


def test_words_that_cannot_be_sent_stop_no_backfill_and_are_told_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: object) -> None:
        raise OperationalError("select 1", {}, ValueError("away"))

    with monkeypatch.context() as patched:
        patched.setattr("hotdash.entrypoints.wiring_backfill.send_alerts", away)
        office(house.installation).herald([NOTICE])
    assert house.told() == []
    hooks(house.installation).tell_watched([])
    assert len(house.told()) == 1


def test_a_reminder_is_told_once_and_asks_for_no_answer(house: House) -> None:
    due = Watched(
        WatchKind.REMINDER, "backfill_drill_due", "The drill is due.", "Practise.", (ROD,)
    )
    for _ in range(2):
        hooks(house.installation).remind([due])
    assert len(house.told()) == 1
    assert house.open_names() == []


def test_the_week_is_told_to_every_shop_once(house: House) -> None:
    [weekly] = hooks(house.installation).weekly
    for _ in range(2):
        weekly()
    assert sum(len(json.loads(line)["alerts"]) for line in house.told()) == 2
