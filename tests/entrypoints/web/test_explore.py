"""Explore: what is on screen is in the files, and what is behind a number adds up to it."""

import csv
import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow.parquet as pq
import pytest

from hotdash.base.roles import Role
from hotdash.entrypoints.web.navigation import PAGES, open_pages
from tests.fixtures.files import excel_rows, ndjson_rows
from tests.fixtures.marts import mart_row
from tests.fixtures.pages import links_of, table_of
from tests.fixtures.storefront import (
    AGENCY,
    KYOTO,
    OWNER,
    ROD,
    VIEWER,
    history,
    publish_rows,
)
from tests.fixtures.web import Web, routes_of

EPOCH = date(1899, 12, 30)
ASKED = {
    "by day": "",
    "by country, compared with last year": "&by=&by=country&compare=year&range=7d",
    "a share and a count": "&metric=refund_rate&metric=orders&by=week&range=90d",
    "filtered": "&filter=country:DE&by=month&range=90d&compare=none",
    "as one number": "&by=",
}


@pytest.fixture
def owner(shown_web: Web) -> Web:
    shown_web.sign_in(OWNER)
    return shown_web


def page(web: Web, asked: str = "", status: int = 200) -> str:
    answer = web.client.get(f"/explore?shop={ROD}{asked}")
    assert answer.status_code == status, answer.text
    return answer.text


def read(text: str) -> str:
    """A cell of the screen as the plain digits it shows."""
    if text in ("–", "(none)"):
        return ""
    try:
        return datetime.strptime(text, "%a %d %b %Y").date().isoformat()
    except ValueError:
        pass
    plain = text.replace("−", "-").replace("+", "").replace("$", "").replace(",", "")
    try:
        if plain.endswith("%"):
            return f"{(Decimal(plain[:-1]) / 100).normalize():f}"
        return f"{Decimal(plain).normalize():f}"
    except ArithmeticError:
        return text


def number(value: Any) -> str:
    """A cell of a file as digits; a decimal's trailing noughts are the column's."""
    if value in (None, ""):
        return ""
    if isinstance(value, date):
        return value.isoformat()
    try:
        return f"{Decimal(str(value)).normalize():f}"
    except ArithmeticError:
        return str(value)


def files(web: Web, html: str) -> dict[str, list[list[str]]]:
    links = links_of(html)
    contents = {
        title: web.client.get(links[title]).content
        for title in ("CSV", "NDJSON", "Parquet", "Excel")
    }
    lines = list(csv.reader(io.StringIO(contents["CSV"].decode())))
    names, *excel = excel_rows(contents["Excel"])
    dated = names[0] == "day"
    return {
        "CSV": [line for line in lines if not line[0].startswith("# ")][1:],
        "NDJSON": [list(row.values()) for row in ndjson_rows(contents["NDJSON"])[1]],
        "Parquet": [
            list(row.values()) for row in pq.read_table(io.BytesIO(contents["Parquet"])).to_pylist()
        ],
        "Excel": [
            [(EPOCH + timedelta(days=int(row[0]))).isoformat() if dated else row[0], *row[1:]]
            for row in (row + [""] * (len(names) - len(row)) for row in excel)
        ],
    }


class TestFilesAreWhatIsOnScreen:
    @pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
    def test_cell_by_cell(self, owner: Web, asked: str) -> None:
        html = page(owner, asked)
        _, *rows = table_of(html)
        screen = [[read(cell) for cell in row] for row in rows]
        assert screen
        for title, table in files(owner, html).items():
            assert [[number(cell) for cell in row] for row in table] == screen, title

    def test_money_keeps_its_minor_units(self, owner: Web) -> None:
        html = page(owner, "&by=")
        (row,) = files(owner, html)["CSV"]
        assert row[0] == "61470.57"
        assert files(owner, html)["Parquet"][0][0] == Decimal("61470.57")

    def test_a_file_says_what_it_is_of(self, owner: Web) -> None:
        html = page(owner, "&filter=country:DE")
        told = owner.client.get(links_of(html)["CSV"]).text
        lines = {line.partition(",")[0]: line for line in told.splitlines()}
        assert lines["# Metric"] == "# Metric,Revenue,revenue v1"
        assert lines["# Filter"] == "# Filter,country,DE"
        assert lines["# Days"] == "# Days,of the shop,America/Los_Angeles"
        assert lines["# Period"] == "# Period,2026-10-21,2026-11-19"
        assert lines["# Build"].startswith("# Build,fct_orders,")

    def test_whoever_may_not_export_gets_no_link_and_no_file(self, shown_web: Web) -> None:
        shown_web.sign_in(VIEWER)
        assert "CSV" not in links_of(page(shown_web))
        answer = shown_web.client.get(f"/api/v1/metrics/export?shop={ROD}&metric=revenue")
        assert answer.status_code == 403

    def test_several_shops_keep_their_currencies(self, shown_web: Web) -> None:
        shown_web.sign_in(AGENCY)
        address = f"/api/v1/metrics/export?shop={ROD}&shop={KYOTO}&metric=revenue&by=shop"
        rows = ndjson_rows(shown_web.client.get(f"{address}&format=ndjson").content)[1]
        told = {row["shop"]: (row["currency"], row["revenue"]) for row in rows}
        assert told[ROD] == ("USD", "61470.57")
        currency, amount = told[KYOTO]
        assert currency == "JPY"
        assert "." not in amount


class TestDrill:
    def test_from_a_country_to_its_orders(self, owner: Web) -> None:
        by_country = links_of(page(owner, "&by=&by=country"))
        assert "By day" in by_country
        html = owner.client.get(by_country["By day"]).text
        html = owner.client.get(links_of(html)["Rows"].partition("#")[0]).text
        _, *orders, total = table_of(html, "data-rows")
        assert total[-1] == f"${sum(money(row[-1]) for row in orders):,.2f}"
        assert "They add up to the number exactly." in html

    def test_the_rows_are_those_of_the_filter(self, owner: Web) -> None:
        every = orders_of(page(owner, "&drill=2026-11-18"))
        of_one = orders_of(page(owner, "&drill=2026-11-18&filter=country:DE"))
        assert set(of_one) < set(every)
        # Every seventh order is from there: see the storefront.
        assert of_one == [order for order in every if int(order) % 7 == 4]

    def test_a_ratio_is_explained_by_what_it_is_made_of(self, owner: Web) -> None:
        html = page(owner, "&metric=aov&drill=2026-11-18")
        assert "AOV: $134.99" in html
        assert "Revenue: $1,214.87" in html
        assert "Orders: 9" in html

    def test_the_rows_are_those_of_the_model_that_was_asked_for(self, web: Web) -> None:
        """36.00 by last click and 60.00 under linear, of the same spend."""
        web.sign_in(OWNER)
        world, day = web.storefront, date(2026, 11, 18)
        amounts = {"attributed_revenue": 36, "last_click_revenue": 36, "linear_revenue": 60}
        told = {name: Decimal(amount) for name, amount in amounts.items()}
        where = {"channel": "Paid", "platform": "meta", "campaign": "Brand", "currency": "USD"}
        row = mart_row("fct_roas", shop_id=ROD, day=day, is_spend_known=True, **where, **told)
        rows = history(ROD) | {"fct_roas": [row]}
        publish_rows(world.database, world.warehouse_home, world.clock, ROD, rows)
        address = "&metric=attributed_revenue&drill=2026-11-18"
        for model, amount in (("", "$36.00"), ("&model=linear", "$60.00")):
            _, brand, total = table_of(page(web, f"{address}{model}"), "data-rows")
            assert (brand[-1], total[-1]) == (amount, amount)


def orders_of(html: str) -> list[str]:
    _, *orders, _ = table_of(html, "data-rows")
    return [row[0] for row in orders]


def money(text: str) -> Decimal:
    return Decimal(text.replace("$", "").replace(",", "").replace("−", "-"))


class TestStates:
    def test_a_question_that_cannot_be_answered_is_told_above_the_form(self, owner: Web) -> None:
        html = page(owner, "&by=planet", 400)
        assert "cannot be split by &#39;planet&#39;" in html
        assert 'id="metric"' in html

    def test_days_without_a_number_say_why(self, owner: Web) -> None:
        html = page(owner, "&range=own&from=2027-01-01&to=2027-01-31")
        assert "There is no number for these days." in html
        assert "is complete for hot-rod-an yet" in html

    def test_days_that_are_not_over_are_provisional(self, owner: Web) -> None:
        html = page(owner, "&from=2026-11-18&to=2026-11-20")
        assert "1 row is provisional: the last complete day is 19 Nov 2026." in html

    def test_what_it_rests_on(self, owner: Web) -> None:
        html = page(owner)
        for told in ("revenue v1", "Timezone America/Los_Angeles", "Build ", "8 min ago"):
            assert told in html

    def test_blocked_and_stale(self, web: Web) -> None:
        web.sign_in(OWNER)
        web.storefront.clock.advance(timedelta(hours=7))
        assert "The data is not up to date." in page(web)
        web.storefront.block()
        html = page(web)
        assert "Blocked since" in html
        assert "Shopify counts 412 orders" in html
        assert "$61,470.57" in html

    def test_nothing_published(self, web: Web) -> None:
        web.sign_in(OWNER)
        web.storefront.unpublish()
        html = page(web)
        assert "There is no number for these days." in html
        assert "Nothing has been published" in html


class TestNavigation:
    def test_links_keep_the_shop_and_the_period(self, shown_web: Web) -> None:
        shown_web.sign_in(AGENCY)
        html = shown_web.client.get(f"/explore?shop={KYOTO}&range=90d&compare=year&by=week").text
        assert links_of(html)["Today"] == f"/today?shop={KYOTO}&range=90d&compare=year"
        assert "by=week" not in links_of(html)["Explore"]

    def test_only_what_is_there_is_linked(self, owner: Web) -> None:
        links = links_of(page(owner))
        paths = {name.partition(" ")[2] for name in routes_of(owner.app.routes)}
        shown = {each.title for each in PAGES if each.title in links}
        assert shown == {each.title for each in PAGES if each.path in paths}
        assert {"Today", "Explore"} <= shown

    def test_by_role(self) -> None:
        paths = {each.path for each in PAGES}
        titles = {role: {each.title for each in open_pages(role, paths)} for role in (None, *Role)}
        assert "Admin" in titles[Role.OWNER]
        # A manager has tokens and the report of who read what there: see test_admin.py.
        assert "Admin" in titles[Role.MANAGER] & titles[Role.ANALYST]
        assert "Admin" not in titles[Role.VIEWER] | titles[Role.OPERATOR] | titles[None]
        assert "Backfills" in titles[Role.MANAGER]
        assert "Backfills" not in titles[Role.VIEWER] | titles[Role.OPERATOR]
        assert {each.title for each in open_pages(Role.OWNER, {"/today"})} == {"Today"}
