"""How right the numbers are: beside Shopify's own, and by how many orders a source is known for."""

from datetime import timedelta
from decimal import Decimal

from hotdash.base.money import minor_digits, signed
from hotdash.insights.metrics.period import Window
from hotdash.insights.metrics.publication import load_published
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import Question
from hotdash.insights.statements import statement
from hotdash.insights.tiles import wording
from hotdash.reports.scorecard.asking import Asking
from hotdash.reports.scorecard.contract import Measured, Promise, unmeasured

RECONCILIATION = "fct_sales_reconciliation"
DAYS = 30
LEAST_ATTRIBUTED = Decimal("0.5")

VARIANCE = Promise(
    "variance_to_shopify",
    "Variance to Shopify's sales report",
    "0.00 on every day",
    "the mart fct_sales_reconciliation, as published",
    "/data-health/checks/sales_report_reconciles",
)
ATTRIBUTED = Promise(
    "attribution_rate",
    "Orders credited to a source",
    "at least 50%",
    "the metric attribution_rate, as published",
    "/attribution",
)


def variance(asking: Asking) -> Measured:
    published = load_published(asking.session, asking.shop_id, RECONCILIATION)
    last = published.last_complete
    if not published.parts or last is None:
        return unmeasured(
            VARIANCE,
            "A run of a shop whose Shopify token may read reports (read_reports) fills it.",
        )
    row = asking.session.execute(
        statement(__file__, "variance.sql"),
        {
            "shop_id": asking.shop_id,
            "parts": list(published.parts.values()),
            "after": last - timedelta(days=DAYS),
        },
    ).one()
    if not row.days:
        return unmeasured(VARIANCE, f"A report of one of the last {DAYS} days fills it.")
    detail = f"{row.days_off} of {wording.counted(row.days, 'day')} differ"
    if row.days_off:
        detail += f", {row.days_unexplained} without an explanation"
    return Measured(
        VARIANCE,
        f"{_money(row.off, published.currency)} of {_money(row.told, published.currency)}",
        row.days_off == 0,
        f"{detail}; total sales, differences added up without their sign",
        Window(row.first_day, row.last_day),
    )


def attributed(asking: Asking) -> Measured:
    last = load_published(asking.session, asking.shop_id, "fct_roas").last_complete
    fills = "Orders of the last 30 days whose customer journeys or clicks were read fill it."
    if last is None:
        return unmeasured(ATTRIBUTED, fills)
    window = Window(last - timedelta(days=DAYS - 1), last)
    question = Question.parse(
        shops=[asking.shop_id], metrics=["attribution_rate"], first=window.first, last=window.last
    )
    rows = query(asking.session, question, asking.now).rows
    cell = rows[0].cells["attribution_rate"] if rows else None
    if cell is None or cell.value is None:
        return unmeasured(ATTRIBUTED, fills, cell.why or "" if cell else "")
    return Measured(
        ATTRIBUTED,
        wording.percent(cell.value),
        cell.value >= LEAST_ATTRIBUTED,
        "last click, seven days; the others are Direct / None",
        window,
    )


def _money(amount: Decimal, currency: str) -> str:
    """To the cent: a variance that was rounded would say nothing."""
    return signed(amount, currency, f"{abs(amount):,.{minor_digits(currency)}f}")
