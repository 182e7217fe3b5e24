"""What an answer rests on: versions, builds, how complete each source was, and what is provisional."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from hotdash.insights.metrics.definition import DayOwner, Metric
from hotdash.insights.metrics.publication import Published, Windows
from hotdash.insights.metrics.query.answer import (
    Answer,
    AnsweredMetric,
    AnswerRow,
    Notice,
    ShopProvenance,
)
from hotdash.insights.metrics.query.evaluation import Readings
from hotdash.insights.metrics.query.plan import Node
from hotdash.insights.metrics.query.question import Against
from hotdash.storage.appdb.repositories.standings import Block

Blocks = Mapping[str, Mapping[str, Block]]
"""By shop and mart."""

_DAYS_OF = {
    DayOwner.SHOP: "the shop",
    DayOwner.AD_ACCOUNT: "the ad account",
    DayOwner.PROPERTY: "the GA4 property",
    DayOwner.PACIFIC: "Search Console (Pacific time)",
}


def provenance_of(
    nodes: Sequence[Node],
    readings: Readings,
    windows: Mapping[str, Windows],
    rows: Sequence[AnswerRow],
    notes: Sequence[str],
    today: date,
    blocked: Blocks,
) -> Answer:
    question = readings.question
    currencies = {each.currency for each in readings.publications.values()}
    return Answer(
        by=question.by,
        against=question.against,
        metrics=[_metric(node, question.model) for node in nodes],
        shops=[
            _shop(shop_id, readings, windows[shop_id], blocked.get(shop_id, {}))
            for shop_id in question.shops
        ],
        rows=rows,
        currency=question.currency or (currencies.pop() if len(currencies) == 1 else None),
        conversion=readings.conversion,
        provisional=any(row.provisional for row in rows),
        notes=[*notes, *_notes(nodes, readings)],
        notices=_notices(nodes, today),
    )


def _notices(nodes: Sequence[Node], today: date) -> list[Notice]:
    """Also of the metrics that the asked ones are made of."""
    told: dict[str, Metric] = {
        form.metric.label: form.metric
        for node in nodes
        for each in node.nodes()
        for form in each.forms
    }
    return [
        Notice(metric, change) for metric in told.values() for change in metric.breaking_on(today)
    ]


def _metric(node: Node, model: str | None) -> AnsweredMetric:
    marts = sorted({leaf.source.relation for leaf in node.leaves() if leaf.source is not None})
    versions = [(form.metric, form.since) for form in node.forms]
    credited = (model or node.models.default) if node.models else None
    return AnsweredMetric(str(node.asked), versions, marts, credited)


def _shop(
    shop_id: str, readings: Readings, windows: Windows, blocked: Mapping[str, Block]
) -> ShopProvenance:
    published = [each for (shop, _), each in readings.publications.items() if shop == shop_id]
    some, held = published[0], published[0].held
    plans = [readings.plans[shop_id]] if shop_id in readings.plans else []
    return ShopProvenance(
        shop_id=shop_id,
        name=some.shop_name,
        timezone=some.timezone,
        currency=some.currency,
        window=windows.current,
        base_window=windows.base,
        manifest=some.manifest,
        builds={each.mart: each.build for each in [*published, *plans]},
        as_of=_oldest([*published, *plans]),
        last_complete=min(
            (each.last_complete for each in published if each.last_complete), default=None
        ),
        held=held.reason if held else None,
        policies=readings.policies.decided(shop_id),
        blocked=blocked,
    )


def _oldest(published: Sequence[Published]) -> dict[str, datetime]:
    as_of: dict[str, datetime] = {}
    for each in published:
        for source, at in each.as_of.items():
            as_of[source] = min(at, as_of.get(source, at))
    return dict(sorted(as_of.items()))


def _notes(nodes: Sequence[Node], readings: Readings) -> list[str]:
    notes: list[str] = []
    if readings.question.against is Against.PLAN:
        notes.append("There is no plan to compare with: no plan is kept for these shops.")
    if readings.conversion is not None:
        notes += map(readings.conversion.told, readings.conversion.used)
    model = readings.question.model
    for node in nodes:
        if node.models and model not in (None, node.models.default):
            notes.append(
                f"{node.metric.title} is credited by {model}, not by {node.models.default}."
            )
        owners = {leaf.metric.day_owner for leaf in node.leaves()}
        if len(owners) > 1:
            whose = " and ".join(_DAYS_OF[owner] for owner in sorted(owners))
            notes.append(f"{node.metric.title} mixes days of {whose}.")
    return notes
