"""What follows from a change: models below, marts that are published, metrics and tiles that read them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from hotdash.base.paths import dbt_project_folder
from hotdash.governance.changes.change import Change
from hotdash.governance.changes.subjects import changed_models
from hotdash.governance.lineage.graph import LineageGraph
from hotdash.governance.lineage.impact import CERTAIN
from hotdash.governance.lineage.impact import impact_of as rests_on
from hotdash.governance.lineage.models import table_name
from hotdash.insights.metrics.definition import Metric
from hotdash.insights.tiles.catalog import TILES
from hotdash.jobs.lineage_uses import METRIC
from hotdash.pipeline.quality.lineage import Lineage
from hotdash.pipeline.transform.outline import outline_of


@dataclass(frozen=True)
class Impact:
    """Names only, each list in order."""

    files: list[str]
    models: list[str]
    models_below: list[str]
    marts: list[str]
    metrics: list[str]
    tiles: list[str]
    numbers: list[str]
    """Of the tiles, by column: those computed from what changes, or counting rows it chooses."""


def impact_of(
    change: Change, manifest: Any, metrics: Iterable[Metric], graph: LineageGraph
) -> Impact:
    lineage = Lineage(outline_of(manifest))
    touched = {*_touched(change, manifest)}
    models = sorted(manifest.nodes[each].name for each in touched if each.startswith("model."))
    below = [name for name in lineage.models_from(touched) if name not in models]
    marts = lineage.marts_resting_on(touched)
    files = {each.path for each in change.files}
    return Impact(
        files=sorted(files),
        models=models,
        models_below=below,
        marts=sorted(marts),
        metrics=sorted(
            {
                metric.name
                for metric in metrics
                if marts & {*metric.marts} or f"metrics/{metric.name}.yml" in files
            }
        ),
        tiles=sorted(name for name, tile in TILES.items() if marts.intersection(tile.marts)),
        numbers=sorted(_numbers(graph, [manifest.nodes[each] for each in touched], files)),
    )


def _numbers(graph: LineageGraph, models: Iterable[Any], files: set[str]) -> Iterator[str]:
    tables = {table_name(each) for each in models}
    metrics = {
        f"{METRIC}{PurePosixPath(each).stem}" for each in files if each.startswith("metrics/")
    }
    begun = [each.id for each in graph.nodes.values() if each.table in tables or each.id in metrics]
    shown = rests_on(graph, begun).shown
    yield from (name for name, way in shown.items() if way in CERTAIN)


def _touched(change: Change, manifest: Any) -> Iterator[str]:
    """dbt's own ids of what was changed itself, or is made with a macro that was."""
    project = f"{dbt_project_folder().name}/"
    paths = {each.path.removeprefix(project) for each in change.files if project in each.path}
    names = {*changed_models(change)}
    macros = _macros(paths, manifest)
    for unique_id, node in manifest.nodes.items():
        is_model = node.resource_type == "model"
        is_named = is_model and node.name in names
        is_seed = node.resource_type == "seed" and node.original_file_path in paths
        is_made_with = is_model and macros & {*node.depends_on.macros}
        if is_named or is_seed or is_made_with:
            yield unique_id


def _macros(paths: set[str], manifest: Any) -> set[str]:
    """Those that stand in these files, and those that call them."""
    found = {
        unique_id
        for unique_id, macro in manifest.macros.items()
        if macro.package_name == "hotdash" and macro.original_file_path in paths
    }
    while True:
        more = {
            unique_id
            for unique_id, macro in manifest.macros.items()
            if found & {*macro.depends_on.macros}
        } - found
        if not more:
            return found
        found |= more
