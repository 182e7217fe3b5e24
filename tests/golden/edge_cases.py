"""The ledger as the seed analysts read: `python -m tests.golden.edge_cases` writes it anew."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from hotdash.base.paths import dbt_project_folder
from tests.golden.conftest import CASES, SHOPS
from tests.golden.expected import Case

SEED = dbt_project_folder() / "seeds" / "test_orders.csv"
COLUMNS = (
    *("shop_id", "timezone", "currency", "order_id", "case_name", "processed_at"),
    *("taxes_included", "financial_status", "is_test", "is_cancelled", "expected_day"),
    *("is_counted", "units", "gross_sales", "discounts", "refunds", "shipping"),
    *("shipping_refunds", "taxes", "tax_refunds", "revenue", "by_hand"),
)


def seed_text() -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(case) for case in CASES)
    return written.getvalue()


def _row(case: Case) -> list[object]:
    order = case.versions[-1]
    told = (
        *(case.shop, *SHOPS[case.shop], order.order_id, case.name, order.at),
        *(_flag(order.taxes_included), order.status, _flag(order.test), _flag(order.cancelled)),
    )
    return [*told, *_expected(case), case.by_hand]


def _expected(case: Case) -> Iterator[object]:
    """Nothing is expected of an order that was deleted."""
    known = case.expected
    if known is None:
        yield from [""] * 11
        return
    yield from (known.day, _flag(known.counted), known.units)
    yield from (known.gross, known.discounts, known.refunds, known.shipping)
    yield from (known.shipping_refunds, known.taxes, known.tax_refunds)
    sold = Decimal(known.gross) - Decimal(known.discounts) + Decimal(known.shipping)
    yield sold - Decimal(known.refunds) - Decimal(known.shipping_refunds)


def _flag(value: bool) -> str:
    return "true" if value else "false"


def main(path: Path = SEED) -> None:
    path.write_text(seed_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
