"""Exact medians: known beforehand for the ranges of tiles, else computed when asked."""

from collections.abc import Sequence
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
    known = _known_of(reader, form, readings)
    found: dict[tuple[int, Key], Decimal] = {}
    to_compute: list[Side] = []
    for side in readings.sides:
        if side.window not in known:
            to_compute.append(side)
            continue
        value = known[side.window]
        if value is not None:
            found[side.number, WHOLE] = value
    segments = cut(to_compute, [form], readings.policies)
    return found | reader.medians(form, segments, readings.policies)


def definition_of(form: Form, shop_id: str, policies: Policies) -> str:
    """Changes whenever the formula does, or what the shop decided about its switches."""
    decided = {name: policies.periods(shop_id, name) for name in form.switches}
    metric = form.metric
    told = f"{metric.label}|{metric.formula}|{form.source}|{metric.defaults}|{decided}"
    return sha256(told.encode()).hexdigest()


def known_medians(
    session: Session, published: Published, windows: Sequence[Window], definition: str
) -> dict[Window, Decimal | None]:
    """Of those that are known; that there is no middle is something to know as well."""
    found = session.execute(
        statement(__file__, "known_medians.sql"),
        {
            "shop_id": published.shop_id,
            "manifest_id": published.manifest,
            "first_days": [window.first for window in windows],
            "last_days": [window.last for window in windows],
            "definition": definition,
        },
    )
    return {Window(row.first_day, row.last_day): row.value for row in found}


def _known_of(reader: Reader, form: Form, readings: Readings) -> dict[Window, Decimal | None]:
    """Only what is neither split nor filtered, of one shop, is known beforehand."""
    question, source = readings.question, form.source
    if source is None or not source.is_mart or source.filters or question.by:
        return {}
    if len(question.shops) > 1 or not readings.sides:
        return {}
    shop_id = readings.sides[0].shop_id
    published = readings.publications[shop_id, source.relation]
    if published.manifest is None:
        return {}
    definition = definition_of(form, shop_id, readings.policies)
    windows = [side.window for side in readings.sides]
    return known_medians(reader.session, published, windows, definition)
