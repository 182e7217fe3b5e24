"""What the nights and the weeks bring for recovery: a backup, and one restored for practice."""

from datetime import timedelta

from hotdash.base.progress import SilentProgress
from hotdash.governance.backup.place import DamagedBackupError
from hotdash.jobs.job_context import JobContext
from hotdash.storage.appdb.repositories.jobs import JobRecord

# A night that was missed and the one after it: then somebody has to look.
MISSED_AFTER = timedelta(days=2)


def back_up_night(context: JobContext, job: JobRecord) -> None:
    del job
    if context.backups is not None:
        context.backups.create("worker", "nightly", SilentProgress())


def practise_restore(context: JobContext, job: JobRecord) -> None:
    """What does not come back as it was fails this job, and whoever hears of failures hears of it."""
    del job
    if context.backups is None:
        return
    done = context.backups.drill("worker", None, None, SilentProgress())
    if done.holds:
        return
    odd = done.audit_misfit or f"{', '.join(done.differing[:3])} differ"
    raise DamagedBackupError(
        f"The backup {done.manifest.backup_id} was restored for practice, and {odd}.",
        hint="Make a new one with `hotdash backup create --whole` and practise it: "
        "`hotdash backup drill`.",
    )
