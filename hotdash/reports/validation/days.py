"""Whether a day is missing: orders held against Shopify's own count, ads against what was read, visits against their span."""

from collections.abc import Iterator

from sqlalchemy import text

from hotdash.insights.statements import source, statement
from hotdash.reports.validation.asked import Asked, judged
from hotdash.reports.validation.contract import Finding, Item
from hotdash.reports.validation.sales import RECONCILIATION

ORDERS, ROAS, SPEND = "fct_orders", "fct_roas", "fct_ad_spend"
# Told day by day by their vendor, and quiet on no day of a shop that is open.
DAILY = {"ga4": "fct_sessions", "search_console": "fct_search_totals"}


def no_day_is_missing(asked: Asked) -> Item:
    findings = [*_order_days(asked), *_ad_days(asked), *_quiet_days(asked)]
    has_orders = bool(asked.parts(ORDERS))
    unknown = has_orders and asked.has("shopify") and not asked.parts(RECONCILIATION)
    return judged(
        "no_day_is_missing",
        "Is there a day without numbers between the first and the last?",
        findings,
        "Every day on which Shopify counts orders has orders here, and every ad day was read.",
        rests_on=(RECONCILIATION, ORDERS, SPEND, ROAS, *DAILY.values()),
        mend="`hotdash sources` says how far each source is read; `hotdash backfill plan` reads days again.",
        not_asked=_not_asked(has_orders=has_orders, unknown=unknown),
    )


def _not_asked(*, has_orders: bool, unknown: bool) -> str | None:
    if not has_orders:
        return "No order is published yet: `hotdash run`."
    told = "Shopify's report was never read, so nobody knows on which days there were orders."
    return told if unknown else None


def _order_days(asked: Asked) -> Iterator[Finding]:
    asking = asked.parameters(ORDERS) | {"told_parts": asked.parts(RECONCILIATION)}
    for row in asked.session.execute(statement(__file__, "missing_days.sql"), asking):
        if row.told_orders is None:
            what = f"Shopify's sales report was not read; {row.orders:,} orders are here"
        else:
            what = f"no order is here, Shopify counts {int(row.told_orders):,}"
        yield Finding(asked.shop.shop_id, what, row.day)


def _ad_days(asked: Asked) -> Iterator[Finding]:
    asking = asked.parameters(ROAS) | {"spend_parts": asked.parts(SPEND)}
    for row in asked.session.execute(statement(__file__, "unread_ad_days.sql"), asking):
        yield Finding(asked.shop.shop_id, f"the ads of {row.platform} were not read", row.day)


def _quiet_days(asked: Asked) -> Iterator[Finding]:
    """A day without a visit is odd and may be true, so it is only noted."""
    for vendor, mart in DAILY.items():
        if asked.has(vendor) and asked.parts(mart):
            asking = text(source(__file__, "days_without_rows.sql").format(mart=mart))
            for row in asked.session.execute(asking, asked.parameters(mart)):
                what = f"{vendor} tells nothing of this day"
                yield Finding(asked.shop.shop_id, what, row.day, explained=True)
