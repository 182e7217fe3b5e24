"""What people decide as metrics: statements over the app's own tables, each row worked out by hand."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from hotdash.base.ids import new_id
from hotdash.insights.metrics.columns import PLAN_TIER
from hotdash.insights.metrics.query.reading import STATEMENTS
from hotdash.insights.metrics.registry import registry
from hotdash.storage.appdb.models import DashboardFact
from hotdash.storage.appdb.repositories.decisions import DecisionRecord, add_decision
from hotdash.storage.appdb.repositories.operating_settings import SettingDecision, decide_settings
from hotdash.storage.appdb.session import Database
from tests.fixtures.marts import Publisher, mart_row

SHOP = "hot-rod-an"
# The shop is in Los Angeles: at 06:00 UTC it is still the day before.
AT = datetime(2026, 11, 5, 6, tzinfo=UTC)
LOCAL = date(2026, 11, 4)
LATER = AT + timedelta(days=30)

pytestmark = pytest.mark.usefixtures("shop")


def decide(session: Session, action: str, at: datetime, **given: Any) -> None:
    own = {"scope": "ops", "actor": "ana", "subject": "it", "rationale": "so"} | given
    add_decision(session, DecisionRecord(SHOP, new_id(), action=action, decided_at=at, **own))


def fact(session: Session, kind: str, at: datetime, **metadata: str) -> UUID:
    fact_id = new_id()
    session.add(
        DashboardFact(
            shop_id=SHOP,
            fact_id=fact_id,
            fact_type=kind,
            version=1,
            occurred_at=at,
            metadata_=metadata,
        )
    )
    session.flush()
    return fact_id


def rows(session: Session, statement: str, now: datetime = LATER) -> list[Mapping[Any, Any]]:
    written = (STATEMENTS / f"{statement}.sql").read_text()
    ordered = text(f"select * from ({written}) as fact order by 2, 3, 4")
    return [dict(row) for row in session.execute(ordered, {"now": now}).mappings()]


def test_every_statement_tells_shop_day_and_the_components(database: Database) -> None:
    used = {each.statement for each in registry() if each.statement}
    assert used == {file.stem for file in STATEMENTS.glob("*.sql")}
    with database.jobs() as session:
        for metric in registry():
            if metric.statement:
                written = (STATEMENTS / f"{metric.statement}.sql").read_text()
                nothing = text(f"select * from ({written}) as fact limit 0")
                told = set(session.execute(nothing, {"now": LATER}).keys())
                wanted = {"shop_id", "day", *metric.components, *metric.dimensions}
                wanted -= {"shop", PLAN_TIER}
                assert wanted <= told, metric.name


class TestActivation:
    @pytest.mark.parametrize(
        ("approved_after", "activated"),
        [(timedelta(0), 1), (timedelta(days=7, seconds=-1), 1), (timedelta(days=7), 0)],
    )
    def test_within_seven_days_of_the_first_session(
        self, database: Database, approved_after: timedelta, activated: int
    ) -> None:
        with database.jobs() as session:
            fact(session, "dashboard.session.opened", AT)
            fact(session, "dashboard.session.opened", AT + timedelta(days=3))
            decide(session, "inventory.reorder.approve", AT + approved_after)
            [row] = rows(session, "activation")
        assert (row["day"], row["shops_started"], row["shops_activated"]) == (LOCAL, 1, activated)

    def test_a_page_given_to_somebody_is_an_approval(self, database: Database) -> None:
        with database.jobs() as session:
            fact(session, "dashboard.session.opened", AT)
            decide(session, "seo.assignment.create", AT)
            [row] = rows(session, "activation")
            [decided] = rows(session, "decisions")
        assert row["shops_activated"] == 1
        assert (decided["approved"], decided["minutes_saved"]) == (1, 5)

    def test_a_rejection_or_another_scope_activates_nobody(self, database: Database) -> None:
        with database.jobs() as session:
            fact(session, "dashboard.session.opened", AT)
            decide(session, "inventory.reorder.reject", AT)
            decide(session, "publication.approve", AT, scope="publication")
            [row] = rows(session, "activation")
        assert row["shops_activated"] == 0

    def test_only_shops_whose_seven_days_are_over(self, database: Database) -> None:
        over = AT + timedelta(days=7)
        with database.jobs() as session:
            fact(session, "dashboard.session.opened", AT)
            assert rows(session, "activation", over - timedelta(seconds=1)) == []
            assert len(rows(session, "activation", over)) == 1


def test_minutes_from_a_breach_to_the_first_reply_decided(
    publisher: Publisher, database: Database
) -> None:
    breach = {"shop_id": SHOP, "day": LOCAL, "breach_day": LOCAL, "breached_at": AT}
    publisher.build(
        {
            "fct_sla_events": [
                mart_row("fct_sla_events", **breach, conversation_id=number, kind="first_reply")
                for number in (1, 2)
            ]
        }
    )
    with database.jobs() as session:
        reply = {"subject": "conversation:1"}
        decide(session, "chatwoot.reply.approve", AT - timedelta(minutes=1), **reply)
        decide(session, "seo.assignment.create", AT + timedelta(minutes=1), **reply)
        decide(session, "chatwoot.reply.approve", AT + timedelta(minutes=12, seconds=59), **reply)
        decide(session, "chatwoot.reply.approve", AT + timedelta(minutes=30), **reply)
        [row] = rows(session, "sla_resolution")
    assert (row["day"], row["kind"], row["minutes_to_reply"]) == (LOCAL, "first_reply", 12)


@pytest.mark.parametrize(
    ("after", "page", "answered"),
    [
        (timedelta(hours=24), "/a", 1),
        (timedelta(hours=24, seconds=1), "/a", 0),
        (timedelta(seconds=-1), "/a", 0),
        (timedelta(hours=1), "/b", 0),
    ],
)
def test_an_anomaly_is_answered_within_a_day(
    database: Database, after: timedelta, page: str, answered: int
) -> None:
    with database.jobs() as session:
        fact(session, "ga.sessions.anomalies", AT, landing_page="/a")
        decide(session, "seo.assignment.create", AT + after, subject=f"page:{page}")
        [row] = rows(session, "anomaly_response")
    assert (row["day"], row["anomalies"], row["answered"]) == (LOCAL, 1, answered)


def test_a_young_anomaly_is_not_judged(database: Database) -> None:
    over = AT + timedelta(hours=24)
    with database.jobs() as session:
        fact(session, "ga.sessions.anomalies", AT, landing_page="/a")
        assert rows(session, "anomaly_response", over - timedelta(seconds=1)) == []
        assert len(rows(session, "anomaly_response", over)) == 1


def test_minutes_saved_are_those_set_for_the_kind_on_the_day(database: Database) -> None:
    with database.jobs() as session:
        common = {"decided_at": AT, "decided_by": "ana", "reason": "measured"}
        decide_settings(
            session,
            [
                SettingDecision(SHOP, "decision_minutes", *about, **common)
                for about in [
                    ("shop", "", 3, date(2026, 11, 1)),
                    ("action", "chatwoot.reply.approve", 8, date(2026, 11, 1)),
                    ("action", "chatwoot.reply.approve", 90, date(2026, 11, 5)),
                ]
            ],
        )
        decide(session, "chatwoot.reply.approve", AT)
        decide(session, "inventory.reorder.approve", AT)
        decide(session, "inventory.reorder.reject", AT)
        decide(session, "seo.assignment.create", AT - timedelta(days=10))
        saved = {
            row["action"]: (row["day"], row["minutes_saved"]) for row in rows(session, "decisions")
        }
    assert saved == {
        "chatwoot.reply.approve": (LOCAL, 8),
        "inventory.reorder.approve": (LOCAL, 3),
        "inventory.reorder.reject": (LOCAL, 0),
        "seo.assignment.create": (LOCAL - timedelta(days=10), 5),
    }


def test_hours_in_which_somebody_was_at_work(database: Database) -> None:
    """Ana decides twice in one hour and looks in the next; Bob decides in the first: three hours."""
    with database.jobs() as session:
        decide(session, "a.approve", AT)
        decide(session, "a.reject", AT + timedelta(minutes=59))
        decide(session, "a.approve", AT, actor="bob")
        fact(session, "dashboard.session.opened", AT + timedelta(minutes=61), operator="ana")
        [row] = rows(session, "operator_hours")
    assert (row["day"], row["decisions"], row["operator_hours"]) == (LOCAL, 3, 3)
    assert registry().get("decisions_per_operator_hour").evaluate(row) == Decimal(1)


def test_minutes_from_showing_to_deciding(database: Database) -> None:
    with database.jobs() as session:
        decide(session, "a.approve", AT, detail={"seconds_to_decide": 179})
        decide(session, "a.approve", AT, detail={"seconds_to_decide": "soon"})
        decide(session, "a.approve", AT)
        [row] = rows(session, "time_to_decide")
    assert (row["day"], row["minutes_to_decide"]) == (LOCAL, 2)
