"""Exact medians: known beforehand for the ranges of tiles, else computed when asked."""

from decimal import Decimal
from hashlib import sha256

from sqlalchemy.orm import Session

from hotdash.insights.metrics.period import Window
from hotdash.insights.metrics.publication import Published
from hotdash.insights.metrics.query.evaluation import Readings
from hotdash.insights.metrics.query.plan import Form
from hotdash.insights.metrics.query.reading import Key, Reader
from hotdash.insights.metrics.query.segments import Policies, Side, cut
from hotdash.insights.statements import statement

WHOLE: Key = (None, None, ())


def load_medians(reader: Reader, form: Form, readings: Readings) -> dict[tuple[int, Key], Decimal]:
    found: dict[tuple[int, Key], Decimal] = {}
    to_compute: list[Side] = []
    for side in readings.sides:
        known = _known_of(reader, form, side, readings)
        if known is None:
            to_compute.append(side)
        elif known[0] is not None:
            found[side.number, WHOLE] = known[0]
    segments = cut(to_compute, [form], readings.policies)
    return found | reader.medians(form, segments, readings.policies)


def definition_of(form: Form, shop_id: str, policies: Policies) -> str:
    """Changes whenever the formula does, or what the shop decided about its switches."""
    decided = {name: policies.periods(shop_id, name) for name in form.switches}
    metric = form.metric
    told = f"{metric.label}|{metric.formula}|{form.source}|{metric.defaults}|{decided}"
    return sha256(told.encode()).hexdigest()


def known_median(
    session: Session, published: Published, window: Window, definition: str
) -> tuple[Decimal | None] | None:
    """In a tuple, because that there is no middle is something to know as well."""
    found = session.execute(
        statement(__file__, "known_median.sql"),
        {
            "shop_id": published.shop_id,
            "manifest_id": published.manifest,
            "first": window.first,
            "last": window.last,
            "definition": definition,
        },
    ).one_or_none()
    return None if found is None else (found.value,)


def _known_of(
    reader: Reader, form: Form, side: Side, readings: Readings
) -> tuple[Decimal | None] | None:
    """Only what is neither split nor filtered is known beforehand."""
    question, source = readings.question, form.source
    if source is None or not source.is_mart or source.filters or question.by:
        return None
    if len(question.shops) > 1:
        return None
    published = readings.publications[side.shop_id, source.relation]
    if published.manifest is None:
        return None
    definition = definition_of(form, side.shop_id, readings.policies)
    return known_median(reader.session, published, side.window, definition)
