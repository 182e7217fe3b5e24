"""Whether what is published is what Shopify says: its sales report line by line, and its count of orders."""

from collections.abc import Iterator

from sqlalchemy import Row

from hotdash.insights.statements import statement
from hotdash.reports.validation.amounts import exact
from hotdash.reports.validation.asked import Asked, judged, not_here
from hotdash.reports.validation.contract import Finding, Item

RECONCILIATION = "fct_sales_reconciliation"
UNEXPLAINED = "Not explained."
VENDOR_COUNTS = ("order_counts_reconcile", "orders_are_readable")
_SALES = "reconciliation"
_ASKS_SALES = "Does every line of every day equal Shopify's own sales report?"
_VENDOR = "orders_at_the_vendor"
_ASKS_VENDOR = "Is every order that Shopify counts here, and can all of them be read?"


def reconciliation(asked: Asked) -> Item:
    if not asked.has("shopify"):
        return not_here(_SALES, _ASKS_SALES, "Orders come from files; no Shopify report is read.")
    asking = asked.parameters(RECONCILIATION)
    row = asked.session.execute(statement(__file__, "compared.sql"), asking).one()
    differences = list(_differences(asked))
    not_asked = None if row.days else "Shopify's sales report was never read."
    passed = (
        f"{row.lines:,} lines of {row.days:,} days, {row.first_day} to {row.last_day}: 0.00 off."
    )
    if differences and not any(not each.explained for each in differences):
        passed = f"{row.days:,} days, {row.first_day} to {row.last_day}."
    return judged(
        *(_SALES, _ASKS_SALES, differences, passed),
        rests_on=(RECONCILIATION, "sales_report_reconciles"),
        mend="Compare the day with the sales report in the Shopify admin; the runbook of "
        "sales_report_reconciles says how. A report that was never read needs the scope read_reports.",
        not_asked=not_asked,
    )


def _differences(asked: Asked) -> Iterator[Finding]:
    found = asked.session.execute(
        statement(__file__, "differences.sql"), asked.parameters(RECONCILIATION)
    )
    for row in found:
        ours, theirs = (_told(asked, row, side) for side in ("ours", "theirs"))
        what = f"{row.line} is {ours} here and {theirs} at Shopify. {row.explanation}"
        yield Finding(asked.shop.shop_id, what, row.day, row.explanation != UNEXPLAINED)


def _told(asked: Asked, row: Row[tuple[object, ...]], side: str) -> str:
    value = getattr(row, side)
    return f"{int(value):,}" if row.line == "orders" else exact(value, asked.shop.currency)


def orders_at_the_vendor(asked: Asked) -> Item:
    if not asked.has("shopify"):
        return not_here(_VENDOR, _ASKS_VENDOR, "No vendor counts orders that come from files.")
    answers = asked.answers(VENDOR_COUNTS)
    missing = sorted(set(VENDOR_COUNTS) - {each.check_name for each in answers})
    not_asked = f"Nobody asked {', '.join(missing)} yet: `hotdash run`." if missing else None
    return judged(
        *(_VENDOR, _ASKS_VENDOR, asked.failures(answers)),
        "Every closed day has as many orders as Shopify counts, and none waits in quarantine.",
        rests_on=VENDOR_COUNTS,
        mend="Run `hotdash run`: it fetches what is missing. What cannot be read: `hotdash quarantine list`.",
        not_asked=not_asked,
    )
