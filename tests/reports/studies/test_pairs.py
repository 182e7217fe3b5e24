"""The pairs of a shop whose every number is known: found, not found, too short, not connected, and twice the same."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from hotdash.base.ids import new_id
from hotdash.insights.correlation.lead_lag import FALSE_SHARE, FEWEST_DAYS
from hotdash.insights.studies.catalog import PAIRS
from hotdash.jobs.links import with_links
from hotdash.reports.packet.recorder import digest_of
from hotdash.reports.studies.answering import answer_studies
from hotdash.reports.studies.contract import State, StudyAnswer, StudyOfPair
from hotdash.reports.studies.document import as_bytes, as_json, blocked_of
from hotdash.storage.appdb.models import Published
from hotdash.storage.appdb.repositories.signals.reading import load_reading
from tests.decisions.test_look_into import anomaly
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.storefront import KYOTO, NOW, ROD, Storefront, copied
from tests.fixtures.study_world import (
    LAST,
    LEAD,
    STOCK_KNOWN_SINCE,
    publish_studies,
    studied,
    study_rows,
)

__all__ = ["studied"]
SHOPS = {ROD: "America/Los_Angeles"}


def answered(
    storefront: Storefront, shop_id: str = ROD, later: timedelta = timedelta()
) -> dict[str, StudyAnswer]:
    with storefront.database.snapshot() as session:
        found = answer_studies(session, shop_id, SHOPS, NOW + later)
    return {each.study.name: each for each in found}


@pytest.fixture(scope="module")
def answers(studied: Storefront) -> dict[str, StudyAnswer]:
    return answered(studied)


def pair_of(answer: StudyAnswer) -> StudyOfPair:
    assert isinstance(answer.found, StudyOfPair)
    return answer.found


class TestWhatWasPlanted:
    def test_the_lead_is_told_and_no_cause(self, answers: dict[str, StudyAnswer]) -> None:
        answer = answers["sla-anomalies"]
        assert answer.state is State.LINKED
        link = pair_of(answer).link
        assert link is not None
        assert link.lag == LEAD
        assert link.false_share < 0.001
        assert link.pairs_tested == 2
        assert answer.verdict == (
            "SLA breaches and Traffic anomalies move together strongly, more with more: "
            "SLA breaches leads by 3 days."
        )
        assert "cause" not in answer.verdict

    def test_the_series_are_what_was_written(self, answers: dict[str, StudyAnswer]) -> None:
        rows = study_rows()
        broken: dict[date, int] = {}
        for each in rows["fct_conversations"]:
            broken[each["day"]] = broken.get(each["day"], 0) + each["is_breached"]
        fallen: dict[date, int] = {}
        for each in rows["fct_landing_pages"]:
            fallen[each["day"]] = fallen.get(each["day"], 0) + each["is_anomaly"]
        found = pair_of(answers["sla-anomalies"])
        # Thirteen days too early for a page, seven too young for a promise.
        assert found.days[0].day == date(2026, 5, 3)
        assert found.days[-1].day == LAST - timedelta(days=7)
        assert found.common_days == len(found.days) == 194
        for each in found.days:
            assert (each.first, each.second) == (broken[each.day], fallen[each.day])

    def test_the_weight_is_a_mean_of_the_follower(self, answers: dict[str, StudyAnswer]) -> None:
        found = pair_of(answers["sla-anomalies"])
        assert found.link is not None
        effect = found.link.effect
        assert effect is not None
        assert (effect.leader, effect.follower) == ("SLA breaches", "Traffic anomalies")
        assert effect.after_most > effect.after_least + 2
        order = max(found.link.past_days)
        assert effect.days == (len(found.days) - order - LEAD) // 4


class TestWhatIsNotThere:
    def test_independent_series_show_no_link(self, answers: dict[str, StudyAnswer]) -> None:
        answer = answers["satisfaction-sales"]
        assert answer.state is State.NO_LINK
        assert "move together no more than chance does" in answer.verdict

    def test_a_short_stock_is_not_enough(self, answers: dict[str, StudyAnswer]) -> None:
        """Forty days of stock, of which the last fourteen are too young for their parcels."""
        answer = answers["inventory-fulfillment"]
        assert answer.state is State.TOO_FEW
        known = (LAST - timedelta(days=14) - STOCK_KNOWN_SINCE).days + 1
        assert answer.verdict == (
            f"Not enough days: {known} days known in both, and {FEWEST_DAYS} are needed."
        )
        assert pair_of(answer).link is None

    def test_without_ads_it_is_not_connected(self, answers: dict[str, StudyAnswer]) -> None:
        answer = answers["campaigns-stock"]
        assert answer.state is State.MISSING
        assert answer.verdict == (
            "Ad spend is unknown: Meta Ads or Google Ads is not connected, or was never read."
        )
        assert pair_of(answer).days == ()

    def test_a_shop_with_orders_alone(self, studied: Storefront) -> None:
        found = answered(studied, KYOTO)
        assert found["sla-anomalies"].verdict == (
            "SLA breaches is unknown: Chatwoot is not connected, or was never read. "
            "Traffic anomalies is unknown: Google Analytics is not connected, or was never read."
        )
        # Shopify was read, and told of no stock and no parcels: that is no missing connection.
        assert found["inventory-fulfillment"].state is State.TOO_FEW
        assert found["inventory-fulfillment"].verdict.startswith(
            "Not enough days: Items running out and Fulfillment issue rate"
        )


class TestReproducible:
    def test_the_same_build_is_the_same_bytes(
        self, studied: Storefront, answers: dict[str, StudyAnswer]
    ) -> None:
        """Also hours later: the days end where the publication does."""
        again = answered(studied, later=timedelta(hours=30))
        for study in PAIRS:
            name = study.name
            assert as_bytes(again[name]) == as_bytes(answers[name]), name

    def test_the_query_finds_the_rows_again(
        self, studied: Storefront, answers: dict[str, StudyAnswer]
    ) -> None:
        answer = answers["sla-anomalies"]
        assert len(answer.query.statements) == 2
        with studied.database.snapshot() as session:
            for each in answer.query.statements:
                rows = session.connection().exec_driver_sql(each.sql, dict(each.asked)).all()
                assert digest_of([tuple(row) for row in rows]) == each.digest

    def test_it_names_what_it_rests_on(
        self, studied: Storefront, answers: dict[str, StudyAnswer]
    ) -> None:
        with studied.database.jobs() as session:
            published = session.scalars(
                select(Published.manifest_id).where(Published.shop_id == ROD)
            ).one()
        read = {
            "sla-anomalies": {"shopify", "chatwoot", "ga4"},
            "satisfaction-sales": {"shopify", "chatwoot"},
        }
        for name, sources in read.items():
            told = as_json(answers[name])["rests_on"]
            assert told["publication"] == str(published)
            assert len(set(told["builds"].values())) == 1
            assert set(told["as_of"]) == sources


@pytest.fixture
def own_world(
    storefront_template: str, template_urls: DatabaseUrls, tmp_path: Path
) -> Iterator[Storefront]:
    with copied(template_urls, storefront_template, tmp_path) as storefront:
        publish_studies(storefront)
        yield storefront


def test_a_blocked_build_changes_nothing_but_what_stands_beside_it(own_world: Storefront) -> None:
    before = answered(own_world)["sla-anomalies"]
    own_world.clock.advance(timedelta(minutes=1))
    reason = {"fct_conversations": ["Chatwoot counts 90 conversations, we hold 70."]}
    publish_studies(own_world, blocked={ROD: reason}, build_id=new_id())
    after = answered(own_world)["sla-anomalies"]
    assert as_json(after)["pair"] == as_json(before)["pair"]
    assert blocked_of(before) == []
    [told] = blocked_of(after)
    assert told["mart"] == "fct_conversations"
    assert told["reasons"][0]["sentence"] == "Chatwoot counts 90 conversations, we hold 70."


def test_a_correlation_is_told_exactly_as_a_decimal_would_be(
    answers: dict[str, StudyAnswer],
) -> None:
    told = as_json(answers["sla-anomalies"])["pair"]
    assert [each["lag"] for each in told["link"]["lags"]] == list(range(-14, 15))
    day, first, second = told["days"][0]
    assert day == "2026-05-03"
    assert Decimal(first) >= 0
    assert Decimal(second) >= 0


def test_whoever_recommends_hears_of_it_where_its_leader_just_moved(studied: Storefront) -> None:
    """And of nothing else: comparing all pairs on ordinary days would say nothing new."""
    with studied.database.snapshot() as session:
        calm = load_reading(session, ROD, NOW)
        assert with_links(session, calm).links == ()
        [link] = with_links(session, replace(calm, anomalies=[anomaly("sla_breaches")])).links
    assert (link.study, link.leader, link.days) == ("sla-anomalies", "sla_breaches", LEAD)


def test_a_shift_leaves_its_band_where_chance_rarely_would(answers: dict[str, StudyAnswer]) -> None:
    """What the drawing shows and what the sentence says are the same."""
    pairs = [told for each in answers.values() if (told := as_json(each)["pair"])]
    links = [each["link"] for each in pairs if each["link"]]
    for link in links:
        leaves = [abs(each["correlation"]) > each["stands_out_from"] for each in link["lags"]]
        assert any(leaves) == (link["chance"] < FALSE_SHARE)
    assert {each["chance"] < FALSE_SHARE for each in links} == {True, False}
