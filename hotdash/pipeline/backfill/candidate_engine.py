"""The engine over a candidate schema: the warehouse's own tables stay as they are until the merge."""

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.clock import Clock, iso_utc
from hotdash.base.paths import dbt_project_folder
from hotdash.base.progress import Progress, SilentProgress
from hotdash.pipeline.backfill import showing
from hotdash.pipeline.backfill.candidate import CandidateProject, Selection
from hotdash.pipeline.backfill.chunks import chunks_of
from hotdash.pipeline.backfill.engine import (
    Checked,
    ChunkBuilt,
    Days,
    Opened,
    Outlook,
    Scope,
    Staged,
)
from hotdash.pipeline.backfill.outlook import shares_of
from hotdash.pipeline.backfill.verdict import judged
from hotdash.pipeline.transform.build import BuildMode
from hotdash.pipeline.transform.dbt import DbtProject, project_hash
from hotdash.pipeline.transform.rebuild import (
    ModelCodeChangedError,
    reason_for_rebuild,
    refuse_range,
)
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse import candidate_schema
from hotdash.storage.warehouse.build_ledger import (
    BuiltFrom,
    FinishedBuild,
    newest_as_of,
    newest_build,
    newest_full_build,
    present_state,
    recorded_build,
)
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.load_ledger import unbuilt_loads

Lease = Callable[[], AbstractContextManager[object]]


class CandidateEngine:
    """Implements `Engine`. The lease is what every touch of the warehouse waits for."""

    def __init__(
        self,
        database: Database,
        warehouse: Warehouse,
        workdir: Path,
        clock: Clock,
        lease: Lease,
        progress: Progress | None = None,
    ) -> None:
        self._database = database
        self._warehouse = warehouse
        self._workdir = workdir
        self._clock = clock
        self._lease = lease
        self._progress = progress or SilentProgress()

    def outlook(self, scope: Scope) -> Outlook:
        with self._turn():
            state = self._unchanged_state()
            models, chunks = self._selected(scope), self._chunks(scope)
        with self._database.jobs() as session:
            shares = shares_of(session, scope, models)
        rows = sum(each.rows for each in shares)
        return Outlook(models, shares, chunks, rows, state.project_hash)

    def open(self, backfill_id: UUID, scope: Scope) -> Opened:
        with self._turn():
            state = self._unchanged_state()
            with self._database.jobs() as session:
                before = {shop: showing.shown(session, shop).manifest_id for shop in scope.shops}
            return Opened(
                backfill_id=backfill_id,
                scope=scope,
                build_id=showing.build_id_of(backfill_id),
                as_of=newest_as_of(self._warehouse) or self._clock.now(),
                models=self._selected(scope),
                chunks=self._chunks(scope),
                loads=tuple(self._loads(scope)),
                project_hash=state.project_hash,
                full_build=newest_full_build(self._warehouse),
                manifests_before=before,
            )

    def build(self, opened: Opened, chunk: int) -> ChunkBuilt:
        began = time.monotonic()
        with self._turn():
            self._require_same_code(opened)
            first, last = opened.chunks[0][0], opened.chunks[chunk][1]
            project = self._laid_out(opened, (first, last))
            self._compute(project, opened, chunk)
            rows = candidate_schema.rows_made(self._warehouse, opened.backfill_id, project.overlays)
        return ChunkBuilt(
            opened.chunks[chunk], sum(rows.values()), round(time.monotonic() - began, 3)
        )

    def check(self, opened: Opened) -> Checked:
        with self._turn():
            self._require_same_code(opened)
            project = self._laid_out(opened)
            return judged(
                *(self._database, self._warehouse, project, opened),
                *(self._progress, self._clock.now()),
            )

    def stage(self, opened: Opened, checked: Checked) -> Staged:
        with self._turn():
            self._laid_out(opened)
            return showing.stage_all(
                self._database, self._warehouse, opened, checked.blocked, self._clock.now()
            )

    def commit(self, session: Session, opened: Opened, staged: Staged, shop_id: str) -> UUID:
        return showing.show(session, opened, staged, shop_id, self._clock.now())

    def merge(self, opened: Opened) -> Mapping[str, int]:
        with self._turn():
            # What is computed anew as a whole, by now or by the next run, rests on the same raw rows.
            is_newer = newest_full_build(self._warehouse) != opened.full_build
            if is_newer or self._code_here() != opened.project_hash:
                return dict.fromkeys(opened.scope.shops, 0)
            project = self._laid_out(opened)
            if recorded_build(self._warehouse, str(opened.build_id)) is None:
                candidate_schema.merge(
                    self._warehouse,
                    opened.backfill_id,
                    opened.scope.shops,
                    project.overlays,
                    self._finished(opened),
                    self._clock.now(),
                )
            return candidate_schema.rows_made(self._warehouse, opened.backfill_id, project.overlays)

    def close(self, opened: Opened) -> None:
        with self._turn():
            candidate_schema.drop(self._warehouse, opened.backfill_id)

    def abort(self, backfill_id: UUID) -> None:
        showing.withdraw(self._database, backfill_id)
        with self._turn():
            candidate_schema.drop(self._warehouse, backfill_id)

    @contextmanager
    def _turn(self) -> Generator[None]:
        """A DuckDB file left open would keep everybody else out."""
        with self._lease():
            try:
                yield
            finally:
                self._warehouse.close()

    def _unchanged_state(self) -> BuiltFrom:
        before = newest_build(self._warehouse)
        state = present_state(self._warehouse, self._code_here())
        reason = reason_for_rebuild(before, state)
        if reason is not None:
            raise refuse_range(reason)
        return state

    def _require_same_code(self, opened: Opened) -> None:
        if self._code_here() != opened.project_hash:
            raise ModelCodeChangedError(
                f"The transformations changed since the backfill {opened.backfill_id} began.",
                hint="Abort it, compute everything anew with `hotdash run --full`, and request it "
                "again if it is still needed.",
            )

    def _code_here(self) -> str:
        return project_hash(dbt_project_folder())

    def _selected(self, scope: Scope) -> tuple[str, ...]:
        manifest = DbtProject(self._warehouse, self._workdir).manifest
        return Selection(manifest, scope.models, scope.sources).names

    def _laid_out(self, opened: Opened, days: Days | None = None) -> CandidateProject:
        """Before every use: where another run replaces a table, Postgres drops the views of it."""
        project = CandidateProject(
            self._warehouse, self._workdir, opened.backfill_id, opened.models
        )
        scope = opened.scope
        candidate_schema.lay_out(
            *(self._warehouse, opened.backfill_id, scope.shops),
            *(project.overlays, days or scope.days),
        )
        return project

    def _chunks(self, scope: Scope) -> tuple[Days, ...]:
        orders = candidate_schema.orders_by_day(self._warehouse, scope.shops, *scope.days)
        return chunks_of(scope.days, orders)

    def _loads(self, scope: Scope) -> list[str]:
        """Those whose every consequence is computed here: none where single models are named."""
        if scope.models:
            return []
        return [
            load.load_id
            for load in unbuilt_loads(self._warehouse)
            if load.shop_id in scope.shops and (not scope.sources or load.source in scope.sources)
        ]

    def _compute(self, project: CandidateProject, opened: Opened, chunk: int) -> None:
        first, last = opened.chunks[chunk]
        variables = {
            "build_id": str(opened.build_id),
            "as_of": iso_utc(opened.as_of),
            # Nothing of the warehouse changes, so that what is known of it holds.
            "announced": True,
            "mode": BuildMode.RANGE.value,
            "shops": list(opened.scope.shops),
            "range_from": first.isoformat(),
            "range_to": last.isoformat(),
        }
        command = ["run", "--select", *opened.models]
        with self._progress.task("Computing the candidate", total=len(opened.models)) as task:
            results = project.run(command, variables, lambda _name: task.advance())
        for result in results:
            if result.status != "success":
                raise project.explain(result)

    def _finished(self, opened: Opened) -> FinishedBuild:
        """What the rest of the warehouse was built from holds on: a change since then waits as before."""
        first, last = opened.scope.days
        built_from = newest_build(self._warehouse)
        assert built_from is not None, "a warehouse that was never built has no range"
        return FinishedBuild(
            str(opened.build_id),
            opened.as_of,
            BuildMode.RANGE.value,
            f"backfill {opened.backfill_id} of {first} to {last}",
            built_from,
            loads=(),
        )
