"""What the checks of a build add up to, per shop, source and dimension: one scorecard row a day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy.orm import Session

from hotdash.base.clock import local_day
from hotdash.storage.appdb.repositories.checks import FAILED, CheckRecord
from hotdash.storage.appdb.repositories.scorecard import ScoreRecord, save_scores
from hotdash.storage.appdb.repositories.shops import list_shops

# Information tells nobody anything is wrong, so it does not weigh.
WEIGHTS = {"blocking": 3, "warning": 1, "info": 0}
_PLACES = Decimal("0.0001")


def score_sources(session: Session, results: Sequence[CheckRecord], as_of: datetime) -> None:
    """The day is the shop's own; a later build of the same day replaces what an earlier one said."""
    days = {shop.shop_id: local_day(as_of, shop.timezone) for shop in list_shops(session)}
    save_scores(session, scores(results, days))


def scores(results: Iterable[CheckRecord], days: Mapping[str, date]) -> list[ScoreRecord]:
    """The share of the checks that passed, the grave ones weighing three times as much."""
    groups: dict[tuple[str, str, str], list[CheckRecord]] = {}
    for each in results:
        if each.dimension is not None and WEIGHTS[each.severity] and each.shop_id in days:
            for source in each.sources:
                groups.setdefault((each.shop_id, source, each.dimension), []).append(each)
    return [
        _score(shop_id, source, dimension, days[shop_id], asked)
        for (shop_id, source, dimension), asked in sorted(groups.items())
    ]


def _score(
    shop_id: str, source: str, dimension: str, day: date, asked: Sequence[CheckRecord]
) -> ScoreRecord:
    failed = [each for each in asked if each.status == FAILED]
    share = Decimal(_weight(failed)) / _weight(asked)
    score = (1 - share).quantize(_PLACES, rounding=ROUND_HALF_UP)
    detail = {"failed": sorted(each.check_name for each in failed)}
    return ScoreRecord(shop_id, source, dimension, day, score, len(asked), len(failed), detail)


def _weight(checks: Iterable[CheckRecord]) -> int:
    return sum(WEIGHTS[each.severity] for each in checks)
