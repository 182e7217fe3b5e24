"""Backfills under way as pages: in line, at work, dead, failed, done and undone; and the banner that names one."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hotdash.base.roles import Role
from hotdash.pipeline.backfill.status import resource_of
from hotdash.pipeline.lease import hold_lease
from hotdash.storage.appdb.repositories.backfill_progress import (
    add_chunks,
    begin_chunk,
    finish_chunk,
)
from hotdash.storage.appdb.repositories.backfills import add_events, newest_events
from tests.fixtures.backfill_pages import LIST, offered, page_of, say, statuses
from tests.fixtures.pages import links_of, table_of
from tests.fixtures.planned import (
    asked_by,
    carry_out_line,
    run_by,
)
from tests.fixtures.storefront import OWNER, ROD, VIEWER
from tests.fixtures.told_engine import Killed, ToldEngine
from tests.fixtures.web import Web


def ready(web: Web, days: int = 7) -> UUID:
    planned = asked_by(web.storefront, OWNER, Role.OWNER, days=days)
    web.sign_in(OWNER)
    return planned.plan_id


def began(web: Web, backfill: UUID, *, parts: int, done: int, each: timedelta) -> None:
    clock, names = web.storefront.clock, [f"{number:03}" for number in range(parts)]
    with web.storefront.database.jobs() as session:
        [event] = newest_events(session, [ROD], backfill)
        add_events(session, [replace(event, status="running", at=clock.now())])
        add_chunks(session, backfill, [ROD], names)
        for number, name in enumerate(names[: done + 1]):
            begin_chunk(session, backfill, name, clock.now())
            if number < done:
                clock.advance(each)
                finish_chunk(session, backfill, name, 10, clock.now())


class TestRunning:
    def test_put_in_line_carried_out_and_rolled_back(self, web: Web) -> None:
        backfill = ready(web)
        assert say(web, "run", backfill).status_code == 303
        waiting = page_of(web, backfill)
        assert "To be run it stands in line since" in waiting
        assert "run" not in offered(waiting)
        assert say(web, "run", backfill).status_code == 409
        assert carry_out_line(web.storefront) == [None]
        done = page_of(web, backfill)
        assert "What it changed" in done
        assert offered(done) == {"roll-back"}
        assert table_of(web.client.get(LIST).text)[1][1] == "Done"

        assert (
            say(web, "roll-back", backfill, reason="The correction was wrong.").status_code == 303
        )
        back = page_of(web, backfill)
        assert "Rolled back" in back
        assert offered(back) == {"release"}
        assert say(web, "release", backfill, reason=" ").status_code == 422
        assert say(web, "release", backfill, reason="Mended.").status_code == 303
        assert offered(page_of(web, backfill)) == set()

    def test_how_far_it_is_and_how_long_at_that_speed(self, web: Web) -> None:
        """Two of four parts took two minutes: the other two take as long, about 2 min."""
        backfill, clock = ready(web), web.storefront.clock
        began(web, backfill, parts=4, done=2, each=timedelta(minutes=1))
        with hold_lease(web.storefront.database, resource_of(backfill), clock):
            page = page_of(web, backfill)
            assert "50% is done." in page
            assert "2 of 4 parts are done. About 2 min left" in page
            assert 'data-follow="running"' in page
            assert offered(page) == set()
            clock.advance(timedelta(minutes=5))
            assert "It takes longer than its first parts let expect." in page_of(web, backfill)
        dead = page_of(web, backfill)
        assert "Nobody is at it any more." in dead
        assert offered(dead) == {"run", "give-up"}

    def test_before_the_first_part_nothing_is_promised(self, web: Web) -> None:
        backfill = ready(web)
        began(web, backfill, parts=3, done=0, each=timedelta())
        with hold_lease(web.storefront.database, resource_of(backfill), web.storefront.clock):
            assert "is known once its first part is done" in page_of(web, backfill)

    def test_a_failure_says_why_and_the_next_attempt_begins_at_nothing(self, web: Web) -> None:
        backfill = ready(web)
        assert say(web, "run", backfill).status_code == 303
        engine = ToldEngine(web.storefront.database, fails_at={"check"})
        carry_out_line(web.storefront, engine)
        page = page_of(web, backfill)
        assert "check broke" in page
        assert offered(page) == {"run", "give-up"}

        told = list[str]()
        engine.meanwhile["build 1"] = lambda: told.append(page_of(web, backfill))
        assert say(web, "run", backfill).status_code == 303
        assert carry_out_line(web.storefront, engine) == [None]
        assert "0% is done." in told[0]

    def test_what_did_not_even_begin_is_told_and_goes_in_line_again(self, web: Web) -> None:
        backfill = ready(web)
        say(web, "run", backfill)
        carry_out_line(web.storefront, ToldEngine(web.storefront.database, project="project-2"))
        page = page_of(web, backfill)
        assert "without a result" in page
        assert "is not the plan that was agreed to" in page
        assert say(web, "run", backfill).status_code == 303

    def test_what_a_dead_process_left_is_given_up_by_a_worker(self, web: Web) -> None:
        backfill = ready(web)
        engine = ToldEngine(web.storefront.database, dies_at={"check"})
        with suppress(Killed):
            run_by(web.storefront, OWNER, Role.OWNER, backfill, engine)
        assert "Nobody is at it any more." in page_of(web, backfill)
        assert say(web, "give-up", backfill, reason="").status_code == 422
        assert say(web, "give-up", backfill, reason="Not now.").status_code == 303
        assert statuses(web, backfill)[-1] == "running"
        assert carry_out_line(web.storefront, engine) == [None]
        assert statuses(web, backfill)[-1] == "aborted"

    def test_before_it_began_it_is_given_up_at_once(self, web: Web) -> None:
        backfill = ready(web)
        assert say(web, "give-up", backfill, reason="Not now.").status_code == 303
        assert statuses(web, backfill) == ["requested", "aborted"]


class TestToday:
    def test_the_banner_names_it_to_whoever_may_see_it(self, web: Web) -> None:
        backfill = ready(web)
        began(web, backfill, parts=4, done=1, each=timedelta(minutes=1))
        page = web.client.get(f"/today?shop={ROD}").text
        assert "Numbers of 13 Nov – 19 Nov 2026 are provisional." in page
        assert "Why: Prices were wrong." in page
        assert links_of(page)["See the backfill"] == f"/backfills/{backfill}?shop={ROD}"
        web.sign_in(VIEWER)
        told = web.client.get(f"/today?shop={ROD}").text
        assert "are provisional." in told
        assert "Prices were wrong." not in told
        assert "See the backfill" not in links_of(told)
