"""The run: every shop's news comes in, is computed, checked and published, one finished step after the other."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.clock import iso_utc, parse_iso
from hotdash.base.ids import new_id
from hotdash.base.progress import Progress
from hotdash.connectors.contract import Connector
from hotdash.insights.attribution.training import train_weights
from hotdash.jobs import check_schemas
from hotdash.jobs.gate_build import gate_build
from hotdash.jobs.keep_drifts import DriftKeeper
from hotdash.jobs.notify_findings import Told, notify_findings
from hotdash.jobs.precompute_tiles import precompute_tiles
from hotdash.jobs.publish_build import publish_build
from hotdash.jobs.refresh_context import (
    RefreshContext,
    chosen_shops,
    code_here,
    require_sources,
    source_sync,
    without_paused,
)
from hotdash.jobs.run_report import RunReport, ShopReport
from hotdash.jobs.sync_source import SourceSync
from hotdash.jobs.tidy import tidy
from hotdash.pipeline.durable import Detail, DurableRun, RunRequest, durable_run
from hotdash.pipeline.transform.build import BuildMode, BuildRequest, transform
from hotdash.storage.appdb.repositories import checks
from hotdash.storage.appdb.repositories.shops import set_timezone
from hotdash.storage.warehouse.build_ledger import newest_build

KIND = "refresh"


def refresh(
    context: RefreshContext,
    progress: Progress,
    *,
    mode: str | None = None,
    shops: Sequence[str] | None = None,
    reread: bool = False,
    sources: Sequence[str] | None = None,
) -> RunReport:
    """A run that died is finished by the next one of the same code and request, if that is soon.

    With sources only these are read; everything that rests on what is there is computed as ever.
    """
    chosen = without_paused(context, chosen_shops(context, shops))
    require_sources(context, chosen, sources)
    named = sorted(set(sources)) if sources else None
    asked = {"mode": mode, "reread": reread, "sources": named, **code_here()}
    request = RunRequest(KIND, chosen, asked, context.fresh_soft)
    began = time.monotonic()
    with durable_run(context.database, context.warehouse.identity, request, context.clock) as run:
        if context.calls is not None:
            context.calls.name_run(run.run_id)
        steps = _Refresh(context, progress, run, chosen, mode, reread, named)
        try:
            details = steps.take()
        finally:
            if context.calls is not None:
                context.calls.name_run(None)
    return _report(run, chosen, details, time.monotonic() - began)


@dataclass(frozen=True)
class _Details:
    loads: Mapping[str, Mapping[str, Detail]]
    plan: Detail
    build: Detail
    check: Detail
    publication: Detail


@dataclass(frozen=True)
class _Refresh:
    context: RefreshContext
    progress: Progress
    run: DurableRun
    shops: tuple[str, ...]
    mode: str | None
    reread: bool
    sources: Sequence[str] | None

    def take(self) -> _Details:
        step, context, shops = self.run.step, self.context, self.shops
        loads = {shop: self._ingest_all(shop) for shop in self.shops}
        step(check_schemas.STEP, self._look_at_schemas)
        plan = step("plan", self._plan)
        build = step("transform", partial(self._transform, plan))
        check = step("check", partial(gate_build, context, shops, plan, self.progress))
        publication = step(
            "publish",
            partial(
                publish_build, context, shops, plan, check, may_shrink=self.mode == BuildMode.FULL
            ),
        )
        step("notify", partial(self._notify, plan))
        step("precompute", self._precompute)
        step("tidy", partial(tidy, context, shops))
        return _Details(loads, plan, build, check, publication)

    def _look_at_schemas(self) -> Detail:
        context = self.context
        chosen = {shop_id: context.connectors[shop_id] for shop_id in self.shops}
        return check_schemas.look_at_due_schemas(
            context.database, self._drifts, chosen, context.clock
        )

    @property
    def _drifts(self) -> DriftKeeper:
        return DriftKeeper(self.context.database, self.context.warehouse, self.context.dbt_folder)

    def _ingest_all(self, shop_id: str) -> dict[str, Detail]:
        """The policies come first: what is read after them is computed by them."""
        self.run.step(f"ingest {shop_id} policies", partial(self._syncing.policies, shop_id))
        return {
            connector.vendor: self.run.step(
                f"ingest {shop_id} {connector.vendor}", partial(self._ingest, shop_id, connector)
            )
            for connector in self.context.connectors[shop_id]
            if self.sources is None or connector.vendor in self.sources
        }

    def _ingest(self, shop_id: str, connector: Connector) -> Detail:
        return self._syncing.sync(shop_id, connector, reread=self.reread)

    @property
    def _syncing(self) -> SourceSync:
        return source_sync(self.context, self.progress, self.run)

    def _plan(self) -> Detail:
        """Fixed once, so that a resumed run computes as of the same moment."""
        return {"build_id": str(new_id()), "as_of": iso_utc(self.context.clock.now())}

    def _transform(self, plan: Detail) -> Detail:
        request = BuildRequest(
            plan["build_id"],
            parse_iso(plan["as_of"]),
            BuildMode(self.mode) if self.mode else None,
            shops=self.shops,
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

    def _precompute(self) -> Detail:
        context = self.context
        return {"values": precompute_tiles(context.database, self.shops, context.clock)}


def _report(run: DurableRun, shops: Sequence[str], told: _Details, seconds: float) -> RunReport:
    return RunReport(
        run_id=str(run.run_id),
        resumed=run.resumed,
        build_id=told.plan["build_id"],
        as_of=told.plan["as_of"],
        mode=told.build["mode"],
        reason=told.build["reason"],
        loads=len(told.build["loads"]),
        seconds=round(seconds, 3),
        shops=tuple(
            ShopReport(
                shop_id,
                told.loads[shop_id],
                tuple(f for f in told.check["findings"] if f["shop_id"] == shop_id),
                told.publication[shop_id],
            )
            for shop_id in shops
        ),
    )
