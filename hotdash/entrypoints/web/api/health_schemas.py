"""The shape of what checks found as the API description tells it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from hotdash.entrypoints.web.api.schemas import Amount, Shape


class CheckShape(Shape):
    """An override says that somebody set the warning aside for a time."""

    check: str
    severity: str
    status: str
    dimension: str | None
    sources: list[str]
    marts: list[str]
    owner: str
    failing_rows: int
    sentence: str
    mend: str
    override: UUID | None
    at: datetime | None


class OverrideBody(Shape):
    """A failing warning that is set aside for some days."""

    shop: str
    check: str
    reason: str
    days: int = 7


class OverrideShape(Shape):
    override: UUID
    check: str
    reason: str
    decided_by: str
    decided_at: datetime
    expires_at: datetime


class ChecksAnswer(Shape):
    shop: str
    checks: list[CheckShape]
    overrides: list[OverrideShape]


class AnswerShape(Shape):
    at: datetime | None
    status: str


class CheckAnswer(CheckShape):
    """Some of the failing rows, persons masked, and what the check said before."""

    sample: list[dict[str, Any]]
    answers: list[AnswerShape]


class ScoreDayShape(Shape):
    day: date
    score: Amount


class ScoreShape(Shape):
    score: Amount
    lowest: Amount
    asked: int
    failed: list[str]
    days: list[ScoreDayShape]


class SourceScoreShape(Shape):
    source: str
    dimensions: dict[str, ScoreShape]


class ScorecardAnswer(Shape):
    shop: str
    sources: list[SourceScoreShape]
