"""The whole lineage: contracts, models, metrics and tiles in one graph, kept in a file until one of them changes."""

import hashlib
import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hotdash.base.logging import get_logger
from hotdash.base.paths import contracts_folder, dbt_project_folder, metrics_folder
from hotdash.governance import lineage
from hotdash.governance.lineage.contracts import contract_parts, read_contracts
from hotdash.governance.lineage.document import from_document, to_document
from hotdash.governance.lineage.graph import ROWS, LineageGraph, assembled
from hotdash.governance.lineage.models import model_parts
from hotdash.insights import tiles
from hotdash.insights.metrics.registry import load_registry
from hotdash.insights.tiles.catalog import TILES
from hotdash.jobs.lineage_uses import app_parts, metric_uses, tile_uses
from hotdash.pipeline.quality.lineage import ONLY_SAYS_WHEN
from hotdash.pipeline.transform.dbt import DbtProject
from hotdash.storage import appdb
from hotdash.storage.marts import published_marts
from hotdash.storage.warehouse.factory import open_warehouse

_log = get_logger(__name__)
FILE = "lineage.json"
_MEMORY_MB = 256


def lineage_of(home: Path) -> LineageGraph:
    """As it was kept, else traced now, which takes some seconds."""
    kept = kept_lineage(home)
    if kept is not None:
        return kept
    graph = _traced_once(lineage_key())
    keep_lineage(home, graph)
    return graph


@lru_cache(maxsize=1)
def _traced_once(key: str) -> LineageGraph:
    del key
    return traced_lineage()


def kept_lineage(home: Path) -> LineageGraph | None:
    """Nothing where none was traced, or where the project has changed since."""
    try:
        told = json.loads((home / FILE).read_text(encoding="utf-8"))
        return from_document(told["graph"]) if told["key"] == lineage_key() else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        _log.warning("lineage_unreadable", file=str(home / FILE), reason=str(error))
        return None


def keep_lineage(home: Path, graph: LineageGraph) -> None:
    """A full disk costs the next one who asks the time, and this one nothing."""
    file = home / FILE
    fresh = file.with_suffix(".fresh")
    try:
        home.mkdir(parents=True, exist_ok=True)
        told = {"key": lineage_key(), "graph": to_document(graph)}
        fresh.write_text(json.dumps(told), encoding="utf-8")
        fresh.replace(file)
    except OSError as error:
        _log.warning("lineage_not_kept", file=str(file), reason=str(error))


def lineage_key() -> str:
    """Changes with every contract, model, metric and statement of a tile."""
    insights = Path(tiles.__file__).parent.parent
    ours = (insights, Path(lineage.__file__).parent, Path(appdb.__file__).parent)
    folders = (dbt_project_folder(), contracts_folder(), metrics_folder(), *ours)
    files = sorted(
        file
        for folder in folders
        for file in folder.rglob("*")
        if file.suffix in {".sql", ".yml", ".yaml", ".csv", ".py"}
    )
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def traced_lineage() -> LineageGraph:
    """Compiled against an empty warehouse: nobody waits for the file that the worker holds."""
    with TemporaryDirectory() as folder:
        warehouse = open_warehouse("duckdb", home=Path(folder), memory_mb=_MEMORY_MB, url=None)
        try:
            return lineage_in(DbtProject(warehouse, Path(folder) / "dbt"))
        finally:
            warehouse.close()


def lineage_in(project: DbtProject) -> LineageGraph:
    return graph_of(project.manifest, project.compiled(), read_contracts(contracts_folder()))


def graph_of(
    manifest: Any, compiled: dict[str, str], contracts: Iterable[dict[str, Any]]
) -> LineageGraph:
    """A pure function of what is written down: contracts, models, metrics and tiles."""
    nodes, edges, tables = contract_parts(contracts)
    known: dict[str, list[str]] = {}
    for node in nodes:
        if node.name != ROWS:
            known.setdefault(node.table, []).append(node.name)
    models = model_parts(manifest, compiled, known, ONLY_SAYS_WHEN)
    marts = {name: mart.columns for name, mart in published_marts().items()}
    app = app_parts()
    metrics = metric_uses(load_registry(), marts)
    shown = tile_uses(TILES.values())
    return assembled(
        [*nodes, *models[0], *app[0], *metrics[0], *shown[0]],
        [*edges, *models[1], *app[1], *metrics[1], *shown[1]],
        [*tables, *models[2], *app[2]],
    )
