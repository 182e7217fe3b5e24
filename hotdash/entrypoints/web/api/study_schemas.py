"""The shapes of the studies."""

from typing import Annotated, Any

from pydantic import Field

from hotdash.entrypoints.web.api.schemas import Shape
from hotdash.reports.studies.contract import State


class StudyShape(Shape):
    study: str
    title: str
    question: str
    state: State
    verdict: str
    sample: str


class StudiesAnswer(Shape):
    shop: str
    studies: list[StudyShape]


class StudyAnswerShape(Shape):
    """Blocked says why a newer publication is not in it, and may change without one."""

    shop: str
    blocked: list[dict[str, Any]]
    study: Annotated[
        dict[str, Any],
        Field(description="The study's own document: the same publication gives the same bytes."),
    ]
