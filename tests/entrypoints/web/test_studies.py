"""Studies by page and by API: what is drawn is what is told, and nothing empty is drawn."""

from pathlib import Path

import orjson
import pytest

from hotdash.insights.studies.catalog import STUDIES
from hotdash.reports.studies.answering import answer_studies
from hotdash.reports.studies.document import as_json
from tests.fixtures.pages import links_of
from tests.fixtures.storefront import AGENCY, NOW, OWNER, ROD, Storefront
from tests.fixtures.study_world import studied
from tests.fixtures.web import Web, web_in_front_of

__all__ = ["studied"]
LINKED = f"/studies/sla-anomalies?shop={ROD}"


@pytest.fixture
def shop(studied: Storefront, web_home: Path) -> Web:
    web = web_in_front_of(studied, web_home)
    web.sign_in(OWNER)
    return web


class TestPages:
    def test_the_list_leads_to_each(self, shop: Web) -> None:
        html = shop.client.get(f"/studies?shop={ROD}").text
        links = links_of(html)
        for study in STUDIES:
            assert shop.client.get(links[study.title]).status_code == 200
        assert 'aria-current="page">Studies</a>' in html
        assert "Moves together" in html
        assert "Not connected" in html
        assert "Not enough yet" in html

    def test_the_drawing_has_a_bar_for_every_shift(self, shop: Web) -> None:
        html = shop.client.get(LINKED).text
        assert html.count('class="bar told"') == 1
        assert html.count('class="bar"') == 28
        assert "SLA breaches leads by 3 days" in html
        assert "from serving.fct_conversations as fact" in html
        assert "Build " in html
        assert " style=" not in html
        assert "caus" not in html.replace("Moving together is no cause", "")

    @pytest.mark.parametrize(
        ("name", "told"),
        [
            ("campaigns-stock", "Meta Ads or Google Ads is not connected"),
            ("inventory-fulfillment", "Not enough days: 26 days known in both"),
        ],
    )
    def test_what_cannot_be_said_is_not_drawn(self, shop: Web, name: str, told: str) -> None:
        html = shop.client.get(f"/studies/{name}?shop={ROD}").text
        assert told in html
        assert 'class="bar' not in html
        assert ('class="line"' in html) == (name == "inventory-fulfillment")

    def test_a_baseline_shows_its_counts(self, shop: Web) -> None:
        html = shop.client.get(f"/studies/activation?shop={ROD}").text
        assert "Not enough shops: 1 of 1 shop acted within a week" in html
        assert "5 Oct 2026" in html
        assert "from no publication" in html

    def test_an_unknown_one(self, shop: Web) -> None:
        answer = shop.client.get(f"/studies/weather?shop={ROD}")
        assert answer.status_code == 404
        assert "There is no study" in answer.text


class TestApi:
    def test_the_document_is_the_studys_own(self, shop: Web, studied: Storefront) -> None:
        with studied.database.snapshot() as session:
            found = answer_studies(session, ROD, {ROD: "America/Los_Angeles"}, NOW)
        listed = shop.client.get(f"/api/v1/studies?shop={ROD}").json()
        assert [each["study"] for each in listed["studies"]] == [each.name for each in STUDIES]
        for each in found:
            told = shop.client.get(f"/api/v1/studies/{each.study.name}?shop={ROD}").json()
            assert told["shop"] == ROD
            assert told["blocked"] == []
            assert told["study"] == orjson.loads(orjson.dumps(as_json(each)))

    def test_a_baseline_is_made_over_all_shops_one_sees(
        self, studied: Storefront, web_home: Path
    ) -> None:
        agency = web_in_front_of(studied, web_home)
        agency.sign_in(AGENCY)
        told = agency.client.get(f"/api/v1/studies/activation?shop={ROD}").json()
        assert told["study"]["baseline"]["shops"] == 2
        assert told["study"]["baseline"]["started"] == 1

    def test_a_blocked_build_is_told_beside_it(self, web: Web) -> None:
        web.sign_in(OWNER)
        web.storefront.block()
        told = web.client.get(f"/api/v1/studies/satisfaction-sales?shop={ROD}").json()
        assert [each["mart"] for each in told["blocked"]] == ["fct_revenue"]
        html = web.client.get(f"/studies/satisfaction-sales?shop={ROD}").text
        assert "Blocked since" in html
        assert "Shopify counts 412 orders" in html
