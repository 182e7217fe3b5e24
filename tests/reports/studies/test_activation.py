"""The activation baseline over shops whose first sessions and approvals are written here, reckoned by hand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from hotdash.insights.studies.catalog import study_called
from hotdash.reports.studies.activation import answer_activation, wilson
from hotdash.reports.studies.contract import Baseline, State, StudyAnswer
from hotdash.reports.studies.document import as_json
from hotdash.storage.appdb.session import Database
from tests.fixtures.shops import add_shop
from tests.fixtures.study_world import keep_starts, starts

NOW = datetime(2026, 11, 20, 19, 12, tzinfo=UTC)
ZONE = "America/Los_Angeles"
NAMES = [f"shop-{number:02d}" for number in range(12)]
FIRST = date(2026, 10, 1)


def asked(database: Database, names: list[str], now: datetime = NOW) -> StudyAnswer:
    with database.snapshot() as session:
        return answer_activation(
            session, study_called("activation"), dict.fromkeys(names, ZONE), now
        )


def baseline_of(answer: StudyAnswer) -> Baseline:
    assert isinstance(answer.found, Baseline)
    return answer.found


@pytest.fixture
def twelve(database: Database) -> Database:
    """One shop a day from 1 October: six act after a day, one after eight, five never."""
    waits = [timedelta(days=1)] * 6 + [timedelta(days=8)] + [None] * 5
    with database.jobs() as session:
        for name in NAMES:
            add_shop(session, name, timezone=ZONE)
    keep_starts(
        database,
        (
            starts(name, FIRST + timedelta(days=place), acts_after=wait)
            for place, (name, wait) in enumerate(zip(NAMES, waits, strict=True))
        ),
    )
    return database


def test_the_baseline_by_hand(twelve: Database) -> None:
    """6 of 12 are 50%; Wilson: (0.5 + 3.8415/24) / (1 + 3.8415/12) ± ... = 25.4% to 74.6%."""
    answer = asked(twelve, NAMES)
    found = baseline_of(answer)
    assert answer.state is State.BASELINE
    assert (found.started, found.activated, found.rate) == (12, 6, Decimal("0.5000"))
    assert (found.low, found.high) == (Decimal("0.2538"), Decimal("0.7462"))
    assert answer.verdict == (
        "The baseline is 50% (25.4% to 74.6%): 6 of 12 shops acted within a week of the first session."
    )
    assert answer.sample == "12 shops of 12 with seven days behind it"
    assert answer.standing is None


def test_it_rolls_over_seven_days(twelve: Database) -> None:
    """On 7 October all seven shops of the week, six of them activated; on 12 October 6 to 12: one."""
    days = {each.day: each for each in baseline_of(asked(twelve, NAMES)).days}
    assert list(days) == [FIRST + timedelta(days=each) for each in range(18)]
    seventh = days[date(2026, 10, 7)]
    assert (seventh.started, seventh.activated) == (1, 0)
    assert (seventh.started_7d, seventh.activated_7d) == (7, 6)
    twelfth = days[date(2026, 10, 12)]
    assert (twelfth.started_7d, twelfth.activated_7d) == (7, 1)
    assert twelfth.rate_7d == Decimal(1) / 7
    last = days[date(2026, 10, 18)]
    assert (last.started, last.started_7d) == (0, 1)


def test_only_the_shops_that_are_asked_for(twelve: Database) -> None:
    answer = asked(twelve, NAMES[:3])
    assert baseline_of(answer).started == 3
    assert answer.state is State.TOO_FEW
    assert answer.verdict == (
        "Not enough shops: 3 of 3 shops acted within a week, and a baseline needs 10. "
        "The counts are below."
    )


def test_shops_whose_week_is_not_over_wait(twelve: Database) -> None:
    """On 14 October, 12:00 in Los Angeles, 6 October is the last day whose shops had seven days."""
    early = baseline_of(asked(twelve, NAMES, datetime(2026, 10, 14, 19, tzinfo=UTC)))
    assert early.started == 6
    assert early.days[-1].day == date(2026, 10, 6)


def test_nobody_has_begun(twelve: Database) -> None:
    answer = asked(twelve, NAMES, datetime(2026, 10, 2, 19, tzinfo=UTC))
    assert answer.state is State.TOO_FEW
    assert answer.verdict.startswith("Not enough days: no shop opened its dashboard")
    assert baseline_of(answer).days == ()
    assert as_json(answer)["baseline"]["rate"] is None


def test_the_same_day_is_the_same_document(twelve: Database) -> None:
    told = as_json(asked(twelve, NAMES))
    assert as_json(asked(twelve, NAMES, NOW + timedelta(minutes=30))) == told
    assert told["query"]["statements"]


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 10, "0.0000", "0.2775"), (10, 10, "0.7225", "1.0000"), (50, 100, "0.4038", "0.5962")],
)
def test_wilson(hits: int, of: int, low: str, high: str) -> None:
    assert wilson(hits, of)[1:] == (Decimal(low), Decimal(high))
