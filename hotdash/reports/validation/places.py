"""Whether days are cut in the shop's timezone and amounts are in its currency, and which sources differ."""

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import text

from hotdash.insights.statements import source, statement
from hotdash.reports.validation.asked import Asked, judged
from hotdash.reports.validation.contract import Finding, Item
from hotdash.reports.validation.days import SPEND
from hotdash.storage.marts import ColumnType, published_mart

SHOPS = "dim_shops"
KNOWN_SHOP = ("shops_have_timezone_and_currency",)
IN_CURRENCY = ("orders_are_in_the_shops_currency", "ad_spend_is_in_the_shops_currency")
_NEEDED = ("orders_are_in_the_shops_currency",)


def timezone(asked: Asked) -> Item:
    findings = [*asked.failures(asked.answers(KNOWN_SHOP)), *_timezones(asked)]
    return judged(
        "timezone",
        "Are days cut in the shop's own timezone, and which sources have another?",
        findings,
        f"Days are those of {asked.shop.timezone}.",
        rests_on=(*KNOWN_SHOP, SHOPS, SPEND),
        mend="A shop that moved is computed anew by `hotdash run --full`; days of ad accounts and of "
        "Google stay their own and are never cut anew.",
        not_asked=None
        if asked.parts(SHOPS)
        else "Nobody built this shop's record yet: `hotdash run`.",
    )


def _timezones(asked: Asked) -> Iterator[Finding]:
    shop = asked.shop
    try:
        ZoneInfo(shop.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        yield asked.finding(f"nobody knows the timezone {shop.timezone!r}")
    for row in asked.session.execute(statement(__file__, "told_shop.sql"), asked.parameters(SHOPS)):
        if row.timezone != shop.timezone:
            what = f"pages reckon in {shop.timezone}, the marts were built in {row.timezone}"
            yield asked.finding(what)
    for name, zone in sorted({*_zones_of_sources(asked)}):
        if zone != shop.timezone:
            what = f"the days of {name} are those of {zone}"
            yield Finding(shop.shop_id, what, explained=True)


def _zones_of_sources(asked: Asked) -> Iterator[tuple[str, str]]:
    for row in asked.session.execute(
        statement(__file__, "ad_accounts.sql"), asked.parameters(SPEND)
    ):
        yield f"the {row.platform} ad account", row.account_timezone
    for mart, title in (
        ("fct_sessions", "Google Analytics"),
        ("fct_search_totals", "Google's search"),
    ):
        asking = text(source(__file__, "source_timezones.sql").format(mart=mart))
        for row in asked.session.execute(asking, asked.parameters(mart)):
            yield title, row.timezone


def currency(asked: Asked) -> Item:
    answers = asked.answers(IN_CURRENCY)
    findings = [*asked.failures(answers), *_other_currencies(asked), *_accounts_abroad(asked)]
    missing = set(_NEEDED) - {each.check_name for each in answers}
    not_asked = "Nobody asked orders_are_in_the_shops_currency yet: `hotdash run`."
    return judged(
        "currency",
        "Is every amount in the shop's currency?",
        findings,
        f"Every amount is in {asked.shop.currency}.",
        rests_on=(*IN_CURRENCY, SHOPS, "every mart with a currency"),
        mend="Run `hotdash run --full` after a shop changed its currency; `hotdash rates import` "
        "brings the rates of ad accounts that pay in another one.",
        not_asked=not_asked if missing else None,
    )


def _other_currencies(asked: Asked) -> Iterator[Finding]:
    for name in sorted(asked.editions):
        mart = published_mart(name)
        if "currency" not in mart.columns or not asked.parts(name):
            continue
        is_dated = mart.columns[mart.partition_column] is ColumnType.DAY
        asking = text(
            source(__file__, "other_currencies.sql").format(
                mart=name, place="day" if is_dated else "bucket"
            )
        )
        wanted = asked.parameters(name) | {"currency": asked.shop.currency}
        for row in asked.session.execute(asking, wanted):
            rows = "row is" if row.found == 1 else "rows are"
            what = f"{row.found:,} {rows} in {row.currency} in {name}, the shop's is {asked.shop.currency}"
            day = row.place if isinstance(row.place, date) else None
            yield Finding(asked.shop.shop_id, what, day)


def _accounts_abroad(asked: Asked) -> Iterator[Finding]:
    for row in asked.session.execute(
        statement(__file__, "ad_accounts.sql"), asked.parameters(SPEND)
    ):
        if row.account_currency != asked.shop.currency:
            what = f"the {row.platform} ad account pays in {row.account_currency}; converted where a rate is known"
            yield Finding(asked.shop.shop_id, what, explained=True)
