"""What a person may say about a backfill by their role, and what pages are told while one runs."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from hotdash.base.actors import actor_of
from hotdash.base.errors import ConflictError
from hotdash.base.roles import Role
from hotdash.storage.appdb.repositories import identity
from hotdash.storage.appdb.repositories.backfills import (
    PlanRecord,
    add_events,
    newest_events,
    save_plan,
    shops_backfilling,
)
from hotdash.storage.appdb.session import Database
from tests.fixtures.shops import SeededShop

AT = datetime(2026, 11, 2, 12, tzinfo=UTC)
BACKFILL = UUID(int=7)
ASKED = {
    "date_from": "2026-10-01",
    "date_to": "2026-10-07",
    "models": ["fct_orders"],
    "sources": [],
    "refetch": False,
    "reason": "A late correction.",
    "environment": "production",
    "plan_hash": "abc",
}


def tell(
    database: Database,
    who: UUID,
    shop_id: str,
    status: str,
    at: datetime = AT,
    **told: Any,
) -> bool:
    query = text("select app.tell_backfill(:shop, :backfill, :status, :at, cast(:told as jsonb))")
    values = {"shop": shop_id, "backfill": BACKFILL, "status": status, "at": at}
    with database.as_user(who) as session:
        return session.scalars(query, {**values, "told": json.dumps(told)}).one()


def member(database: Database, shop_id: str, role: Role) -> UUID:
    with database.jobs() as session:
        user = identity.add_user(session, email=f"{role}@shop.example", name=role.value)
        identity.set_role(session, shop_id, user.user_id, role)
        return user.user_id


def planned(database: Database, shop_id: str) -> None:
    with database.jobs() as session:
        save_plan(
            session,
            [PlanRecord(shop_id, BACKFILL, "abc", AT, "a test", {}, AT + timedelta(days=1))],
        )


def test_what_nobody_planned_is_not_asked_for(database: Database, shop: SeededShop) -> None:
    asked = partial(tell, database, shop.owner_id, shop.shop_id, "requested")
    assert not asked(**ASKED)
    planned(database, shop.shop_id)
    assert not asked(**ASKED | {"plan_hash": "another"})
    assert not asked(AT + timedelta(days=1), **ASKED)
    assert asked(**ASKED)


def test_a_request_is_answered_once_by_somebody_else(
    database: Database, two_shops: tuple[SeededShop, SeededShop]
) -> None:
    shop, other = two_shops
    planned(database, shop.shop_id)
    engineer = member(database, shop.shop_id, Role.ENGINEER)
    manager = member(database, shop.shop_id, Role.MANAGER)
    viewer = member(database, shop.shop_id, Role.VIEWER)
    assert not tell(database, viewer, shop.shop_id, "requested", **ASKED)
    assert not tell(database, other.owner_id, shop.shop_id, "requested", **ASKED)
    assert tell(database, engineer, shop.shop_id, "requested", **ASKED)
    assert not tell(database, engineer, shop.shop_id, "requested", **ASKED)
    assert not tell(database, engineer, shop.shop_id, "approved")
    assert not tell(database, manager, shop.shop_id, "running")
    assert tell(database, manager, shop.shop_id, "approved")
    assert not tell(database, manager, shop.shop_id, "approved")
    with database.as_user(viewer) as session:
        rows = session.execute(
            text("select status, triggered_by, approved_by, models from audit.backfills order by 1")
        ).all()
    asked_by, allowed_by = actor_of(engineer), actor_of(manager)
    assert [tuple(row) for row in rows] == [
        ("approved", asked_by, allowed_by, ["fct_orders"]),
        ("requested", asked_by, None, ["fct_orders"]),
    ]


def test_what_was_said_before_events_named_the_one_they_follow_is_answered_like_any(
    database: Database, two_shops: tuple[SeededShop, SeededShop]
) -> None:
    shop = two_shops[0]
    planned(database, shop.shop_id)
    engineer = member(database, shop.shop_id, Role.ENGINEER)
    manager = member(database, shop.shop_id, Role.MANAGER)
    assert tell(database, engineer, shop.shop_id, "requested", **ASKED)
    with database.jobs() as session:
        [asked] = newest_events(session, backfill_id=BACKFILL)
        session.execute(text("alter table audit.backfills disable trigger append_only"))
        session.execute(text("update audit.backfills set previous_event = null"))
        session.execute(text("alter table audit.backfills enable trigger append_only"))
    assert tell(database, manager, shop.shop_id, "approved")
    with database.jobs() as session:
        told = session.execute(
            text("select status, previous_event from audit.backfills order by event_id")
        ).all()
    assert [tuple(row) for row in told] == [("requested", None), ("approved", asked.event_id)]


def test_what_follows_an_event_that_another_one_followed_is_refused(
    database: Database, shop: SeededShop
) -> None:
    planned(database, shop.shop_id)
    assert tell(database, shop.owner_id, shop.shop_id, "requested", **ASKED)
    with database.jobs() as session:
        [asked] = newest_events(session, backfill_id=BACKFILL)
        add_events(session, [replace(asked, status="running")])
    with pytest.raises(ConflictError, match=shop.shop_id), database.jobs() as session:
        add_events(session, [replace(asked, status="aborted")])
    with database.jobs() as session:
        assert [event.status for event in newest_events(session)] == ["running"]


def test_an_owner_alone_waits_and_names_the_deviation(database: Database, shop: SeededShop) -> None:
    later, alone = AT + timedelta(minutes=10), {"deviation": "Nobody else is here."}
    planned(database, shop.shop_id)
    assert tell(database, shop.owner_id, shop.shop_id, "requested", **ASKED)
    assert not tell(database, shop.owner_id, shop.shop_id, "approved", later)
    early = later - timedelta(seconds=1)
    assert not tell(database, shop.owner_id, shop.shop_id, "approved", early, **alone)
    member(database, shop.shop_id, Role.MANAGER)
    assert not tell(database, shop.owner_id, shop.shop_id, "approved", later, **alone)
    with database.jobs() as session:
        session.execute(text("delete from app.memberships where role = 'manager'"))
    assert tell(database, shop.owner_id, shop.shop_id, "approved", later, **alone)


def test_pages_hear_how_far_a_running_one_is(database: Database, shop: SeededShop) -> None:
    planned(database, shop.shop_id)
    assert tell(database, shop.owner_id, shop.shop_id, "requested", **ASKED)
    with database.jobs() as session:
        assert shops_backfilling(session) == set()
        session.execute(
            text(
                """insert into audit.backfills (shop_id, backfill_id, at, status, triggered_by,
                     triggered_at, date_from, date_to, refetch, reason, environment, plan_hash)
                   select shop_id, backfill_id, at, 'running', triggered_by, triggered_at,
                     date_from, date_to, refetch, reason, environment, plan_hash
                   from audit.backfills"""
            )
        )
        for place in range(4):
            began = AT + timedelta(minutes=place) if place == 0 else None
            chunk = {"shop": shop.shop_id, "id": BACKFILL, "chunk": str(place), "began": began}
            session.execute(
                text(
                    """insert into app.backfill_chunks
                       (shop_id, backfill_id, chunk, status, started_at, finished_at)
                       values (:shop, :id, :chunk,
                         case when cast(:began as timestamptz) is null then 'waiting'
                           else 'completed' end,
                         :began, cast(:began as timestamptz) + interval '1 minute')"""
                ),
                chunk,
            )
        assert shops_backfilling(session) == {shop.shop_id}
    with database.as_user(shop.owner_id) as session:
        row = session.execute(
            text("select * from app.work_under_way(:shop)"), {"shop": shop.shop_id}
        ).one()
    assert (row.kind, row.since, float(row.share_done)) == ("backfill", AT, 0.25)
    assert (str(row.first_day), str(row.last_day)) == ("2026-10-01", "2026-10-07")
    assert row.ends_about == AT + timedelta(minutes=4)
