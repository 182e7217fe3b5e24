"""Carry out a backfill that may run: candidate, checks, pointer, merge; killed anywhere it goes on when run again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID

from hotdash.base.environment import Environment
from hotdash.base.errors import ConflictError, HotdashError
from hotdash.base.ids import new_id
from hotdash.base.roles import Permission
from hotdash.governance.access.people import Person
from hotdash.jobs.backfill import Office, require_agreed, standing
from hotdash.jobs.backfill_gate import (
    BackfillBlockedError,
    require_free,
    require_running,
    require_sound,
)
from hotdash.jobs.backfill_notices import notices_of
from hotdash.jobs.plan_backfill import require_unchanged
from hotdash.jobs.recommend import recommend, recommend_step
from hotdash.pipeline.backfill.engine import (
    Checked,
    ChunkBuilt,
    Engine,
    Opened,
    Staged,
    as_detail,
    of_detail,
)
from hotdash.pipeline.backfill.plan import Plan, of_shares
from hotdash.pipeline.backfill.status import Status, require_may_follow, resource_of
from hotdash.pipeline.durable import Detail, DurableRun, RunRequest, durable_run
from hotdash.pipeline.lease import hold_lease
from hotdash.storage.appdb.repositories.backfill_progress import (
    DiffRecord,
    add_chunks,
    add_diff,
    begin_chunk,
    finish_chunk,
    steps_left,
)
from hotdash.storage.appdb.repositories.backfills import (
    EventRecord,
    add_events,
    events_of,
    keep_manifest,
    lock_shops,
    newest_events,
    plan_records,
)
from hotdash.storage.appdb.repositories.runs import RunStatus, finish_dead_runs, finish_run

KIND = "backfill"
KEPT = timedelta(days=7)
_OF_ANOTHER_SHOP = "Another shop of this backfill did not get through, so nothing was shown."
CHECKING, SHOWING, MERGING = "checking", "showing", "merging"

Compare = Callable[[Opened, Staged], Sequence[DiffRecord]]
Refetch = Callable[[Plan], Detail]


@dataclass(frozen=True)
class BackfillWork:
    """What a backfill is carried out with; what fetches again and what compares may be missing."""

    office: Office
    engine: Engine
    environment: Environment
    refetch: Refetch | None = None
    compare: Compare | None = None


@dataclass(frozen=True, slots=True)
class BackfillReport:
    backfill_id: UUID
    resumed: bool
    rows: int
    seconds: Decimal
    manifests: Mapping[str, UUID | None]
    diff_id: UUID | None


def run_backfill(work: BackfillWork, person: Person, backfill_id: UUID) -> BackfillReport:
    """A dead one is gone on with; one that failed before anything was shown begins anew."""
    office = work.office
    with office.database.jobs() as session:
        events = standing(session, backfill_id)
        plan = of_shares({each.shop_id: each.plan for each in plan_records(session, backfill_id)})
    asked = RunRequest(KIND, plan.scope.shops, {"plan": events[0].plan_hash})
    with durable_run(office.database, resource_of(backfill_id), asked, office.clock) as run:
        return _Run(work, person, backfill_id, plan, run).take()


def abort_backfill(work: BackfillWork, person: Person, backfill_id: UUID, reason: str) -> None:
    """What a dead process left is dropped, and the shops are free; refused where it is shown already."""
    office = work.office
    with hold_lease(office.database, resource_of(backfill_id), office.clock):
        with office.database.jobs() as session:
            events = standing(session, backfill_id)
        for event in events:
            if event.triggered_by != person.actor:
                person.require(event.shop_id, Permission.RUN_BACKFILLS)
            require_may_follow(Status(event.status), Status.ABORTED)
            _require_not_shown(event)
        work.engine.abort(backfill_id)
        detail = {"by": person.actor, "seat": person.seat, "reason": reason}
        written = [
            replace(event, status=Status.ABORTED.value, at=office.clock.now(), detail=detail)
            for event in events
        ]
        with office.database.jobs() as session:
            finish_dead_runs(session, resource_of(backfill_id), office.clock.now(), "given up")
            add_events(session, written)
    office.herald(notices_of(written))


def _require_not_shown(event: EventRecord) -> None:
    if event.manifest_after is not None:
        raise ConflictError(
            f"What this backfill computed for {event.shop_id} is shown already.",
            hint="Run it again to finish it, or go back with `hotdash backfill rollback`.",
        )


@dataclass(frozen=True)
class _Run:
    work: BackfillWork
    person: Person
    backfill_id: UUID
    plan: Plan
    run: DurableRun

    def take(self) -> BackfillReport:
        attempt, began = self._begin()
        steps = _Steps(self, attempt, self._left())
        try:
            return steps.take(began)
        except Exception as error:
            if not self._is_shown():
                self._fail(error)
            raise

    @property
    def office(self) -> Office:
        return self.work.office

    def _begin(self) -> tuple[int, datetime]:
        """Whoever writes the first running event of a shop has the shop, until it is ended by one."""
        now = self.office.clock.now()
        with self.office.database.jobs() as session:
            lock_shops(session, self.plan.scope.shops)
            events = standing(session, self.backfill_id)
            require_free(session, self.plan.scope.shops, self.backfill_id)
            self._require_agreed(events)
            is_resumed = events[0].status == Status.RUNNING
            said = {"by": self.person.actor, "seat": self.person.seat, "began": not is_resumed}
            written = self._next(events, Status.RUNNING, now, said)
            add_events(session, written)
            told = events_of(session, self.backfill_id)
        self.office.herald(notices_of(written))
        failed = {event.at for event in told if event.status == Status.FAILED}
        began = [event.at for event in told if event.detail.get("began") is True]
        return len(failed) + 1, max(began)

    def _require_agreed(self, events: Sequence[EventRecord]) -> None:
        require_agreed(self.person, self.plan, events)
        if not any(event.manifest_after for event in events):
            require_unchanged(
                self.office.database,
                self.work.engine,
                self.plan,
                events[0].plan_hash,
                self.work.environment,
            )

    def _next(
        self,
        events: Sequence[EventRecord],
        status: Status,
        at: datetime,
        said: Mapping[str, object],
    ) -> list[EventRecord]:
        return [replace(each, status=status.value, at=at, detail=dict(said)) for each in events]

    def _left(self) -> Mapping[str, Detail]:
        with self.office.database.jobs() as session:
            return steps_left(session, resource_of(self.backfill_id))

    def _is_shown(self) -> bool:
        with self.office.database.jobs() as session:
            events = newest_events(session, backfill_id=self.backfill_id)
        return any(event.manifest_after is not None for event in events)

    def _fail(self, error: Exception) -> None:
        self.work.engine.abort(self.backfill_id)
        now = self.office.clock.now()
        with self.office.database.jobs() as session:
            written = [
                replace(
                    each,
                    status=Status.FAILED.value,
                    at=now,
                    detail={"by": self.person.actor, "error": self._reason(error, each.shop_id)},
                )
                for each in newest_events(session, backfill_id=self.backfill_id)
                if each.status == Status.RUNNING
            ]
            if written:
                add_events(session, written)
        self.office.herald(notices_of(written))

    def _reason(self, error: Exception, shop_id: str) -> str:
        """Whoever may see one shop only is not told what is wrong with another."""
        if isinstance(error, BackfillBlockedError):
            return " ".join(error.by_shop.get(shop_id, ())) or _OF_ANOTHER_SHOP
        others = (other for other in self.plan.scope.shops if other != shop_id)
        return _OF_ANOTHER_SHOP if any(map(str(error).__contains__, others)) else str(error)


@dataclass(frozen=True)
class _Steps:
    """The names carry the attempt: what an attempt left that failed is of no use to the next."""

    of: _Run
    attempt: int
    left: Mapping[str, Detail]

    def take(self, began: datetime) -> BackfillReport:
        work, backfill_id = self.of.work, self.of.backfill_id
        if self.of.plan.refetch:
            self.step("refetch", self._refetch)
        opened = of_detail(Opened, self.step("open", self._open))
        for number, _days in enumerate(opened.chunks):
            self.step(f"build {number + 1}", partial(self._build, opened, number))
        checked = of_detail(Checked, self.step("check", partial(self._check, opened)))
        require_sound(self.of.office.database, checked.blocked)
        staged = of_detail(Staged, self.step("stage", partial(self._stage, opened, checked)))
        require_sound(self.of.office.database, staged.reasons)
        diff = self.step("compare", partial(self._compare, opened, staged))
        for shop_id in opened.scope.shops:
            self.step(f"commit {shop_id}", partial(self._commit, opened, staged, diff, shop_id))
        merged = self.step("merge", partial(self._merge, opened))
        for shop_id in opened.scope.shops:
            self.step(recommend_step(shop_id), partial(self._recommend, shop_id))
        work.engine.close(opened)
        return self._complete(opened, backfill_id, merged, began)

    def step(self, name: str, do: Callable[[], Detail]) -> Detail:
        name = f"{self.attempt}. {name}"
        return self.of.run.step(name, lambda: self.left[name] if name in self.left else do())

    def _refetch(self) -> Detail:
        if self.of.work.refetch is None:
            raise HotdashError(
                "Nothing here can fetch raw data again.",
                hint="Fetch it with `hotdash sync --since`, then plan without --refetch.",
                field="refetch",
            )
        return self.of.work.refetch(self.of.plan)

    def _open(self) -> Detail:
        opened = self.of.work.engine.open(self.of.backfill_id, self.of.plan.scope)
        names = [_chunk_name(opened, number) for number in range(len(opened.chunks))]
        with self.of.office.database.jobs() as session:
            add_chunks(
                session,
                self.of.backfill_id,
                opened.scope.shops,
                [*names, CHECKING, SHOWING, MERGING],
            )
        return as_detail(opened)

    def _build(self, opened: Opened, number: int) -> Detail:
        with self._chunk(_chunk_name(opened, number)) as told:
            built: ChunkBuilt = self.of.work.engine.build(opened, number)
            told.rows = built.rows
        return as_detail(built)

    def _check(self, opened: Opened) -> Detail:
        with self._chunk(CHECKING):
            return as_detail(self.of.work.engine.check(opened))

    def _stage(self, opened: Opened, checked: Checked) -> Detail:
        with self._chunk(SHOWING) as told:
            staged = self.of.work.engine.stage(opened, checked)
            told.rows = staged.rows
        return as_detail(staged)

    def _compare(self, opened: Opened, staged: Staged) -> Detail:
        compare = self.of.work.compare
        if compare is None:
            return {"diff": None}
        diff_id, rows = new_id(), compare(opened, staged)
        with self.of.office.database.jobs() as session:
            add_diff(session, diff_id, rows)
        return {"diff": str(diff_id)}

    def _commit(self, opened: Opened, staged: Staged, diff: Detail, shop_id: str) -> Detail:
        """The pointer and what the audit says of it change together."""
        before = opened.manifests_before[shop_id]
        office, now = self.of.office, self.of.office.clock.now()
        with office.database.jobs() as session:
            [event] = require_running(session, [shop_id], self.of.backfill_id)
            after = self.of.work.engine.commit(session, opened, staged, shop_id)
            keep_manifest(session, shop_id, before, now + KEPT)
            shown = replace(
                event,
                at=now,
                status=Status.RUNNING.value,
                manifest_before=before,
                manifest_after=after,
                diff_id=UUID(diff["diff"]) if diff["diff"] else None,
                detail={"by": self.of.person.actor, "shown": True},
            )
            if event.manifest_after is None:
                add_events(session, [shown])
        return {"before": str(before), "after": str(after)}

    def _merge(self, opened: Opened) -> Detail:
        with self.of.office.database.jobs() as session:
            require_running(session, opened.scope.shops, self.of.backfill_id)
        with self._chunk(MERGING) as told:
            by_shop = self.of.work.engine.merge(opened)
            told.rows = sum(by_shop.values())
        return {"rows": dict(by_shop)}

    def _recommend(self, shop_id: str) -> Detail:
        """How old sources may grow is known to runs: they say which of them to mend."""
        return recommend(self.of.office.database, shop_id, self.of.office.clock, {})

    def _complete(
        self, opened: Opened, backfill_id: UUID, merged: Detail, began: datetime
    ) -> BackfillReport:
        office = self.of.office
        now = office.clock.now()
        seconds = Decimal(str(round((now - began).total_seconds(), 3)))
        with office.database.jobs() as session:
            events = require_running(session, opened.scope.shops, backfill_id)
            ended = [
                replace(
                    event,
                    at=now,
                    status=Status.COMPLETED.value,
                    rows_affected=merged["rows"].get(event.shop_id, 0),
                    duration_seconds=seconds,
                    detail={"by": self.of.person.actor},
                )
                for event in events
            ]
            add_events(session, ended)
            # With its last word: one that died in between would be under way for ever.
            finish_run(session, self.of.run.run_id, RunStatus.COMPLETED, now)
        office.herald(notices_of(ended))
        manifests = {event.shop_id: event.manifest_after for event in ended}
        diff_id = ended[0].diff_id
        return BackfillReport(
            backfill_id,
            self.of.run.resumed,
            sum(merged["rows"].values()),
            seconds,
            manifests,
            diff_id,
        )

    def _chunk(self, name: str) -> "_Chunk":
        return _Chunk(self.of.office, self.of.backfill_id, name)


class _Chunk:
    """Says when it begins and ends, so that pages know how far the whole is."""

    def __init__(self, office: Office, backfill_id: UUID, name: str) -> None:
        self.rows: int | None = None
        self._office = office
        self._backfill_id = backfill_id
        self._name = name

    def __enter__(self) -> "_Chunk":
        with self._office.database.jobs() as session:
            begin_chunk(session, self._backfill_id, self._name, self._office.clock.now())
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            now = self._office.clock.now()
            with self._office.database.jobs() as session:
                finish_chunk(session, self._backfill_id, self._name, self.rows, now)


def _chunk_name(opened: Opened, number: int) -> str:
    first, last = opened.chunks[number]
    return f"{number + 1:03} {first} to {last}"
