"""From a candidate that passed its checks to what people see: staged beside, then shown at once."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from hotdash.base.errors import ConflictError, HotdashError, NotFoundError
from hotdash.pipeline.backfill.engine import Opened, PublicationMovedError, Staged
from hotdash.pipeline.publish.plan import MartPlan, plan_publication
from hotdash.pipeline.publish.staging import Stage
from hotdash.pipeline.publish.sweep import sweep
from hotdash.storage.appdb.repositories.audit import add_event
from hotdash.storage.appdb.repositories.parts import publishing_alone
from hotdash.storage.appdb.repositories.publications import (
    BACKFILL,
    CANDIDATE,
    Entry,
    ManifestRecord,
    MartEdition,
    Outcome,
    Pointer,
    PublicationOutcome,
    add_manifest,
    editions_of,
    forget_candidate,
    manifests_of_backfills,
    pointer_of,
    record_outcomes,
    show_candidate,
)
from hotdash.storage.appdb.session import Database
from hotdash.storage.marts import published_marts
from hotdash.storage.warehouse.candidate_schema import offered, schema_of
from hotdash.storage.warehouse.candidates import Candidate
from hotdash.storage.warehouse.contract import Warehouse

ACTOR = "pipeline"
# Of older publications nothing goes here: only parts that no manifest names.
_EVERYTHING_KEPT = datetime.fromtimestamp(0, UTC)


class StagedRowsDifferError(HotdashError):
    code = "staged_rows_differ"


@dataclass(frozen=True)
class ShopStaged:
    manifest_id: UUID | None
    plans: tuple[MartPlan, ...]

    @property
    def changed(self) -> list[Candidate]:
        return [each for plan in self.plans for each in plan.changed]


def manifest_id_of(backfill_id: UUID, shop_id: str) -> UUID:
    """The same at every attempt, so that a second one finds what the first one left."""
    return uuid5(backfill_id, shop_id)


def build_id_of(backfill_id: UUID) -> UUID:
    return uuid5(backfill_id, "build")


def shown(session: Session, shop_id: str) -> Pointer:
    """What is shown of a shop that a backfill may change."""
    pointer = pointer_of(session, shop_id)
    if pointer is None:
        raise NotFoundError(
            f"Nothing has been published for the shop {shop_id!r}.",
            hint="Publish it first: `hotdash run`.",
            field="shops",
        )
    if pointer.pin is not None:
        raise ConflictError(
            f"The publication of {shop_id} is held since {pointer.pin.at:%Y-%m-%d %H:%M} UTC: "
            f"{pointer.pin.reason}",
            hint="Release it first: `hotdash publish release`.",
            field="shops",
        )
    return pointer


def stage_all(
    database: Database,
    warehouse: Warehouse,
    opened: Opened,
    blocked: Mapping[str, Mapping[str, Sequence[str]]],
    at: datetime,
) -> Staged:
    began = time.monotonic()
    staged = dict[str, ShopStaged]()
    with database.direct() as connection:
        for shop_id in opened.scope.shops:
            with publishing_alone(connection, shop_id):
                shop = _Shop(database, warehouse, opened, shop_id, at)
                staged[shop_id] = shop.stage(blocked.get(shop_id, {}))
    changed = [each for shop in staged.values() for each in shop.changed]
    return Staged(
        {shop_id: each.manifest_id for shop_id, each in staged.items() if each.manifest_id},
        {
            shop_id: {plan.mart: plan.outcome.value for plan in each.plans}
            for shop_id, each in staged.items()
        },
        {
            shop_id: {plan.mart: plan.reasons for plan in each.plans if plan.reasons}
            for shop_id, each in staged.items()
        },
        sum(each.row_count for each in changed),
        len(changed),
        round(time.monotonic() - began, 3),
    )


@dataclass(frozen=True)
class _Shop:
    database: Database
    warehouse: Warehouse
    opened: Opened
    shop_id: str
    at: datetime

    def stage(self, blocked: Mapping[str, Sequence[str]]) -> ShopStaged:
        manifest_id = manifest_id_of(self.opened.backfill_id, self.shop_id)
        with self.database.jobs() as session:
            forget_candidate(session, self.shop_id, manifest_id)
            before = self.opened.manifests_before[self.shop_id]
            published = editions_of(session, self.shop_id, before)
        sweep(self.database, self.shop_id, _EVERYTHING_KEPT, self.at)
        plan = plan_publication(self._candidates(published), published, blocked)
        if not plan.changes_anything:
            return ShopStaged(None, plan.marts)
        schema = schema_of(self.opened.backfill_id)
        build_id = self.opened.build_id
        stage = Stage(self.database, self.warehouse, self.shop_id, build_id, self.at, schema)
        loaded = stage.load(plan.marts)
        if loaded.differences:
            raise StagedRowsDifferError(
                f"Staged rows of {self.shop_id} are not the rows that were built: "
                f"{'; '.join(loaded.differences)}.",
                hint="Nothing was shown. Where the last run was stopped halfway, `hotdash run` first, "
                "which computes again what it left; then run the backfill again. Where it repeats, "
                "look for a trigger or a second writer on serving.",
            )
        record = ManifestRecord(
            *(self.shop_id, manifest_id, build_id, self.at, CANDIDATE, None), is_published=False
        )
        editions = [
            self._edition(each, published.get(each.mart), loaded.entries.get(each.mart, {}))
            for each in plan.marts
        ]
        with self.database.jobs() as session:
            add_manifest(session, record, [each for each in editions if each is not None])
        return ShopStaged(manifest_id, plan.marts)

    def _candidates(self, published: Mapping[str, MartEdition]) -> list[Candidate]:
        """What was not computed anew stays as it is published, whatever waits in the warehouse."""
        stay = {
            (mart, entry.partition_key): Candidate(
                mart, entry.partition_key, entry.row_count, entry.rows_hash
            )
            for mart, edition in published.items()
            for entry in edition.entries.values()
        }
        for row in offered(self.warehouse, self.opened.backfill_id, self.shop_id):
            candidate = Candidate(**row)  # pyright: ignore[reportArgumentType]
            if candidate.mart in self.opened.models:
                stay.pop((candidate.mart, candidate.partition_key), None)
                if candidate.row_count:
                    stay[candidate.mart, candidate.partition_key] = candidate
        return list(stay.values())

    def _edition(
        self, plan: MartPlan, old: MartEdition | None, fresh: Mapping[str, Entry]
    ) -> MartEdition | None:
        if plan.outcome is not Outcome.PUBLISHED:
            return old
        # Nothing was read anew for it, so that it is not whole up to any later moment.
        as_of = old.as_of if old else dict[str, datetime]()
        return MartEdition(plan.mart, self.opened.build_id, as_of, {**plan.kept, **fresh})


def show(session: Session, opened: Opened, staged: Staged, shop_id: str, at: datetime) -> UUID:
    """Compare and swap, in the caller's transaction.

    The shops whose turn is later are looked at as well: where one of them moved, none is shown.
    """
    whose_turn = opened.scope.shops.index(shop_id)
    is_shown = [
        _is_shown(session, opened, staged, each) for each in opened.scope.shops[whose_turn:]
    ]
    before, after = opened.manifests_before[shop_id], staged.manifests_after.get(shop_id)
    if is_shown[0] and after is not None:
        return after
    record_outcomes(session, _outcomes(opened, staged, shop_id, after or before, at))
    if after is None:
        return before
    show_candidate(session, shop_id, after, at)
    add_event(
        session,
        shop_id=shop_id,
        actor=ACTOR,
        action="publication.published",
        subject=str(after),
        at=at,
        detail={"backfill": str(opened.backfill_id), "marts": staged.outcomes[shop_id]},
    )
    return after


def _is_shown(session: Session, opened: Opened, staged: Staged, shop_id: str) -> bool:
    """Already; refused where the pointer is neither there nor where it was."""
    pointer = pointer_of(session, shop_id, lock=True)
    if pointer is not None and pointer.manifest_id == staged.manifests_after.get(shop_id):
        return True
    if not _is_in_place(pointer, opened, shop_id):
        raise PublicationMovedError(
            f"The publication of {shop_id} was moved or is held since this backfill began.",
            hint="Run the backfill again: it starts from what is shown now. Where another shop of "
            "it is shown already, go back with `hotdash backfill rollback`.",
        )
    return False


def require_as_opened(session: Session, opened: Opened) -> None:
    """Whether what is shown of every shop is still what the candidate was held against."""
    for shop_id in opened.scope.shops:
        if not _is_in_place(pointer_of(session, shop_id), opened, shop_id):
            raise PublicationMovedError(
                f"{shop_id} was published anew or is held since this dry run began, so what it "
                "found is not of these days alone.",
                hint="Nothing was changed. Plan it again.",
            )


def _is_in_place(pointer: Pointer | None, opened: Opened, shop_id: str) -> bool:
    before = opened.manifests_before[shop_id]
    return pointer is not None and pointer.manifest_id == before and pointer.pin is None


def withdraw(database: Database, backfill_id: UUID) -> None:
    """Forget what was staged; refused where it is shown already."""
    with database.jobs() as session:
        for shop_id, _, reason in _manifests(session, backfill_id):
            if reason == BACKFILL:
                raise ConflictError(
                    f"The backfill {backfill_id} is shown for {shop_id} already.",
                    hint="Run it again to finish it, or go back with `hotdash backfill rollback`.",
                )
    forget_unshown(database, backfill_id)


def forget_unshown(database: Database, backfill_id: UUID) -> None:
    """What is shown stays, whatever became of the rest."""
    with database.jobs() as session:
        for shop_id, manifest_id, _ in _manifests(session, backfill_id):
            forget_candidate(session, shop_id, manifest_id)


def _manifests(session: Session, backfill_id: UUID) -> list[tuple[str, UUID, str]]:
    return [
        (shop_id, manifest_id, reason)
        for shop_id, manifest_id, reason in manifests_of_backfills(session)
        if manifest_id == manifest_id_of(backfill_id, shop_id)
    ]


def _outcomes(
    opened: Opened, staged: Staged, shop_id: str, manifest_id: UUID, at: datetime
) -> list[PublicationOutcome]:
    told, reasons = staged.outcomes[shop_id], staged.reasons.get(shop_id, {})
    return [
        PublicationOutcome(
            *(shop_id, opened.build_id, mart, Outcome(told[mart])),
            *(tuple(reasons.get(mart, ())), manifest_id, at),
        )
        for mart in published_marts()
    ]
