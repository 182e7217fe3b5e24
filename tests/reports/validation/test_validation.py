"""A launch validation of worlds that are whole, a day short, in another currency, a cent off: each named by shop, day and what."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from hotdash.base.errors import ConflictError
from hotdash.base.paths import dbt_project_folder
from hotdash.jobs.validate_launch import sign_all, write
from hotdash.reports.validation.contract import Item, Outcome
from hotdash.reports.validation.counts import RAW_IS_BUILT
from hotdash.reports.validation.document import json_of, report_document, sha256_of
from hotdash.reports.validation.places import IN_CURRENCY, KNOWN_SHOP
from hotdash.reports.validation.render import html_of
from hotdash.reports.validation.sales import VENDOR_COUNTS
from hotdash.reports.validation.signing import SIGNED
from hotdash.reports.validation.sources import SPENT, TOLD_ONCE
from hotdash.storage.appdb.repositories.audit import events_of_action
from hotdash.storage.appdb.repositories.freshness import save_freshness
from tests.fixtures.launch_world import (
    DAYS,
    MIDDLE,
    SHOP,
    LaunchHouse,
    failing,
    launch_rows,
    with_line,
    without_orders_of,
)
from tests.fixtures.marts import mart_row

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)


def told(item: Item) -> list[tuple[str, str | None, str]]:
    return [
        (each.shop_id, each.day.isoformat() if each.day else None, each.what)
        for each in item.findings
    ]


def against(launch: LaunchHouse) -> set[str]:
    return {each.name for each in launch.report().keeps_from_signing}


def signatures(launch: LaunchHouse) -> list[object]:
    with launch.publisher.database.jobs() as session:
        return [each.detail["sha256"] for each in events_of_action(session, SHOP, SIGNED)]


class TestWhole:
    def test_every_answer_holds(self, launch: LaunchHouse) -> None:
        launch.run()
        report = launch.report()
        outcomes = {each.name: each.outcome for each in report.items}
        assert outcomes.pop("ads_add_up") is Outcome.NOT_HERE
        assert {name for name, each in outcomes.items() if each is not Outcome.PASSED} == set()
        assert len(outcomes) == 9
        assert report.may_be_signed
        assert {mart: rows for mart, rows in report.rows.items() if rows} == {
            "dim_shops": 1,
            "fct_orders": 3,
            "fct_revenue": 3,
            "fct_sales_reconciliation": 24,
        }
        sales = launch.item("reconciliation")
        assert sales.told == "24 lines of 3 days, 2026-11-18 to 2026-11-20: 0.00 off."

    def test_the_same_build_is_the_same_report_whenever_it_is_asked(
        self, launch: LaunchHouse
    ) -> None:
        launch.run()
        first = launch.report()
        launch.wait(9)
        again = launch.report()
        assert json_of(again) == json_of(first)
        assert html_of(again) == html_of(first)
        launch.run()
        assert sha256_of(launch.report()) != sha256_of(first), "another build is another report"

    def test_a_signature_changes_neither_the_report_nor_its_hash(
        self, launch: LaunchHouse, tmp_path: Path
    ) -> None:
        launch.run()
        report, database = launch.report(), launch.publisher.database
        [signed] = sign_all(database, launch.publisher.clock, [report], "cli:ada")
        made = write(tmp_path, report, signed)
        unsigned = write(tmp_path, report, None)
        document = json.loads(made.files[0].read_bytes())
        assert document["report"] == json.loads(unsigned.files[0].read_bytes())["report"]
        assert document["signed"]["by"] == "cli:ada"
        canonical = json.dumps(
            document["report"], sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        assert hashlib.sha256(canonical.encode()).hexdigest() == document["sha256"]
        assert signatures(launch) == [document["sha256"]]
        html = made.files[1].read_text()
        assert "by cli:ada" in html
        assert document["sha256"] in html
        assert "<script" not in html


class TestNamed:
    def test_a_day_that_is_missing(self, launch: LaunchHouse) -> None:
        launch.run(without_orders_of(launch_rows(), MIDDLE))
        assert told(launch.item("no_day_is_missing")) == [
            (SHOP, "2026-11-19", "no order is here, Shopify counts 1")
        ]
        sales = told(launch.item("reconciliation"))
        assert (SHOP, "2026-11-19", "net_sales is 0.00 USD here and 100.00 USD at Shopify. Not explained.") in sales  # fmt: skip
        assert {day for _, day, _ in sales} == {"2026-11-19"}
        assert against(launch) == {"no_day_is_missing", "reconciliation"}

    def test_a_day_whose_report_was_not_read(self, launch: LaunchHouse) -> None:
        rows = launch_rows()
        told_rows = [each for each in rows["fct_sales_reconciliation"] if each["day"] != MIDDLE]
        launch.run(rows | {"fct_sales_reconciliation": told_rows})
        assert told(launch.item("no_day_is_missing")) == [
            (SHOP, "2026-11-19", "Shopify's sales report was not read; 1 orders are here")
        ]

    def test_a_day_without_orders_that_shopify_knows_of_is_no_gap(
        self, launch: LaunchHouse
    ) -> None:
        rows = without_orders_of(launch_rows(), MIDDLE)
        quiet = [
            row | {"ours": Decimal(0), "theirs": Decimal(0), "difference": Decimal(0)}
            if row["day"] == MIDDLE
            else row
            for row in rows["fct_sales_reconciliation"]
        ]
        launch.run(rows | {"fct_sales_reconciliation": quiet})
        assert launch.report().may_be_signed

    def test_another_currency(self, launch: LaunchHouse) -> None:
        rows = launch_rows()
        rows["fct_revenue"][1] = rows["fct_revenue"][1] | {"currency": "EUR"}
        launch.run(rows)
        item = launch.item("currency")
        assert item.outcome is Outcome.FAILED
        assert told(item) == [
            (SHOP, "2026-11-19", "1 row is in EUR in fct_revenue, the shop's is USD")
        ]
        assert against(launch) == {"currency"}

    def test_a_cent_off_shopify(self, launch: LaunchHouse) -> None:
        launch.run(with_line(launch_rows(), MIDDLE, "total_sales", "117.01"))
        item = launch.item("reconciliation")
        assert told(item) == [
            (
                SHOP,
                "2026-11-19",
                "total_sales is 117.01 USD here and 117.00 USD at Shopify. Not explained.",
            )
        ]
        assert against(launch) == {"reconciliation"}

    def test_a_tenth_of_a_cent_is_not_rounded_away(self, launch: LaunchHouse) -> None:
        launch.run(with_line(launch_rows(), MIDDLE, "taxes", "9.001"))
        [finding] = launch.item("reconciliation").findings
        assert finding.what.startswith("taxes is 9.001 USD here and 9.00 USD at Shopify.")

    def test_a_cent_that_was_changed_where_it_is_served(self, launch: LaunchHouse) -> None:
        launch.run()
        with launch.publisher.database.jobs() as session:
            session.execute(
                text("update serving.fct_revenue set gross_sales = 110.01 where day = :day"),
                {"day": MIDDLE},
            )
        item = launch.item("built_is_served")
        assert told(item) == [(SHOP, "2026-11-19", "fct_revenue: 1 changed (gross_sales)")]
        assert against(launch) == {"built_is_served"}

    def test_a_timezone_that_the_marts_were_not_built_in(self, launch: LaunchHouse) -> None:
        rows = launch_rows()
        rows["dim_shops"][0] = rows["dim_shops"][0] | {"timezone": "America/New_York"}
        launch.run(rows)
        assert told(launch.item("timezone")) == [
            (
                SHOP,
                None,
                "pages reckon in America/Los_Angeles, the marts were built in America/New_York",
            )
        ]

    def test_an_ad_day_that_was_not_read_and_an_account_abroad(self, launch: LaunchHouse) -> None:
        spent = {"platform": "meta", "account_currency": "EUR", "account_timezone": "Europe/Paris"}
        rows = launch_rows() | {
            "fct_ad_spend": [
                mart_row(
                    "fct_ad_spend",
                    **spent,
                    shop_id=SHOP,
                    day=day,
                    campaign_id=1,
                    account_id=7,
                    campaign_name="Spring",
                    currency="USD",
                    spend=Decimal(11),
                    account_spend=Decimal("10.25"),
                )
                for day in (DAYS[0], DAYS[2])
            ],
            "fct_roas": [
                mart_row(
                    "fct_roas",
                    shop_id=SHOP,
                    day=day,
                    channel="Paid social",
                    platform="meta",
                    campaign="",
                    currency="USD",
                    spend=None,
                    reported_conversions=None,
                    reported_value=None,
                    impressions=None,
                    clicks=None,
                )
                for day in (MIDDLE, DAYS[2] + timedelta(days=1))
            ],
        }
        launch.sources.add("meta_ads")
        launch.run(rows)
        assert told(launch.item("no_day_is_missing")) == [
            (SHOP, "2026-11-19", "the ads of meta were not read")
        ]
        abroad = launch.item("currency")
        assert abroad.outcome is Outcome.NOTED
        assert told(abroad) == [
            (SHOP, None, "the meta ad account pays in EUR; converted where a rate is known")
        ]
        assert (SHOP, None, "the days of the meta ad account are those of Europe/Paris") in told(
            launch.item("timezone")
        )
        assert "ads_add_up" in against(launch), "nobody asked the checks of its ads"


class TestChecks:
    def test_a_blocking_check_that_failed(self, launch: LaunchHouse) -> None:
        sentence = "Shopify counts 412 orders on 19 Nov 2026, we hold 409."
        launch.run(failed=[failing("order_counts_reconcile", sentence)])
        assert told(launch.item("orders_at_the_vendor")) == [
            (SHOP, None, f"{sentence} (order_counts_reconcile)")
        ]
        assert against(launch) == {"orders_at_the_vendor", "nothing_blocks"}

    def test_a_warning_is_noted_and_may_be_signed(self, launch: LaunchHouse) -> None:
        launch.run(failed=[failing("freshness_soft_shopify", "An hour late.", "warning")])
        assert launch.item("sources_are_fresh").outcome is Outcome.NOTED
        assert launch.report().may_be_signed

    def test_an_explained_difference_is_noted(self, launch: LaunchHouse) -> None:
        why = "Orders of the day were read after Shopify's report; its next reading settles it."
        launch.run(with_line(launch_rows(), MIDDLE, "returns", "-20", why))
        item = launch.item("reconciliation")
        assert (item.outcome, item.told) == (
            Outcome.NOTED,
            "3 days, 2026-11-18 to 2026-11-20. 1 noted.",
        )
        assert launch.report().may_be_signed

    @pytest.mark.parametrize(
        ("unasked", "item"),
        [
            ("order_counts_reconcile", "orders_at_the_vendor"),
            ("lines_add_up_to_orders", "raw_is_built"),
            ("orders_are_in_the_shops_currency", "currency"),
            ("freshness_hard_shopify", "sources_are_fresh"),
        ],
    )
    def test_what_nobody_asked_is_not_passed(
        self, launch: LaunchHouse, unasked: str, item: str
    ) -> None:
        launch.run(unasked=[unasked])
        assert launch.item(item).outcome is Outcome.NOT_ASKED
        assert against(launch) == {item}

    def test_a_source_that_was_left_is_asked_no_more(self, launch: LaunchHouse) -> None:
        with launch.publisher.database.jobs() as session:
            save_freshness(session, SHOP, "ga4", NOW - timedelta(days=9), at=NOW)
        launch.run()
        assert launch.report().may_be_signed

    def test_what_is_held_back_is_told(self, launch: LaunchHouse) -> None:
        launch.run()
        reason = "3 orders stand there twice."
        launch.run(blocked={SHOP: {"fct_orders": [reason]}})
        assert told(launch.item("nothing_blocks")) == [
            (SHOP, None, f"fct_orders is kept at an older build: {reason}")
        ]

    def test_a_shop_without_anything(self, launch: LaunchHouse) -> None:
        report = launch.report()
        assert not report.may_be_signed
        assert not any(each.outcome is Outcome.PASSED for each in report.items if each.is_blocking)
        assert report_document(report)["publication"] is None
        html_of(report)


def test_every_check_it_rests_on_is_one_of_the_gate() -> None:
    """A check that was renamed would be "not asked" for ever, and nothing could be signed."""
    written = "".join(
        path.read_text() for path in sorted((dbt_project_folder() / "models").rglob("*.yml"))
    )
    singular = {path.stem for path in (dbt_project_folder() / "tests").glob("*.sql")}
    named = {*VENDOR_COUNTS, *RAW_IS_BUILT, *KNOWN_SHOP, *IN_CURRENCY, *SPENT, *TOLD_ONCE}
    assert [name for name in sorted(named) if f"name: {name}\n" not in written] == sorted(
        named & singular
    )


class TestSigning:
    def test_what_blocks_is_not_signed_and_leaves_no_trace(self, launch: LaunchHouse) -> None:
        launch.run(with_line(launch_rows(), MIDDLE, "total_sales", "117.01"))
        database, clock = launch.publisher.database, launch.publisher.clock
        named = r"reconciliation: hot-rod-an, 2026-11-19: total_sales is 117\.01 USD here"
        with pytest.raises(ConflictError, match=named):
            sign_all(database, clock, [launch.report()], "cli:ada")
        assert signatures(launch) == []

    def test_of_several_all_or_none(self, launch: LaunchHouse) -> None:
        launch.run()
        good = launch.report()
        launch.run(with_line(launch_rows(), MIDDLE, "total_sales", "117.01"))
        database, clock = launch.publisher.database, launch.publisher.clock
        with pytest.raises(ConflictError):
            sign_all(database, clock, [good, launch.report()], "cli:ada")
        assert signatures(launch) == []

    def test_a_build_that_was_checked_yesterday_is_too_old(self, launch: LaunchHouse) -> None:
        launch.run()
        database, clock = launch.publisher.database, launch.publisher.clock
        clock.advance(timedelta(hours=24))
        sign_all(database, clock, [launch.report()], "cli:ada")
        clock.advance(timedelta(seconds=1))
        with pytest.raises(ConflictError, match="24 hours ago is the oldest"):
            sign_all(database, clock, [launch.report()], "cli:ada")
