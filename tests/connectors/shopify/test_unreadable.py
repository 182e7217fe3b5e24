"""What cannot be read is told as unreadable with its reason; the rest passes and nothing becomes NULL."""

from collections.abc import Sequence
from decimal import Decimal

import orjson
import pyarrow as pa
import pytest

from hotdash.connectors.shopify import shapes
from hotdash.connectors.shopify.batches import shown_lines
from hotdash.connectors.shopify.columns import fit
from hotdash.connectors.shopify.exploding import exploded
from hotdash.connectors.shopify.judging import Judge, blame, read_lines
from hotdash.connectors.shopify.readers import UnfitError
from hotdash.connectors.shopify.tables import (
    ORDER_LINES,
    TRANSACTIONS,
    VARIANTS,
    required_columns,
)
from hotdash.simulators.world import World
from tests.fixtures.simulator import UNTIL, Connecting, SimulatorHandle
from tests.fixtures.told_events import ORDER_TABLES, expected, read, same_rows

EVERY = 7
DRIFTS = [
    ("Order.totalPriceSet", "abc", "totalPriceSet"),
    ("Order.totalTaxSet", "12,50", "totalTaxSet"),
    ("Order.processedAt", "yesterday", "processedAt"),
    ("LineItem.originalTotalSet", "1.23456", "originalTotalSet"),
    ("ShippingLine.discountedPriceSet", "", "discountedPriceSet"),
]


def is_hit(order_id: int) -> bool:
    return order_id // 1000 % EVERY == 0


class TestDrift:
    @pytest.mark.parametrize(("field", "garbage", "blamed"), DRIFTS)
    def test_of_a_first_read(
        self,
        connecting: Connecting,
        simulator: SimulatorHandle,
        world: World,
        field: str,
        garbage: str,
        blamed: str,
    ) -> None:
        simulator.fault("drift", field=field, value=garbage, every=EVERY)
        told = read(connecting.connector("kanto-garage"))
        orders = list(world.orders_as_of(UNTIL, "kanto-garage"))
        hit = [order for order in orders if is_hit(order.order_id)]
        spared = expected(order for order in orders if not is_hit(order.order_id))
        assert len(told.unreadable) == len(hit) > 0
        for table in ORDER_TABLES:
            assert same_rows(told.rows[table], spared[table]), table
        assert {event.vendor_id for event in told.unreadable} == {str(o.order_id) for o in hit}
        for event in told.unreadable:
            assert event.table.name == "shopify_orders"
            assert blamed in event.reason or "shopify_order" in event.reason
            assert "gid://shopify/Order/" in event.payload
            assert garbage in event.payload

    def test_of_an_incremental_read(
        self, connecting: Connecting, simulator: SimulatorHandle, world: World
    ) -> None:
        cursor = {"updated_at": "2026-09-01T00:00:00Z"}
        undisturbed = read(connecting.connector(), cursor).orders()
        simulator.fault("drift", field="Order.totalPriceSet", value="abc", every=EVERY)
        told = read(connecting.connector(), cursor)
        hit = {order_id for order_id in undisturbed if is_hit(order_id)}
        assert len(told.unreadable) == len(hit) > 0
        assert set(told.orders()) == set(undisturbed) - hit
        assert {event.vendor_id for event in told.unreadable} == set(map(str, hit))
        assert all("abc" in event.reason for event in told.unreadable)

    def test_who_a_person_is_stays_out_of_it(
        self, connecting: Connecting, simulator: SimulatorHandle
    ) -> None:
        simulator.fault("drift", field="Customer.createdAt", value="long ago")
        for cursor in (None, {"updated_at": "2026-09-01T00:00:00Z"}):
            told = read(connecting.connector(), cursor)
            assert told.unreadable
            assert not told.rows["shopify_customers"]
            for event in told.unreadable:
                assert event.table.name == "shopify_customers"
                assert "long ago" in event.payload
                assert "example.com" not in event.payload
                assert "***" in event.payload


@pytest.mark.law(12)
class TestNoPersonIsShown:
    def test_however_deep_a_visit_stands(self) -> None:
        address = "https://shop.example/account?email=ann@shop.example"
        visits = [{"landingPage": address, "referrerUrl": address, "source": "mail"}]
        line = orjson.dumps({"id": "gid://shopify/Order/1", "moments": {"nodes": visits}})
        shown = shown_lines(line + b'\n"ann@shop.example"\n["ann@shop.example"]')
        assert "ann@" not in shown
        assert '"source":"mail"' in shown

    def test_where_it_is_deeper_than_anybody_reads(self) -> None:
        line = b'{"a":' * 900 + b'"ann@shop.example"' + b"}" * 900
        assert "ann@" not in shown_lines(line)


class TestTypedReading:
    def variant(self, price: str) -> bytes:
        return (
            b'{"id":"gid://shopify/ProductVariant/1","__parentId":"gid://shopify/Product/2",'
            b'"sku":null,"title":"T","price":' + price.encode() + b","
            b'"createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-01T09:00:00+09:00",'
            b'"inventoryItem":{"id":"gid://shopify/InventoryItem/3"}}\n'
        )

    def test_money_is_exact(self) -> None:
        batch = read_lines(self.variant('"90071992547409.9301"'), shapes.VARIANT)
        assert batch.column("price").to_pylist() == [Decimal("90071992547409.9301")]

    def test_instants_are_utc(self) -> None:
        (row,) = fit(VARIANTS, read_lines(self.variant('"1.0"'), shapes.VARIANT)).to_pylist()
        assert row["created_at"] == row["updated_at"]
        assert row["product_id"] == 2

    @pytest.mark.parametrize("price", ['"x"', '"1.23456"', "{}", '"99999999999999999999.0"'])
    def test_what_is_no_price_is_an_error(self, price: str) -> None:
        with pytest.raises(UnfitError):
            read_lines(self.variant(price), shapes.VARIANT)
        assert (blame([self.variant(price)], shapes.VARIANT) or "").startswith("price: ")

    def test_a_missing_price_is_an_error(self) -> None:
        with pytest.raises(UnfitError, match="price is missing"):
            fit(VARIANTS, read_lines(self.variant("null"), shapes.VARIANT))

    def test_an_id_of_another_kind_is_an_error(self) -> None:
        line = self.variant('"1.0"').replace(b"ProductVariant/1", b"Product/1")
        with pytest.raises(UnfitError, match="id is not an id of a ProductVariant"):
            fit(VARIANTS, read_lines(line, shapes.VARIANT))

    def test_a_missing_list_is_an_error_and_an_empty_one_is_zero(self) -> None:
        line = (
            b'{"id":"gid://shopify/LineItem/1","__parentId":"gid://shopify/Order/2","title":"T",'
            b'"quantity":1,"currentQuantity":1,"isGiftCard":false,"product":null,"variant":null,'
            b'"originalUnitPriceSet":{"shopMoney":{"amount":"2.0"}},'
            b'"originalTotalSet":{"shopMoney":{"amount":"2.0"}},'
            b'"discountAllocations":[],"taxLines":TAXES}\n'
        )
        taxes = (
            b'[{"rate":0.0625,"priceSet":{"shopMoney":{"amount":"0.13"}}},'
            b'{"rate":0.02,"priceSet":{"shopMoney":{"amount":"0.04"}}}]'
        )
        batch = read_lines(
            line.replace(b"TAXES", taxes) + line.replace(b"TAXES", b"[]"), shapes.LINE
        )
        found = fit(ORDER_LINES, batch)
        assert found.column("tax_total").to_pylist() == [Decimal("0.17"), Decimal(0)]
        assert found.column("tax_rate").to_pylist() == [Decimal("0.0825"), Decimal(0)]
        assert found.column("discount_total").to_pylist() == [Decimal(0), Decimal(0)]
        with pytest.raises(UnfitError, match="taxLines is missing"):
            fit(ORDER_LINES, read_lines(line.replace(b"TAXES", b"null"), shapes.LINE))

    def test_fees_of_another_currency_are_told_beside_the_sum(self) -> None:
        """0.50 + 0.25 dollars are 0.75; the euro and the Canadian dollars are nobody's sum."""

        def payment(number: int, *fees: tuple[str, str]) -> dict[str, object]:
            money = {"shopMoney": {"amount": "12.50", "currencyCode": "USD"}}
            told = [{"amount": {"amount": fee, "currencyCode": code}} for fee, code in fees]
            kept = {"id": f"gid://shopify/OrderTransaction/{number}", "fees": told}
            fixed = {"kind": "SALE", "status": "SUCCESS", "test": False}
            return {**kept, **fixed, "amountSet": money, "createdAt": "2026-01-01T00:00:00Z"}

        payments = [
            payment(1, ("0.50", "USD"), ("1.20", "CAD"), ("0.25", "USD"), ("2.0", "EUR")),
            payment(2, ("0.30", "USD")),
            payment(3),
        ]
        line = orjson.dumps({"id": "gid://shopify/Order/7", "transactions": payments})
        orders = read_lines(line, shapes.ORDER)
        found = fit(TRANSACTIONS, exploded(orders, "transactions", {"order_id": pa.array([7])}))
        assert found.column("fee_amount").to_pylist() == [
            *(Decimal("0.75"), Decimal("0.30"), Decimal(0))
        ]
        assert found.column("other_fees").to_pylist() == ["1.2000 CAD, 2.0000 EUR", None, None]

    def test_an_empty_batch_has_the_columns_of_its_table(self) -> None:
        empty = fit(ORDER_LINES, read_lines(b"", shapes.LINE))
        assert empty.schema == ORDER_LINES.schema
        assert empty.num_rows == 0

    def test_a_row_longer_than_a_block_of_the_reader(self) -> None:
        long = b'{"id":"' + b"x" * (5 << 20) + b'"}\n'
        assert read_lines(long * 2, pa.schema([("id", pa.string())])).num_rows == 2


class TestJudge:
    def test_finds_the_bad_among_the_good_in_few_steps(self) -> None:
        bad, steps = {13, 700}, 0

        def read_numbers(numbers: list[int]) -> list[int]:
            nonlocal steps
            steps += 1
            for number in numbers:
                if number in bad:
                    raise UnfitError(f"{number} is bad")
            return numbers

        verdict = Judge(read_numbers).judge(list(range(1000)))
        assert {refusal.entity for refusal in verdict.refused} == bad
        assert {refusal.reason for refusal in verdict.refused} == {"13 is bad", "700 is bad"}
        assert sorted(n for part in verdict.read for n in part) == sorted(set(range(1000)) - bad)
        assert steps < 60

    def test_what_all_lack_is_seen_in_one_look_and_who_lacks_nothing_is_read(self) -> None:
        """Half of them lack a name, some of these also a price, and one is bad for another reason."""
        steps = 0

        def read_numbers(numbers: Sequence[int]) -> Sequence[int]:
            nonlocal steps
            steps += 1
            for what, lacks in (("name", 2), ("price", 3)):
                lacking = {str(n): f"{what} is missing" for n in numbers if n % lacks == 0}
                if lacking:
                    raise UnfitError(f"{what} is missing", lacking)
                if 35 in numbers:
                    raise UnfitError("35 is bad")
            return numbers

        verdict = Judge(read_numbers, name=str).judge(range(1000))
        reasons = dict.fromkeys(range(0, 1000, 2), "name is missing")
        reasons |= dict.fromkeys(range(3, 1000, 6), "price is missing") | {35: "35 is bad"}
        assert {each.entity: each.reason for each in verdict.refused} == reasons
        assert sorted(n for part in verdict.read for n in part) == sorted(
            set(range(1000)) - set(reasons)
        )
        assert steps < 60

    def test_nothing_to_read(self) -> None:
        assert Judge[int, object](lambda entities: entities).judge([]).read == []


def test_keys_are_always_required() -> None:
    for table in (ORDER_LINES, VARIANTS):
        assert set(table.key) <= set(required_columns(table))
