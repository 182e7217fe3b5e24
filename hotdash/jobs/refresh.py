"""The run: every shop's news comes in, is computed, checked and published, one finished step after the other."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

import hotdash
from hotdash.base.clock import Clock, iso_utc, parse_iso
from hotdash.base.errors import NotFoundError
from hotdash.base.ids import new_id
from hotdash.base.paths import dbt_project_folder
from hotdash.base.progress import Progress
from hotdash.connectors.contract import Connector
from hotdash.insights.attribution.training import train_weights
from hotdash.jobs import check_schemas
from hotdash.jobs.forget_clicks import forget_drained_clicks
from hotdash.jobs.gate_results import blocked_marts, check_results, finding_detail
from hotdash.jobs.keep_drifts import DriftKeeper, open_drifts
from hotdash.jobs.notify_findings import notify_findings
from hotdash.jobs.precompute_tiles import precompute_tiles
from hotdash.jobs.record_calls import CallRecorder, tidy_calls
from hotdash.jobs.run_report import RunReport, ShopReport
from hotdash.jobs.sync_source import SourceSync
from hotdash.notifications.routing import Route
from hotdash.pipeline.durable import Detail, DurableRun, RunRequest, durable_run
from hotdash.pipeline.ingest.ingest import Ingest
from hotdash.pipeline.publish.publish import publish
from hotdash.pipeline.quality.checks.freshness import FreshnessLimit
from hotdash.pipeline.quality.checks.sources import RejectedSource
from hotdash.pipeline.quality.gate import CheckRequest, ask
from hotdash.pipeline.transform.build import BuildMode, BuildRequest, transform
from hotdash.pipeline.transform.dbt import project_hash
from hotdash.storage.appdb.repositories import checks, identity, inbox, installs
from hotdash.storage.appdb.repositories.shops import set_timezone
from hotdash.storage.appdb.repositories.source_states import rejected_sources
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse import load_ledger
from hotdash.storage.warehouse.build_ledger import newest_build
from hotdash.storage.warehouse.contract import Warehouse

KIND = "refresh"
ATTEMPTS_KEPT = timedelta(days=1)
WEBHOOKS_KEPT = timedelta(days=7)


@dataclass(frozen=True)
class RefreshContext:
    database: Database
    warehouse: Warehouse
    connectors: Mapping[str, Sequence[Connector]]
    home: Path
    clock: Clock
    fresh_soft: timedelta
    fresh_hard: timedelta
    publication_keep: timedelta
    routes: Sequence[Route] = ()
    # Of the sources whose limits are not those of orders.
    limits: Mapping[str, FreshnessLimit] = field(default_factory=dict[str, FreshnessLimit])
    calls: CallRecorder | None = None

    def limit_of(self, source: str) -> FreshnessLimit:
        return self.limits.get(source) or FreshnessLimit(self.fresh_soft, self.fresh_hard)


def source_sync(context: RefreshContext, progress: Progress, run: DurableRun) -> SourceSync:
    """How a run of any kind reads its sources."""
    ingest = Ingest(
        context.warehouse, context.clock, progress, context.home / "dlt", str(run.run_id)
    )
    drifts = DriftKeeper(context.database, context.warehouse, context.home / "dbt")
    return SourceSync(context.database, ingest, context.calls, drifts)


def refresh(
    context: RefreshContext,
    progress: Progress,
    *,
    mode: str | None = None,
    shops: Sequence[str] | None = None,
    reread: bool = False,
) -> RunReport:
    """A run that died is finished by the next one of the same code and request, if that is soon."""
    chosen = chosen_shops(context, shops)
    asked = {"mode": mode, "reread": reread, **code_here()}
    request = RunRequest(KIND, chosen, asked, context.fresh_soft)
    began = time.monotonic()
    with durable_run(context.database, context.warehouse.identity, request, context.clock) as run:
        if context.calls is not None:
            context.calls.name_run(run.run_id)
        steps = _Refresh(context, progress, run, chosen, mode, reread)
        try:
            details = steps.take()
        finally:
            if context.calls is not None:
                context.calls.name_run(None)
    return _report(run, chosen, details, time.monotonic() - began)


def code_here() -> Detail:
    """What one version left unfinished, another does not go on with."""
    return {"version": hotdash.__version__, "project": project_hash(dbt_project_folder())}


def chosen_shops(context: RefreshContext, shops: Sequence[str] | None) -> tuple[str, ...]:
    known = sorted(context.connectors)
    if not known:
        raise NotFoundError("No shop is connected.", hint="Connect one: `hotdash init`.")
    for shop_id in shops or ():
        if shop_id not in context.connectors:
            raise NotFoundError(
                f"There is no shop {shop_id!r}.",
                hint=f"The shops here are {', '.join(known)}.",
                field="shop",
            )
    return tuple(sorted(set(shops))) if shops else tuple(known)


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

    def take(self) -> _Details:
        step = self.run.step
        loads = {shop: self._ingest_all(shop) for shop in self.shops}
        step(check_schemas.STEP, self._look_at_schemas)
        plan = step("plan", self._plan)
        build = step("transform", partial(self._transform, plan))
        check = step("check", partial(self._check, plan))
        publication = step("publish", partial(self._publish, plan, check))
        step("notify", partial(self._notify, plan))
        step("precompute", self._precompute)
        step("tidy", self._tidy)
        return _Details(loads, plan, build, check, publication)

    def _look_at_schemas(self) -> Detail:
        context = self.context
        chosen = {shop_id: context.connectors[shop_id] for shop_id in self.shops}
        return check_schemas.look_at_due_schemas(
            context.database, self._drifts, chosen, context.clock
        )

    @property
    def _drifts(self) -> DriftKeeper:
        return DriftKeeper(self.context.database, self.context.warehouse, self._dbt_folder)

    def _ingest_all(self, shop_id: str) -> dict[str, Detail]:
        """The policies come first: what is read after them is computed by them."""
        self.run.step(f"ingest {shop_id} policies", partial(self._syncing.policies, shop_id))
        return {
            connector.vendor: self.run.step(
                f"ingest {shop_id} {connector.vendor}", partial(self._ingest, shop_id, connector)
            )
            for connector in self.context.connectors[shop_id]
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
            self._dbt_folder,
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

    def _check(self, plan: Detail) -> Detail:
        limits = {
            shop_id: {source: self.context.limit_of(source) for source in self._sources(shop_id)}
            for shop_id in self.shops
        }
        context = self.context
        tables = [
            table
            for shop_id in self.shops
            for connector in context.connectors[shop_id]
            for table in connector.tables
        ]
        drifts = open_drifts(context.database, context.warehouse, tables, self.shops)
        with context.database.jobs() as session:
            rejected = [
                RejectedSource(each.shop_id, each.source, each.reason or "", each.hint or "")
                for each in rejected_sources(session, self.shops)
                if each.source in self._sources(each.shop_id)
            ]
        request = CheckRequest(plan["build_id"], parse_iso(plan["as_of"]), limits, drifts, rejected)
        report = ask(self.context.warehouse, request, self._dbt_folder, self.progress)
        findings = [finding for finding in report.findings if finding.shop_id in self.shops]
        results = check_results(report.checks, findings, self.shops)
        with self.context.database.jobs() as session:
            checks.save_check_results(
                session, UUID(plan["build_id"]), results, self.context.clock.now()
            )
        return {
            "findings": [finding_detail(finding) for finding in findings],
            "marts_by_source": {
                source: sorted(marts) for source, marts in report.marts_by_source.items()
            },
        }

    def _publish(self, plan: Detail, checked: Detail) -> Detail:
        outcomes = publish(
            self.context.database,
            self.context.warehouse,
            UUID(plan["build_id"]),
            self.shops,
            blocked_marts(checked["findings"]),
            self._complete_through(),
            self.context.clock,
            keep=self.context.publication_keep,
            may_shrink=self.mode == BuildMode.FULL,
            marts_by_source=checked.get("marts_by_source"),
        )
        marts: dict[str, dict[str, Detail]] = {shop_id: {} for shop_id in self.shops}
        for each in outcomes:
            told = {"outcome": each.outcome.value, "reasons": list(each.reasons)}
            marts[each.shop_id][each.mart] = told
        return marts

    def _notify(self, plan: Detail) -> Detail:
        context = self.context
        build_id = UUID(plan["build_id"])
        told = notify_findings(
            context.database, context.routes, build_id, self.shops, context.clock
        )
        return asdict(told)

    def _precompute(self) -> Detail:
        context = self.context
        return {"values": precompute_tiles(context.database, self.shops, context.clock)}

    def _tidy(self) -> Detail:
        now = self.context.clock.now()
        with self.context.database.jobs() as session:
            checks.close_abandoned_builds(session, now)
            forgotten = identity.forget_expired(
                session, now=now, attempts_before=now - ATTEMPTS_KEPT
            )
            forgotten += inbox.forget_applied(session, now - WEBHOOKS_KEPT)
            forgotten += installs.forget_passes(session, now)
        calls = tidy_calls(self.context.database, self.context.clock)
        clicks = forget_drained_clicks(
            self.context.database, self.context.warehouse, self.shops, self.context.clock
        )
        return {"forgotten": forgotten, "calls": calls, "clicks": clicks}

    def _complete_through(self) -> dict[str, dict[str, datetime]]:
        """Only what comes from a vendor can be behind; our own policies never are."""
        reached = load_ledger.complete_through(self.context.warehouse)
        return {
            shop_id: {
                source: reached[shop_id][source]
                for source in self._sources(shop_id)
                if source in reached.get(shop_id, {})
            }
            for shop_id in self.shops
        }

    def _sources(self, shop_id: str) -> list[str]:
        return [connector.vendor for connector in self.context.connectors[shop_id]]

    @property
    def _dbt_folder(self) -> Path:
        return self.context.home / "dbt"


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
