"""Sources as pages: each against its limits, what one did, what could not be read, and asking for that again."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text

from hotdash.base.errors import ConflictError
from hotdash.base.ids import new_id
from hotdash.base.roles import Role
from hotdash.storage.appdb.repositories import jobs, runs
from hotdash.storage.appdb.repositories.freshness import LimitRecord, decide_limit
from hotdash.storage.appdb.repositories.jobs import JobRecord
from hotdash.storage.warehouse.quarantine import Chosen, Quarantined
from tests.fixtures.pages import links_of, table_of
from tests.fixtures.planned import employ
from tests.fixtures.source_world import refused, tell_sources
from tests.fixtures.storefront import KYOTO, NOW, OWNER, ROD, STRANGER, VIEWER, Storefront
from tests.fixtures.web import Web, web_in_front_of

LIST = f"/sources?shop={ROD}"
SHOPIFY = f"/sources/shopify?shop={ROD}"
QUARANTINE = f"/sources/shopify/quarantine?shop={ROD}"


@dataclass
class Warehouse:
    """What it would answer, and whether a run has it just now."""

    records: list[Quarantined] = field(default_factory=list[Quarantined])
    is_busy: bool = False

    def read(self, chosen: Chosen) -> Sequence[Quarantined]:
        if self.is_busy:
            raise ConflictError("A run is under way.", hint="Wait until it has ended.")
        return [each for each in self.records if chosen.takes(each)]


@pytest.fixture
def warehouse() -> Warehouse:
    return Warehouse([refused(number) for number in reversed(range(30))])


@pytest.fixture
def web(storefront: Storefront, warehouse: Warehouse, tmp_path: Path) -> Web:
    made = web_in_front_of(storefront, tmp_path / "home", read_quarantine=warehouse.read)
    assert made.context.vault is not None
    tell_sources(storefront, made.context.vault)
    made.sign_in(OWNER)
    return made


def lines_of(web: Web) -> dict[str, list[str]]:
    return {line[0]: line[1:] for line in table_of(web.client.get(LIST).text)[1:]}


class TestList:
    def test_each_against_its_limits(self, web: Web) -> None:
        lines = lines_of(web)
        assert {name: line[:3] for name, line in lines.items()} == {
            "Shopify": ["On time", "8 min", "1 h / 24 h"],
            "Chatwoot": ["Late", "3 h", "1 h / 24 h"],
            "Google Analytics": ["Key refused", "5 h", "36 h / 3 d"],
            "Meta Ads": ["Too old", "2 d", "6 h / 24 h"],
        }
        assert lines["Shopify"][3:] == ["20 Nov, 11:04", "13", "12", "2", "1"]

    def test_what_a_shop_decided_holds(self, web: Web) -> None:
        with web.storefront.database.jobs() as session:
            decide_limit(session, LimitRecord(ROD, "chatwoot", 240, 2880, NOW, "ana", "So."))
        assert lines_of(web)["Chatwoot"][:3] == ["On time", "3 h", "4 h / 2 d"]

    def test_what_needs_somebody_comes_first_with_its_mend(self, web: Web) -> None:
        page = web.client.get(LIST).text
        assert "1 of 4 on time." in page
        assert "4 sources" in page
        for told in (
            "The access token was withdrawn. Make a new one in the Google console.",
            "What it brought is 3 h old; it may be 1 h.",
            "What it brought is 2 d old; it may be 24 h.",
            "Its shape changed in one place.",
        ):
            assert told in page
        assert "No worker is running" in page
        employ(web.storefront)
        assert "No worker is running" not in web.client.get(LIST).text

    def test_is_what_the_api_says(self, web: Web) -> None:
        told = web.client.get(f"/api/v1/sources?shop={ROD}").json()["sources"]
        found = {each["source"]: each for each in told}
        assert found["chatwoot"]["freshness"] == "stale"
        assert found["shopify"]["last_24_hours"] == {"calls": 12, "failed": 2, "retried": 1}
        assert found["ga4"]["state"] == "rejected"

    def test_nothing_connected_says_what_to_do(self, web: Web) -> None:
        web.sign_in(STRANGER)
        with web.storefront.database.jobs() as session:
            session.execute(text("delete from app.freshness where shop_id = :s"), {"s": KYOTO})
        page = web.client.get(f"/sources?shop={KYOTO}").text
        assert "Nothing is connected to Kustom Kyoto." in page
        assert f"/admin/credentials?shop={KYOTO}#connect" in page


class TestOne:
    def test_what_it_did(self, web: Web) -> None:
        """By hand: 12 calls in a day, sorted nine of 0.1 s and two refused of 0.1 s and one of 2 s."""
        page = web.client.get(SHOPIFY).text
        assert table_of(page, "data-operations")[1] == [
            *("orders", "12", "2", "1", "2", "100 ms", "955 ms", "2.0 s", "120"),
        ]
        assert table_of(page, "data-errors")[1] == ["throttled", "orders", "3", "20 Nov, 08:12"]
        assert table_of(page, "data-throttled")[1:] == [
            ["20 Nov, 08:08", "4 min", "2"],
            ["18 Nov, 11:12", "a moment", "1"],
        ]
        assert "97%" in page
        [_, read] = table_of(page, "data-reads")
        assert read == ["Read", "20 Nov, 11:04", "42 s", "13", "2", "orders 12, refunds 1"]

    def test_hours_are_bars_and_a_table(self, web: Web) -> None:
        page = web.client.get(SHOPIFY).text
        hours = table_of(page, "data-hours")[1:]
        assert [line[:4] for line in hours] == [
            ["20 Nov, 10:00", "9", "0", "0"],
            ["20 Nov, 09:00", "1", "0", "0"],
            ["20 Nov, 08:00", "2", "2", "2"],
            ["18 Nov, 11:00", "1", "1", "1"],
        ]
        assert len(re.findall(r'rect class="bar-after" x="[0-9.]+" y', page)) == 4
        assert len(re.findall(r'rect class="bar-failed" x="[0-9.]+" y', page)) == 2

    def test_drifts_with_evidence_for_whoever_mends(self, web: Web) -> None:
        [_, drift] = table_of(web.client.get(SHOPIFY).text, "data-drifts")
        assert drift[0] == "High"
        assert drift[1].startswith("orders: totalWeight is text now")
        assert "heavy" in drift[1]
        assert drift[2:5] == ["Have the connector read it as text.", "data engineer", "2026-11-23"]
        web.sign_in(VIEWER)
        seen = web.client.get(SHOPIFY).text
        assert "totalWeight is text now" in seen
        assert "heavy" not in seen
        assert "heavy" not in web.client.get(f"/api/v1/sources/shopify?shop={ROD}").text

    def test_a_refused_key_says_since_when_and_shows_none(self, web: Web) -> None:
        page = web.client.get(f"/sources/ga4?shop={ROD}").text
        assert "Refused" in page
        assert "since 20 Nov, 07:12" in page
        assert f"hotdash connect ga4 --shop {ROD}" in page
        assert "secret of" not in page

    def test_another_shop_sees_nothing(self, web: Web) -> None:
        web.sign_in(STRANGER)
        assert web.client.get(f"/sources/ga4?shop={KYOTO}").status_code == 404
        assert "withdrawn" not in web.client.get(f"/sources?shop={KYOTO}").text
        assert web.client.get(QUARANTINE).status_code == 404


def retries(web: Web) -> list[JobRecord]:
    with web.storefront.database.jobs() as session:
        return jobs.newest_jobs(session, "retry_quarantine", ROD, 10)


class TestQuarantine:
    def test_why_and_which_and_what_was_sent(self, web: Web) -> None:
        page = web.client.get(QUARANTINE).text
        assert table_of(page, "data-reasons")[1] == ["orders", "total", "30", "0"]
        assert page.count("data-record=") == 25
        assert "abc29" in page
        older = web.client.get(links_of(page)["Older"].replace("&amp;", "&")).text
        assert older.count("data-record=") == 5

    def test_search_narrows_and_resolved_ones_are_asked_for(
        self, web: Web, warehouse: Warehouse
    ) -> None:
        warehouse.records += [refused(99, is_waiting=False)]
        assert web.client.get(f"{QUARANTINE}&reason=ABC7'").text.count("data-record=") == 1
        assert "No record fits" in web.client.get(f"{QUARANTINE}&reason=abc99").text
        assert "read since" in web.client.get(f"{QUARANTINE}&reason=abc99&resolved=yes").text

    def test_retry_goes_to_a_worker_once(self, web: Web) -> None:
        employ(web.storefront)
        asked = web.form("/sources/retry", {"shop": ROD, "source": "shopify"})
        assert asked.status_code == 303
        page = web.client.get(asked.headers["location"]).text
        assert "Everything that waits is in line since" in page
        assert "Retry" not in page
        again = web.form("/sources/retry", {"shop": ROD, "source": "shopify"})
        assert (again.status_code, "already" in again.text) == (409, True)
        [job] = retries(web)
        assert job.arguments == {"source": "shopify", "record": None}

    def test_what_came_of_it_is_told(self, web: Web) -> None:
        fields = {"shop": ROD, "source": "shopify", "record": f"{7:012x}"}
        web.form("/sources/retry", fields)
        [job] = retries(web)
        finish(web, job, {"asked": 3, "resolved": 2, "waiting": 1, "left": [], "errors": []})
        page = web.client.get(QUARANTINE).text
        assert f"{OWNER} asked again" in page
        assert "3 were asked for: 2 can be read now, 1 still cannot." in page
        assert "Retry all" in page

    def test_a_run_that_has_the_warehouse_is_named(self, web: Web, warehouse: Warehouse) -> None:
        warehouse.is_busy = True
        page = web.client.get(QUARANTINE)
        assert (page.status_code, "at work just now" in page.text) == (200, True)
        answer = web.client.get(f"/api/v1/sources/shopify/quarantine?shop={ROD}")
        assert answer.status_code == 409

    def test_nothing_is_good_news(self, web: Web, warehouse: Warehouse) -> None:
        warehouse.records.clear()
        assert "Every record could be read." in web.client.get(QUARANTINE).text

    @pytest.mark.parametrize("role", [Role.OPERATOR, Role.ANALYST, Role.MANAGER])
    def test_who_may_not_mend_sees_reasons_only(self, web: Web, role: Role) -> None:
        web.sign_in(web.storefront.add_person(role))
        page = web.client.get(QUARANTINE).text
        assert "is no amount" in page
        assert "What the vendor sent" not in page
        assert "/sources/retry" not in page
        assert web.form("/sources/retry", {"shop": ROD, "source": "shopify"}).status_code == 403
        assert retries(web) == []

    def test_the_api_lists_and_asks_the_same(self, web: Web) -> None:
        told = web.client.get(f"/api/v1/sources/shopify/quarantine?shop={ROD}&limit=3").json()
        assert (told["total"], len(told["records"])) == (30, 3)
        path = f"/api/v1/sources/shopify/quarantine/retry?shop={ROD}"
        assert web.send(path, {"record": "abc"}).json()["source"] == "shopify"
        assert retries(web)[0].arguments["record"] == "abc"


def finish(web: Web, job: JobRecord, outcome: dict[str, object]) -> None:
    """As a worker leaves it."""
    now, run_id, worker_id = web.storefront.clock.now(), new_id(), new_id()
    with web.storefront.database.jobs() as session:
        jobs.begin_job(session, job.job_id, worker_id, now)
        runs.start_run(session, run_id, "w", "retry_quarantine", [ROD], now)
        session.flush()
        runs.start_step(session, run_id, "retry", now)
        runs.finish_step(session, run_id, "retry", outcome, now)
        jobs.name_run(session, job.job_id, run_id)
        jobs.finish_job(session, job.job_id, worker_id, now)
