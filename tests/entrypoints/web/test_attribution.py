"""Attribution: numbers equal to what is asked of the engine, every order explained to the cent, every list bounded."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from hotdash.insights.attribution import texts
from tests.fixtures.attribution_world import publish_attribution
from tests.fixtures.pages import links_of, table_of
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.storefront import KYOTO, OWNER, ROD, STRANGER, VIEWER, Storefront, copied
from tests.fixtures.web import Web, web_in_front_of

PAGE = f"/attribution?shop={ROD}"


@pytest.fixture(scope="module")
def told(
    storefront_template: str, template_urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Storefront]:
    with copied(template_urls, storefront_template, tmp_path_factory.mktemp("told")) as storefront:
        publish_attribution(storefront)
        yield storefront


@pytest.fixture
def owner(told: Storefront, web_home: Path) -> Web:
    web = web_in_front_of(told, web_home)
    web.sign_in(OWNER)
    return web


def page(web: Web, more: str = "") -> str:
    answer = web.client.get(f"{PAGE}{more}")
    assert answer.status_code == 200, answer.text
    return answer.text


def amount(text: str) -> Decimal:
    return Decimal(re.sub(r"[^0-9.−-]", "", text).replace("−", "-"))


@pytest.mark.parametrize("model", texts.MODELS)
def test_every_model_adds_up_to_the_same_revenue(owner: Web, model: str) -> None:
    """Whichever touches have it, all of it is the revenue that the metric tells."""
    *rows, total = table_of(page(owner, f"&model={model}"))[1:]
    asked = f"/api/v1/metrics/query?shop={ROD}&metric=revenue&metric=orders&range=30d"
    answer = owner.client.get(asked).json()["rows"][0]["values"]
    assert amount(total[1]) == Decimal(answer["revenue"]["value"])
    assert sum(amount(row[1]) for row in rows) == amount(total[1])
    assert total[3] == answer["orders"]["value"]


@pytest.mark.parametrize("model", ["last_click", "linear", "first_click"])
@pytest.mark.parametrize("by", ["channel", "campaign"])
def test_the_return_is_that_of_the_metric(owner: Web, model: str, by: str) -> None:
    asked = f"metric=roas&by=channel&range=30d&model={model}"
    answer = owner.client.get(f"/api/v1/metrics/query?shop={ROD}&{asked}").json()
    expected = {
        row["key"]["channel"]: f"{Decimal(row['values']['roas']['value']):.2f}"
        for row in answer["rows"]
        if row["values"]["roas"]["value"] is not None
    }
    place = 5 if by == "channel" else 6
    rows = table_of(page(owner, f"&model={model}&by={by}"))[1:-1]
    shown = {row[0]: f"{amount(row[place]):.2f}" for row in rows if row[place] != "–"}
    assert shown == expected
    assert set(expected) == {"Paid Social", "Paid Search"}


def test_a_campaign_stands_beside_its_cost_under_its_own_name(owner: Web) -> None:
    """Links wrote its id; Google was not read on one of thirty days, so 290.00 are known."""
    rows = {row[1]: row for row in table_of(page(owner, "&by=campaign"))[1:-1]}
    assert rows["Brand"][5] == "$290.00 known"
    assert rows["Spring Sale"][5] == "$600.00"
    assert "An ad account was not read on some of these days" in page(owner)


def test_the_share_with_a_source_is_the_metric(owner: Web) -> None:
    asked = f"/api/v1/metrics/query?shop={ROD}&metric=attribution_rate&range=30d"
    value = Decimal(
        owner.client.get(asked).json()["rows"][0]["values"]["attribution_rate"]["value"]
    )
    assert f'<div class="value">{value * 100:.1f}%</div>' in page(owner)


def test_another_window_moves_who_has_it_and_not_how_much_there_is(owner: Web) -> None:
    decided, week = table_of(page(owner))[1:], table_of(page(owner, "&window=7"))[1:]
    assert decided == week
    short = {row[0]: row for row in table_of(page(owner, "&window=1"))[1:]}
    assert set(short) == {"Email", "Direct / None", "Paid Social", "Paid Search", "All orders"}
    assert short["Paid Search"][1] == "$0.00"
    assert short["All orders"][1] == decided[-1][1]
    assert "a look beside what was decided (7 days)" in page(owner, "&window=1")


def test_a_shared_credit_offers_no_window(owner: Web) -> None:
    html = page(owner, "&model=markov&window=1")
    assert 'name="window"' not in html
    assert "with the 30 days that were decided" in html


@pytest.mark.parametrize(
    "asked", ["model=magic", "window=2", "by=planet", "range=1d", "before=x", "links_from=-1"]
)
def test_what_cannot_be_answered_is_told_on_the_page(owner: Web, asked: str) -> None:
    answer = owner.client.get(f"{PAGE}&{asked}")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert "Who brought the orders" in answer.text


class TestOrders:
    def test_lead_to_their_explanation_page_by_page(self, owner: Web) -> None:
        first = page(owner)
        rows = table_of(first, "data-orders")[1:]
        assert len(rows) == 20
        older = links_of(first)["Older orders"].replace("&amp;", "&")
        following = table_of(owner.client.get(older).text, "data-orders")[1:]
        assert not {row[0] for row in rows} & {row[0] for row in following}
        assert int(following[0][0]) < int(rows[-1][0])

    def test_of_one_channel(self, owner: Web) -> None:
        rows = table_of(page(owner, "&channel=Paid+Search"), "data-orders")[1:]
        assert {int(row[0]) % 5 for row in rows} == {3}
        assert {row[4] for row in rows} == {"Paid Search"}

    @pytest.mark.parametrize(
        ("typed", "status"), [("21463", 303), (" #21463 ", 303), ("x", 400), ("0", 400)]
    )
    def test_is_found_by_its_number(self, owner: Web, typed: str, status: int) -> None:
        answer = owner.client.get("/attribution", params={"shop": ROD, "order": typed})
        assert answer.status_code == status
        if status == 303:
            assert answer.headers["location"].startswith("/attribution/orders/21463?")


class TestOneOrder:
    def order(self, web: Web, rest: int, more: str = "") -> str:
        rows = table_of(page(web), "data-orders")[1:]
        number = next(row[0] for row in rows if int(row[0]) % 5 == rest)
        answer = web.client.get(f"/attribution/orders/{number}?shop={ROD}{more}")
        assert answer.status_code == 200, answer.text
        return answer.text

    def test_every_column_adds_up_to_the_cent(self, owner: Web) -> None:
        head, *lines, total = table_of(self.order(owner, 4), "data-models")
        assert head[1:] == list(texts.TITLES.values())
        assert len(set(total[1:])) == 1
        for column in range(1, len(head)):
            told = [line[column].split()[0] for line in lines if line[column] != "–"]
            assert sum(map(amount, told)) == amount(total[column].split()[0])

    def test_says_rule_by_rule_why(self, owner: Web) -> None:
        html = self.order(owner, 4)
        assert "Last click gives all of it to Organic Search (google / organic)." in html
        assert texts.WON.format(days=7) in html
        assert texts.LOST_TOO_OLD.format(days=7) in html
        assert "Channel rule 200 calls google / organic Organic Search." in html
        assert "20 d before" in html

    def test_under_another_model(self, owner: Web) -> None:
        html = self.order(owner, 4, "&model=linear")
        assert "Linear divides it among 3 visits: Organic Search, Paid Social and Email." in html
        assert html.count("3 clicks lie within 30 days, and each has the same.") == 3
        assert "33.33% of the order" in html

    def test_within_another_window(self, owner: Web) -> None:
        html = self.order(owner, 4, "&window=1")
        assert "Last click credits nobody with it: no visit lies in its window." in html
        assert "Credited to Direct / None" in html
        assert texts.NOT_REACHED.format(days=1) in html
        assert "Organic Search (google / organic)." in self.order(owner, 4, "&window=3")

    def test_nobody_known_says_so(self, owner: Web) -> None:
        html = self.order(owner, 0)
        assert "No visit before this order is known." in html
        assert table_of(html, "data-models")[1][0] == "Direct / None"

    def test_is_what_the_api_tells(self, owner: Web) -> None:
        rows = table_of(page(owner), "data-orders")[1:]
        number = next(row[0] for row in rows if int(row[0]) % 5 == 2)
        told = owner.client.get(f"/api/v1/attribution/orders/{number}?shop={ROD}").json()
        html = owner.client.get(f"/attribution/orders/{number}?shop={ROD}&model=linear").text
        for touch in told["touches"]:
            assert touch["reasons"]["linear"] in html
            assert f"${Decimal(touch['credits']['linear']['amount']):.2f}" in html

    def test_of_another_shop_is_not_there(self, owner: Web) -> None:
        number = table_of(page(owner), "data-orders")[1][0]
        owner.sign_in(STRANGER)
        for shop in (ROD, KYOTO):
            answer = owner.client.get(f"/attribution/orders/{number}?shop={shop}")
            assert answer.status_code == 404
            assert "$" not in answer.text


def test_what_platforms_claim_by_campaign_and_day(owner: Web) -> None:
    """Thirty days of three purchases and 250.50; of Google one day was not read, and half a sum is no sum."""
    html = page(owner)
    campaigns = {row[0]: row for row in table_of(html, "data-campaigns")[1:]}
    assert campaigns["Meta"][4:6] == ["90", "$7,515.00"]
    assert campaigns["Google"][4:] == ["not known", "not known", "not known"]
    days = table_of(html, "data-days")[1:]
    assert len(days) == 40
    assert days[0][0] == "19 Nov 2026"
    earlier = owner.client.get(links_of(html)["Earlier days"].replace("&amp;", "&")).text
    assert len(table_of(earlier, "data-days")[1:]) == 20
    asked = f"shop={ROD}&from=2026-10-21&to=2026-11-19"
    told = owner.client.get(f"/api/v1/attribution/comparison?{asked}").json()
    assert len(told["rows"]) == 60
    for sentence in told["says"]:
        assert sentence.replace("'", "&#39;") in html


def test_links_to_mend_are_bounded_and_complete(owner: Web) -> None:
    html = page(owner)
    rows = table_of(html, "data-links")[1:]
    assert len(rows) == 25
    assert rows[0][3:7] == ["drop-30", "direct / none", "Direct / None", "60"]
    more = links_of(html)["More links"].replace("&amp;", "&")
    assert len(table_of(owner.client.get(more).text, "data-links")[1:]) == 5


@pytest.mark.parametrize("asked", ["", "&model=linear&by=campaign", "&model=first_click&window=3"])
def test_the_api_tells_the_same(owner: Web, asked: str) -> None:
    told = owner.client.get(f"/api/v1/attribution/channels?shop={ROD}{asked}").json()
    *rows, total = table_of(page(owner, asked))[1:]
    place = 2 if "campaign" in asked else 1
    assert [row["channel"] for row in told["rows"]] == [row[0] for row in rows]
    assert [Decimal(row["revenue"]) for row in told["rows"]] == [amount(row[place]) for row in rows]
    assert Decimal(told["total"]["revenue"]) == amount(total[1])
    links = owner.client.get(f"/api/v1/attribution/links?shop={ROD}&skip=25").json()
    assert (links["found"], len(links["links"])) == (30, 5)


def test_the_api_refuses_a_window_where_credit_is_shared(owner: Web) -> None:
    asked = f"/api/v1/attribution/channels?shop={ROD}&model=markov&window=7"
    answer = owner.client.get(asked)
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "window")


def test_a_viewer_sees_it_too(owner: Web) -> None:
    owner.sign_in(VIEWER)
    assert "Who brought the orders" in page(owner)


def test_what_is_kept_back_is_told_above_with_its_way_out(web: Web) -> None:
    """The last trusted credits stay, and the banner leads to what failed."""
    publish_attribution(web.storefront)
    web.sign_in(OWNER)
    before = table_of(page(web))
    web.storefront.clock.advance(timedelta(minutes=1))
    kept = {mart: ["Credits do not add up."] for mart in ("fct_roas", "fct_attributed_orders")}
    web.storefront.publish(ROD, blocked={ROD: kept})
    html = page(web)
    assert "Blocked since 20 Nov, 11:13." in html
    assert "Credits do not add up." in html
    assert links_of(html)["See data health"] == f"/data-health?shop={ROD}"
    assert [row[:4] for row in table_of(html)] == [row[:4] for row in before]


def test_a_year_and_an_old_source(web: Web) -> None:
    publish_attribution(web.storefront)
    web.sign_in(OWNER)
    web.storefront.clock.advance(timedelta(hours=9))
    html = page(web, "&range=12m")
    assert "The data is not up to date." in html
    assert "20 Nov 2025 – 19 Nov 2026" in html


def test_before_anything_is_attributed_it_says_what_to_do(shown_web: Web) -> None:
    shown_web.sign_in(OWNER)
    html = page(shown_web)
    assert "No order is attributed yet." in html
    assert "hotdash run" in html
