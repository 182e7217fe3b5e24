"""Each promise measured where its figure rests, reckoned by hand; and what nobody measured says what would fill it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from hotdash.base.ids import new_id
from hotdash.reports.scorecard.contract import Measured
from hotdash.reports.scorecard.guarding import ROLLED_BACK
from hotdash.reports.scorecard.keeping import PUBLISHED
from hotdash.reports.scorecard.measure import measure
from hotdash.storage.appdb.repositories import checks, runs
from hotdash.storage.appdb.repositories.alert_events import AlertEventRecord, add_alert_event
from hotdash.storage.appdb.repositories.alerts import NewAlert, list_alerts, note_once, open_alerts
from hotdash.storage.appdb.repositories.audit import add_event
from hotdash.storage.appdb.repositories.backfills import EventRecord, add_events
from hotdash.storage.appdb.repositories.checks import CheckRecord
from hotdash.storage.appdb.repositories.publications import (
    Outcome,
    PublicationOutcome,
    record_outcomes,
)
from hotdash.storage.appdb.repositories.runs import RunStatus
from hotdash.storage.appdb.session import Database
from tests.fixtures.launch_world import MIDDLE, LaunchHouse, launch_rows, with_line
from tests.fixtures.marts import Publisher, mart_row
from tests.fixtures.shops import SeededShop

SHOP, OTHER = "hot-rod-an", "kustom-kyoto"
NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
DAY = timedelta(days=1)


def measured(database: Database, name: str, shop: str = SHOP) -> Measured:
    with database.snapshot() as session:
        found = measure(session, shop, "America/Los_Angeles", NOW)
    [figure] = [each for each in found.figures if each.promise.name == name]
    return figure


def told(figure: Measured) -> tuple[str | None, str]:
    return figure.value, figure.word


class TestNothingYet:
    def test_every_promise_says_what_would_fill_it(
        self, database: Database, shop: SeededShop
    ) -> None:
        with database.snapshot() as session:
            found = measure(session, shop.shop_id, "America/Los_Angeles", NOW)
        assert found.counts == {"kept": 0, "not kept": 0, "not measured yet": 8}
        assert all(each.value is None and each.would_fill for each in found.figures)
        assert [each["name"] for each in found.as_json()["promises"]] == [
            "variance_to_shopify",
            "attribution_rate",
            "false_alerts_per_week",
            "caught_before_publication",
            "backfills_audited",
            "backfill_time",
            "check_time",
            "ci_time",
        ]


class TestVariance:
    def test_nothing_off(self, launch: LaunchHouse) -> None:
        launch.run()
        figure = measured(launch.publisher.database, "variance_to_shopify")
        # Three days of 117.00.
        assert told(figure) == ("$0.00 of $351.00", "kept")
        assert figure.detail.startswith("0 of 3 days differ;")
        assert figure.window is not None
        assert (figure.window.first, figure.window.last) == (date(2026, 11, 18), date(2026, 11, 20))

    def test_a_cent_is_not_kept(self, launch: LaunchHouse) -> None:
        launch.run(with_line(launch_rows(), MIDDLE, "total_sales", "117.01"))
        figure = measured(launch.publisher.database, "variance_to_shopify")
        assert told(figure) == ("$0.01 of $351.00", "not kept")
        assert figure.detail.startswith("1 of 3 days differ, 1 without an explanation;")

    def test_days_before_the_window_do_not_count(self, launch: LaunchHouse) -> None:
        launch.run()
        launch.wait(24 * 30)
        late = with_line(launch_rows(), MIDDLE, "total_sales", "999")
        launch.run(late)
        figure = measured(launch.publisher.database, "variance_to_shopify")
        # Known up to 20 December, so 21 November is the first day that counts.
        assert figure.value is None
        assert figure.would_fill == "A report of one of the last 30 days fills it."


@pytest.mark.parametrize(("sourced", "value", "word"), [(3, "75%", "kept"), (1, "25%", "not kept")])
def test_attribution_is_the_metric_s_own(
    publisher: Publisher, shop: SeededShop, sourced: int, value: str, word: str
) -> None:
    credit = {
        "shop_id": shop.shop_id,
        "day": MIDDLE,
        "platform": "",
        "campaign": "",
        "currency": "USD",
    }
    publisher.build(
        {
            "fct_roas": [
                mart_row(
                    "fct_roas",
                    **credit,
                    channel="Email",
                    credited_orders=sourced,
                    sourced_orders=sourced,
                ),
                mart_row(
                    "fct_roas",
                    **credit,
                    channel="Direct / None",
                    credited_orders=4 - sourced,
                ),
            ]
        }
    )
    figure = measured(publisher.database, "attribution_rate")
    assert told(figure) == (value, word)


def checked(database: Database, at: datetime, *failed: str, shop: str = SHOP) -> UUID:
    build = new_id()
    answers = [
        CheckRecord(shop, name, "blocking", checks.FAILED, marts=("fct_orders", "fct_aov"))
        for name in failed
    ]
    passed = CheckRecord(shop, "orders_have_a_day", "blocking", checks.PASSED)
    with database.jobs() as session:
        checks.save_check_results(session, build, [*answers, passed], at)
    return build


def became(database: Database, build: UUID, mart: str, outcome: Outcome) -> None:
    with database.jobs() as session:
        record_outcomes(session, [PublicationOutcome(SHOP, build, mart, outcome, (), None, NOW)])


class TestFalseAlerts:
    def alert(self, database: Database, name: str, at: datetime, answer: str | None = None) -> None:
        new = NewAlert(SHOP, name, "warning", "It looks odd.", "Look at it.", "data")
        with database.jobs() as session:
            open_alerts(session, [new], at)
            [opened] = [each for each in list_alerts(session, [SHOP]) if each.check_name == name]
            if answer:
                event = AlertEventRecord(SHOP, opened.alert_id, at, answer, "user:ada")
                add_alert_event(session, event)

    def test_by_what_people_answered_in_four_weeks(
        self, database: Database, two_shops: object
    ) -> None:
        checked(database, NOW - 60 * DAY)
        for number in range(14):
            answer = "false_alarm" if number < 10 else "acknowledged"
            self.alert(database, f"volume_{number}", NOW - 20 * DAY, answer)
        self.alert(database, "before", NOW - 29 * DAY, "false_alarm")
        with database.jobs() as session:
            digest = NewAlert(SHOP, "weekly digest", "info", "All well.", "", "data", kind="digest")
            by_ann = "Backfill of 7 days. Asked by cli:ann."
            backfill = NewAlert(SHOP, "backfill b1", "info", by_ann, "", "data", kind="backfill")
            note_once(session, [digest, backfill], NOW - DAY)
        figure = measured(database, "false_alerts_per_week")
        # Ten in four weeks.
        assert told(figure) == ("2.5", "kept")
        assert figure.detail == "10 of 14 alerts called false; people answered 14"
        self.alert(database, "again_1", NOW - DAY, "false_alarm")
        self.alert(database, "again_2", NOW - DAY, "false_alarm")
        assert told(measured(database, "false_alerts_per_week")) == ("3.0", "not kept")

    def test_a_young_installation_is_not_flattered(
        self, database: Database, two_shops: object
    ) -> None:
        """Two false ones in its first two days are two a week, and not half of one."""
        checked(database, NOW - 2 * DAY)
        for number in range(2):
            self.alert(database, f"volume_{number}", NOW - DAY, "false_alarm")
        assert measured(database, "false_alerts_per_week").value == "2.0"

    def test_what_nobody_answered_is_not_known(self, database: Database, two_shops: object) -> None:
        checked(database, NOW - 60 * DAY)
        self.alert(database, "volume", NOW - DAY)
        figure = measured(database, "false_alerts_per_week")
        assert figure.value is None
        assert figure.detail == "1 alert since 2026-10-24, none answered."
        assert measured(database, "false_alerts_per_week", OTHER).detail == ""


class TestCaught:
    def test_a_failure_whose_marts_were_kept_back_is_caught(
        self, database: Database, two_shops: object
    ) -> None:
        build = checked(database, NOW - DAY, "order_ids_are_unique", "orders_have_a_day_too")
        became(database, build, "fct_orders", Outcome.BLOCKED)
        became(database, build, "fct_inventory", Outcome.PUBLISHED)
        figure = measured(database, "caught_before_publication")
        assert told(figure) == ("100%", "kept")
        assert figure.detail == "2 blocking failures, 0 of them published; 0 rollbacks"

    def test_one_that_went_out_and_a_rollback_are_not(
        self, database: Database, two_shops: object
    ) -> None:
        build = checked(database, NOW - DAY, "order_ids_are_unique")
        became(database, build, "fct_orders", Outcome.BLOCKED)
        became(database, build, "fct_aov", Outcome.PUBLISHED)
        good = checked(database, NOW - 2 * DAY, "orders_are_readable")
        became(database, good, "fct_orders", Outcome.BLOCKED)
        for days in (3, 200):
            self.roll_back(database, NOW - days * DAY)
        figure = measured(database, "caught_before_publication")
        # One of two failures went out; a rollback before anything was checked is none of the gate's.
        assert told(figure) == ("50%", "not kept")
        checked(database, NOW - 80 * DAY)
        figure = measured(database, "caught_before_publication")
        assert told(figure) == ("33.3%", "not kept")
        assert figure.detail == "2 blocking failures, 1 of them published; 1 rollback"

    def roll_back(self, database: Database, at: datetime) -> None:
        with database.jobs() as session:
            add_event(
                session,
                shop_id=SHOP,
                actor="user:ada",
                action=ROLLED_BACK,
                subject=str(new_id()),
                at=at,
            )

    def test_where_nothing_failed_nothing_is_claimed(
        self, database: Database, two_shops: object
    ) -> None:
        checked(database, NOW - DAY)
        figure = measured(database, "caught_before_publication")
        assert (figure.value, figure.detail) == (
            None,
            "No blocking check failed and nobody rolled back since then.",
        )


class TestBackfills:
    def told(
        self,
        database: Database,
        *statuses: str,
        days: int = 7,
        seconds: str = "12.5",
        diff: bool = True,
        reason: str = "Tax rule mended.",
    ) -> UUID:
        backfill = new_id()
        events = [
            EventRecord(
                *(SHOP, backfill, NOW - 3 * DAY, status, "user:ada", NOW - 3 * DAY),
                date_from=date(2026, 11, 1),
                date_to=date(2026, 11, days),
                models=["fct_revenue"],
                sources=[],
                refetch=False,
                reason=reason,
                environment="production",
                plan_hash="abc",
                duration_seconds=Decimal(seconds) if status == "completed" else None,
                diff_id=new_id() if diff and status == "completed" else None,
            )
            for status in statuses
        ]
        with database.jobs() as session:
            add_events(session, events)
        return backfill

    def show(self, database: Database, backfill: UUID) -> None:
        with database.jobs() as session:
            add_event(
                session,
                shop_id=SHOP,
                actor="pipeline",
                action=PUBLISHED,
                subject=str(new_id()),
                at=NOW - 3 * DAY,
                detail={"backfill": str(backfill)},
            )

    def test_a_whole_trail_is_audited(self, database: Database, two_shops: object) -> None:
        self.show(database, self.told(database, "requested", "approved", "running", "completed"))
        self.told(database, "requested")
        figure = measured(database, "backfills_audited")
        assert told(figure) == ("100%", "kept")
        assert figure.detail.startswith("1 of 1 backfill with who")

    def test_one_that_was_shown_without_a_trail_is_found(
        self, database: Database, two_shops: object
    ) -> None:
        self.show(database, self.told(database, "requested", "running", "completed"))
        self.show(database, new_id())
        figure = measured(database, "backfills_audited")
        assert told(figure) == ("50%", "not kept")

    @pytest.mark.parametrize(
        "missing",
        [
            {"statuses": ("requested", "completed")},
            {"diff": False},
            {"reason": " "},
        ],
    )
    def test_a_trail_with_a_gap_is_not(
        self, database: Database, two_shops: object, missing: dict[str, object]
    ) -> None:
        given = dict(missing)
        statuses = given.pop("statuses", ("requested", "running", "completed"))
        self.told(database, *statuses, **given)  # pyright: ignore[reportArgumentType, reportGeneralTypeIssues]
        assert told(measured(database, "backfills_audited")) == ("0%", "not kept")

    def test_the_slowest_of_a_week_is_told(self, database: Database, two_shops: object) -> None:
        said = ("requested", "running", "completed")
        self.told(database, *said, seconds="12.5")
        self.told(database, *said, seconds="20.25")
        self.told(database, *said, days=8, seconds="300")
        figure = measured(database, "backfill_time")
        assert told(figure) == ("20.2 s at most", "kept")
        assert figure.detail == "2 backfills, half of them within 16.4 s"
        self.told(database, *said, days=1, seconds="30")
        assert measured(database, "backfill_time").word == "not kept"


class TestCheckTime:
    def run(self, database: Database, seconds: int, shops: list[str], at: datetime) -> None:
        run_id = new_id()
        with database.jobs() as session:
            runs.start_run(session, run_id, "w", "refresh", shops, at)
            runs.start_step(session, run_id, "check", at)
            runs.finish_step(session, run_id, "check", {}, at + timedelta(seconds=seconds))
            runs.finish_run(session, run_id, RunStatus.COMPLETED, at)

    def test_the_slowest_run_of_this_shop_in_thirty_days(
        self, database: Database, two_shops: object
    ) -> None:
        self.run(database, 20, [SHOP, OTHER], NOW - DAY)
        self.run(database, 40, [SHOP], NOW - 2 * DAY)
        self.run(database, 90, [OTHER], NOW - DAY)
        self.run(database, 90, [SHOP], NOW - 31 * DAY)
        figure = measured(database, "check_time")
        assert told(figure) == ("40.0 s at most", "kept")
        assert figure.detail.startswith("2 runs, half of them within 30.0 s")
        assert told(measured(database, "check_time", OTHER)) == ("90.0 s at most", "not kept")
