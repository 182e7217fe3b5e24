"""Everything a question needs, read in one snapshot: publications, policies, sums and medians."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.insights.metrics.period import base_of
from hotdash.insights.metrics.publication import (
    REVENUE,
    Published,
    Windows,
    live,
    load_publications,
)
from hotdash.insights.metrics.query.conversion import load_conversion, refuse_unconvertible
from hotdash.insights.metrics.query.evaluation import Readings
from hotdash.insights.metrics.query.known_rows import KnownRows
from hotdash.insights.metrics.query.medians import load_medians
from hotdash.insights.metrics.query.plan import Column, Form, Node, Planner, Source
from hotdash.insights.metrics.query.question import Question
from hotdash.insights.metrics.query.reading import Reader
from hotdash.insights.metrics.query.segments import Side, cut
from hotdash.insights.metrics.query.snapshot import Snapshot
from hotdash.insights.metrics.registry import Registry, registry
from hotdash.storage.marts import published_marts

PLANS = "dim_shop_plans"


@dataclass(frozen=True, slots=True)
class Asked:
    nodes: Sequence[Node]
    readings: Readings
    windows: Mapping[str, Windows]
    reader: Reader


def read(
    session: Session,
    question: Question,
    now: datetime,
    metrics: Registry | None = None,
    windows: Windows | None = None,
    assumed: Mapping[str, str] | None = None,
    manifests: Mapping[str, UUID] | None = None,
    snapshot: Snapshot | None = None,
) -> Asked:
    nodes = Planner(question, metrics or registry(), published_marts(), assumed).nodes()
    shared = snapshot or Snapshot(session)
    publications = _publications(shared, question, nodes, now, manifests)
    chosen = (
        dict.fromkeys(question.shops, windows) if windows else _windows(question, publications, now)
    )
    policies = shared.policies(question.shops).assuming(assumed or {})
    sides = list(_sides(chosen))
    shops = {shop_id: each.currency for (shop_id, _), each in publications.items()}
    conversion = load_conversion(session, question.currency, shops, sides, manifests)
    if conversion is not None:
        refuse_unconvertible(nodes, conversion)
    plans = _plans(session, question, nodes, manifests)
    readings = Readings(question, sides, policies, publications, conversion=conversion, plans=plans)
    reader = Reader(
        *(session, question, publications, conversion, plans),
        known=shared.known or KnownRows(),
        now=now,
    )
    _fill(readings, reader, nodes)
    return Asked(nodes, readings, chosen, reader)


def _publications(
    snapshot: Snapshot,
    question: Question,
    nodes: Iterable[Node],
    now: datetime,
    manifests: Mapping[str, UUID] | None,
) -> dict[tuple[str, str], Published]:
    sources = {leaf.source for node in nodes for leaf in node.leaves()}
    marts = sorted({each.relation for each in sources if each and each.is_mart})
    asked = marts or [REVENUE]
    found = (
        load_publications(snapshot.session, question.shops, asked, manifests)
        if manifests
        else snapshot.publications(question.shops, asked)
    )
    shops = {shop_id: each for (shop_id, _), each in found.items()}
    publications = found if marts else {}
    for relation in sorted({each.relation for each in sources if each and not each.is_mart}):
        for shop_id, shop in shops.items():
            publications[shop_id, relation] = live(shop, relation, now)
    return publications


def _plans(
    session: Session,
    question: Question,
    nodes: Iterable[Node],
    manifests: Mapping[str, UUID] | None,
) -> dict[str, Published]:
    """They say which plan a day belongs to, and nothing about how complete it is."""
    sources = {leaf.source for node in nodes for leaf in node.leaves()}
    if not any(each.is_joined_to_plans for each in sources if each):
        return {}
    found = load_publications(session, question.shops, [PLANS], manifests)
    return {shop_id: each for (shop_id, _), each in found.items()}


def _windows(
    question: Question, publications: Mapping[tuple[str, str], Published], now: datetime
) -> dict[str, Windows]:
    """A range ends with the last day that is complete in everything that is asked of a shop."""
    windows: dict[str, Windows] = {}
    for shop_id in question.shops:
        published = [each for (shop, _), each in publications.items() if shop == shop_id]
        if question.window is not None:
            current = question.window
        else:
            assert question.period is not None
            known = min([now, *(at for each in published for at in each.as_of.values())])
            current = question.period.window(known, published[0].timezone)
        windows[shop_id] = Windows(current, base_of(current, question.against.compare))
    return windows


def _sides(windows: Mapping[str, Windows]) -> Iterable[Side]:
    for shop_id, each in windows.items():
        yield Side(0, shop_id, each.current, 0)
        if each.base is not None:
            yield Side(1, shop_id, each.base, (each.current.first - each.base.first).days)


def _fill(readings: Readings, reader: Reader, nodes: Sequence[Node]) -> None:
    columns: dict[Source, dict[Column, None]] = {}
    forms: dict[Source, list[Form]] = {}
    every = {id(each): each for node in nodes for each in node.nodes()}.values()
    for node in every:
        for form in node.forms:
            if form.source is not None and not node.is_median:
                columns.setdefault(form.source, {}).update(dict.fromkeys(form.columns.values()))
                forms.setdefault(form.source, []).append(form)
    for source, wanted in columns.items():
        segments = cut(readings.sides, forms[source], readings.policies)
        readings.segments[source] = segments
        readings.sums[source] = reader.sums(source, list(wanted), segments)
    for node in every:
        if node.is_median:
            for form in node.forms:
                readings.medians[id(form)] = load_medians(reader, form, readings)
