"""Write docs/runbooks from the checks: a page per blocking check, one for all others, and the index.

What is known of a check stands in its meta and in the lineage; how to find the cause is written by
hand in docs/causes, per kind of check or per check.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import Any

from hotdash.base.paths import runbooks_folder
from hotdash.connectors.registry import OURS
from hotdash.insights.metrics.definition import Metric
from hotdash.insights.metrics.registry import load_registry
from hotdash.insights.tiles.catalog import TILES
from hotdash.pipeline.quality.dbt_checks import dbt_checks
from hotdash.pipeline.quality.findings import Check, Severity
from hotdash.pipeline.transform.dbt import DbtProject
from hotdash.storage.warehouse.factory import open_warehouse

NOTE = "<!-- Written by `python -m docs.write_runbooks` from the checks and docs/causes: do not edit. -->\n"
CAUSES = Path(__file__).parent / "causes"
PARTS = ("What it means", "Who is affected", "How to find the cause", "How to mend it")
WARNINGS = "warnings.md"
INDEX = "README.md"
FRESHNESS = "freshness.md"
# Written by hand; the generator only lists them.
FAMILIES = {
    "freshness.md": "a source was not read for too long (`freshness_soft_…`, `freshness_hard_…`)",
    "key.md": "a vendor does not accept its key (`key_of_…_accepted`)",
    "drift.md": "a vendor changed what it sends (`schema_drift_…`)",
    "parity.md": "what is served is not what was built (`staged_rows_equal_candidate`, `served_rows_equal_manifest`)",
    "volume.md": "orders, revenue, spend or values jump or are missing",
    "anomalies.md": "a figure is far from what its weekdays let expect (`anomaly …`)",
    "jobs.md": "a scheduled job failed, was missed or hangs",
    "backfill.md": "a backfill failed, or what it published is wrong",
    "mirror.md": "nothing is copied to the Supabase project, or rows were refused for good",
    "weekly-digest.md": "what the weekly digest tells",
    "weekly-packet.md": "a shop's weekly packet is missing, late or not what it should be",
    "alerts.md": "an alert does not arrive, comes too often or cannot be answered",
    "warnings.md": "every check that warns or informs",
    "open-the-warehouse.md": "how to look at failing rows",
}
_ANY = {"any_empty": "{} is null", "any_negative": "{} < 0", "any_address": "{} like '%@%.%'"}


# Texts of ours, in which nobody can stand.
_NAMES_NOBODY = frozenset({"shop_id", "timezone", "currency", "touch_id"})


@dataclass(frozen=True)
class Asked:
    """A check of the dbt project, with what its page needs beyond it."""

    check: Check
    kind: str
    model: str
    table: str
    columns: tuple[str, ...]

    @property
    def page(self) -> str:
        is_blocking = self.check.severity is Severity.BLOCKING
        return f"checks/{self.check.name}.md" if is_blocking else WARNINGS


def asked_checks() -> list[Asked]:
    """All that dbt asks, by name; nothing is built for it."""
    with TemporaryDirectory() as folder:
        warehouse = open_warehouse("duckdb", home=Path(folder), memory_mb=256, url=None)
        try:
            project = DbtProject(warehouse, Path(folder) / "dbt")
            manifest = project.manifest
            return sorted(
                (
                    _asked(check, manifest.nodes[unique_id], manifest)
                    for unique_id, check in dbt_checks(project).items()
                    if not _is_unit_test(manifest.nodes[unique_id])
                ),
                key=lambda each: each.check.name,
            )
        finally:
            warehouse.close()


def _asked(check: Check, node: Any, manifest: Any) -> Asked:
    told = getattr(node, "test_metadata", None)
    arguments: Mapping[str, Any] = dict(told.kwargs) if told else {}
    of = getattr(node, "attached_node", None) or node.depends_on.nodes[0]
    model = manifest.nodes.get(of) or manifest.sources[of]
    columns = arguments.get("columns") or arguments.get("key") or arguments.get("column") or []
    listed = [columns] if isinstance(columns, str) else list(columns)
    texts = [
        name
        for name, column in model.columns.items()
        if column.data_type == "text" and name not in _NAMES_NOBODY
    ]
    named = tuple(listed or (texts if told and told.name == "no_personal_data" else ()))
    kind = told.name if told else check.name
    return Asked(check, kind, model.name, f"{model.schema}.{model.name}", named)


def _is_unit_test(node: Any) -> bool:
    return node.resource_type == "unit_test"


def pages(asked: Sequence[Asked] | None = None) -> dict[str, str]:
    """Every generated page, by its path below docs/runbooks."""
    asked, metrics = asked_checks() if asked is None else asked, [*load_registry()]
    blocking = [each for each in asked if each.check.severity is Severity.BLOCKING]
    others = [each for each in asked if each not in blocking]
    made = {each.page: check_page(each, metrics) for each in blocking}
    made[WARNINGS] = warnings_page(others, metrics)
    made[INDEX] = index_page(blocking)
    return {name: NOTE + "\n" + text.rstrip() + "\n" for name, text in made.items()}


def check_page(asked: Asked, metrics: Iterable[Metric]) -> str:
    check = asked.check
    held = "Until it is mended, the marts below keep their last good rows for the shop that failed."
    return "\n".join(
        [
            f"# {check.name}",
            "",
            f"Blocking · owner: {check.owner} · asked of `{asked.table}` in every build · "
            f"kind: `{asked.kind}`",
            "",
            f"## {PARTS[0]}",
            f"{check.why} {held} Their tiles say since when, and other shops go on.",
            "",
            f"## {PARTS[1]}",
            *affected(check, metrics),
            "",
            f"## {PARTS[2]}",
            "The alert shows some failing rows. All of them stand in the warehouse "
            f"([how to open it](../open-the-warehouse.md)) in `checks.{check.name}`; put the name "
            "of the shop for `SHOP`:",
            "",
            f"    select * from checks.{check.name} where shop_id = 'SHOP';",
            "",
            cause_of(asked),
            "",
            f"## {PARTS[3]}",
            f"{check.mend}",
            "",
            *after_the_mend("../"),
        ]
    )


def affected(check: Check, metrics: Iterable[Metric]) -> Iterator[str]:
    """Who reads what the check guards: marts, metrics and tiles of the shop that failed."""
    if not check.marts:
        yield "Nothing that is published rests on it; it says something about the data alone."
        return
    yield "Only the shop the alert names, and of it:"
    yield ""
    yield f"- marts: {_listed(check.marts)}"
    names = [metric.name for metric in metrics if check.marts & {*metric.marts}]
    yield f"- metrics: {_listed(names)}" if names else "- metrics: none reads these marts directly"
    tiles = [name for name, tile in TILES.items() if check.marts & {*tile.marts}]
    yield f"- tiles: {_listed(tiles)}" if tiles else "- tiles: none"


def cause_of(asked: Asked) -> str:
    """Of the check itself, else of its kind, else what helps with any."""
    named = (CAUSES / f"{name}.md" for name in (asked.check.name, asked.kind, "other"))
    file = next(path for path in named if path.is_file())
    told = {
        "check": asked.check.name,
        "model": asked.model,
        "table": asked.table,
        "columns": ", ".join(asked.columns),
        "key": ", ".join(("shop_id", *(name for name in asked.columns if name != "shop_id"))),
        **{
            name: " or ".join(form.format(column) for column in asked.columns)
            for name, form in _ANY.items()
        },
    }
    return Template(file.read_text().strip()).safe_substitute(told)


def after_the_mend(up: str) -> list[str]:
    return [
        "Then `hotdash run --shop SHOP`. When the check passes, the marts are published and the "
        "alert resolves itself; `hotdash status` shows both. If wrong numbers are already being "
        f"served, take them back first: [roll back]({up}roll-back.md).",
    ]


def warnings_page(asked: Iterable[Asked], metrics: Iterable[Metric]) -> str:
    listed, known = [*asked], [*metrics]
    lines = [
        "# Checks that warn or inform",
        "",
        "The numbers are published and marked; somebody should look the same day. A warning that is "
        "true, because the world did change, needs no mend: say so when you resolve its alert.",
    ]
    for each in listed:
        check = each.check
        lines += [
            "",
            f"## {check.name}",
            f"{check.severity.value.capitalize()} · owner: {check.owner} · asked of "
            f"`{each.table}` · kind: `{each.kind}`",
            "",
            f"### {PARTS[0]}",
            check.why,
            "",
            f"### {PARTS[1]}",
            *affected(check, known),
            "",
            f"### {PARTS[2]}",
            f"All failing rows ([how to open the warehouse](open-the-warehouse.md)): "
            f"`select * from checks.{check.name} where shop_id = 'SHOP'`.",
            "",
            cause_of(each),
            "",
            f"### {PARTS[3]}",
            check.mend,
        ]
    return "\n".join(lines)


def index_page(blocking: Iterable[Asked]) -> str:
    by_hand = [name for name in _written_by_hand() if name not in FAMILIES]
    rows = [
        f"| [{each.check.name}]({each.page}) | {each.check.owner} | {_in_a_cell(each.check.why)} |"
        for each in blocking
    ]
    return "\n".join(
        [
            "# Runbooks",
            "",
            "What to do when an alert came: each links to its page here. A page says what it means, "
            "who is affected, how to find the cause and how to mend it.",
            "",
            "## By alert",
            *(f"- [{name.removesuffix('.md')}]({name}): {told}" for name, told in FAMILIES.items()),
            "",
            "## Checks that block",
            "| check | owner | why |",
            "|---|---|---|",
            *rows,
            "",
            "## Doing something",
            *(f"- [{_title(name)}]({name})" for name in by_hand),
        ]
    )


def freshness_rows() -> list[str]:
    """One per source, for the page that is written by hand; a test compares them."""
    return [
        f"| `{each.vendor}` | {_span(each.fresh_soft)} | {_span(each.fresh_hard)} |"
        for each in OURS
    ]


def _span(limit: timedelta) -> str:
    hours = limit // timedelta(hours=1)
    return f"{hours} h" if hours < 96 else f"{limit.days} days"


def strays(made: Iterable[str]) -> list[Path]:
    """Pages of checks that are no longer asked."""
    kept = {*made}
    return [
        path
        for path in sorted((runbooks_folder() / "checks").glob("*.md"))
        if f"checks/{path.name}" not in kept
    ]


def _written_by_hand() -> list[str]:
    return sorted(path.name for path in runbooks_folder().glob("*.md") if path.name != INDEX)


def _title(name: str) -> str:
    return (runbooks_folder() / name).read_text().partition("\n")[0].removeprefix("# ")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted({*names}))


def _in_a_cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def main() -> None:
    folder = runbooks_folder()
    (folder / "checks").mkdir(parents=True, exist_ok=True)
    made = pages()
    for path in strays(made):
        path.unlink()
    for name, text in made.items():
        (folder / name).write_text(text)


if __name__ == "__main__":
    main()
