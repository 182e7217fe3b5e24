"""The dbt project keeps its promises: described, owned, portable, and in line with the code."""

import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import jinja2
import pytest

from hotdash.base.money import minor_digits
from hotdash.base.paths import dbt_project_folder
from hotdash.base.settings import Settings
from hotdash.connectors.registry import OURS, all_tables
from hotdash.connectors.spec import ConnectorSpec
from hotdash.insights.metrics.registry import registry
from hotdash.pipeline.quality.findings import Severity
from hotdash.pipeline.quality.lineage import Lineage
from hotdash.pipeline.transform.dbt import environment
from hotdash.pipeline.transform.outline import outline_of
from hotdash.storage.warehouse.kept_findings import are_kept, keep_findings
from tests.fixtures.warehouses import AS_OF, BuiltWarehouse, OpenBuilt


@pytest.fixture(scope="module")
def made(built_on: OpenBuilt) -> BuiltWarehouse:
    built = built_on("duckdb")
    built.new_world().shop("a", "Europe/Berlin")
    built.build()
    return built


@pytest.fixture
def manifest(built_duckdb: BuiltWarehouse) -> Any:
    return built_duckdb.project.manifest


def columns_of(made: BuiltWarehouse, model: Any) -> list[str]:
    return made.warehouse.query(f"select * from {model.relation_name} limit 0").column_names


def models(manifest: Any) -> list[Any]:
    return [node for node in manifest.nodes.values() if node.resource_type == "model"]


def checks(manifest: Any) -> list[Any]:
    return [node for node in manifest.nodes.values() if node.resource_type == "test"]


def test_every_model_begins_with_its_grain_and_has_an_owner(manifest: Any) -> None:
    silent = [
        model.name
        for model in models(manifest)
        if not model.description.startswith("One row per") or "owner" not in model.meta
    ]
    assert silent == []


def test_dbt_writes_its_docs_without_a_warning(
    built_duckdb: BuiltWarehouse, manifest: Any, tmp_path: Path
) -> None:
    """Parsed from the files alone and in a process of its own, as `dbt docs generate` of an analyst is."""
    keep_findings(built_duckdb.warehouse, "code", AS_OF)
    built_duckdb.warehouse.close()
    folders = {
        "--project-dir": dbt_project_folder(),
        "--profiles-dir": built_duckdb.home / "dbt" / "profiles",
        "--target-path": tmp_path,
        "--log-path": tmp_path,
    }
    command = [sys.executable, "-m", "dbt.cli.main", "docs", "generate", "--no-partial-parse"]
    command += ["--no-version-check", "--log-level", "warn", "--log-format", "json"]
    command += [str(word) for option in folders.items() for word in option]
    with environment(built_duckdb.warehouse.dbt_environment()):
        done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == ""
    written = json.loads((tmp_path / "manifest.json").read_text())["nodes"]
    assert {model.unique_id for model in models(manifest)} <= written.keys()
    assert are_kept(built_duckdb.warehouse, "code", AS_OF), "docs change no table"


def test_every_column_is_described_and_no_other(made: BuiltWarehouse, manifest: Any) -> None:
    for model in models(manifest):
        described = {name: column.description for name, column in model.columns.items()}
        assert sorted(described) == sorted(columns_of(made, model)), model.name
        assert all(described.values()), model.name


def test_every_seed_is_described_as_the_models_are(made: BuiltWarehouse, manifest: Any) -> None:
    seeds = [node for node in manifest.nodes.values() if node.resource_type == "seed"]
    assert seeds
    for seed in seeds:
        described = {name: column.description for name, column in seed.columns.items()}
        assert seed.description.startswith("One row per"), seed.name
        assert "owner" in seed.meta, seed.name
        assert list(described) == columns_of(made, seed), seed.name
        assert all(described.values()), seed.name
        assert seed.config.column_types.keys() == described.keys(), seed.name


def test_a_mart_lists_its_columns_in_the_order_they_are_hashed(
    made: BuiltWarehouse, manifest: Any
) -> None:
    for model in models(manifest):
        if "published_as" in model.meta:
            assert list(model.columns) == columns_of(made, model), model.name


def test_every_published_mart_is_a_candidate(manifest: Any) -> None:
    offers = ("publication_candidate", "publication_days")
    named = {
        name.rsplit(".", 1)[-1]
        for offer in offers
        for name in manifest.nodes[f"model.hotdash.{offer}"].depends_on.nodes
    }
    offered = {name for name in named if not name.startswith(("int_affected_", "publication_"))}
    assert offered == Lineage(outline_of(manifest)).published


def test_days_are_hashed_anew_where_their_mart_is_computed_anew(manifest: Any) -> None:
    """By another model's days a mart would change and its fingerprint would not, or the other way round."""
    told: list[dict[str, str]] = []
    source = (dbt_project_folder() / "macros/publication.sql").read_text()
    listing = source[: source.index("{#- Those that are made as a whole")]
    jinja2.Environment().from_string(listing + "{{ marts_of_days() }}").render(
        **{"return": told.append}
    )
    heavy = {
        node.name: node.config.get("affected_by", "int_affected_partitions")
        for node in models(manifest)
        if "published_as" in node.meta and node.config.materialized == "affected_partitions"
    }
    assert told == [heavy]


def test_every_check_says_how_grave_it_is_whose_and_why_and_how_to_mend_it(manifest: Any) -> None:
    for check in checks(manifest):
        assert check.config.meta.keys() >= {"severity", "owner", "why", "mend"}, check.name
        assert check.config.meta["severity"] in set(Severity), check.name


def test_every_blocking_check_guards_a_published_mart(manifest: Any) -> None:
    lineage = Lineage(outline_of(manifest))
    blocking = [c for c in checks(manifest) if c.config.meta["severity"] == "blocking"]
    idle = [c.name for c in blocking if not lineage.marts_resting_on(c.depends_on.nodes)]
    assert idle == []


# Where persons stand. Visits' addresses may name their reader in Shopify's; Google's has no query.
PERSONAL = {
    "stg_shopify__customers": {"email", "first_name", "last_name"},
    "int_customer_identity": {"email", "first_name", "last_name"},
    "stg_shopify__customer_visits": {"landing_page", "referrer_url"},
    "stg_chatwoot__contacts": {"contact_identifier", "contact_name", "email", "phone_number"},
    "stg_chatwoot__agents": {"agent_name", "agent_public_name", "email"},
    "stg_chatwoot__messages": {"message_text"},
    "stg_chatwoot__csat": {"feedback_text"},
}
NAMED_ALIKE = {"stg_ga4__traffic": {"landing_page"}}


@pytest.mark.law(12)
def test_persons_stand_in_these_columns_and_in_no_other(manifest: Any) -> None:
    """Neither marked as such nor called alike: no mart is among them."""
    marked = {
        model.name: {name for name, column in model.columns.items() if column.meta.get("pii")}
        for model in models(manifest)
    }
    assert {name: columns for name, columns in marked.items() if columns} == PERSONAL
    names = set[str]().union(*PERSONAL.values())
    alike = {model.name: names & set(model.columns) for model in models(manifest)}
    assert {name: columns for name, columns in alike.items() if columns} == PERSONAL | NAMED_ALIKE


def test_every_raw_table_of_a_connector_is_a_source(manifest: Any) -> None:
    sources = {s.identifier for s in manifest.sources.values() if s.source_name != "hotdash"}
    assert sources == {table.name for table in all_tables()}


@pytest.mark.parametrize("spec", OURS[1:], ids=lambda spec: spec.vendor)
def test_source_freshness_carries_the_limits_of_the_connector(
    manifest: Any, spec: ConnectorSpec
) -> None:
    for source in manifest.sources.values():
        if source.source_name == spec.vendor:
            assert span_of(source.freshness.warn_after) == spec.fresh_soft
            assert span_of(source.freshness.error_after) == spec.fresh_hard


def span_of(limit: Any) -> timedelta:
    return timedelta(**{f"{limit.period.value}s": limit.count})


def test_source_freshness_carries_the_limits_of_the_settings(manifest: Any) -> None:
    settings = Settings()
    source = manifest.sources["source.hotdash.shopify.shopify_orders"]
    assert source.freshness.warn_after.count == settings.orders_fresh_soft_minutes
    assert source.freshness.error_after.count == settings.orders_fresh_hard_minutes
    assert {source.freshness.warn_after.period, source.freshness.error_after.period} == {"minute"}


def test_minor_units_are_those_of_the_money_module() -> None:
    text = (dbt_project_folder() / "macros/money.sql").read_text()
    digits = {}
    for listed, scale in re.findall(r"in \(([^)]*)\) then (\d+)", text):
        for currency in re.findall(r"[A-Z]{3}", listed):
            digits[currency] = len(scale) - 1
    assert len(digits) > 20
    assert digits == {currency: minor_digits(currency) for currency in digits}
    assert {c for c in _listed_in_python() if c not in digits} == set()


def _listed_in_python() -> set[str]:
    from hotdash.base import money

    return {
        currency
        for value in vars(money).values()
        if isinstance(value, frozenset)
        for currency in value
    }


def test_where_nothing_was_decided_models_read_what_metrics_say() -> None:
    """The default of a number stands in the metrics; models that read it repeat it."""
    written = re.compile(r"policy_number\('(\w+)', '\w+', (\d+)\)")
    models = dbt_project_folder() / "models"
    read = {found for file in models.rglob("*.sql") for found in written.findall(file.read_text())}
    decided = registry().switches()
    assert read == {
        (name, decided[name].written_default)
        for name in (
            "attribution_click_days",
            "attribution_lookback_days",
            "attribution_half_life_days",
        )
    }


def test_what_is_made_anew_asks_nothing_of_what_there_was(manifest: Any) -> None:
    """Materializations of dbt's own write another text where their table is there already."""
    nodes = [node for node in manifest.nodes.values() if node.resource_type != "operation"]
    assert {str(node.config.materialized) for node in nodes} == {
        *("view", "made_anew", "affected_partitions", "seed", "test")
    }
    ours = {path.stem for path in (dbt_project_folder() / "macros" / "materializations").iterdir()}
    assert ours >= {"view", "affected_partitions", "test"}


def test_no_macro_looks_into_a_variable_that_stays_open() -> None:
    """Each is written where it is a value; what depends on it otherwise would be kept for all values."""
    place = re.compile(
        r"""(cast\(|<> )'\{\{ var\(.(as_of|build_id).\) \}\}'|day_spine\(var\('range_from'\), var\('range_to'\)\)"""
    )
    named = re.compile(r"var\(\s*.(as_of|build_id|range_from|range_to)")
    paths = [path for path in dbt_project_folder().rglob("*") if path.suffix in {".sql", ".yml"}]
    texts = [path.read_text() for path in paths]
    found = [line for text in texts for line in text.splitlines() if named.search(line)]
    assert len(found) == 3
    assert not [line for line in found if not place.search(line)]
    instants = [line for text in texts for line in text.splitlines() if "as_of()" in line]
    assert len(instants) > 5
    assert not [
        line
        for line in instants
        if not re.search(r"shop_local_date\(as_of\(\), |macro as_of", line)
    ]
