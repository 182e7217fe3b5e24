"""What the worker's jobs work with, made of one installation."""

from collections.abc import Sequence
from functools import partial

from hotdash.base.progress import SilentProgress
from hotdash.connectors.registry import registry
from hotdash.entrypoints.wiring import Installation
from hotdash.entrypoints.wiring_backfill import backfill_work
from hotdash.entrypoints.wiring_backups import backup_desk
from hotdash.entrypoints.wiring_knowledge import read_and_index
from hotdash.entrypoints.wiring_mirror import mirror_desk
from hotdash.entrypoints.wiring_parity import parity_desk
from hotdash.entrypoints.wiring_privacy import answer_vendors
from hotdash.governance.audit.archive import archive_old
from hotdash.governance.audit.chain import note_heads
from hotdash.governance.retention.policy import load_policy
from hotdash.jobs.job_context import Hooks, JobContext, Watched, WatchKind
from hotdash.jobs.job_table import ASKED_FOR
from hotdash.jobs.look_for_anomalies import look_for_anomalies
from hotdash.jobs.refresh_due import CHOSEN
from hotdash.jobs.secret_ends import endings
from hotdash.jobs.tell_failure import Note, tell, tell_failure, tell_success, tell_watched
from hotdash.jobs.weekly_digest import weekly_digest
from hotdash.jobs.weekly_packet import weekly_packets
from hotdash.notifications.message import Severity, Subject
from hotdash.storage.appdb.repositories.jobs import JobRecord
from hotdash.storage.appdb.repositories.shops import list_shops

# How the worker's own rounds are called among the jobs that failed.
ROUND = "round of the worker"
_RUNBOOKS = {WatchKind.MIRROR: "mirror", WatchKind.ENDING: "key"}


def job_context(house: Installation) -> JobContext:
    return JobContext(
        database=house.database,
        clock=house.clock,
        refreshing=house.refresh_context,
        sync_every={vendor: spec.sync_every for vendor, spec in registry().items()},
        limits=house.freshness_limits(),
        hooks=hooks(house),
        backfilling=partial(backfill_work, house, SilentProgress()),
        mirror=mirror_desk(house),
        home=house.settings.home,
        parity=parity_desk(house),
        endings=lambda: endings(house.database, house.vault),
        backups=backup_desk(house),
    )


def hooks(house: Installation) -> Hooks:
    """Who is told of failures, and what else minutes and weeks bring; channels may change meanwhile."""

    def everybody() -> tuple[str, ...]:
        with house.database.jobs() as session:
            return tuple(shop.shop_id for shop in list_shops(session))

    def concerned(job: JobRecord) -> tuple[str, ...]:
        """Where a job has chosen its shops, none is none: nothing was tried for the others."""
        return job.shops if CHOSEN in job.arguments else job.shops or everybody()

    def failed(job: JobRecord, error: Exception) -> None:
        """Whoever waits for what they asked for is told there."""
        if job.job not in ASKED_FOR:
            tell_failure(house.alerts, concerned(job), job.job, error)

    def succeeded(job: JobRecord) -> None:
        tell_success(house.alerts, concerned(job), job.job)

    def notes(found: Sequence[Watched]) -> list[Note]:
        return [
            Note(
                shop_id,
                each.name,
                each.sentence,
                Subject.JOB,
                Severity.BLOCKING if each.is_hard else Severity.WARNING,
                each.mend,
                runbook=_RUNBOOKS.get(each.kind),
                key=f"{each.kind} {each.name}",
            )
            for each in found
            for shop_id in each.shops or everybody()
            # Until it is hard, the gate's own freshness check has told it.
            if each.kind is not WatchKind.STALE or each.is_hard
        ]

    def watched(found: Sequence[Watched]) -> None:
        tell_watched(house.alerts, notes(found))

    def reminded(found: Sequence[Watched]) -> None:
        tell(house.alerts, notes(found))

    def stumbled(error: Exception, is_last: bool) -> None:
        """A round that failed is tried again; that the worker ended wakes somebody up."""
        severity = Severity.BLOCKING if is_last else Severity.WARNING
        tell_failure(house.alerts, everybody(), ROUND, error, severity=severity)

    def stands() -> None:
        tell_success(house.alerts, everybody(), ROUND)

    return Hooks(
        tell_failure=failed,
        tell_success=succeeded,
        tell_watched=watched,
        remind=reminded,
        tell_stumble=stumbled,
        tell_standing=stands,
        weekly=(lambda: weekly_digest(house.alerts),),
        seal_audit=lambda: note_heads(house.database, house.settings.home, house.clock.now()),
        archive_audit=lambda: archive_old(
            house.database,
            house.settings.home,
            house.clock.now(),
            load_policy(house.settings.home).of("audit"),
        ),
        answer_privacy=partial(answer_vendors, house),
        packets=(lambda: weekly_packets(house.alerts),),
        knowledge=partial(read_and_index, house),
        anomalies=lambda: look_for_anomalies(house.database, house.clock, desk=house.alerts),
    )
