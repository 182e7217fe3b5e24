"""Data health: what checks found, who looks after it, and what people may do about it, by forms alone."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from hotdash.base.actors import actor_of
from hotdash.base.roles import MATRIX, Permission, Role
from hotdash.storage.appdb.repositories.alerts import list_alerts
from hotdash.storage.appdb.repositories.audit import list_events
from hotdash.storage.appdb.repositories.publications import pointer_of
from tests.fixtures.health_world import DOUBLED, ODD, fill_health
from tests.fixtures.pages import links_of, table_of
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.storefront import KYOTO, OWNER, ROD, STRANGER, VIEWER, Storefront, copied
from tests.fixtures.web import Web, web_in_front_of

PAGE = f"/data-health?shop={ROD}"
SET_ASIDE = {"shop": ROD, "check": ODD, "reason": "The sale was announced.", "days": "7"}


@pytest.fixture
def ill(web: Web) -> Web:
    fill_health(web.storefront)
    web.sign_in(OWNER)
    return web


@pytest.fixture(scope="module")
def shown(
    storefront_template: str, template_urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Storefront]:
    """For whoever only looks: ill, and published twice."""
    with copied(template_urls, storefront_template, tmp_path_factory.mktemp("ill")) as storefront:
        storefront.clock.advance(timedelta(minutes=1))
        storefront.publish(ROD, growth=1.2)
        storefront.clock.advance(timedelta(minutes=12))
        fill_health(storefront)
        yield storefront


@pytest.fixture
def looked_at(shown: Storefront, web_home: Path) -> Web:
    web = web_in_front_of(shown, web_home)
    web.sign_in(OWNER)
    return web


def page(web: Web, more: str = "", path: str = PAGE) -> str:
    answer = web.client.get(f"{path}{more}")
    assert answer.status_code == 200, answer.text
    return answer.text


def check_page(web: Web, check: str) -> str:
    return page(web, path=f"/data-health/checks/{check}?shop={ROD}")


def alert_of(web: Web) -> UUID:
    with web.storefront.database.jobs() as session:
        [alert] = list_alerts(session, [ROD])
    return alert.alert_id


class TestWhatIsWrong:
    def test_the_gravest_first_with_sentence_mend_and_owner(self, looked_at: Web) -> None:
        html = page(looked_at)
        assert re.findall(r'data-check="(\w+)"', html) == [DOUBLED, ODD]
        assert "1 blocks, 1 warns, of 62 checks asked 9 min ago" in html
        for told in ("3 orders stand there twice.", "Looked after by data engineer.", "<code>"):
            assert told in html
        assert f'href="/runbooks/checks/{DOUBLED}"' in html

    def test_only_a_warning_can_be_set_aside(self, looked_at: Web) -> None:
        aside = re.findall(
            r'action="/data-health/overrides".*?name="check" value="(\w+)"', page(looked_at), re.S
        )
        assert aside == [ODD]

    def test_the_list_is_as_the_api_has_it_page_by_page(self, looked_at: Web) -> None:
        told = looked_at.client.get(f"/api/v1/health/checks?shop={ROD}").json()["checks"]
        html = page(looked_at)
        rows = table_of(html, "data-checks")[1:]
        more = table_of(
            page(looked_at, path=links_of(html)["More checks"].replace("&amp;", "&")), "data-checks"
        )
        assert (len(rows), len(more[1:])) == (50, 12)
        titles = [each["check"].replace("_", " ").capitalize() for each in told]
        assert [row[0] for row in rows + more[1:]] == titles

    @pytest.mark.parametrize(
        ("asked", "count"),
        [
            ("&status=failed", 2),
            ("&source=shopify&dimension=accuracy", 1),
            ("&source=search_console", 50),
            ("&dimension=timeliness", 0),
        ],
    )
    def test_narrowed(self, looked_at: Web, asked: str, count: int) -> None:
        assert len(table_of(page(looked_at, asked), "data-checks")[1:]) == count

    @pytest.mark.parametrize("asked", ["&dimension=beauty", "&status=odd", "&checks_from=-1"])
    def test_what_is_not_there_is_told_above(self, looked_at: Web, asked: str) -> None:
        answer = looked_at.client.get(f"{PAGE}{asked}")
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text

    def test_nothing_checked_yet(self, web: Web) -> None:
        web.sign_in(OWNER)
        html = page(web)
        assert "Nothing was checked yet." in html
        assert "No alert is open." in html
        assert "No score yet" in html

    def test_all_is_well(self, web: Web) -> None:
        fill_health(web.storefront)
        with web.storefront.database.jobs() as session:
            session.connection().exec_driver_sql(
                "delete from app.check_results where status = 'failed'"
            )
        web.sign_in(OWNER)
        assert "Every check passed." in page(web)


def test_the_scorecard_is_that_of_the_api_and_leads_to_its_checks(looked_at: Web) -> None:
    html = page(looked_at)
    head, *rows = table_of(html, "data-scores")
    assert head[1:] == [
        *("Completeness", "Accuracy", "Timeliness", "Validity", "Uniqueness", "Consistency"),
    ]
    shopify = next(row for row in rows if row[0] == "Shopify")
    assert shopify[2].startswith("90%")
    assert shopify[5].startswith("70%")
    assert shopify[1] == "–"
    assert html.count('class="score-line"') == 3
    leads = re.search(r'href="(/data-health\?[^"]*dimension=uniqueness[^"]*)"', html)
    assert leads
    found = table_of(page(looked_at, path=leads[1].replace("&amp;", "&")), "data-checks")[1:]
    assert [row[0] for row in found] == ["Order ids are unique"]


class TestOneCheck:
    def test_its_rows_are_masked_and_its_past_is_told(self, looked_at: Web) -> None:
        html = check_page(looked_at, DOUBLED)
        assert table_of(html, "data-sample") == [
            ["day", "note", "order_id"],
            ["2026-11-19", "write to ***", "61"],
            ["–", "–", "62"],
        ]
        answers = table_of(html, "data-answers")[1:]
        assert [row[1] for row in answers] == ["failed", "passed"]
        assert "2 of 3; persons are masked" in html

    def test_one_that_passed_has_no_form(self, looked_at: Web) -> None:
        html = check_page(looked_at, "searches_name_nobody_01")
        assert "It found nothing wrong" in html
        assert "/data-health/overrides" not in html

    def test_of_another_shop_is_not_there(self, looked_at: Web) -> None:
        looked_at.sign_in(STRANGER)
        assert looked_at.client.get(f"/data-health/checks/{DOUBLED}?shop={ROD}").status_code == 404
        assert (
            looked_at.client.get(f"/data-health/checks/{DOUBLED}?shop={KYOTO}").status_code == 404
        )
        assert "stand there twice" not in page(looked_at, path=f"/data-health?shop={KYOTO}")


class TestSettingAside:
    def test_it_is_shown_until_when_by_whom_and_why(self, ill: Web) -> None:
        answer = ill.form("/data-health/overrides", SET_ASIDE)
        assert answer.headers["location"] == f"/data-health/checks/{ODD}?shop={ROD}"
        for html in (page(ill), check_page(ill, ODD)):
            assert "Set aside until 27 Nov, 11:12 by Ada Rodriguez: The sale was announced." in html
        with ill.storefront.database.jobs() as session:
            event = list_events(session, ROD)[0]
        assert (event.action, event.subject) == ("quality.check.override", ODD)
        assert event.request_id

    def test_and_taken_back(self, ill: Web) -> None:
        ill.form("/data-health/overrides", SET_ASIDE)
        back = {"shop": ROD, "check": ODD, "reason": "The sale is over."}
        assert ill.form("/data-health/overrides/revoke", back).status_code == 303
        assert "Set aside until" not in page(ill)
        assert ill.form("/data-health/overrides/revoke", back).status_code == 404

    @pytest.mark.parametrize(
        ("changed", "status", "told"),
        [
            ({"check": DOUBLED}, 409, "what blocks cannot be set aside"),
            ({"reason": " "}, 400, "rationale"),
            ({"days": "31"}, 400, "cannot be set aside for 31 days"),
            ({"days": "x"}, 400, "is no number of days"),
            ({"check": "no_such_check"}, 404, "was ever asked"),
        ],
    )
    def test_what_is_refused_is_told_on_a_page(
        self, ill: Web, changed: dict[str, str], status: int, told: str
    ) -> None:
        answer = ill.form("/data-health/overrides", SET_ASIDE | changed)
        assert answer.status_code == status
        assert 'role="alert"' in answer.text
        assert told in answer.text


class TestAlerts:
    def answer(self, web: Web, **said: str) -> int:
        fields = {"shop": ROD, "alert": str(alert_of(web)), "next": PAGE}
        return web.form("/data-health/alerts/answer", fields | said).status_code

    def test_somebody_looks_after_it(self, ill: Web) -> None:
        assert "nobody looks after it yet" in page(ill)
        assert self.answer(ill, answer="acknowledged") == 303
        assert "Ada Rodriguez looks after it" in page(ill)
        with ill.storefront.database.jobs() as session:
            event = list_events(session, ROD)[0]
        actor = actor_of(ill.storefront.user_id(OWNER))
        assert (event.action, event.actor) == ("acknowledge_alert", actor)

    def test_put_off(self, ill: Web) -> None:
        assert self.answer(ill, answer="snoozed", hours="4", note="After lunch.") == 303
        html = page(ill)
        assert "put off by Ada Rodriguez until 20 Nov, 15:12" in html
        assert "After lunch." in html
        assert self.answer(ill, answer="snoozed", hours="999") == 400

    @pytest.mark.parametrize(
        ("answer", "told"),
        [("resolved", "over, by Ada"), ("false_alarm", "called a false alarm by Ada")],
    )
    def test_ended_with_a_reason(self, ill: Web, answer: str, told: str) -> None:
        assert self.answer(ill, answer=answer) == 400
        assert self.answer(ill, answer=answer, note="It was a test.") == 303
        assert "No alert is open." in page(ill)
        closed = page(ill, "&closed=1")
        assert told in closed
        assert "/data-health/alerts/answer" not in closed
        assert f"newest first: {int(answer == 'false_alarm')}, 0, 0, 0" in closed

    def test_nonsense_is_refused(self, ill: Web) -> None:
        assert self.answer(ill, answer="magic") == 400
        assert self.answer(ill, answer="acknowledged", alert="7") == 400

    def test_next_leads_nowhere_else(self, ill: Web) -> None:
        fields = {"shop": ROD, "alert": str(alert_of(ill)), "answer": "acknowledged"}
        answer = ill.form("/data-health/alerts/answer", fields | {"next": "//evil.example"})
        assert answer.headers["location"] == "/#alerts"


class TestPublications:
    def test_going_back_holds_and_releasing_lets_go(self, ill: Web) -> None:
        store = ill.storefront
        store.clock.advance(timedelta(minutes=1))
        store.publish(ROD, growth=1.2)
        [older] = set(re.findall(r'name="publication" value="([0-9a-f-]+)"', page(ill)))
        fields = {"shop": ROD, "publication": older, "reason": "Too many orders."}
        answer = ill.form("/data-health/publications/rollback", fields)
        assert answer.headers["location"] == f"{PAGE}#publications"
        html = page(ill)
        assert "Held by Ada Rodriguez since 20 Nov, 11:13: Too many orders." in html
        with store.database.jobs() as session:
            pointer = pointer_of(session, ROD)
        assert pointer is not None
        assert str(pointer.manifest_id) == older
        let_go = {"shop": ROD, "reason": "Mended."}
        assert ill.form("/data-health/publications/release", let_go).status_code == 303
        assert "Held by" not in page(ill)
        assert ill.form("/data-health/publications/release", let_go).status_code == 409

    def test_what_is_kept_back_leads_to_its_check(self, ill: Web) -> None:
        ill.storefront.block()
        html = page(ill)
        assert "2 marts are kept back." in html
        rows = {row[0]: row for row in table_of(html, "data-marts")[1:]}
        assert "kept back since" in rows["fct_orders"][1]
        told = "Shopify counts 412 orders on 19 Nov 2026, we hold 409."
        assert links_of(html)[told] == f"/data-health/checks/orders_reconcile?shop={ROD}"

    def test_parity_is_told(self, looked_at: Web) -> None:
        html = page(looked_at)
        assert "Before it is shown: staged rows are the rows that were built" in html
        assert "Once a day: served rows are the rows that were published" in html


FORMS = {
    "/data-health/alerts/answer": Permission.HANDLE_ALERTS,
    "/data-health/overrides": Permission.OVERRIDE_WARNINGS,
    "/data-health/publications/rollback": Permission.ROLL_BACK_PUBLICATION,
}


@pytest.mark.parametrize("role", Role)
def test_a_role_sees_the_forms_it_may_send_and_no_others(looked_at: Web, role: Role) -> None:
    looked_at.sign_in(looked_at.storefront.add_person(role))
    html = page(looked_at) + check_page(looked_at, ODD)
    for action, needs in FORMS.items():
        assert (f'action="{action}"' in html) == (role in MATRIX[needs])
        if role not in MATRIX[needs]:
            assert looked_at.form(action, {"shop": ROD}).status_code == 403


class TestWhoLeadsHere:
    def test_today_and_its_tiles_where_a_check_failed(self, web: Web) -> None:
        web.storefront.block()
        web.sign_in(VIEWER)
        check = f"/data-health/checks/orders_reconcile?shop={ROD}"
        today = web.client.get(f"/today?shop={ROD}").text
        links = links_of(today)
        assert links["See data health"] == PAGE
        assert links["See the check"] == check
        assert links["See the failed check"] == check
        tile = links_of(web.client.get(f"/tiles/sales-pulse?shop={ROD}").text)
        assert tile["See the check"] == check
        assert tile["See data health"] == PAGE
        explore = links_of(web.client.get(f"/explore?shop={ROD}").text)
        assert explore["See data health"] == PAGE
        assert web.client.get(check).status_code == 200

    def test_the_navigation_has_one_entry_each(self, web: Web) -> None:
        web.sign_in(VIEWER)
        html = page(web)
        assert html.count('href="/data-health?shop=hot-rod-an"') >= 1
        assert '<a href="/data-health?shop=hot-rod-an" aria-current="page">Data health</a>' in html
        assert '<a href="/attribution?shop=hot-rod-an">Attribution</a>' in html
