"""The nights' backup and the weeks' drill, as jobs."""

from hotdash.governance.backup.chunks import FOLDER
from hotdash.governance.backup.place import Place
from hotdash.jobs.job_context import JobContext
from hotdash.storage.appdb.repositories import jobs
from hotdash.storage.appdb.repositories.jobs import JobRecord
from tests.fixtures.recovery import (
    AT,
    Installed,
)
from tests.fixtures.working import carried_out, no_warehouse


class TestAsJobs:
    def carried_out(self, installed: Installed, job: str, slot: str) -> JobRecord:
        context = JobContext(
            installed.database, installed.clock, no_warehouse, {}, backups=installed.desk
        )
        return carried_out(context, job, slot)

    def test_a_night_and_a_sunday(self, installed: Installed) -> None:
        assert self.carried_out(installed, "backup", "1").status == jobs.COMPLETED
        assert installed.desk.newest() == AT
        assert self.carried_out(installed, "restore_drill", "2").status == jobs.COMPLETED

    def test_what_does_not_come_back_fails(self, installed: Installed) -> None:
        self.carried_out(installed, "backup", "1")
        place = Place(installed.place)
        name = min(place.sizes(FOLDER))
        place.put(name, place.get(name)[:-1])
        failed = self.carried_out(installed, "restore_drill", "2")
        assert failed.status == jobs.FAILED
        assert "damaged" in (failed.error or "")

    def test_a_log_that_does_not_hold_fails_too(self, installed: Installed) -> None:
        with installed.database.direct() as connection:
            connection.execute("alter table audit.events disable trigger user")
            connection.execute("update audit.events set actor = 'cli:bob' where action = 'say'")
            connection.execute("alter table audit.events enable trigger user")
        self.carried_out(installed, "backup", "1")
        failed = self.carried_out(installed, "restore_drill", "2")
        assert "was restored for practice, and" in (failed.error or "")
