"""What the API answers about the ledger is what a person computed, to the last minor unit."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from hotdash.entrypoints.web.api.query_schemas import AnswerRowShape
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.web import Web
from tests.golden.conftest import CASES, SHOPS, Built
from tests.golden.expected import ExpectedDay
from tests.golden.ledger_days import DAYS, EMPTY_DAYS
from tests.golden.serving import ask as ask_api
from tests.golden.serving import behind_the_web

BASES = ("orders", "revenue", "revenue_refund_day")
WHOLE = {"from": "2023-01-01", "to": "2026-10-31"}


@pytest.fixture(scope="module")
def web(
    golden: Built, template_urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Web]:
    folder = tmp_path_factory.mktemp("golden")
    with behind_the_web(golden[0], SHOPS, template_urls, folder) as served:
        yield served


def ask(web: Web, shop: str, **asked: Any) -> list[AnswerRowShape]:
    return ask_api(web, shop, **{"metric": BASES, **asked})


def amount(row: AnswerRowShape, metric: str) -> Decimal:
    value = row.values[metric].value
    assert value is not None, row.values[metric].why
    return Decimal(value)


@pytest.mark.parametrize("day", DAYS, ids=lambda day: f"{day.shop} {day.day}")
def test_day(web: Web, day: ExpectedDay) -> None:
    (row,) = ask(web, day.shop, **{"from": day.day, "to": day.day})
    found = tuple(amount(row, name) for name in BASES)
    expected = (day.orders, Decimal(day.by_order_day), Decimal(day.by_refund_day))
    assert found == expected, day.by_hand


@pytest.mark.parametrize(("shop", "day", "why"), EMPTY_DAYS)
def test_a_day_between_others_without_orders_is_a_true_zero(
    web: Web, shop: str, day: str, why: str
) -> None:
    (row,) = ask(web, shop, **{"from": day, "to": day})
    assert [amount(row, name) for name in BASES] == [0, 0, 0], why


@pytest.mark.parametrize("shop", SHOPS)
def test_every_split_adds_up_to_the_orders_of_the_ledger(web: Web, shop: str) -> None:
    kept = [case.expected for case in CASES if case.shop == shop and case.expected]
    counted = [each for each in kept if each.counted]
    revenue = sum(
        (
            Decimal(each.gross)
            - Decimal(each.discounts)
            - Decimal(each.refunds)
            + Decimal(each.shipping)
            - Decimal(each.shipping_refunds)
            for each in counted
        ),
        Decimal(0),
    )
    for by in (None, "day", "month", "country", "segment"):
        asked = {**WHOLE, "metric": ["orders", "revenue"], **({"by": by} if by else {})}
        rows = [row for row in ask(web, shop, **asked) if row.values["revenue"].value is not None]
        assert sum(amount(row, "revenue") for row in rows) == revenue, by
        assert sum(amount(row, "orders") for row in rows) == len(counted), by
    for by in ("product", "category"):
        rows = ask(web, shop, **WHOLE, metric="revenue", by=by)
        assert sum(amount(row, "revenue") for row in rows) == revenue, by
