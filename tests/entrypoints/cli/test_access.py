"""hotdash tokens, people and access, as people type them."""

from typing import Any

import pytest

from hotdash.base.roles import Role
from hotdash.storage.appdb.repositories import identity
from hotdash.storage.appdb.session import Database
from tests.fixtures.commands import Commands
from tests.fixtures.shops import SeededShop, add_shop
from tests.fixtures.storefront import CHEAP

PASSWORD = "a few words of a test"
ANALYST, OPERATOR = "ann@shop.example", "olu@shop.example"


@pytest.fixture
def people(database: Database, shop: SeededShop) -> SeededShop:
    with database.jobs() as session:
        for email, role in ((ANALYST, Role.ANALYST), (OPERATOR, Role.OPERATOR)):
            hashed = CHEAP.hash(PASSWORD)
            user = identity.add_user(session, email=email, name=email[:3], password_hash=hashed)
            identity.set_role(session, shop.shop_id, user.user_id, role)
    return shop


def create(commands: Commands, shop: str, *scopes: str, who: str = ANALYST, code: int = 0) -> Any:
    named = [part for scope in scopes for part in ("--scope", scope)]
    return commands.told(
        *("tokens", "create", "nightly export", "--shop", shop, "--as", who, *named),
        stdin=f"{PASSWORD}\n",
        code=code,
    )


class TestTokens:
    def test_made_listed_and_ended(self, commands: Commands, people: SeededShop) -> None:
        made = create(commands, people.shop_id, "see_metrics", "export")
        assert made["secret"].startswith("hotdash_")
        [listed] = commands.told("tokens", "list")["tokens"]
        assert (listed["token"], listed["scopes"]) == (made["token"], ["export", "see_metrics"])
        assert made["secret"] not in str(listed)
        assert "nightly export" in commands.shown("tokens", "list")
        assert commands.told("tokens", "revoke", made["token"])["revoked"]
        assert commands.told("tokens", "list")["tokens"] == []
        [ended] = commands.told("tokens", "list", "--ended")["tokens"]
        assert ended["revoked_at"]
        assert commands.error("tokens", "revoke", made["token"])["code"] == "not_found"

    def test_no_more_than_the_role(self, commands: Commands, people: SeededShop) -> None:
        assert create(commands, people.shop_id, "decide", code=1)["error"]["code"] == "forbidden"
        refused = create(commands, people.shop_id, "export", who=OPERATOR, code=1)
        assert "make_tokens" in refused["error"]["message"]


class TestPeople:
    def test_invited_given_another_role_and_shut_out(
        self, commands: Commands, people: SeededShop
    ) -> None:
        for role in ("viewer", "manager"):
            commands.told(
                *("people", "invite", "New@shop.example", "--shop", people.shop_id, "--role", role)
            )
        found = {each["email"]: each for each in commands.told("people", "list")["people"]}
        assert found["new@shop.example"]["roles"] == {people.shop_id: "manager"}
        commands.told("people", "disable", "new@shop.example")
        assert "disabled" in commands.shown("people", "list")
        commands.told("people", "enable", "new@shop.example")
        assert "disabled" not in commands.shown("people", "list")
        assert commands.error("people", "enable", "new@shop.example")["code"] == "conflict"

    def test_reset_leaves_one_link_as_the_only_way_in(
        self, commands: Commands, people: SeededShop
    ) -> None:
        create(commands, people.shop_id, "see_metrics")
        before = commands.told("sign-in", ANALYST)["link"]
        link = commands.told("people", "reset", ANALYST)["link"]
        assert commands.told("tokens", "list")["tokens"] == []
        told = ("tokens", "create", "x", "--shop", people.shop_id, "--as", ANALYST)
        scope = ("--scope", "see_metrics")
        assert commands.error(*told, *scope, "--link", before)["code"] == "link_used_or_expired"
        assert commands.told(*told, *scope, "--link", link)["secret"]
        refused = create(commands, people.shop_id, "export", code=1)["error"]
        assert refused["code"] == "wrong_password"
        assert "`hotdash sign-in` with --link" in refused["hint"]

    def test_the_last_who_manages_a_shop_stays_unless_it_is_meant(
        self, commands: Commands, people: SeededShop
    ) -> None:
        owner = people.owner_email
        demote = ("people", "invite", owner, "--shop", people.shop_id, "--role", "analyst")
        for asked in (demote, ("people", "disable", owner)):
            refused = commands.error(*asked)
            assert refused["code"] == "conflict"
            assert refused["message"] == f"Nobody but {owner} manages {people.shop_id}."
            assert "--anyway" in refused["hint"]
        listed = {each["email"]: each for each in commands.told("people", "list")["people"]}
        assert listed[owner]["roles"] == {people.shop_id: "owner"}
        assert not listed[owner]["disabled"]
        commands.told("people", "disable", owner, "--anyway")
        commands.told("people", "disable", ANALYST)
        commands.told("people", "enable", owner)
        commands.told(*demote, "--anyway")
        listed = {each["email"]: each for each in commands.told("people", "list")["people"]}
        assert listed[owner]["roles"] == {people.shop_id: "analyst"}

    def test_who_is_disabled_counts_for_nobody(
        self, commands: Commands, people: SeededShop
    ) -> None:
        second = ("people", "invite", ANALYST, "--shop", people.shop_id, "--role", "owner")
        commands.told(*second)
        commands.told("people", "disable", ANALYST)
        assert commands.error("people", "disable", people.owner_email)["code"] == "conflict"
        commands.told("people", "enable", ANALYST)
        commands.told("people", "disable", people.owner_email)

    def test_reset_of_a_disabled_account(self, commands: Commands, people: SeededShop) -> None:
        commands.told("people", "disable", ANALYST)
        refused = commands.error("people", "reset", ANALYST)
        assert refused["code"] == "conflict"
        assert f"hotdash people enable {ANALYST}" in refused["hint"]
        commands.told("people", "enable", ANALYST)
        assert create(commands, people.shop_id, "see_metrics")["secret"], "the password is kept"

    def test_a_further_shop_begins_anew(
        self, commands: Commands, people: SeededShop, database: Database
    ) -> None:
        with database.jobs() as session:
            add_shop(session, "kustom-kyoto")
        before = commands.told("sign-in", ANALYST)["link"]
        kyoto = ("people", "invite", ANALYST, "--shop", "kustom-kyoto", "--role", "viewer")
        shown = " ".join(commands.shown(*kyoto).split())
        assert f"{ANALYST} is viewer of kustom-kyoto." in shown
        assert "its password, sessions and links are over" in shown
        assert f"`hotdash sign-in {ANALYST}`" in shown
        told = ("tokens", "create", "x", "--shop", people.shop_id, "--as", ANALYST)
        scope = ("--scope", "see_metrics")
        assert commands.error(*told, *scope, "--link", before)["code"] == "link_used_or_expired"
        refused = create(commands, people.shop_id, "export", code=1)["error"]
        assert refused["code"] == "wrong_password"
        link = commands.told("sign-in", ANALYST)["link"]
        assert not commands.told(*kyoto)["begins_anew"]
        assert commands.told(*told, *scope, "--link", link)["secret"], "given again nothing ends"

    def test_bound_once(self, commands: Commands, people: SeededShop) -> None:
        commands.told("people", "bind", ANALYST, "1234")
        assert commands.error("people", "bind", OPERATOR, "1234")["code"] == "conflict"

    def test_of_a_shop_that_is_not_there(self, commands: Commands, people: SeededShop) -> None:
        told = ("people", "invite", "x@shop.example", "--shop", "no-such", "--role", "viewer")
        assert commands.error(*told)["code"] == "not_found"


class TestCustomers:
    def test_who_may_not_is_refused_and_the_report_is_empty(
        self, commands: Commands, people: SeededShop
    ) -> None:
        told = ("access", "customer", "c-1", "--shop", people.shop_id)
        assert commands.error(*told)["code"] == "not_found"
        reason = ("--as", ANALYST, "--reason", "a parcel")
        refused = commands.error(*told, *reason, stdin=f"{PASSWORD}\n")
        assert refused["code"] == "forbidden"
        report = commands.told("access", "report", "--shop", people.shop_id)
        assert report["reads"] == report["reveals"] == []
        assert "Nobody" in commands.shown("access", "report", "--shop", people.shop_id)

    def test_a_name_without_a_reason(self, commands: Commands, people: SeededShop) -> None:
        told = ("access", "customer", "c-1", "--shop", people.shop_id, "--as", OPERATOR)
        assert commands.told(*told, code=2)["error"]["field"] == "reason"
