"""What a person changes before approving, what they say was wrong, and the pages they give to somebody."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from hotdash.base.roles import Role
from hotdash.decisions.recommendations.contract import Kind
from hotdash.decisions.recommendations.settle import settle
from hotdash.decisions.recommendations.wording import query_of
from hotdash.entrypoints.web.pages.evidence_view import COLUMNS, evidence_view
from hotdash.storage.appdb.repositories import signals
from hotdash.storage.appdb.repositories.anomalies import find_anomaly, keep_anomalies
from hotdash.storage.appdb.repositories.decisions import DecisionRecord, list_decisions
from hotdash.storage.appdb.repositories.recommendations import (
    add_recommendation_events,
    add_recommendations,
)
from hotdash.storage.appdb.repositories.visits import VisitedShop
from tests.decisions.recommendations_given import proposal, reading
from tests.fixtures.kept_anomalies import kept_anomaly
from tests.fixtures.pages import table_of
from tests.fixtures.storefront import OWNER, ROD, VIEWER
from tests.fixtures.web import Web

PAGE = f"/decisions?shop={ROD}"
ORDERING = [
    {"option": "order", "units": 48, "cost": "1200.00"},
    {"option": "let it run out", "units": 0},
]
BUDGET = [{"option": "pause"}, {"option": "halve"}, {"option": "keep"}]


def put(web: Web, **given: Any) -> str:
    now = web.storefront.clock.now()
    done = settle(reading(now), {}, (), [proposal(**given)], (), now)
    [record] = done.opened
    with web.storefront.database.jobs() as session:
        add_recommendations(session, [record])
        add_recommendation_events(session, record.shop_id, done.events)
    return str(record.recommendation_id)


@pytest.fixture
def operator(web: Web) -> Web:
    web.sign_in(web.storefront.add_person(Role.OPERATOR))
    return web


def approve(web: Web, recommendation: str, **said: str) -> httpx.Response:
    told = {"shop": ROD, "recommendation": recommendation, "verdict": "approve", "next": PAGE}
    return web.form("/decisions/answer", told | said)


def decisions(web: Web) -> list[DecisionRecord]:
    with web.storefront.database.jobs() as session:
        return list_decisions(session, ROD)


class TestWhatItRestsOn:
    def test_leads_a_person_to_pages_and_never_to_the_api(self, operator: Web) -> None:
        found = replace(reading(operator.storefront.clock.now()), shop_id=ROD)
        by_day = query_of(found, "Visits by day", "sessions", "day", None)
        of_one = query_of(found, "Return by campaign", "roas", "campaign", "Spring & Co")
        put(operator, evidence=(by_day, of_one))
        page = operator.client.get(PAGE).text
        assert 'href="/api/' not in page
        for told, metric in ((by_day, "sessions"), (of_one, "roas")):
            [link] = re.findall(rf'href="(/explore\?[^"]*metric={metric}[^"]*)"', page)
            assert unescape(link).partition("?")[2] == told.url.partition("?")[2]
            assert operator.client.get(unescape(link)).status_code == 200


class TestAWordAfterwards:
    def test_what_became_of_it_where_it_was_answered(self, operator: Web) -> None:
        for number, page in enumerate((PAGE, f"/today?shop={ROD}&range=7d#days")):
            asked = put(operator, subject=f"item:{number}", options=ORDERING)
            address = approve(operator, asked, next=page).headers["location"]
            path, _, place = page.partition("#")
            assert address == f"{path}&answered=approve{'#' + place if place else ''}"
            told = operator.client.get(address).text
            assert told.count('role="status"') == 1
            assert "Approved; nobody else is asked about it." in told
            assert "Approved; nobody" not in operator.client.get(page).text

    def test_a_word_that_is_none_of_ours_is_not_told(self, operator: Web) -> None:
        for page in (PAGE, f"/today?shop={ROD}"):
            told = operator.client.get(f"{page}&answered=paid+out")
            assert (told.status_code, "paid out" in told.text) == (200, False)
            told = operator.client.get(f"{page}&answered=approve.paid+out")
            assert (told.status_code, "paid out" in told.text) == (200, False)


class TestChanging:
    def test_how_many_pieces(self, operator: Web) -> None:
        asked = put(operator, options=ORDERING)
        page = operator.client.get(PAGE).text
        assert 'name="units" value="48"' in page
        assert 'name="option"' not in page
        said = {"units": "24", "external_ref": " PO-7 "}
        assert approve(operator, asked, **said).status_code == 303
        [decision] = decisions(operator)
        assert decision.detail["edits"] == {"units": 24}
        assert decision.rationale == "Approved with 24 pieces instead of 48."
        assert decision.external_ref == "PO-7"
        [row] = [row for row in table_of(operator.client.get(PAGE).text) if "Reorder item:1" in row]
        assert any(cell.startswith("pieces: 24; elsewhere PO-7") for cell in row)

    def test_nothing_changed_is_as_recommended(self, operator: Web) -> None:
        asked = put(operator, options=ORDERING)
        assert approve(operator, asked, units="48", option="order").status_code == 303
        [decision] = decisions(operator)
        assert "edits" not in decision.detail
        assert "option" not in decision.detail
        assert decision.rationale == "Approved as recommended."

    def test_another_option(self, operator: Web) -> None:
        asked = put(
            operator, subject="campaign:meta_ads:Hoses", kind=Kind.CUT_CAMPAIGN, options=BUDGET
        )
        page = operator.client.get(PAGE).text
        assert re.findall(r'<option value="(\w+)">(?:Pause|Halve|Keep)', page) == ["pause", "halve"]
        assert approve(operator, asked, option="halve").status_code == 303
        [decision] = decisions(operator)
        assert decision.detail["option"] == "halve"
        assert decision.rationale == "Approved: halve."

    @pytest.mark.parametrize(
        "said",
        [
            {"option": "let it run out"},
            {"option": "burn"},
            *({"units": u} for u in ("0", "-3", "2.5", "many", "9999999")),
        ],
    )
    def test_what_cannot_be_approved(self, operator: Web, said: dict[str, str]) -> None:
        asked = put(operator, options=ORDERING)
        assert approve(operator, asked, **said).status_code == 400
        assert decisions(operator) == []


class TestAnAnomaly:
    @pytest.mark.parametrize(
        ("said", "state", "action"),
        [
            ({"verdict": "approve", "assignee": "Bea"}, "assigned", "anomalies.assign"),
            (
                {"verdict": "reject", "rationale": "A sale.", "option": "explained"},
                "explained",
                "anomalies.explain",
            ),
        ],
    )
    def test_is_answered_from_the_queue_as_on_its_own_page(
        self, operator: Web, said: dict[str, str], state: str, action: str
    ) -> None:
        database = operator.storefront.database
        now = operator.storefront.clock.now()
        with database.jobs() as session:
            [anomaly] = keep_anomalies(session, [kept_anomaly("revenue", now.date())], now)
        asked = put(operator, kind=Kind.LOOK_INTO, features={"anomalies": [str(anomaly)]})
        today = operator.client.get(f"/today?shop={ROD}").text
        assert 'name="assignee" required' in today
        assert "Out of the ordinary" not in today, "it is asked above"
        page = operator.client.get(PAGE).text
        assert 'name="assignee" required' in page
        assert '<option value="explained">Something known, as said here</option>' in page
        answer = approve(operator, asked, **said)
        assert answer.status_code == 303
        told = operator.client.get(answer.headers["location"]).text
        is_given = "assignee" in said
        assert (f"given to {said.get('assignee')}; nobody else" in told) == is_given
        assert (f'href="/anomalies/{anomaly}?shop={ROD}">See the anomaly' in told) == is_given
        with database.jobs() as session:
            record = find_anomaly(session, ROD, str(anomaly))
        asked_for = f"shop={ROD}&kind=look_into&subject=anomaly:revenue"
        [_, *days] = table_of(operator.client.get(f"/decisions/evidence?{asked_for}").text)
        assert [day[1:5] for day in days] == [["10", "100", "80", "120"]]
        assert (record.state, record.assignee) == (state, said.get("assignee"))
        assert [each.action for each in decisions(operator)] == [action]


class TestCorrecting:
    def correct(self, web: Web, decision: object, **said: str) -> httpx.Response:
        told = {"shop": ROD, "decision": str(decision), "rationale": "24, not 48.", "next": PAGE}
        return web.form("/decisions/correct", told | said)

    def test_by_a_new_entry(self, operator: Web) -> None:
        approve(operator, put(operator, options=ORDERING))
        [wrong] = decisions(operator)
        operator.storefront.clock.advance(timedelta(minutes=5))
        assert self.correct(operator, wrong.decision_id, units="24").status_code == 303
        newest, oldest = decisions(operator)
        assert oldest == wrong
        assert (newest.action, newest.corrects) == ("decision.correct", wrong.decision_id)
        assert newest.detail["edits"] == {"units": 24}
        page = operator.client.get(PAGE).text
        assert "corrects inventory.reorder.approve of 20 Nov, 11:12; pieces: 24" in page

    def test_sent_twice_it_is_one(self, operator: Web) -> None:
        approve(operator, put(operator))
        [wrong] = decisions(operator)
        for _ in range(2):
            self.correct(operator, wrong.decision_id, shown_at="2026-11-20T19:12:00Z")
        assert len(decisions(operator)) == 2

    def test_refused(self, operator: Web) -> None:
        approve(operator, put(operator))
        [wrong] = decisions(operator)
        assert self.correct(operator, wrong.decision_id, rationale=" ").status_code == 400
        assert self.correct(operator, wrong.decision_id, units="x").status_code == 400
        assert self.correct(operator, "nothing").status_code == 400
        operator.sign_in(VIEWER)
        assert self.correct(operator, wrong.decision_id).status_code == 403
        assert "Correct" not in operator.client.get(PAGE).text
        assert decisions(operator) == [wrong]


class TestAssigning:
    @pytest.fixture
    def seo(self, web: Web) -> Web:
        web.storefront.fill()
        web.sign_in(OWNER)
        return web

    def give(self, web: Web, page: str, **said: str) -> httpx.Response:
        told = {"shop": ROD, "landing_page": page, "assignee": "Bea", "rationale": "It fell."}
        return web.form("/decisions/assign", told | {"next": PAGE} | said)

    def given(self, web: Web) -> list[DecisionRecord]:
        """The world has decisions of its own, which say nothing of a page."""
        return [each for each in decisions(web) if "edits" in each.detail]

    def test_from_the_tile_into_the_log(self, seo: Web) -> None:
        tile = f"/tiles/seo-pulse?shop={ROD}"
        html = seo.client.get(tile).text
        page = re.findall(r'name="landing_page" value="([^"]+)"', html)[0]
        assert self.give(seo, page, next=tile).headers["location"] == tile
        [decision] = self.given(seo)
        assert decision.action == "seo.assignment.create"
        assert decision.detail["edits"]["landing_page"] == page
        assert decision.detail["edits"]["assignee"] == "Bea"
        assert "with Bea" in seo.client.get(tile).text
        _, row = table_of(seo.client.get(PAGE).text, "data-assigned")
        assert row[:3] == [page, "Bea", "Open"]
        # The same form again is the same answer; another one is told who has the page.
        assert self.give(seo, page, next=tile).status_code == 303
        assert self.give(seo, page, shown_at="2026-11-20T19:13:00Z").status_code == 409
        assert len(self.given(seo)) == 1

    def test_moved_on_until_it_is_done(self, seo: Web) -> None:
        self.give(seo, "/hose")
        [number] = re.findall(r'name="assignment" value="([^"]+)"', seo.client.get(PAGE).text)
        told = {"shop": ROD, "assignment": number, "next": PAGE}
        seo.form("/decisions/assignments", told | {"state": "in_progress", "assignee": "Cy"})
        _, row = table_of(seo.client.get(PAGE).text, "data-assigned")
        assert row[:3] == ["/hose", "Cy", "In progress"]
        done = seo.form("/decisions/assignments", told | {"state": "done", "note": "Mended."})
        assert done.status_code == 303
        assert "data-assigned" not in seo.client.get(PAGE).text
        assert self.give(seo, "/hose", shown_at="2026-11-20T19:14:00Z").status_code == 303
        assert len(self.given(seo)) == 2

    def test_refused(self, seo: Web) -> None:
        for page, said in (
            ("no path", {}),
            ("/hose", {"assignee": ""}),
            ("/hose", {"rationale": ""}),
        ):
            assert self.give(seo, page, **said).status_code == 400
        seo.sign_in(VIEWER)
        assert self.give(seo, "/hose").status_code == 403
        assert "/decisions/assign" not in seo.client.get(f"/tiles/seo-pulse?shop={ROD}").text
        assert self.given(seo) == []


class TestEvidence:
    SHOP = VisitedShop(ROD, "Hot Rod", "America/Los_Angeles", "USD", Role.OWNER)

    def test_every_column_has_words(self) -> None:
        folder = Path(str(signals.__file__)).parent
        told = "item", "breaches", "parcels", "page_days", "campaign_days", "source"
        for name in (*told, "idle_items", "anomaly_days"):
            asked = (
                (folder / f"{name}.sql").read_text().partition("select")[2].partition("\nfrom")[0]
            )
            columns = {each.split()[-1].rpartition(".")[2] for each in asked.split(",")}
            assert columns <= set(COLUMNS), name

    def test_values_read_as_amounts_days_and_words(self) -> None:
        rows = [
            {
                "sku": "HOSE-8",
                "as_of_day": "2026-11-19",
                "money_at_risk": "1234.5",
                "days_of_stock": 3,
                "supplier": None,
                "is_anomaly": True,
                "breached_at": "2026-11-19T20:00:00Z",
            }
        ]
        told = evidence_view("reorder", "item:1", rows, self.SHOP)
        assert told.title == "Stock of HOSE-8"
        assert [column.title for column in told.columns] == [
            *(
                "SKU",
                "As of",
                "Money at risk",
                "Lasts for",
                "Supplier",
                "Lost too many",
                "Past since",
            )
        ]
        assert [text for text, _ in told.rows[0]] == [
            *("HOSE-8", "19 Nov 2026", "$1,234.50", "3 d", "–", "yes", "19 Nov, 12:00")
        ]
        named = evidence_view("cut_campaign", "campaign:meta_ads:Hoses", [], self.SHOP)
        assert named.title == "Cost and return of Hoses"

    def test_days_out_of_the_ordinary_read_in_their_unit(self) -> None:
        money = {"day": "2026-11-19", "hour": None, "value": "39.65", "unit": "USD", "z": "-4.2"}
        told = evidence_view("look_into", "anomaly:revenue", [money], self.SHOP)
        assert [each.title for each in told.columns] == ["Day", "Was", "Standard deviations off"]
        assert [text for text, _ in told.rows[0]] == ["19 Nov 2026", "$39.65", "−4.2"]
        hourly = {"hour": 14, "value": "6", "unit": "orders"}
        told = evidence_view("look_into", "anomaly:orders/hour", [hourly], self.SHOP)
        assert [text for text, _ in told.rows[0]] == ["14", "6"]
