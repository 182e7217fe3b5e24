"""Shops, their policies, credentials and freshness."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from hotdash.base.errors import NotFoundError
from hotdash.storage.appdb.repositories import credentials, freshness, policies, shops
from hotdash.storage.appdb.repositories.policies import PolicyDecision
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import Vault
from tests.fixtures.shops import SeededShop

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TOKEN = {"access_token": "shpat_0123456789"}


class TestShops:
    def test_are_added_and_brought_up_to_date(self, database: Database) -> None:
        facts = {
            "shop_id": "hot-rod-an",
            "vendor_domain": "hot-rod-an.myshopify.com",
            "timezone": "America/Los_Angeles",
            "currency": "USD",
        }
        with database.jobs() as session:
            shops.save_shop(session, name="Old name", **facts)
            saved = shops.save_shop(session, name="Hot Rod AN", plan_tier="pro", **facts)
            assert (saved.name, saved.plan_tier) == ("Hot Rod AN", "pro")
            assert shops.list_shops(session) == [saved]

    def test_of_others_are_as_if_they_were_not(
        self, database: Database, two_shops: tuple[SeededShop, SeededShop]
    ) -> None:
        ours, theirs = two_shops
        with database.as_user(ours.owner_id) as session:
            assert [shop.shop_id for shop in shops.list_shops(session)] == [ours.shop_id]
            assert shops.get_shop(session, ours.shop_id).currency == "USD"
            assert shops.find_shop(session, theirs.shop_id) is None
            with pytest.raises(NotFoundError) as of_others:
                shops.get_shop(session, theirs.shop_id)
            with pytest.raises(NotFoundError) as of_nobody:
                shops.get_shop(session, "no-such-shop")
        assert str(of_others.value).replace(theirs.shop_id, "no-such-shop") == str(of_nobody.value)

    def test_can_move(self, database: Database, shop: SeededShop) -> None:
        with database.jobs() as session:
            shops.set_timezone(session, shop.shop_id, "Europe/Berlin")
        with database.jobs() as session:
            assert shops.get_shop(session, shop.shop_id).timezone == "Europe/Berlin"


class TestPolicies:
    def decide(self, database: Database, value: str, day: date, hour: int = 0) -> None:
        decision = PolicyDecision(
            shop_id="hot-rod-an",
            policy="count_partially_paid",
            value=value,
            effective_from=day,
            decided_at=NOW + timedelta(hours=hour),
            decided_by="ann",
            reason="the accountant asked",
        )
        with database.jobs() as session:
            policies.decide_policy(session, decision)

    def on(self, database: Database, shop: SeededShop, day: date) -> str | None:
        with database.as_user(shop.owner_id) as session:
            return policies.policy_on(session, shop.shop_id, "count_partially_paid", day)

    def test_hold_from_their_day_on(self, database: Database, shop: SeededShop) -> None:
        self.decide(database, "true", date(2026, 3, 1))
        assert self.on(database, shop, date(2026, 2, 28)) is None
        assert self.on(database, shop, date(2026, 3, 1)) == "true"

    def test_the_later_decision_for_the_same_day_holds(
        self, database: Database, shop: SeededShop
    ) -> None:
        self.decide(database, "true", date(2026, 3, 1))
        self.decide(database, "false", date(2026, 3, 1), hour=1)
        assert self.on(database, shop, date(2026, 3, 1)) == "false"

    def test_earlier_ones_stay_as_history(self, database: Database, shop: SeededShop) -> None:
        self.decide(database, "true", date(2026, 3, 1))
        self.decide(database, "false", date(2026, 1, 1), hour=1)
        with database.jobs() as session:
            listed = policies.list_policies(session, shop.shop_id)
        assert [decision.value for decision in listed] == ["false", "true"]


class TestCredentials:
    @pytest.fixture
    def vault(self, tmp_path: Path) -> Vault:
        return Vault.in_home(tmp_path)

    def test_come_back_as_they_were(
        self, database: Database, shop: SeededShop, vault: Vault
    ) -> None:
        with database.jobs() as session:
            credentials.save_credential(session, vault, shop.shop_id, "shopify", {"x": "old"})
            credentials.save_credential(session, vault, shop.shop_id, "shopify", TOKEN)
            assert credentials.find_credential(session, vault, shop.shop_id, "shopify") == TOKEN
            assert list(credentials.list_credentials(session, shop.shop_id)) == ["shopify"]
            [record] = credentials.all_credentials(session, vault)
        assert record.fields == TOKEN
        assert "shpat" not in repr(record)

    def test_can_be_deleted(self, database: Database, shop: SeededShop, vault: Vault) -> None:
        with database.jobs() as session:
            credentials.save_credential(session, vault, shop.shop_id, "shopify", TOKEN)
            credentials.delete_credential(session, shop.shop_id, "shopify")
            assert credentials.find_credential(session, vault, shop.shop_id, "shopify") is None


class TestFreshness:
    def test_moves_forward_only(self, database: Database, shop: SeededShop) -> None:
        later = NOW + timedelta(hours=1)
        with database.jobs() as session:
            for complete_through in (NOW, later, NOW):
                freshness.save_freshness(
                    session, shop.shop_id, "shopify", complete_through, at=later
                )
        with database.as_user(shop.owner_id) as session:
            assert freshness.freshness_of(session, shop.shop_id) == {"shopify": later}
