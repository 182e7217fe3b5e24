"""Every check names the shop that has the defect, and no other."""

from pathlib import Path
from typing import Any

import pytest

from hotdash.pipeline.quality import checks
from hotdash.pipeline.quality.dbt_checks import CheckFailedToRunError
from hotdash.pipeline.quality.findings import Finding, GateReport, Severity
from hotdash.pipeline.quality.masking import masked
from hotdash.storage.marts import published_marts
from tests.fixtures.raw_orders import Line, Order
from tests.fixtures.warehouses import RESTING_ON_AMOUNTS, RESTING_ON_ORDERS, BuiltWarehouse
from tests.fixtures.web import Web
from tests.pipeline.quality.defective_house import (
    BEHIND,
    BROKEN,
    LATE,
    UNSUPPORTED,
    WATCHED,
    DefectiveHouse,
    Publications,
)
from tests.pipeline.quality.defects import DEFECTS, Defect
from tests.pipeline.quality.tampered import TAMPERED, UNTOUCHED, are_blocking

# The house of defects is built and published in whichever test comes first.
pytestmark = pytest.mark.timeout(900)
Findings = dict[str, list[Finding]]


@pytest.mark.law(5)
@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.shop)
def test_defect(findings: Findings, defect: Defect) -> None:
    assert {finding.check for finding in findings.get(defect.shop, [])} == defect.expected


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.shop)
def test_severity(findings: Findings, defect: Defect) -> None:
    """A defect blocks when one of its findings does."""
    severities = {finding.severity for finding in findings.get(defect.shop, [])}
    assert (Severity.BLOCKING in severities) is (
        bool(defect.expected) and defect.severity == "blocking"
    )


def one(findings: Findings, shop: str, check: str) -> Finding:
    return next(finding for finding in findings[shop] if finding.check == check)


def test_a_finding_blocks_only_what_rests_on_it(findings: Findings) -> None:
    assert one(findings, "generous", "revenue_months_are_not_negative").marts == {
        "fct_revenue",
        "fct_growth",
    }
    assert one(findings, "negative", "orders_are_not_negative").marts == RESTING_ON_AMOUNTS
    assert one(findings, "uncounted", "order_counts_reconcile").marts == RESTING_ON_ORDERS
    orphaned = one(findings, "unparcelled", "fulfillments_have_their_order").marts
    assert "fct_fulfillments" in orphaned
    assert "fct_revenue" not in orphaned


def test_a_finding_says_what_is_wrong_and_what_to_do(findings: Findings) -> None:
    finding = one(findings, "uncounted", "order_counts_reconcile")
    assert finding.failing_rows == 1
    assert finding.owner == "data"
    assert "Shopify counts another number of orders" in finding.sentence
    assert "2026-05-04 2 there, 1 here (1 row)" in finding.sentence
    assert "`hotdash run --reread`" in finding.mend
    (sample,) = finding.sample
    assert sample == {
        "shop_id": "uncounted",
        "day": "2026-05-04",
        "orders_told": 2,
        "orders_loaded": 1,
    }


def test_checks_that_passed_are_known_too(report: GateReport) -> None:
    names = {check.name for check in report.checks}
    assert {finding.check for finding in report.findings} < names
    assert "refunds_are_unique" in names


def test_every_check_can_fail(report: GateReport) -> None:
    """What no defect of the warehouse's sources can bring about is tampered with.

    Checks of series name the shops they are asked of; their days are made by hand in test_watched.
    """
    told = {defect.shop for defect in DEFECTS}
    provoked = {finding.check for finding in report.findings if finding.shop_id in told}
    of_everybody = {check.name for check in report.checks if check.shops is None}
    assert of_everybody - provoked == set(TAMPERED)


def test_what_only_a_broken_build_can_do_is_seen(house: DefectiveHouse) -> None:
    seen = {
        check.name
        for shop, checks in house.tampered.items()
        for check in checks
        if check.name in {finding.check for finding in house.findings(shop)}
    }
    assert seen == set(TAMPERED)
    assert house.findings(UNTOUCHED) == []


def test_a_check_that_cannot_be_asked_lets_nothing_through(built_duckdb: BuiltWarehouse) -> None:
    built_duckdb.new_world().shop("a", "Europe/Berlin")
    built_duckdb.build()
    built_duckdb.warehouse.execute("alter table marts.fct_revenue rename column units to gone")
    try:
        with pytest.raises(CheckFailedToRunError) as failure:
            built_duckdb.ask()
    finally:
        built_duckdb.warehouse.execute("alter table marts.fct_revenue rename column gone to units")
    assert "could not be asked" in failure.value.message
    assert "units" in failure.value.message


@pytest.mark.parametrize("whose", ["null", "'nobody'"])
def test_failing_rows_of_no_known_shop_let_nothing_through(
    built_duckdb: BuiltWarehouse, whose: str
) -> None:
    world = built_duckdb.new_world()
    world.shop("a", "Europe/Berlin")
    world.load("a", [Order(1, "2026-05-04T12:00Z", [Line(1, "10.00")])])
    built_duckdb.build()
    built_duckdb.warehouse.execute(f"update marts.fct_orders set shop_id = {whose}, units = -1")
    try:
        with pytest.raises(CheckFailedToRunError) as failure:
            built_duckdb.ask()
    finally:
        built_duckdb.warehouse.execute("delete from marts.fct_orders")
    assert "nobody" in failure.value.message or "no shop" in failure.value.message
    assert "hotdash run --full" in failure.value.hint


def test_samples_carry_no_personal_data() -> None:
    row = {"shop_id": "a", "email": "ada@example.org", "note": "write to ada@example.org", "n": 3}
    assert masked(row) == {"shop_id": "a", "email": "***", "note": "write to ***", "n": 3}


def test_telephone_numbers_are_masked_and_dates_and_part_numbers_are_not() -> None:
    row = {
        "a": "call +49 171 5550199",
        "b": "(415) 555-0199",
        "c": "sale+2026-11-27",
        "d": "1234567890",
    }
    assert masked(row) == {"a": "call ***", "b": "***", "c": "sale+2026-11-27", "d": "1234567890"}


def test_every_check_measures_something_of_a_source(report: GateReport) -> None:
    mute = [check.name for check in report.checks if check.dimension is None or not check.sources]
    assert set(mute) == {"nothing_is_unreadable", "exchange_rates_are_unique"} & set(mute)
    assert [check.name for check in report.checks if check.dimension is None] == []


@pytest.mark.law(6)
class TestPublished:
    """On DuckDB, into a real app database: sixty shops, each with its defect, in one publication."""

    def test_a_defect_holds_back_its_own_shop_and_no_other(
        self, published_house: DefectiveHouse, publications: Publications
    ) -> None:
        told = {each.shop for each in DEFECTS if each.expected and each.severity == "blocking"}
        tampered = {
            shop for shop, checks in published_house.tampered.items() if are_blocking(checks)
        }
        held = {shop for shop in publications.shops if publications.held(shop)}
        assert held == {*told, *tampered, LATE, UNSUPPORTED, BROKEN}
        assert len(told) + sum(len(published_house.tampered[shop]) for shop in tampered) >= 30

    def test_what_rests_on_it_keeps_its_last_good_and_all_else_is_new(
        self, published_house: DefectiveHouse, publications: Publications
    ) -> None:
        for shop in publications.shops:
            resting = {mart for each in published_house.blocking(shop) for mart in each.marts}
            assert publications.held(shop) == resting, shop
            kept, offered = publications.shown_before[shop], publications.offered[shop]
            expected = {
                mart: kept.get(mart, {}) if mart in resting else offered.get(mart, {})
                for mart in published_marts()
            }
            shown = publications.shown[shop]
            assert {mart: shown.get(mart, {}) for mart in expected} == expected, shop

    def test_a_finding_keeps_back_something_that_would_have_changed(
        self, published_house: DefectiveHouse, publications: Publications
    ) -> None:
        """But for the links, of which these shops have no problem before the build is tampered with."""
        idle: set[str] = set()
        for shop in publications.shops:
            kept, offered = publications.shown_before[shop], publications.offered[shop]
            for finding in published_house.blocking(shop):
                if all(kept.get(mart, {}) == offered.get(mart, {}) for mart in finding.marts):
                    idle.add(finding.check)
        assert idle == {"link_problems_name_nobody"}

    def test_the_reasons_name_the_checks(
        self, published_house: DefectiveHouse, publications: Publications
    ) -> None:
        for shop in publications.shops:
            for mart in published_marts():
                block = publications.standings[shop, mart].block
                told = {each.check for each in block.reasons} if block else set()
                assert told == {
                    each.check for each in published_house.blocking(shop) if mart in each.marts
                }, (shop, mart)

    def test_every_blocking_check_has_held_something_back(
        self, published_house: DefectiveHouse, publications: Publications
    ) -> None:
        """Of dbt's project and of the Python checks: a new one cannot be forgotten."""
        seen = {
            reason.check
            for standing in publications.standings.values()
            if standing.block is not None
            for reason in standing.block.reasons
        }
        known = {
            check.name
            for check in published_house.report.checks
            if check.severity is Severity.BLOCKING
        }
        assert known - seen == set()
        files = Path(checks.__file__).parent.glob("*.py")
        assert {file.stem for file in files if "Severity.BLOCKING" in file.read_text()} == {
            "freshness",
            "drift",
        }

    def test_who_reads_meanwhile_sees_every_shop_before_or_after(
        self, publications: Publications
    ) -> None:
        seen = publications.seen_meanwhile
        assert len(seen) > 2, "somebody read while some shops had moved and others had not"
        assert {len(answer) for answer in seen} == {len(WATCHED)}
        for states in zip(*seen, strict=True):
            assert len(set(states)) == 2, "rows and builds as they were, and as they are"


def asked(web: Web, shop: str, path: str, **parameters: str) -> dict[str, Any]:
    """As the shop's owner."""
    web.sign_in(f"owner@{shop}.example")
    answer = web.client.get(f"/api/v1/{path}", params={"shop": shop, **parameters})
    assert answer.status_code == 200, answer.text
    return answer.json()


def sales(web: Web, shop: str) -> tuple[str, str]:
    """State and number of the year's sales."""
    tile = asked(web, shop, "tiles/sales-pulse", range="12m", compare="none")
    return tile["state"], tile["value"]


def kept_back(web: Web, shop: str) -> dict[str, set[str]]:
    """By mart, the checks that the API names."""
    return {
        mart["mart"]: {reason["check"] for reason in mart["blocked"]["reasons"]}
        for mart in asked(web, shop, "publications")["marts"]
        if mart["blocked"] is not None
    }


class TestShownToOwners:
    """Five dollars were sold in March; what came since is seven in October or the defect."""

    def test_three_hours_behind_is_told_and_published(self, shown_to_owners: Web) -> None:
        assert sales(shown_to_owners, BEHIND) == ("stale", "12.00")
        assert kept_back(shown_to_owners, BEHIND) == {}
        found = asked(shown_to_owners, BEHIND, "health/checks")["checks"]
        (late,) = [each for each in found if each["status"] == "failed"]
        assert (late["check"], late["severity"]) == ("freshness_soft_shopify", "warning")
        assert "3 hours ago; the limit is 60 minutes." in late["sentence"]

    def test_a_duplicate_order_id_blocks(self, shown_to_owners: Web) -> None:
        assert sales(shown_to_owners, "twice") == ("blocked", "5.00")
        held = kept_back(shown_to_owners, "twice")
        assert held.keys() == RESTING_ON_ORDERS
        assert "order_ids_are_unique" in held["fct_orders"]
        assert "orders_have_one_version" in held["fct_revenue"]
        assert sales(shown_to_owners, "sound")[0] != "blocked"
        assert kept_back(shown_to_owners, "sound") == {}

    def test_a_month_of_negative_revenue_blocks(self, shown_to_owners: Web) -> None:
        """Its orders are shown, its revenue is that of the last good build."""
        assert sales(shown_to_owners, "generous") == ("blocked", "5.00")
        held = kept_back(shown_to_owners, "generous")
        assert held["fct_revenue"] == {"revenue_months_are_not_negative", "assert_revenue_positive"}
        assert "fct_orders" not in held

    def test_a_dead_support_token_leaves_sales_alone(self, shown_to_owners: Web) -> None:
        assert sales(shown_to_owners, UNSUPPORTED) == ("ok", "12.00")
        dead = {"freshness_hard_chatwoot"}
        assert kept_back(shown_to_owners, UNSUPPORTED) == {
            "fct_conversations": dead,
            "fct_sla_events": dead,
        }
        found = asked(shown_to_owners, UNSUPPORTED, "health/checks")["checks"]
        assert {each["check"] for each in found if each["status"] == "failed"} == {
            "freshness_hard_chatwoot",
            "key_of_chatwoot_accepted",
        }
