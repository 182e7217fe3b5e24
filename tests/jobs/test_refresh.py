"""A run over two shops: what is recorded, what one shop's trouble does to the other, who is refused."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.orm import Session

from hotdash.base.clock import FixedClock
from hotdash.base.errors import ConflictError, ForbiddenError, NotFoundError
from hotdash.base.progress import Progress, SilentProgress
from hotdash.base.settings import Settings
from hotdash.connectors.contract import Cursor, Event
from hotdash.entrypoints.wiring import Installation
from hotdash.jobs.refresh import RefreshContext, refresh
from hotdash.jobs.refresh_context import without_paused
from hotdash.jobs.run_report import RunReport, ShopReport
from hotdash.notifications.rules_file import parse_rules
from hotdash.pipeline.durable import RunRequest, durable_run
from hotdash.storage.appdb.models import BackfillEvent, Build, CheckResult, SignInLink
from hotdash.storage.appdb.repositories import freshness, identity, runs
from hotdash.storage.appdb.repositories.policies import PolicyDecision, decide_policy
from hotdash.storage.appdb.repositories.runs import RunStatus
from hotdash.storage.appdb.repositories.shops import get_shop, set_timezone
from hotdash.storage.appdb.session import Database
from tests.fixtures.alerts import file_desk
from tests.fixtures.run_states import SHOPS, FirstRun, served
from tests.fixtures.told_shopify import NOW, ORDERS_PER_SHOP, ToldShopify, context
from tests.fixtures.warehouses import RESTING_ON_SHOPIFY

WELL, UNWELL = SHOPS

# Few orders a day, no visits, and guests without an address: true of these shops on every day.
TOLD_OF_SMALL_SHOPS = (
    "assert_attribution_rate_reasonable",
    "orders_have_an_email",
    "revenue_refund_day_below_zero",
)
BLOCKING_ONLY = parse_rules("routes: [{severities: [blocking], to: [file]}]")


@dataclass(frozen=True)
class Revoked(ToldShopify):
    """A shop whose token was taken away."""

    def read(self, cursor: Cursor | None, progress: Progress) -> Iterator[Event]:
        raise ForbiddenError("The token was revoked.", hint="Connect the shop again.")


@pytest.fixture
def work(first_run: FirstRun) -> Iterator[RefreshContext]:
    with first_run.restored().opened() as work:
        yield work


def test_what_the_run_did_is_told_and_recorded(work: RefreshContext) -> None:
    with work.database.jobs() as session:
        set_timezone(session, WELL, "Asia/Tokyo")
        visitor = identity.add_user(session, email="ann@shop.example", name="Ann")
        expired = {"at": NOW - timedelta(days=1), "expires_at": NOW}
        identity.add_link(session, b"x" * 32, visitor.user_id, **expired)

    report = refresh(work, SilentProgress())

    assert not report.failed
    outcomes = [shop.marts for shop in report.shops]
    assert {marts["fct_revenue"]["outcome"] for marts in outcomes} == {"published"}
    assert {mart["outcome"] for marts in outcomes for mart in marts.values()} == {
        "published",
        "unchanged",
    }
    assert (
        json.loads(json.dumps(report.document()))["shops"][0]["sources"]["shopify"]["status"]
        == "loaded"
    )
    with work.database.jobs() as session:
        run, first = runs.latest_runs(session, 5)
        steps = [step.step for step in runs.steps_of(session, run.run_id)]
        build = session.get_one(Build, report.build_id)
        asked = session.query(CheckResult).filter_by(build_id=report.build_id).all()
        complete = freshness.freshness_of(session, WELL)
        shop = get_shop(session, WELL)
        medians = session.scalar(text("select count(*) from serving.order_value_medians"))
        links = session.query(SignInLink).count()
    assert (run.status, first.status) == (RunStatus.COMPLETED, RunStatus.COMPLETED)
    assert str(run.run_id) == report.run_id
    of_all = [step for step in steps if " " not in step]
    assert of_all[-5:] == ["check", "publish", "notify", "precompute", "tidy"]
    after = steps.index("notify") + 1
    assert {f"recommend {WELL}", f"facts {WELL}"} <= set(steps[after : steps.index("precompute")])
    assert medians > 0, "computed before anybody asks"
    assert links == 0, "an expired link is forgotten"
    assert (build.mode, build.run_id) == ("incremental", run.run_id)
    assert shop.timezone == "America/Chicago", "pages reckon in the timezone of the build"
    assert complete == {"shopify": NOW + timedelta(minutes=1)}
    failed = {(each.check_name, each.shop_id) for each in asked if each.status == "failed"}
    assert failed == {
        *((name, shop_id) for name in TOLD_OF_SMALL_SHOPS for shop_id in SHOPS),
        ("volume_anomaly_revenue", WELL),
        ("volume_unusual_revenue", UNWELL),
    }, "odd days are told, and hold nothing back"
    assert {result.shop_id for result in asked} == set(SHOPS)


def test_everything_is_read_anew_when_that_is_asked(work: RefreshContext) -> None:
    report = refresh(work, SilentProgress(), shops=[WELL], reread=True)
    assert report.shops[0].sources["shopify"]["rows"]["shopify_orders"] == ORDERS_PER_SHOP
    with work.database.jobs() as session:
        run, *_ = runs.latest_runs(session, 1)
        asked = next(s.detail for s in runs.steps_of(session, run.run_id) if s.step == "request")
    assert asked["reread"] is True, "no other run goes on with it"


@dataclass(frozen=True)
class Trouble:
    """A day later: one shop's token was taken away, the other decided a policy."""

    report: RunReport
    served_before: Mapping[str, Any]
    served_after: Mapping[str, Any]
    messages: Sequence[Mapping[str, Any]]
    policies: Sequence[Mapping[str, Any]]

    @property
    def well(self) -> ShopReport:
        return self.report.shops[0]

    @property
    def unwell(self) -> ShopReport:
        return self.report.shops[1]


@pytest.fixture(scope="module")
def trouble(first_run: FirstRun, tmp_path_factory: pytest.TempPathFactory) -> Trouble:
    messages = tmp_path_factory.mktemp("messages") / "told.ndjson"
    with first_run.restored().opened() as opened:
        work = replace(
            with_revoked_shop(opened),
            clock=FixedClock(NOW + timedelta(hours=24, minutes=1)),
            alerts=file_desk(opened.database, opened.clock, messages, BLOCKING_ONLY),
        )
        before = served(work.database, UNWELL)
        decide_to_count_partially_paid(work)
        return Trouble(
            refresh(work, SilentProgress()),
            before,
            served(work.database, UNWELL),
            [json.loads(line) for line in messages.read_text().splitlines()],
            work.warehouse.query(
                "select shop_id, policy, value from raw.metric_policies"
            ).to_pylist(),
        )


def with_revoked_shop(work: RefreshContext) -> RefreshContext:
    [shop] = work.connectors[UNWELL]
    assert isinstance(shop, ToldShopify)
    revoked = Revoked(shop.shop_id, shop.timezone, shop.currency, shop.chapters)
    return replace(work, connectors={**work.connectors, UNWELL: [revoked]})


def decide_to_count_partially_paid(work: RefreshContext) -> None:
    decision = PolicyDecision(
        shop_id=WELL,
        policy="count_partially_paid",
        value="true",
        effective_from=date(2026, 10, 1),
        decided_at=NOW,
        decided_by="owner",
        reason="Deposits are sales here.",
    )
    with work.database.jobs() as session:
        decide_policy(session, decision)


class TestTrouble:
    def test_a_revoked_token_stops_that_shop_alone(self, trouble: Trouble) -> None:
        assert trouble.well.sources["shopify"]["status"] == "loaded"
        assert trouble.unwell.sources["shopify"] == {
            "status": "failed",
            "source": "shopify",
            "code": "forbidden",
            "error": "The token was revoked.",
            "hint": "Connect the shop again.",
        }
        failed = (trouble.well.failed, trouble.unwell.failed, trouble.report.failed)
        assert failed == (False, True, True)

    def test_after_a_day_of_it_its_marts_are_blocked_with_the_reason(
        self, trouble: Trouble
    ) -> None:
        marts = trouble.unwell.marts
        blocked = {name for name, mart in marts.items() if mart["outcome"] == "blocked"}
        assert blocked == RESTING_ON_SHOPIFY
        for reason in (reason for name in blocked for reason in marts[name]["reasons"]):
            assert "was last read completely at 2026-11-20 12:00 UTC" in reason

    def test_the_last_good_build_is_still_served(self, trouble: Trouble) -> None:
        assert trouble.served_after == trouble.served_before

    def test_people_are_told_once(self, trouble: Trouble) -> None:
        [message] = trouble.messages
        assert (message["shop"], message["kind"]) == (UNWELL, "opened")

    def test_a_decided_policy_is_loaded_and_everything_computed_anew(
        self, trouble: Trouble
    ) -> None:
        assert (trouble.report.mode, trouble.report.reason) == (
            "full",
            "a metric policy was decided",
        )
        assert trouble.policies == [
            {"shop_id": WELL, "policy": "count_partially_paid", "value": "true"}
        ]


def test_a_blocking_finding_is_told_once_in_the_file_at_home(first_run: FirstRun) -> None:
    installation = first_run.restored()
    file = installation.home / "notifications.ndjson"
    file.unlink(missing_ok=True)
    home, url = installation.home, installation.database_url
    settings = Settings(home=home, database_url=SecretStr(url))
    days = [timedelta(days=2), timedelta(days=2, minutes=1), timedelta()]

    told = list[list[str]]()
    with Installation(settings, Database(url), None).refresh_context() as house:
        for later in days:
            work = context(house.database, house.warehouse, home)
            clock = FixedClock(work.clock.now() + later)
            refresh(replace(work, clock=clock, alerts=house.alerts), SilentProgress(), shops=[WELL])
            lines = map(json.loads, file.read_text().splitlines())
            told.append([line["kind"] for line in lines if line["severity"] == "blocking"])
        house.database.dispose()

    assert told == [["opened"], ["opened"], ["opened", "resolved"]]


class TestRefusals:
    def test_an_unknown_shop_is_named_with_those_there_are(self, work: RefreshContext) -> None:
        with pytest.raises(NotFoundError, match=r"no shop 'gone'.*hot-rod-an, nordkurve-teile"):
            refresh(work, SilentProgress(), shops=["gone"])

    def test_without_a_shop_there_is_nothing_to_run(self, work: RefreshContext) -> None:
        with pytest.raises(NotFoundError, match="No shop is connected"):
            refresh(replace(work, connectors={}), SilentProgress())

    def test_a_second_run_beside_the_first_changes_nothing(self, work: RefreshContext) -> None:
        request = RunRequest("refresh", tuple(SHOPS))
        with (
            durable_run(work.database, work.warehouse.identity, request, work.clock),
            pytest.raises(ConflictError, match="A run is under way: process"),
        ):
            refresh(work, SilentProgress())
        with work.database.jobs() as session:
            assert len(runs.latest_runs(session, 9)) == 2


def backfill(session: Session, shop_id: str, status: str) -> None:
    session.add(
        BackfillEvent(
            shop_id=shop_id,
            backfill_id=UUID(int=7),
            at=NOW,
            status=status,
            triggered_by="ann@shop.example",
            triggered_at=NOW,
            date_from=date(2026, 10, 1),
            date_to=date(2026, 10, 7),
            refetch=False,
            reason="A late correction.",
            environment="production",
            plan_hash="abc",
        )
    )
    session.flush()


def test_a_shop_whose_backfill_runs_is_left_out_until_it_is_over(work: RefreshContext) -> None:
    with work.database.jobs() as session:
        for status in ("requested", "running"):
            backfill(session, WELL, status)
    assert [shop.shop_id for shop in refresh(work, SilentProgress()).shops] == [UNWELL]
    with pytest.raises(ConflictError, match=f"A backfill of {WELL} is running"):
        refresh(work, SilentProgress(), shops=[WELL])
    with work.database.jobs() as session:
        backfill(session, WELL, "completed")
    assert without_paused(work, SHOPS) == tuple(SHOPS)


def test_only_the_named_sources_are_read(work: RefreshContext) -> None:
    with pytest.raises(NotFoundError, match="ga4 is not connected here"):
        refresh(work, SilentProgress(), sources=["ga4"])
    known = {
        shop: [*read, replace(read[0], vendor="elsewhere")]
        for shop, read in work.connectors.items()
    }
    report = refresh(replace(work, connectors=known), SilentProgress(), sources=["shopify"])
    assert [list(shop.sources) for shop in report.shops] == [["shopify"], ["shopify"]]
