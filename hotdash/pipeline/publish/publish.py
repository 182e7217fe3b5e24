"""Publish a build shop by shop: load what changed, prove it, then move the pointer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
from sqlalchemy.orm import Session

from hotdash.base.clock import Clock
from hotdash.base.errors import ConflictError, HotdashError, UnavailableError
from hotdash.base.ids import new_id
from hotdash.base.logging import get_logger
from hotdash.pipeline.publish.parity import damaged_partitions, record_staging_failure
from hotdash.pipeline.publish.plan import Plan, plan_publication
from hotdash.pipeline.publish.staging import Stage, Staged
from hotdash.pipeline.publish.sweep import sweep
from hotdash.storage.appdb.repositories.audit import add_event
from hotdash.storage.appdb.repositories.parts import publishing_alone
from hotdash.storage.appdb.repositories.publications import (
    ManifestRecord,
    MartEdition,
    Outcome,
    Pin,
    Pointer,
    PublicationOutcome,
    add_manifest,
    confirm_marts,
    editions_of,
    move_pointer,
    outcomes_of,
    pointer_of,
    record_outcomes,
)
from hotdash.storage.appdb.session import Database
from hotdash.storage.marts import published_marts
from hotdash.storage.warehouse.candidates import read_candidates
from hotdash.storage.warehouse.contract import Warehouse

ACTOR = "pipeline"
KEEP = timedelta(days=7)

Blocked = Mapping[str, Mapping[str, Sequence[str]]]
AsOf = Mapping[str, Mapping[str, datetime]]
MartsBySource = Mapping[str, Collection[str]]

_log = get_logger(__name__)


def publish(
    database: Database,
    warehouse: Warehouse,
    build_id: UUID,
    shops: Sequence[str],
    blocked: Blocked,
    as_of: AsOf,
    clock: Clock,
    *,
    keep: timedelta = KEEP,
    may_shrink: bool = False,
    marts_by_source: MartsBySource | None = None,
) -> list[PublicationOutcome]:
    """Blocked names, per shop and mart, why that mart keeps its old parts; done again it is done once.

    More than one partition of a mart vanishes only where it may shrink. A mart is as of the sources
    that it rests on: a dead support token does not make revenue old.
    """
    outcomes = list[PublicationOutcome]()
    with database.direct() as connection:
        for shop_id in shops:
            publication = _Publication(
                database,
                warehouse,
                build_id,
                shop_id,
                blocked.get(shop_id, {}),
                as_of.get(shop_id, {}),
                clock.now(),
                may_shrink,
                marts_by_source or {},
            )
            outcomes += _alone(connection, publication, clock.now() - keep)
    return outcomes


def _alone(
    connection: psycopg.Connection, publication: "_Publication", replaced_before: datetime
) -> list[PublicationOutcome]:
    """One shop's trouble holds up nobody else; without the app database nobody can go on."""
    try:
        with publishing_alone(connection, publication.shop_id):
            sweep(publication.database, publication.shop_id, replaced_before, publication.at)
            return publication.run()
    except UnavailableError:
        raise
    except HotdashError as error:
        _log.error("publication_failed", shop_id=publication.shop_id, error=str(error))
        return publication.give_up(str(error))


@dataclass(frozen=True)
class _Publication:
    database: Database
    warehouse: Warehouse
    build_id: UUID
    shop_id: str
    blocked: Mapping[str, Sequence[str]]
    as_of: Mapping[str, datetime]
    at: datetime
    may_shrink: bool
    marts_by_source: MartsBySource

    def run(self) -> list[PublicationOutcome]:
        with self.database.jobs() as session:
            pointer = pointer_of(session, self.shop_id)
            if pointer is not None and pointer.pin is not None:
                return self._held(session, pointer, pointer.pin)
            done = self._done_before(session, pointer)
            if done:
                return done
            published = editions_of(session, self.shop_id, pointer.manifest_id) if pointer else {}
            damaged = damaged_partitions(session, self.shop_id, self.build_id, published, self.at)
        plan = plan_publication(
            read_candidates(self.warehouse, self.shop_id),
            published,
            self.blocked,
            may_shrink=self.may_shrink,
            damaged=damaged,
        )
        staged = Stage(self.database, self.warehouse, self.shop_id, self.build_id, self.at).load(
            plan.marts
        )
        if staged.differences:
            return self._refuse(staged.differences, pointer)
        return self._conclude(plan, staged, published, pointer)

    def give_up(self, reason: str) -> list[PublicationOutcome]:
        with self.database.jobs() as session:
            pointer = pointer_of(session, self.shop_id)
            outcomes = self._all_blocked((reason,), pointer)
            record_outcomes(session, outcomes)
        return outcomes

    def _all_blocked(
        self, reasons: Sequence[str], pointer: Pointer | None
    ) -> list[PublicationOutcome]:
        manifest_id = pointer.manifest_id if pointer else None
        return [
            self._outcome(mart, Outcome.BLOCKED, tuple(reasons), manifest_id)
            for mart in published_marts()
        ]

    def _done_before(self, session: Session, pointer: Pointer | None) -> list[PublicationOutcome]:
        """A run that died after this shop's transaction must not publish the shop a second time."""
        done = outcomes_of(session, self.shop_id, self.build_id)
        is_current = pointer is not None and all(
            each.manifest_id == pointer.manifest_id and each.outcome is not Outcome.PINNED
            for each in done
        )
        were_blocked = {each.mart for each in done if each.outcome is Outcome.BLOCKED}
        is_asked_for = were_blocked == set(self.blocked)
        return done if is_current and is_asked_for else []

    def _held(self, session: Session, pointer: Pointer, pin: Pin) -> list[PublicationOutcome]:
        reason = f"Held since {pin.at:%Y-%m-%d %H:%M} UTC: {pin.reason}"
        outcomes = [
            self._outcome(mart, Outcome.PINNED, (reason,), pointer.manifest_id)
            for mart in published_marts()
        ]
        record_outcomes(session, outcomes)
        return outcomes

    def _refuse(
        self, differences: Sequence[str], pointer: Pointer | None
    ) -> list[PublicationOutcome]:
        outcomes = self._all_blocked(differences, pointer)
        with self.database.jobs() as session:
            record_staging_failure(session, self.shop_id, self.build_id, differences, self.at)
            record_outcomes(session, outcomes)
        return outcomes

    def _conclude(
        self,
        plan: Plan,
        staged: Staged,
        published: Mapping[str, MartEdition],
        seen: Pointer | None,
    ) -> list[PublicationOutcome]:
        """The one short transaction: until it ends, readers see the old manifest whole."""
        with self.database.jobs() as session:
            pointer = pointer_of(session, self.shop_id, lock=True)
            if pointer is not None and pointer.pin is not None:
                return self._held(session, pointer, pointer.pin)
            self._refuse_if_moved(seen, pointer)
            manifest_id = pointer.manifest_id if pointer else None
            if plan.changes_anything:
                manifest_id = self._move(session, plan, staged, published)
            elif manifest_id is not None:
                as_of = {mart: self._as_of_mart(mart) for mart in plan.unchanged}
                confirm_marts(session, self.shop_id, manifest_id, as_of)
            outcomes = [
                self._outcome(mart.mart, mart.outcome, mart.reasons, manifest_id)
                for mart in plan.marts
            ]
            record_outcomes(session, outcomes)
            return outcomes

    def _refuse_if_moved(self, seen: Pointer | None, found: Pointer | None) -> None:
        if (seen.manifest_id if seen else None) != (found.manifest_id if found else None):
            raise ConflictError(
                f"The publication of {self.shop_id} was moved while this one was being loaded.",
                hint="Run again: it starts from what is published now.",
            )

    def _move(
        self,
        session: Session,
        plan: Plan,
        staged: Staged,
        published: Mapping[str, MartEdition],
    ) -> UUID:
        record = ManifestRecord(
            self.shop_id, new_id(), self.build_id, self.at, "publication", None, is_published=True
        )
        editions = self._editions(plan, staged, published)
        add_manifest(session, record, editions)
        move_pointer(session, self.shop_id, record.manifest_id, self.at)
        add_event(
            session,
            shop_id=self.shop_id,
            actor=ACTOR,
            action="publication.published",
            subject=str(record.manifest_id),
            at=self.at,
            detail={
                "build": str(self.build_id),
                "marts": {mart.mart: mart.outcome.value for mart in plan.marts},
            },
        )
        return record.manifest_id

    def _editions(
        self, plan: Plan, staged: Staged, published: Mapping[str, MartEdition]
    ) -> list[MartEdition]:
        """A blocked mart stays the edition it was; one that was never published stays away."""
        fresh = [
            MartEdition(
                mart.mart,
                self.build_id,
                self._as_of_mart(mart.mart),
                {**mart.kept, **staged.entries.get(mart.mart, {})},
            )
            for mart in plan.marts
            if mart.outcome is not Outcome.BLOCKED
        ]
        kept = [
            published[mart.mart]
            for mart in plan.marts
            if mart.outcome is Outcome.BLOCKED and mart.mart in published
        ]
        return fresh + kept

    def _as_of_mart(self, mart: str) -> dict[str, datetime]:
        """A source that nobody told anything about counts for every mart."""
        return {
            source: at
            for source, at in self.as_of.items()
            if source not in self.marts_by_source or mart in self.marts_by_source[source]
        }

    def _outcome(
        self, mart: str, outcome: Outcome, reasons: tuple[str, ...], manifest_id: UUID | None
    ) -> PublicationOutcome:
        return PublicationOutcome(
            self.shop_id, self.build_id, mart, outcome, reasons, manifest_id, self.at
        )
