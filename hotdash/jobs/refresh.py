"""The run: every shop's news comes in, is computed, checked and published, one finished step after the other."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.clock import iso_utc, parse_iso
from hotdash.base.ids import new_id
from hotdash.base.logging import logged_with
from hotdash.base.progress import Progress
from hotdash.connectors.contract import Connector
from hotdash.insights.attribution.training import train_weights
from hotdash.jobs import check_schemas
from hotdash.jobs.gate_build import gate_build
from hotdash.jobs.keep_drifts import DriftKeeper
from hotdash.jobs.notify_findings import Told, notify_findings
from hotdash.jobs.precompute_tiles import precompute_tiles
from hotdash.jobs.publish_build import publish_build
from hotdash.jobs.recommend import recommend, recommend_step
from hotdash.jobs.refresh_context import (
    RefreshContext,
    chosen_shops,
    code_here,
    require_sources,
    source_sync,
    without_paused,
)
from hotdash.jobs.run_report import RunReport, ingest_step, report_of, sources_of
from hotdash.jobs.sync_source import SourceSync
from hotdash.jobs.tell_facts import RunFacts, facts_step, tell_facts
from hotdash.jobs.tidy import tidy
from hotdash.pipeline.durable import Detail, DurableRun, RunRequest, durable_run
from hotdash.pipeline.lease import Patience
from hotdash.pipeline.transform.build import BuildMode, BuildRequest, transform
from hotdash.storage.appdb.repositories import checks
from hotdash.storage.appdb.repositories.backfills import shops_backfilling
from hotdash.storage.appdb.repositories.shops import set_timezone
from hotdash.storage.warehouse.build_ledger import newest_build

KIND = "refresh"


def _untold(run_id: UUID) -> None:
    del run_id


def refresh(
    context: RefreshContext,
    progress: Progress,
    *,
    mode: str | None = None,
    shops: Sequence[str] | None = None,
    reread: bool = False,
    sources: Sequence[str] | None = None,
    patience: Patience | None = None,
    began: Callable[[UUID], None] = _untold,
) -> RunReport:
    """A run that died is finished by the next one of the same code and request, if that is soon.

    With patience it waits for its turn and has let go of the file when the next one's turn comes.
    With sources only these are read; everything that rests on what is there is computed as ever.
    """
    chosen = without_paused(context, chosen_shops(context, shops))
    require_sources(context, chosen, sources)
    named = sorted(set(sources)) if sources else None
    asked = {"mode": mode, "reread": reread, "sources": named, **code_here()}
    request = RunRequest(KIND, chosen, asked, context.fresh_soft)
    since = time.monotonic()
    database, warehouse = context.database, context.warehouse
    with durable_run(
        database, warehouse.identity, request, context.clock, patience=patience
    ) as run:
        if context.calls is not None:
            context.calls.name_run(run.run_id)
        began(run.run_id)
        try:
            # A backfill may have begun while this waited for its turn.
            chosen = without_paused(context, chosen)
            _Refresh(context, progress, run, chosen, mode, reread, named).take()
        finally:
            if context.calls is not None:
                context.calls.name_run(None)
            if patience is not None:
                warehouse.close()
    seconds = time.monotonic() - since
    return report_of(run.run_id, chosen, run.done, seconds=seconds, resumed=run.resumed)


@dataclass(frozen=True)
class _Refresh:
    context: RefreshContext
    progress: Progress
    run: DurableRun
    shops: tuple[str, ...]
    mode: str | None
    reread: bool
    sources: Sequence[str] | None

    def take(self) -> None:
        step, context, shops = self.run.step, self.context, self.shops
        for shop_id in shops:
            with logged_with(shop_id=shop_id):
                self._ingest_all(shop_id)
        step(check_schemas.STEP, self._look_at_schemas)
        plan = step("plan", self._plan)
        step("transform", partial(self._transform, plan))
        check = step("check", partial(gate_build, context, shops, plan, self.progress))
        step(
            "publish",
            partial(
                publish_build, context, shops, plan, check, may_shrink=self.mode == BuildMode.FULL
            ),
        )
        step("notify", partial(self._notify, plan))
        for shop_id in shops:
            with logged_with(shop_id=shop_id):
                step(recommend_step(shop_id), partial(self._recommend, shop_id))
                step(facts_step(shop_id), partial(self._tell_facts, shop_id))
        step("precompute", self._precompute)
        step("tidy", partial(tidy, context, shops))

    def _look_at_schemas(self) -> Detail:
        context = self.context
        chosen = {shop_id: context.connectors[shop_id] for shop_id in self.shops}
        return check_schemas.look_at_due_schemas(
            context.database, self._drifts, chosen, context.clock
        )

    @property
    def _drifts(self) -> DriftKeeper:
        return DriftKeeper(self.context.database, self.context.warehouse, self.context.dbt_folder)

    def _ingest_all(self, shop_id: str) -> None:
        """The policies come first: what is read after them is computed by them."""
        step = self.run.step
        step(ingest_step(shop_id, "policies"), partial(self._syncing.policies, shop_id))
        for connector in self.context.connectors[shop_id]:
            if self.sources is None or connector.vendor in self.sources:
                name = ingest_step(shop_id, connector.vendor)
                step(name, partial(self._ingest, shop_id, connector))

    def _ingest(self, shop_id: str, connector: Connector) -> Detail:
        return self._syncing.sync(shop_id, connector, reread=self.reread)

    @property
    def _syncing(self) -> SourceSync:
        return source_sync(self.context, self.progress, self.run)

    def _plan(self) -> Detail:
        """Fixed once, so that a resumed run computes as of the same moment."""
        return {"build_id": str(new_id()), "as_of": iso_utc(self.context.clock.now())}

    def _transform(self, plan: Detail) -> Detail:
        with self.context.database.jobs() as session:
            paused = tuple(sorted(shops_backfilling(session)))
        request = BuildRequest(
            plan["build_id"],
            parse_iso(plan["as_of"]),
            BuildMode(self.mode) if self.mode else None,
            shops=self.shops,
            paused=paused,
        )
        begun = partial(self._begun, request, self.context.clock.now())
        outcome = transform(
            self.context.warehouse,
            request,
            self.context.dbt_folder,
            self.progress,
            self.context.clock,
            lambda mode, reason: self._announce(begun(mode, reason)),
            train_weights,
        )
        build = replace(
            begun(outcome.mode, outcome.reason),
            finished_at=self.context.clock.now(),
            status=checks.COMPLETED,
        )
        models = [checks.ModelRecord(**asdict(model)) for model in outcome.models]
        with self.context.database.jobs() as session:
            checks.save_build(session, build, models)
            self._follow_timezones(session)
        told = {"mode": build.mode, "reason": build.reason, "loads": outcome.loads}
        return {**told, "seconds": round(outcome.seconds, 3)}

    def _begun(
        self, request: BuildRequest, at: datetime, mode: BuildMode, reason: str
    ) -> checks.BuildRecord:
        return checks.BuildRecord(
            build_id=UUID(request.build_id),
            run_id=self.run.run_id,
            as_of=request.as_of,
            mode=mode.value,
            reason=reason,
            started_at=at,
            finished_at=None,
            status=checks.RUNNING,
        )

    def _announce(self, build: checks.BuildRecord) -> None:
        """Pages say that everything is being computed anew while it is."""
        with self.context.database.jobs() as session:
            checks.save_build(session, build, [])

    def _follow_timezones(self, session: Session) -> None:
        """Pages reckon in the timezone that the days just built were cut in."""
        built_from = newest_build(self.context.warehouse)
        timezones = built_from.shop_timezones if built_from else dict[str, str | None]()
        for shop_id in self.shops:
            if timezone := timezones.get(shop_id):
                set_timezone(session, shop_id, timezone)

    def _notify(self, plan: Detail) -> Detail:
        desk = self.context.alerts
        if desk is None:
            return asdict(Told())
        desk = replace(desk, clock=self.context.clock)
        return asdict(notify_findings(desk, UUID(plan["build_id"]), self.shops))

    def _recommend(self, shop_id: str) -> Detail:
        context = self.context
        stale = {each: context.limit_of(each).hard for each in context.sources(shop_id)}
        return recommend(context.database, shop_id, context.clock, stale)

    def _tell_facts(self, shop_id: str) -> Detail:
        run = RunFacts(self.run.run_id, sources_of(shop_id, self.run.done))
        return tell_facts(self.context.database, shop_id, self.context.clock, run)

    def _precompute(self) -> Detail:
        context = self.context
        return {"values": precompute_tiles(context.database, self.shops, context.clock)}
