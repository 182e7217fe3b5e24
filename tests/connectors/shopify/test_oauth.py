"""Shopify's signed queries, and codes and refresh tokens against the simulator's doors."""

from datetime import timedelta

import pytest

from hotdash.connectors.shopify.errors import ShopifyAccessError
from hotdash.connectors.shopify.oauth import is_shop_domain, is_signed
from hotdash.simulators.shopify.oauth import signed_query
from tests.fixtures.oauth import code_of, oauth
from tests.fixtures.simulator import SHOP_ID, SimulatorHandle


class TestSignedQueries:
    TOLD = signed_query({"shop": "a.myshopify.com", "code": "c", "timestamp": "1"}, "hush")

    def test_as_shopify_publishes_one(self) -> None:
        query = (
            "code=0907a61c0c8d55e99db179b68161bc00&"
            "hmac=700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf&"
            "shop=some-shop.myshopify.com&state=0.6784241404160823&timestamp=1337178173"
        )
        assert is_signed(query, "hush")
        assert not is_signed(query.replace("some-shop", "some-shoq"), "hush")

    def test_in_whatever_order_and_writing(self) -> None:
        assert is_signed("&".join(reversed(self.TOLD.split("&"))), "hush")
        odd = {"host": "YWRtaW4=", "shop": "a.myshopify.com", "state": "a b&c"}
        assert is_signed(signed_query(odd, "hush"), "hush")

    @pytest.mark.parametrize(
        "query",
        [
            "",
            "shop=a.myshopify.com",
            TOLD + "&extra=1",
            TOLD + "&hmac=" + "0" * 64,
            TOLD.replace("hmac=", "hmac=0"),
            TOLD.split("&hmac=")[0] + "&hmac=%C3%BC",
        ],
    )
    def test_what_is_not_signed(self, query: str) -> None:
        assert not is_signed(query, "hush")

    def test_an_empty_secret_signs_nothing(self) -> None:
        assert not is_signed(signed_query({"shop": "a.myshopify.com"}, ""), "")


@pytest.mark.parametrize(
    "domain",
    ["evil.com", "a.myshopify.com.evil.com", "-a.myshopify.com", "a.myshopify.com/x", "A.b", ""],
)
def test_what_is_no_shops_domain(domain: str) -> None:
    assert is_shop_domain("hot-rod-an.myshopify.com")
    assert not is_shop_domain(domain)


class TestTokens:
    def test_a_code_becomes_a_token_that_ends(self, simulator: SimulatorHandle) -> None:
        told = oauth(simulator).exchange(code_of(simulator), simulator.now())
        assert told.expires_at == simulator.now() + timedelta(hours=1)
        assert told.refresh_token
        assert "read_all_orders" in told.scopes
        assert told.access_token not in repr(told)

    def test_a_code_works_once(self, simulator: SimulatorHandle) -> None:
        code = code_of(simulator)
        oauth(simulator).exchange(code, simulator.now())
        with pytest.raises(ShopifyAccessError, match="invalid_grant"):
            oauth(simulator).exchange(code, simulator.now())

    def test_a_wrong_secret_is_told_without_it(self, simulator: SimulatorHandle) -> None:
        with pytest.raises(ShopifyAccessError, match="invalid_client") as caught:
            oauth(simulator, "a-wrong-secret").exchange("x", simulator.now())
        assert "a-wrong-secret" not in str(caught.value)

    def test_a_refresh_token_is_replaced(self, simulator: SimulatorHandle) -> None:
        first = oauth(simulator).exchange(code_of(simulator), simulator.now())
        again = oauth(simulator).renew(str(first.refresh_token), simulator.now())
        assert again.access_token != first.access_token
        assert again.refresh_token != first.refresh_token
        with pytest.raises(ShopifyAccessError):
            oauth(simulator).renew(str(first.refresh_token), simulator.now())

    def test_forgiving_until_the_heir_is_used(self, simulator: SimulatorHandle) -> None:
        """As Shopify does it: an answer that was lost can be asked for again."""
        simulator.http.post("/_simulator/shopify/oauth", json={"shop": SHOP_ID, "forgiving": True})
        door, now = oauth(simulator), simulator.now()
        first = str(door.exchange(code_of(simulator), now).refresh_token)
        lost = door.renew(first, now)
        heir = str(door.renew(first, now).refresh_token)
        assert lost.refresh_token != heir
        door.renew(heir, now)
        with pytest.raises(ShopifyAccessError):
            door.renew(first, now)

    def test_a_vendor_in_trouble_is_asked_again(self, simulator: SimulatorHandle) -> None:
        code = code_of(simulator)
        simulator.fault("server_error", route="oauth", times=2)
        assert oauth(simulator).exchange(code, simulator.now()).access_token
