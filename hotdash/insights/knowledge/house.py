"""The documents of the house itself: guides, runbooks and how each metric is meant."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path

from hotdash.base.paths import guides_folder, runbooks_folder
from hotdash.insights.knowledge.documents import Kind, SourceDocument
from hotdash.insights.metrics.definition import Metric, Status
from hotdash.insights.metrics.registry import registry


def house_documents() -> Iterator[SourceDocument]:
    for kind, folder, link in (
        (Kind.GUIDE, guides_folder(), None),
        (Kind.RUNBOOK, runbooks_folder(), "/runbooks/"),
    ):
        for file in sorted(folder.rglob("*.md")):
            yield _written(kind, file, file.relative_to(folder).with_suffix("").as_posix(), link)
    for metric in registry():
        if metric.status is Status.APPROVED and registry().get(metric.name) is metric:
            yield _defined(metric)


def _written(kind: Kind, file: Path, name: str, link: str | None) -> SourceDocument:
    text = file.read_text(encoding="utf-8")
    title = next((line[2:].strip() for line in text.splitlines() if line.startswith("# ")), name)
    place = "" if name == "README" else name
    return SourceDocument(kind, name, title, text, link and f"{link}{place}")


def _defined(metric: Metric) -> SourceDocument:
    parts = [
        metric.definition,
        f"Formula: {metric.formula}",
        *(f"{name}: {meaning}" for name, meaning in metric.components.items()),
        *(f"{each.switch}: {each.reason}" for each in metric.policy),
        *metric.edge_cases,
        f"By {', '.join(metric.dimensions)}; unit {metric.unit}; version {metric.version}.",
    ]
    return SourceDocument(
        Kind.METRIC,
        metric.name,
        metric.title,
        "\n\n".join(parts),
        f"/definitions/{metric.name}",
        datetime.combine(metric.last_updated, time(), UTC),
    )
