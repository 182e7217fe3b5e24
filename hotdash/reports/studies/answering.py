"""One study or all of them for a shop, read in one snapshot."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from hotdash.insights.studies.catalog import STUDIES, Study
from hotdash.reports.studies.activation import answer_activation
from hotdash.reports.studies.contract import StudyAnswer
from hotdash.reports.studies.pairs import answer_pairs

Shops = Mapping[str, str]
"""By id the timezone: those that a baseline is made over."""


def answer_studies(
    session: Session, shop_id: str, shops: Shops, now: datetime
) -> tuple[StudyAnswer, ...]:
    """In the order of the catalog."""
    answered = {each.study.name: each for each in answer_pairs(session, shop_id, now)}
    for study in STUDIES:
        if study.pair is None:
            answered[study.name] = answer_activation(session, study, shops, now)
    return tuple(answered[study.name] for study in STUDIES)


def answer_study(
    session: Session, study: Study, shop_id: str, shops: Shops, now: datetime
) -> StudyAnswer:
    if study.pair is None:
        return answer_activation(session, study, shops, now)
    return next(each for each in answer_pairs(session, shop_id, now) if each.study == study)
