"""Whoever asks together is answered by one question, and each by one that was put after they came."""

import asyncio
from collections.abc import Coroutine, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, LiteralString, TypeVar

import pytest

from hotdash.base.clock import SystemClock
from hotdash.base.errors import UnavailableError
from hotdash.entrypoints.web.session_desk import SessionDesk
from hotdash.governance.access.sessions import open_session
from hotdash.governance.access.tokens import hash_token
from hotdash.storage.appdb.repositories.visits import SessionAsked, Visit
from hotdash.storage.appdb.session import Database, UnusableTextError
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.shops import SeededShop

Told = TypeVar("Told")


class CountedDatabase(Database):
    """How often somebody asked it."""

    questions = 0

    async def ask(self, query: LiteralString, told: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
        self.questions += 1
        return await super().ask(query, told)


@pytest.fixture
def counted(database_urls: DatabaseUrls) -> Generator[CountedDatabase]:
    counted = CountedDatabase(database_urls.owner, web_url=database_urls.web)
    yield counted
    counted.dispose()


def asked_by(database: Database, shop: SeededShop, asks_for: str | None) -> SessionAsked:
    with database.as_user(None) as session:
        opened = open_session(session, shop.owner_id, SystemClock().now(), timedelta(hours=1))
    return SessionAsked(hash_token(opened.token), asks_for)


def in_a_thread_of_its_own(asked: Coroutine[None, None, Told]) -> Told:
    """A browser test leaves its event loop running in the main thread of the worker."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, asked).result()


def all_at_once(desk: SessionDesk, asked: Sequence[SessionAsked]) -> list[Visit | None]:
    async def together() -> list[Visit | None]:
        return await asyncio.gather(*(desk.find_visit(each) for each in asked))

    return in_a_thread_of_its_own(together())


def shown(visits: Sequence[Visit | None]) -> list[tuple[object, ...] | None]:
    return [each and (each.user_id, sorted(each.shops), each.edition is None) for each in visits]


class TestTogether:
    def test_each_gets_their_own_answer_of_one_question(
        self, counted: CountedDatabase, two_shops: tuple[SeededShop, SeededShop]
    ) -> None:
        first, second = two_shops
        mine = asked_by(counted, first, first.shop_id)
        foreign = SessionAsked(mine.token_hash, second.shop_id)
        theirs = asked_by(counted, second, second.shop_id)
        nobody = SessionAsked(b"x" * 32, first.shop_id)
        told = all_at_once(
            SessionDesk(counted, SystemClock()), [mine, foreign, theirs, nobody, mine]
        )
        assert counted.questions == 1
        assert shown(told) == [
            (first.owner_id, [first.shop_id], False),
            (first.owner_id, [first.shop_id], True),
            (second.owner_id, [second.shop_id], False),
            None,
            (first.owner_id, [first.shop_id], False),
        ]

    def test_nothing_is_remembered(self, counted: CountedDatabase, shop: SeededShop) -> None:
        desk, mine = SessionDesk(counted, SystemClock()), asked_by(counted, shop, None)

        async def before_and_after() -> tuple[Visit | None, Visit | None]:
            before = await desk.find_visit(mine)
            with counted.jobs() as session:
                session.connection().exec_driver_sql("delete from app.sessions")
            return before, await desk.find_visit(mine)

        before, after = in_a_thread_of_its_own(before_and_after())
        assert before is not None
        assert after is None

    def test_whoever_comes_while_a_question_is_under_way_is_answered_by_the_next(
        self, counted: CountedDatabase, shop: SeededShop
    ) -> None:
        """The session ends between the two: an answer of the first question would still let them in."""
        desk, mine = SessionDesk(counted, SystemClock()), asked_by(counted, shop, None)

        async def one_after_the_other() -> tuple[Visit | None, Visit | None]:
            with counted.direct() as gate:
                gate.execute("begin")
                gate.execute("lock table app.memberships in access exclusive mode")
                first = asyncio.create_task(desk.find_visit(mine))
                while not await asyncio.to_thread(is_somebody_waiting, counted):
                    await asyncio.sleep(0.01)
                second = asyncio.create_task(desk.find_visit(mine))
                await asyncio.sleep(0)
                with counted.jobs() as session:
                    session.connection().exec_driver_sql("delete from app.sessions")
                gate.execute("commit")
            return await first, await second

        _, second = in_a_thread_of_its_own(one_after_the_other())
        assert second is None
        assert counted.questions == 2


class TestTrouble:
    def test_the_error_reaches_everybody_and_the_next_question_is_answered(
        self, counted: CountedDatabase, shop: SeededShop, template_urls: DatabaseUrls
    ) -> None:
        mine = asked_by(counted, shop, None)
        nowhere = template_urls.of("gone")
        gone = Database(nowhere.owner, web_url=nowhere.web)
        desk = SessionDesk(gone, SystemClock())

        async def in_trouble_and_after() -> tuple[list[object], Visit | None]:
            asking = [desk.find_visit(each) for each in (mine, SessionAsked(b"x" * 32, None))]
            told = await asyncio.gather(*asking, return_exceptions=True)
            desk._database = counted  # pyright: ignore[reportPrivateUsage]
            return list(told), await desk.find_visit(mine)

        told, after = in_a_thread_of_its_own(in_trouble_and_after())
        assert [type(each) for each in told] == [UnavailableError] * 2
        assert after is not None
        gone.dispose()

    def test_a_question_that_cannot_be_asked_is_nobody_elses_trouble(
        self, counted: CountedDatabase, shop: SeededShop
    ) -> None:
        mine = asked_by(counted, shop, shop.shop_id)
        unusable = SessionAsked(b"x" * 32, "a\0b")
        desk = SessionDesk(counted, SystemClock())

        async def together() -> list[object]:
            asking = [desk.find_visit(each) for each in (unusable, mine)]
            return list(await asyncio.gather(*asking, return_exceptions=True))

        refused, visit = in_a_thread_of_its_own(together())
        assert isinstance(refused, UnusableTextError)
        assert isinstance(visit, Visit)

    def test_more_than_one_question_holds_are_all_answered(
        self, counted: CountedDatabase, shop: SeededShop
    ) -> None:
        mine = asked_by(counted, shop, None)
        strangers = [SessionAsked(bytes([number]) * 32, None) for number in range(120)]
        told = all_at_once(SessionDesk(counted, SystemClock()), [*strangers, mine])
        assert counted.questions == 3
        assert told[:-1] == [None] * 120
        assert told[-1] is not None

    def test_somebody_who_went_away_holds_up_nobody(
        self, counted: CountedDatabase, shop: SeededShop
    ) -> None:
        desk, mine = SessionDesk(counted, SystemClock()), asked_by(counted, shop, None)

        async def one_goes_away() -> Visit | None:
            impatient = asyncio.create_task(desk.find_visit(mine))
            patient = asyncio.create_task(desk.find_visit(mine))
            await asyncio.sleep(0)
            impatient.cancel()
            return await patient

        assert in_a_thread_of_its_own(one_goes_away()) is not None


def is_somebody_waiting(database: Database) -> bool:
    with database.direct() as connection:
        found = connection.execute(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
            " and datname = current_database()"
        ).fetchone()
    return found is not None and found[0] > 0
