"""Medians as they are computed beforehand: of one shop, neither split nor filtered."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from sqlalchemy.orm import Session

from hotdash.insights.metrics.definition import Aggregation, Status
from hotdash.insights.metrics.period import Window
from hotdash.insights.metrics.publication import Published, load_published
from hotdash.insights.metrics.query.medians import WHOLE, definition_of, known_medians
from hotdash.insights.metrics.query.plan import Form, Planner
from hotdash.insights.metrics.query.question import MetricName, Question
from hotdash.insights.metrics.query.reading import Reader
from hotdash.insights.metrics.query.segments import Policies, Side, cut, load_policies
from hotdash.insights.metrics.registry import registry
from hotdash.storage.marts import published_marts


def median_forms(shop_id: str) -> list[Form]:
    """Of every median over a mart; what is in force now is what tiles ask for."""
    metrics = registry()
    names = {
        metric.name
        for metric in metrics
        if metric.aggregation is Aggregation.MEDIAN and metric.status is Status.APPROVED
    }
    question = _question(shop_id, sorted(names))
    forms = [node.forms[-1] for node in Planner(question, metrics, published_marts()).nodes()]
    return [form for form in forms if form.source is not None and form.source.is_mart]


@dataclass(frozen=True, slots=True)
class Beforehand:
    """One median of one shop in what is published just now."""

    form: Form
    published: Published
    policies: Policies

    @classmethod
    def of(cls, session: Session, form: Form, shop_id: str) -> Self:
        assert form.source is not None
        published = load_published(session, shop_id, form.source.relation)
        return cls(form, published, load_policies(session, [shop_id]))

    @property
    def definition(self) -> str:
        return definition_of(self.form, self.published.shop_id, self.policies)

    def is_known(self, session: Session, window: Window) -> bool:
        return window in known_medians(session, self.published, [window], self.definition)

    def compute(self, session: Session, window: Window) -> Decimal | None:
        published = self.published
        reader = Reader(
            session,
            _question(published.shop_id, [self.form.metric.name]),
            {(published.shop_id, published.mart): published},
        )
        segments = cut([Side(0, published.shop_id, window, 0)], [self.form], self.policies)
        return reader.medians(self.form, segments, self.policies).get((0, WHOLE))


def _question(shop_id: str, metrics: list[str]) -> Question:
    return Question((shop_id,), tuple(map(MetricName, metrics)))
