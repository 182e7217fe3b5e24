"""Cut off between publication and recommending: nothing is half asked, and the next one asks it all once."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import text

from hotdash.base.errors import HotdashError
from hotdash.decisions.recommendations.contract import Proposal
from hotdash.decisions.recommendations.registry import RECOMMENDERS
from hotdash.decisions.recommendations.rules.reorder import Reorder
from hotdash.jobs.recommend import recommend
from hotdash.storage.appdb.repositories.recommendations import open_recommendations
from hotdash.storage.appdb.repositories.signals.reading import Reading
from hotdash.storage.appdb.session import Database
from tests.fixtures.marts import Publisher
from tests.fixtures.small_world import SHOP, world


class CutsTheLine(Reorder):
    """The server ends every other session while this one proposes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def propose(self, reading: Reading, now: datetime) -> Iterator[Proposal]:
        with self._database.direct() as connection:
            connection.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
                " and usename = current_user"
            )
        return super().propose(reading, now)


@pytest.mark.usefixtures("shop")
def test_nothing_is_half_asked(publisher: Publisher) -> None:
    database = publisher.database
    publisher.build(world())
    with pytest.raises(HotdashError):
        recommend(database, SHOP, publisher.clock, {}, [*RECOMMENDERS, CutsTheLine(database)])
    with database.jobs() as session:
        assert open_recommendations(session, SHOP) == []
        assert session.scalar(text("select count(*) from app.recommendation_events")) == 0

    recommend(database, SHOP, publisher.clock, {})
    recommend(database, SHOP, publisher.clock, {})

    with database.jobs() as session:
        found = open_recommendations(session, SHOP)
        told = session.scalar(text("select count(*) from app.recommendation_events"))
    assert len(found) == told == 6
