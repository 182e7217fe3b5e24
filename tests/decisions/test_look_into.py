"""One voice for one matter: what moved together is asked as one, and not where a rule says what to do."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

import pytest

from hotdash.decisions.recommendations.contract import Kind, Proposal
from hotdash.decisions.recommendations.findings.look_into import LookInto
from hotdash.decisions.recommendations.settle import Proposed, settle
from hotdash.insights.anomalies.wording import is_hardly_any
from hotdash.insights.metrics.definition import Unit
from hotdash.insights.studies.catalog import PAIRS
from hotdash.jobs.links import links_of
from hotdash.reports.packet.contract import Query
from hotdash.reports.studies.contract import Link, Series, StudyAnswer, StudyOfPair
from hotdash.reports.studies.contract import State as Found
from hotdash.storage.appdb.repositories.signals.found import AnomalySignal, LinkSignal
from hotdash.storage.appdb.repositories.signals.reading import CampaignSignal, Reading
from tests.decisions.recommendations_given import NOW, proposal, reading

DAY = date(2026, 11, 20)


def anomaly(metric: str, *, moved: tuple[str, ...] = (), **more: Any) -> AnomalySignal:
    """Half of what was expected."""
    told: dict[str, Any] = {
        "anomaly_id": uuid5(UUID(int=0), f"{metric} {more}"),
        "key": metric,
        "metric": metric,
        "title": metric,
        "dimension": None,
        "part_name": None,
        "grain": "day",
        "day": DAY,
        "hour": -1,
        "value": Decimal(50),
        "expected": Decimal(100),
        "unit": "count",
        "z": Decimal("-4.5"),
        "money": Decimal(-100),
        "context": {"moved": [{"metric": name, "title": name} for name in moved]},
        "found_at": NOW,
        "state": "new",
    }
    return AnomalySignal(**told | more)


def part(named: str, **more: Any) -> AnomalySignal:
    told: dict[str, Any] = {
        "key": f"sessions/channel/{named}",
        "dimension": "channel",
        "part_name": named,
    }
    return anomaly("sessions", **told | more)


def found(*anomalies: AnomalySignal, **more: Any) -> list[Proposal]:
    told = replace(reading(), looked_to=DAY, anomalies=anomalies, **more)
    return list(LookInto().propose(told, NOW))


class TestOneMatter:
    def test_is_what_the_weightiest_says_moved_with_it_on_that_day(self) -> None:
        orders = anomaly("orders", money=Decimal(-500), moved=("units", "sessions"))
        others = anomaly("units"), anomaly("sessions", money=None)
        [asked] = found(others[0], orders, others[1])
        assert asked.subject == "anomaly:orders"
        assert len(asked.features["anomalies"]) == 3

    def test_is_told_by_revenue_where_it_moved_though_a_rate_is_reckoned_higher(self) -> None:
        rate = anomaly("conversion", money=Decimal(-120), moved=("revenue",))
        revenue = anomaly("revenue", money=Decimal(-100), moved=("conversion",))
        [asked] = found(rate, revenue)
        assert (asked.subject, asked.impact_amount) == ("anomaly:revenue", Decimal(100))

    def test_is_not_what_moved_on_another_day_or_what_is_told_by_the_week(self) -> None:
        orders = anomaly("orders", money=Decimal(-500), moved=("revenue", "sessions"))
        before = anomaly("revenue", day=DAY - timedelta(days=1))
        week = anomaly(
            "sessions", grain="week", key="sessions/page/", dimension="page", part_name="/"
        )
        assert len(found(orders, before, week)) == 3

    def test_is_no_other_part_of_the_same_figure(self) -> None:
        """An answer about one channel says nothing of another one, which the question never names."""
        organic, paid = part("Organic", money=Decimal(-300)), part("Paid")
        asked = found(organic, paid, anomaly("orders", money=Decimal(-90), moved=("sessions",)))
        assert [(each.subject, len(each.features["anomalies"])) for each in asked] == [
            ("anomaly:sessions/channel/Organic", 1),
            ("anomaly:sessions/channel/Paid", 1),
            ("anomaly:orders", 1),
        ]

    def test_is_the_parts_of_the_whole_that_leads_and_names_them(self) -> None:
        whole = anomaly("sessions", money=Decimal(-500), moved=("orders",))
        [asked] = found(part("Organic"), part("Paid"), whole, anomaly("orders"))
        assert (asked.subject, len(asked.features["anomalies"])) == ("anomaly:sessions", 4)
        assert asked.reason.endswith(
            "orders moved as well. The answer holds also for sessions of Organic (50% less than "
            "expected) and sessions of Paid (50% less than expected)."
        )

    def test_ends_with_the_answer_to_it(self) -> None:
        assert not found(anomaly("orders", state="assigned"))
        assert found(anomaly("orders", state="acknowledged"))


@pytest.mark.parametrize(
    ("told", "worth", "words"),
    [
        ({"metric": "ad_spend", "money": Decimal(90), "z": Decimal(5)}, 90, None),
        ({"metric": "ad_spend"}, None, "50% less than expected"),
        (
            {"metric": "sessions", "money": None, "value": Decimal(320)},
            None,
            "3.2 times what was expected",
        ),
        (
            {"metric": "orders", "expected": Decimal(0), "money": None},
            None,
            "50 where less than one is usual",
        ),
        (
            {"metric": "refunds", "expected": Decimal(0), "money": None, "unit": "USD"},
            None,
            "More than expected",
        ),
    ],
    ids=["spent too much", "spent less", "a crawler", "usually none", "usually no money"],
)
def test_money_is_at_risk_where_something_was_lost(
    told: dict[str, Any], worth: int | None, words: str | None
) -> None:
    [asked] = found(anomaly(**told))
    assert (asked.impact_amount, asked.impact_text) == (worth, words)


CAMPAIGN = CampaignSignal("meta", "Spring", Decimal(300), Decimal(100), 90, 2, 28, is_known=True)


class TestOneVoice:
    @pytest.mark.parametrize(
        ("told", "kind", "subject"),
        [
            (
                {"metric": "sessions", "dimension": "page", "part_name": "/"},
                Kind.ASSIGN_PAGE,
                "page:/",
            ),
            (
                {"metric": "ad_spend", "dimension": "campaign", "part_name": "Spring"},
                Kind.CUT_CAMPAIGN,
                "campaign:meta:Spring",
            ),
            (
                {
                    "metric": "on_time_rate",
                    "context": {"driver": {"dimension": "carrier", "named": "UPS"}},
                },
                Kind.CHASE_CARRIER,
                "carrier:UPS",
            ),
            ({"metric": "sla_breaches"}, Kind.REPLY, "conversations:breached"),
            ({"metric": "organic_clicks"}, Kind.FIX_SOURCE, "source:search_console"),
        ],
    )
    def test_it_is_silent_beside_the_rule_that_says_what_to_do(
        self, told: dict[str, Any], kind: Kind, subject: str
    ) -> None:
        [asked] = found(anomaly(**told), campaigns=[CAMPAIGN])
        alone = settled(asked)
        assert [each.kind for each in alone.opened] == ["look_into"]
        rule = proposal(subject, kind=kind)
        assert [each.kind for each in settled(asked, rule).opened] == [kind.value]

    def test_silenced_it_was_not_ignored(self) -> None:
        [asked] = found(anomaly("sla_breaches"))
        rule = proposal("conversations:breached", kind=Kind.REPLY)
        [waiting] = settled(asked).opened
        known = {("look_into", asked.subject): waiting}
        after = settle(reading(), known, (), [mine(asked), rule], set(Kind), NOW)
        [event] = [each for each in after.events if each.event == "expired"]
        assert event.detail == {"ignored": False}

    def test_a_campaign_that_drives_visits_is_another_matter(self) -> None:
        driven = {"driver": {"dimension": "campaign", "named": "Spring"}}
        [asked] = found(anomaly("sessions", context=driven), campaigns=[CAMPAIGN])
        assert {kind for kind, _ in asked.silent_beside} == {Kind.FIX_SOURCE}


def mine(asked: Proposal) -> Proposed:
    return Proposed("anomalies/look_into@1", asked)


def settled(asked: Proposal, *rules: Proposed) -> Any:
    return settle(reading(), {}, (), [mine(asked), *rules], set(Kind), NOW)


SPEND = LinkSignal("campaigns-stock", "ad_spend", "Ad spend", "Stock-out rate", 3)


class TestWhatPeopleWrote:
    @pytest.mark.parametrize("by", [{"by_person": True}, {}], ids=["by a person", "not known"])
    def test_stays_where_it_can_be_erased(self, by: dict[str, bool]) -> None:
        """A note has the kinds of what Hotdash tells; those kept before do not say whose words they are."""
        note = {"kind": "campaign", "text": "Campaign: 20% for Ann Smith.", **by}
        [asked] = found(anomaly("orders", context={"before": [note]}))
        assert "Ann" not in asked.reason

    def test_does_not_hide_what_hotdash_tells(self) -> None:
        note = {"kind": "campaign", "text": "Campaign: 20% off.", "by_person": True}
        ours = {"kind": "campaign", "text": "Spring stopped.", "by_person": False}
        [asked] = found(anomaly("orders", context={"before": [note, ours]}))
        assert asked.reason.endswith("In the week before: Spring stopped.")


class TestALink:
    def test_says_what_moves_together_and_never_what_causes(self) -> None:
        [asked] = found(anomaly("ad_spend"), links=[SPEND])
        assert asked.reason.endswith(
            "Ad spend and Stock-out rate move together in this shop, Stock-out rate 3 days later: "
            "look at it on 23 Nov 2026."
        )
        assert asked.evidence[-1].url == "/api/v1/studies/campaigns-stock?shop=hot-rod-an"
        assert "cause" not in asked.reason

    @pytest.mark.parametrize(
        "told",
        [{"metric": "orders"}, {"metric": "ad_spend", "dimension": "campaign", "part_name": "A"}],
    )
    def test_is_of_its_leader_and_of_the_whole_shop(self, told: dict[str, Any]) -> None:
        [asked] = found(anomaly(**told), links=[SPEND])
        assert "move together" not in asked.reason

    @pytest.mark.parametrize(
        ("state", "lag", "led"),
        [
            (Found.LINKED, 3, ("ad_spend", 3)),
            (Found.LINKED, -2, ("stock_out_rate", 2)),
            (Found.LINKED, 0, None),
            (Found.UNSTABLE, 3, None),
        ],
    )
    def test_is_one_that_is_stable_and_has_a_leader(
        self, state: Found, lag: int, led: tuple[str, int] | None
    ) -> None:
        told = [(each.leader, each.days) for each in links_of([studied(state, lag)])]
        assert told == ([led] if led else [])


def studied(state: Found, lag: int) -> StudyAnswer:
    [study] = [each for each in PAIRS if each.name == "campaigns-stock"]
    first, second = (Series(name, 1, name, "USD", 90, "") for name in study.metrics)
    link = Link(lag, 0.5, 0.001, 0.01, (0.5, 0.5), (1, 1), 5, None, ())
    pair = StudyOfPair(first, second, (), 90, link)
    return StudyAnswer(study, state, "", "", pair, Query("", "", "", ()))


def test_where_nobody_looked_nothing_is_taken_back() -> None:
    assert LookInto().judges(reading()) == frozenset()


def test_what_was_found_out_is_no_false_alarm() -> None:
    told: Reading = replace(reading(), anomaly_ends={"a1": "explained", "a2": "false_alarm"})
    measured = [
        LookInto().measure(told, Kind.LOOK_INTO, f"anomaly:{named}") for named in ("a1", "a2", "a3")
    ]
    assert measured == [0, 1, None]


def test_of_what_is_usually_nothing_no_multiple_is_told() -> None:
    six = {"value": Decimal(6), "z": Decimal(7), "money": None}
    [asked] = found(anomaly("late replies", expected=Decimal("0.119"), **six))
    assert asked.title == (
        "Find out why late replies was 6 where less than one is usual on 20 Nov 2026"
    )
    assert asked.impact_text == "6 where less than one is usual"
    [asked] = found(anomaly("spend", expected=Decimal("0.5"), unit="USD", **six))
    assert asked.impact_text == "12.0 times what was expected"


@pytest.mark.parametrize("unit", [*Unit, "USD"])
def test_what_is_counted_is_what_anomalies_count(unit: str) -> None:
    few = Decimal("0.5")
    signal = anomaly("orders", expected=few, unit=str(unit))
    assert signal.is_hardly_any_usual == is_hardly_any(few, str(unit))
