"""What migration 0020 learns from the audit trail about people whom a rule had let in before it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import text

from hotdash.base.actors import actor_of
from hotdash.base.ids import new_id
from hotdash.base.roles import Role
from hotdash.governance.access.domain_rules import follow_rules
from hotdash.governance.access.oidc import DomainRule, Proven
from hotdash.governance.access.outside_people import ADMITTED
from hotdash.storage.appdb import migrate
from hotdash.storage.appdb.repositories import memberships
from hotdash.storage.appdb.session import Database
from tests.fixtures.postgres import DatabaseUrls

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ROD, KYOTO = "hot-rod-an", "kustom-kyoto"
BOTH = (DomainRule("shop.example", Role.VIEWER, (ROD, KYOTO)),)
SERVICE, EMAIL = "https://login.shop.example", "ann@shop.example"
ANN = Proven(SERVICE, "ann-1", EMAIL, is_verified=True, name="Ann")


@pytest.fixture
def before(empty_database_urls: DatabaseUrls) -> Iterator[Database]:
    """Two shops, as the version before left them."""
    database = Database(empty_database_urls.owner)
    migrate.upgrade(database, "0019")
    with database.jobs() as session:
        for shop_id in (ROD, KYOTO):
            session.execute(
                text(
                    "insert into app.shops (shop_id, name, vendor_domain, timezone, currency)"
                    " values (:shop, :shop, :shop || '.myshopify.com', 'UTC', 'USD')"
                ),
                {"shop": shop_id},
            )
    yield database
    database.dispose()


def add_ann(database: Database, admitted_to: tuple[str, ...], still_in: tuple[str, ...]) -> UUID:
    user_id = new_id()
    told = {"user": user_id, "email": EMAIL, "issuer": SERVICE, "subject": "ann-1", "at": NOW}
    with database.jobs() as session:
        session.execute(
            text("insert into app.users (user_id, email, name) values (:user, :email, 'Ann')"), told
        )
        session.execute(
            text(
                "insert into app.external_identities (issuer, subject, user_id, bound_at)"
                " values (:issuer, :subject, :user, :at)"
            ),
            told,
        )
        for shop_id in admitted_to:
            session.execute(
                text(
                    "insert into audit.events (shop_id, at, actor, action, subject)"
                    " values (:shop, :at, :who, :action, :who)"
                ),
                {"shop": shop_id, "at": NOW, "who": actor_of(user_id), "action": ADMITTED},
            )
        for shop_id in still_in:
            session.execute(
                text(
                    "insert into app.memberships (shop_id, user_id, role)"
                    " values (:shop, :user, 'viewer')"
                ),
                {"shop": shop_id, "user": user_id},
            )
    return user_id


def come_in(database: Database, user_id: UUID) -> tuple[bool, Mapping[str, Role]]:
    """By a rule that names both shops, once the tables are the newest."""
    migrate.upgrade(database)
    with database.jobs() as session:
        came = follow_rules(session, ANN, EMAIL, BOTH, NOW)
        return came, memberships.roles_of(session, user_id)


def test_a_shop_that_an_owner_took_by_hand_stays_taken(before: Database) -> None:
    ann = add_ann(before, admitted_to=(ROD, KYOTO), still_in=(ROD,))
    assert come_in(before, ann) == (True, {ROD: Role.VIEWER})


def test_and_the_last_one_as_well(before: Database) -> None:
    ann = add_ann(before, admitted_to=(ROD, KYOTO), still_in=())
    assert come_in(before, ann) == (False, {})


def test_a_shop_that_the_rule_did_not_name_then_comes_by_it(before: Database) -> None:
    ann = add_ann(before, admitted_to=(ROD,), still_in=(ROD,))
    assert come_in(before, ann) == (True, {ROD: Role.VIEWER, KYOTO: Role.VIEWER})


def test_whom_no_rule_let_in_none_gives_anything(before: Database) -> None:
    ann = add_ann(before, admitted_to=(), still_in=(ROD,))
    assert come_in(before, ann) == (True, {ROD: Role.VIEWER})
