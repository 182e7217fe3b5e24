"""Backfills as pages: planned by a worker, tried, asked for, agreed to by somebody else, run, undone."""

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hotdash.base.ids import new_id
from hotdash.base.roles import Role
from hotdash.storage.appdb.repositories.backfill_progress import (
    DiffRecord,
)
from hotdash.storage.appdb.repositories.backfills import add_events, newest_events
from tests.fixtures.backfill_pages import DAYS, LIST, offered, page_of, say, statuses
from tests.fixtures.pages import links_of, table_of
from tests.fixtures.planned import (
    asked_by,
    carry_out_line,
    employ,
    planned_by,
)
from tests.fixtures.storefront import AGENCY, KYOTO, LAST_DAY, OWNER, ROD, STRANGER, VIEWER
from tests.fixtures.told_engine import ToldEngine
from tests.fixtures.web import Web


class TestPlanning:
    def test_a_worker_makes_the_plan_that_the_page_follows(self, web: Web) -> None:
        engineer = web.storefront.add_person(Role.ENGINEER)
        web.sign_in(engineer)
        asked = web.form("/backfills/plan", {"shop": ROD, "dry_run": "yes"} | DAYS)
        assert asked.status_code == 303
        address = asked.headers["location"]
        waiting = web.client.get(address).text
        assert "The plan and its dry run is in line since" in waiting
        assert "No worker is running" in waiting
        assert 'data-follow="queued"' in waiting
        employ(web.storefront)
        assert "A worker takes it" in web.client.get(address).text
        [_, line] = table_of(web.client.get(LIST).text, "data-plans")
        assert line[:2] == ["12 Nov – 19 Nov 2026", "In line"]

        assert carry_out_line(web.storefront) == [None]
        made = web.client.get(address).text
        assert "data-follow" not in made
        assert "1 number, by its dry run" in made
        assert table_of(made, "data-marts")[1] == ["fct_revenue", "2026-11", "7"]
        assert "has to approve" in made
        assert offered(made) == {"ask"}
        [_, line] = table_of(web.client.get(LIST).text, "data-plans")
        assert [line[1], line[5]] == ["Planned", "1 number would change"]

    def test_a_worker_that_takes_it_over_makes_it_once(self, web: Web) -> None:
        web.sign_in(OWNER)
        web.form("/backfills/plan", {"shop": ROD} | DAYS)
        assert carry_out_line(web.storefront) == [None]
        assert carry_out_line(web.storefront) == []

    def test_why_it_could_not_be_planned_is_told(self, web: Web) -> None:
        web.sign_in(OWNER)
        fields = {"shop": ROD, "dry_run": "yes"} | DAYS
        address = web.form("/backfills/plan", fields).headers["location"]
        engine = ToldEngine(web.storefront.database, fails_at={"check"})
        carry_out_line(web.storefront, engine)
        page = web.client.get(address).text
        assert "It could not be planned." in page
        assert offered(page) == set()
        assert table_of(web.client.get(LIST).text, "data-plans")[1][1] == "Could not be planned"

    def test_what_would_be_refused_is_told_at_once_and_kept_in_the_form(self, web: Web) -> None:
        analyst = web.storefront.add_person(Role.ANALYST)
        web.sign_in(analyst)
        refused = web.form("/backfills/plan", {"shop": ROD, "model": "fct_orders"} | DAYS)
        assert refused.status_code == 403
        assert "Analysts backfill at most 7 days" in refused.text
        assert 'value="2026-11-12"' in refused.text
        assert '<option value="fct_orders" selected>' in refused.text
        web.sign_in(OWNER)
        turned = {"from": DAYS["to"], "to": DAYS["from"]}
        assert "before they begin" in web.form("/backfills/plan", {"shop": ROD} | turned).text
        future = {"from": "2026-11-12", "to": "2026-12-01"}
        assert "has not come yet" in web.form("/backfills/plan", {"shop": ROD} | future).text
        both = {"shop": ROD, "refetch": "yes", "dry_run": "yes"} | DAYS
        assert "cannot be tried" in web.form("/backfills/plan", both).text
        long = {"from": "2025-01-01", "to": "2026-11-01"}
        assert "at most 366" in web.form("/backfills/plan", {"shop": ROD} | long).text

    def test_one_of_each_person_at_a_time(self, web: Web) -> None:
        web.sign_in(OWNER)
        assert web.form("/backfills/plan", {"shop": ROD} | DAYS).status_code == 303
        again = web.form("/backfills/plan", {"shop": ROD} | DAYS)
        assert (again.status_code, "Another plan of yours" in again.text) == (409, True)

    def test_without_a_dry_run_nobody_knows_what_changes(self, web: Web) -> None:
        planned = planned_by(web.storefront, OWNER, Role.OWNER, rows=None)
        web.sign_in(OWNER)
        assert "No dry run was made" in page_of(web, planned.plan_id)

    def test_a_plan_that_is_over_is_not_asked_for(self, web: Web) -> None:
        planned = planned_by(web.storefront, OWNER, Role.OWNER)
        web.storefront.clock.advance(timedelta(days=8))
        web.sign_in(OWNER)
        page = page_of(web, planned.plan_id)
        assert "Plan is over" in page
        assert offered(page) == set()


def changed(metric: str, day: date, before: str, after: str, currency: str = "") -> DiffRecord:
    return DiffRecord(ROD, metric, "1", day, currency, Decimal(before), Decimal(after))


class TestChanges:
    def test_by_metric_by_day_and_as_bars(self, web: Web) -> None:
        """By hand: revenue 100+200 to 90.50+200.25 is −9.25; a ratio has no sum."""
        first, second = date(2026, 11, 13), date(2026, 11, 14)
        rows = [
            changed("revenue", first, "100", "90.50", "USD"),
            changed("revenue", second, "200", "200.25", "USD"),
            changed("orders", first, "4", "3"),
            changed("aov", first, "25", "30.17", "USD"),
        ]
        planned = planned_by(web.storefront, OWNER, Role.OWNER, rows=rows)
        web.sign_in(OWNER)
        page = page_of(web, planned.plan_id)
        assert "Revenue would change by −$9.25 on 2 days." in page
        [_, revenue, *rest] = table_of(page, "data-changes")
        assert revenue == [
            *("Revenue", "2", "$300.00", "$290.75", "−$9.25", "13 Nov: $100.00 → $90.50"),
        ]
        assert ["Orders", "1", "4", "3", "−1", "13 Nov: 4 → 3"] in rest
        assert ["AOV", "1", "–", "–", "–", "13 Nov: $25.00 → $30.17"] in rest
        assert table_of(page, "data-days")[1:] == [
            ["Sat 14 Nov 2026", "$200.00", "$200.25", "+$0.25"],
            ["Fri 13 Nov 2026", "$100.00", "$90.50", "−$9.50"],
        ]
        assert (
            len(re.findall(r'<rect class="bar-(?:before|after)" x="[0-9.]+" y="[0-9]+\.', page))
            == 4
        )
        orders = page_of(web, planned.plan_id, "&metric=orders")
        assert table_of(orders, "data-days")[1:] == [["Fri 13 Nov 2026", "4", "3", "−1"]]

    def test_they_are_those_of_the_api(self, web: Web) -> None:
        planned = planned_by(web.storefront, OWNER, Role.OWNER)
        web.sign_in(OWNER)
        path = f"/api/v1/backfills/{planned.plan_id}/diff?shop={ROD}"
        [told] = web.client.get(path).json()["rows"]
        [_, line] = table_of(page_of(web, planned.plan_id), "data-days")
        assert (told["day"], told["before"], told["after"]) == ("2026-11-18", "3", None)
        assert line == ["Wed 18 Nov 2026", "3", "–", "–"]

    def test_many_days_are_paged(self, web: Web) -> None:
        days = [LAST_DAY - timedelta(days=number) for number in range(1, 131)]
        rows = [changed("orders", day, "4", "3") for day in days]
        planned = planned_by(web.storefront, OWNER, Role.OWNER, rows=rows)
        web.sign_in(OWNER)
        page = page_of(web, planned.plan_id)
        assert len(table_of(page, "data-days")) == 101
        assert "The last 62 changed days; 68 more in the table." in page
        earlier = links_of(page)["Earlier days"].replace("&amp;", "&")
        assert len(table_of(web.client.get(earlier).text, "data-days")) == 31

    def test_none_is_good_news(self, web: Web) -> None:
        planned = planned_by(web.storefront, OWNER, Role.OWNER, rows=[])
        web.sign_in(OWNER)
        assert "No number of these days would change." in page_of(web, planned.plan_id)

    def test_what_the_days_say_now_stands_beside_the_plan(self, web: Web) -> None:
        planned = planned_by(web.storefront, OWNER, Role.OWNER)
        web.sign_in(OWNER)
        query = f"shop={ROD}&metric=revenue&from=2026-11-12&to=2026-11-19"
        [row] = web.client.get(f"/api/v1/metrics/query?{query}").json()["rows"]
        revenue = Decimal(row["values"]["revenue"]["value"])
        assert f"${revenue:,.2f}" in page_of(web, planned.plan_id)


class TestAgreeing:
    def test_somebody_else_approves_the_plan_they_saw(self, web: Web) -> None:
        engineer = web.storefront.add_person(Role.ENGINEER)
        planned = planned_by(web.storefront, engineer, Role.ENGINEER)
        web.sign_in(engineer)
        assert say(web, "ask", planned.plan_id, reason="").status_code == 422
        assert say(web, "ask", planned.plan_id, reason="Prices were wrong.").status_code == 303
        mine = page_of(web, planned.plan_id)
        assert "Nobody approves their own backfill: it waits for " in mine
        assert OWNER in mine
        assert offered(mine) == {"give-up"}
        early = say(web, "run", planned.plan_id)
        assert (early.status_code, "is not approved" in early.text) == (409, True)

        web.sign_in(OWNER)
        theirs = page_of(web, planned.plan_id)
        assert offered(theirs) == {"approve", "reject", "give-up"}
        [shown] = re.findall(r'name="plan_hash" value="([0-9a-f]{64})"', theirs)
        assert shown == planned.plan.hash
        other = say(web, "approve", planned.plan_id, plan_hash="0" * 64, reason="Agreed.")
        assert (other.status_code, "not the one that was asked for" in other.text) == (422, True)
        agreed = say(web, "approve", planned.plan_id, plan_hash=shown, reason="Agreed.")
        assert agreed.status_code == 303
        assert statuses(web, planned.plan_id) == ["requested", "approved"]
        listed = table_of(web.client.get(LIST).text)[1]
        assert [listed[1], listed[3], listed[4], listed[5]] == [
            *("Approved", "Prices were wrong.", engineer, OWNER),
        ]

    def test_nobody_approves_their_own(self, web: Web) -> None:
        web.storefront.add_person(Role.MANAGER)
        planned = asked_by(web.storefront, OWNER, Role.OWNER)
        web.sign_in(OWNER)
        assert "approve" not in offered(page_of(web, planned.plan_id))
        forced = say(
            web, "approve", planned.plan_id, plan_hash=planned.plan.hash, reason="I want it."
        )
        assert (forced.status_code, "Nobody approves their own" in forced.text) == (403, True)
        assert statuses(web, planned.plan_id) == ["requested"]

    def test_an_owner_alone_waits_and_types_it(self, web: Web) -> None:
        web.storefront.disable(f"owner@{ROD}.example")
        planned = asked_by(web.storefront, OWNER, Role.OWNER)
        web.sign_in(OWNER)
        early = page_of(web, planned.plan_id)
        assert "the only one who could approve" in early
        assert "approve" not in offered(early)
        web.storefront.clock.advance(timedelta(minutes=11))
        assert "approve" in offered(page_of(web, planned.plan_id))
        typed = {"plan_hash": planned.plan.hash, "reason": "Alone."}
        assert say(web, "approve", planned.plan_id, **typed).status_code == 403
        typed["confirmation"] = f"{ROD} {planned.plan.hash[:12]}"
        assert say(web, "approve", planned.plan_id, **typed).status_code == 303
        assert "Deviation" in page_of(web, planned.plan_id)
        assert table_of(web.client.get(LIST).text)[1][5] == f"{OWNER}, alone"

    def test_a_rejection_says_why(self, web: Web) -> None:
        engineer = web.storefront.add_person(Role.ENGINEER)
        planned = asked_by(web.storefront, engineer, Role.ENGINEER)
        web.sign_in(OWNER)
        assert say(web, "reject", planned.plan_id, reason="Not now.").status_code == 303
        page = page_of(web, planned.plan_id)
        assert "Rejected" in page
        assert table_of(page, "data-history")[1][1:] == ["Rejected", OWNER, "Not now."]
        assert offered(page) == set()

    def test_a_short_one_needs_nobody(self, web: Web) -> None:
        planned = asked_by(web.storefront, OWNER, Role.OWNER, days=7)
        web.sign_in(OWNER)
        page = page_of(web, planned.plan_id)
        assert "Nobody has to agree" in page
        assert "run" in offered(page)


class TestWhoSeesWhat:
    def test_a_viewer_has_no_such_page_and_no_link_to_it(self, web: Web) -> None:
        web.sign_in(VIEWER)
        assert web.client.get(LIST).status_code == 403
        assert "Backfills" not in links_of(web.client.get(f"/today?shop={ROD}").text)

    def test_a_manager_looks_and_answers_but_does_not_ask(self, web: Web) -> None:
        planned = planned_by(web.storefront, OWNER, Role.OWNER)
        web.sign_in(web.storefront.add_person(Role.MANAGER))
        page = page_of(web, planned.plan_id)
        assert offered(page) == set()
        assert "may not ask for a backfill" in page
        assert "New backfill" not in links_of(web.client.get(LIST).text)
        assert web.client.get(f"/backfills/new?shop={ROD}").status_code == 403
        assert say(web, "ask", planned.plan_id, reason="So.").status_code == 403

    def test_another_shop_sees_nothing_of_it(self, web: Web) -> None:
        planned = asked_by(web.storefront, OWNER, Role.OWNER)
        for somebody in (STRANGER, AGENCY):
            web.sign_in(somebody)
            foreign = web.client.get(f"/backfills/{planned.plan_id}?shop={KYOTO}")
            assert foreign.status_code == 404
            assert "Prices were wrong" not in web.client.get(f"/backfills?shop={KYOTO}").text
            fields = {"shop": KYOTO, "backfill": str(planned.plan_id), "reason": "So."}
            assert web.form("/backfills/reject", fields).status_code == 404
        assert statuses(web, planned.plan_id) == ["requested"]

    def test_a_plan_in_line_of_another_shop_is_not_there(self, web: Web) -> None:
        web.sign_in(OWNER)
        address = web.form("/backfills/plan", {"shop": ROD} | DAYS).headers["location"]
        web.sign_in(STRANGER)
        assert web.client.get(address.replace(ROD, KYOTO)).status_code == 404

    def test_what_names_nothing_is_not_there(self, web: Web) -> None:
        web.sign_in(OWNER)
        for text in (new_id(), "nonsense"):
            assert web.client.get(f"/backfills/{text}?shop={ROD}").status_code == 404


class TestList:
    def test_empty_says_how_to_begin(self, web: Web) -> None:
        web.sign_in(OWNER)
        page = web.client.get(LIST).text
        assert "was computed anew yet" in page
        assert links_of(page)["plan a backfill"] == f"/backfills/new?shop={ROD}"

    def test_is_paged(self, web: Web) -> None:
        planned = asked_by(web.storefront, OWNER, Role.OWNER)
        with web.storefront.database.jobs() as session:
            [event] = newest_events(session, [ROD], planned.plan_id)
            add_events(session, [replace(event, backfill_id=new_id()) for _ in range(54)])
        web.sign_in(OWNER)
        page = web.client.get(LIST).text
        assert len(table_of(page)) == 51
        older = web.client.get(links_of(page)["Older"].replace("&amp;", "&")).text
        assert len(table_of(older)) == 6
        assert "Newer" in links_of(older)


class TestTheApi:
    def test_plans_like_the_page(self, web: Web) -> None:
        web.sign_in(OWNER)
        path = f"/api/v1/backfills/plans?shop={ROD}"
        plan = web.send(path, DAYS | {"dry_run": True}).json()["plan"]
        told = web.client.get(f"/api/v1/backfills/plans/{plan}?shop={ROD}").json()
        assert (told["state"], told["made"]) == ("queued", None)
        assert carry_out_line(web.storefront) == [None]
        told = web.client.get(f"/api/v1/backfills/plans/{plan}?shop={ROD}").json()
        assert (told["state"], told["made"]["rows"], told["made"]["demand"]) == (
            *("made", 7, "manager approval"),
        )
        assert told["made"]["dry_run"]["changes"] == 1
