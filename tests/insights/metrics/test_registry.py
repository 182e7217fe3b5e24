"""Metrics are governed: complete, approved, computable, and kept side by side by version."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from hotdash.base.errors import NotFoundError
from hotdash.base.paths import metrics_folder
from hotdash.insights.metrics.columns import complaints
from hotdash.insights.metrics.definition import Metric, PolicySwitch, json_schema
from hotdash.insights.metrics.registry import MetricError, load_registry, registry
from hotdash.storage.marts import published_marts


def written(name: str = "revenue", **changes: Any) -> dict[str, Any]:
    known = yaml.safe_load((metrics_folder() / f"{name}.yml").read_text())
    return known | changes


def folder_with(tmp_path: Path, *metrics: dict[str, Any]) -> Path:
    for number, metric in enumerate(metrics):
        (tmp_path / f"{number}.yml").write_text(yaml.safe_dump(metric))
    return tmp_path


class TestShippedMetrics:
    @pytest.mark.parametrize("metric", [*registry()], ids=lambda metric: metric.label)
    def test_the_published_marts_have_what_it_names(self, metric: Metric) -> None:
        metrics = frozenset(each.name for each in registry())
        assert not [*complaints(metric, metrics, published_marts())]

    @pytest.mark.parametrize("metric", [*registry()], ids=lambda metric: metric.label)
    def test_every_component_is_used(self, metric: Metric) -> None:
        assert metric.components.keys() <= metric.parsed.components

    @pytest.mark.parametrize("metric", [*registry()], ids=lambda metric: metric.label)
    def test_an_editor_finds_it_right(self, metric: Metric) -> None:
        written = yaml.safe_load(_path(metric).read_text())
        jsonschema.validate(json.loads(json.dumps(written, default=str)), json_schema())

    @pytest.mark.parametrize("metric", [*registry()], ids=lambda metric: metric.label)
    def test_it_can_be_split_by_plan(self, metric: Metric) -> None:
        assert "plan_tier" in metric.dimensions

    def test_the_json_schema_is_what_the_code_says(self) -> None:
        kept = json.loads((metrics_folder() / "metric.schema.json").read_text())
        assert kept == json_schema(), "run `make docs`"

    def test_a_file_is_named_after_its_metric(self) -> None:
        named = {_path(metric) for metric in registry()}
        assert named == set(metrics_folder().glob("*.yml"))

    def test_revenue_leaves_taxes_out_unless_decided_otherwise(self) -> None:
        components = {
            "gross_sales": Decimal(100),
            "discounts": Decimal(10),
            "refunds": Decimal(20),
            "shipping": Decimal(5),
            "shipping_refunds": Decimal(1),
            "taxes": Decimal(8),
            "tax_refunds": Decimal(2),
        }
        revenue = registry().get("revenue")
        assert revenue.evaluate(components) == Decimal(74)
        assert revenue.evaluate({**components, "include_taxes": 1}) == Decimal(80)

    @pytest.mark.parametrize(
        ("cost", "days"),
        [
            pytest.param("40", 900, id="100 at 10 in 90 days"),
            pytest.param("50", None, id="nothing is left"),
            pytest.param("60", None, id="less than nothing is left"),
        ],
    )
    def test_what_earns_nothing_never_pays_back(self, cost: str, days: int | None) -> None:
        """Spend 100, revenue 50: at a cost of 60 it said 900 days before the customer came."""
        parts = {"payback_spend": Decimal(100), "payback_revenue": Decimal(50)}
        payback = registry().get("payback_days")
        assert payback.evaluate({**parts, "payback_cost": Decimal(cost)}) == days

    @pytest.mark.parametrize(
        ("metric", "now", "base"),
        [
            ("sales_delta_week", "revenue_7d", "revenue_7d_before"),
            ("sales_delta_weekday", "revenue", "revenue_same_weekday_4w"),
            ("gross_margin", "cost_of_goods", "costed_sales"),
            ("sell_through", "units_sold", "available"),
        ],
    )
    def test_what_is_below_zero_divides_nothing(self, metric: str, now: str, base: str) -> None:
        """From -100 to 300 was -400%."""
        assert registry().get(metric).evaluate({now: Decimal(300), base: Decimal(-400)}) is None

    def test_the_median_is_of_the_same_revenue(self) -> None:
        assert registry().get("median_order_value").formula == registry().get("revenue").formula


class TestReading:
    def test_the_newest_approved_version_is_meant(self, tmp_path: Path) -> None:
        second = written(version=2, changelog=[*written()["changelog"], _change(2)])
        draft = written(version=3, status="draft", changelog=[_change(3)])

        found = load_registry(folder_with(tmp_path, written(), second, draft))

        assert found.get("revenue").version == 2
        assert found.get("revenue", 1).version == 1
        assert found.get("revenue", 3).status == "draft"

    def test_one_version_defined_twice_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(MetricError, match="same version"):
            load_registry(folder_with(tmp_path, written(), written(title="Another")))

    def test_an_unknown_metric_is_told_the_known_ones(self) -> None:
        with pytest.raises(NotFoundError, match="aov") as raised:
            registry().get("profit")
        assert "'profit'" in raised.value.message

    @pytest.mark.parametrize(
        "switch",
        [
            {"default": "7"},
            {"default": "0", "number": {"least": "1", "most": "9"}},
            {"default": "5", "number": {"least": "9", "most": "1"}},
            {"default": "never", "number": {"least": "1", "most": "9"}},
            {"default": True, "number": {"least": "1", "most": "9"}},
            {"default": "7.5", "number": {"least": "1", "most": "9"}},
            {"default": "never", "choices": ["always"]},
        ],
    )
    def test_a_decision_without_its_bounds_is_refused(
        self, tmp_path: Path, switch: dict[str, Any]
    ) -> None:
        policy = [{"switch": "window", "reason": "So.", **switch}]
        with pytest.raises(MetricError, match=r"0\.yml: policy"):
            load_registry(folder_with(tmp_path, written(policy=policy, formula="gross_sales")))

    @pytest.mark.parametrize(
        ("text", "is_allowed"),
        [
            *(("1", True), ("7.5", True), ("99.25", True), ("as_charged", True)),
            *(("0", False), ("99.26", False), ("7.505", False), ("07", False), ("7.", False)),
            *(("1e1", False), (" 7", False), ("\u0667", False), ("", False), ("true", False)),
        ],
    )
    def test_a_number_is_taken_as_plainly_as_models_read_it(
        self, text: str, is_allowed: bool
    ) -> None:
        number = {"least": "1", "most": "99.25", "decimals": 2}
        switch = PolicySwitch.model_validate(
            {"switch": "cost", "default": "as_charged", "choices": ["as_charged"]}
            | {"number": number, "reason": "So."}
        )
        assert switch.allows(text) is is_allowed

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"owner": ""}, "owner"),
            ({"approvers": []}, "approvers"),
            ({"formula": "gross_sales - secret"}, "the file"),
            ({"formula": "exec(gross_sales)"}, "formula"),
            ({"needs_above_zero": "gross_sales -"}, "needs_above_zero"),
            ({"needs_above_zero": "secret"}, "the file"),
            ({"status": "maybe"}, "status"),
            ({"surprise": 1}, "surprise"),
            ({"changelog": []}, "changelog"),
            ({"version": 2}, "the file"),
            ({"direction": "sideways"}, "direction"),
            ({"thresholds": {"change": {"watch": -0.1, "act": "-0.2"}}}, "thresholds.change.watch"),
        ],
    )
    def test_what_is_wrong_is_named(
        self, tmp_path: Path, changes: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(MetricError) as raised:
            load_registry(folder_with(tmp_path, written(**changes)))
        assert raised.value.field == field
        assert raised.value.message.startswith("0.yml")

    def test_what_is_no_yaml_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "broken.yml").write_text("name: [")
        with pytest.raises(MetricError, match=r"broken\.yml is not YAML"):
            load_registry(tmp_path)


class TestBreaking:
    """Told on the day it changed and on the six after it."""

    @pytest.mark.parametrize(
        ("day", "is_told"),
        [("2026-11-30", False), ("2026-12-01", True), ("2026-12-07", True), ("2026-12-08", False)],
    )
    def test_is_told_for_seven_days(self, day: str, is_told: bool) -> None:
        entry = _change(1) | {"is_fix": True, "is_breaking": True}
        metric = Metric.model_validate(written(changelog=[*written()["changelog"], entry]))
        told = [each.change for each in metric.breaking_on(date.fromisoformat(day))]
        assert told == (["Another."] if is_told else [])

    def test_a_later_version_always_is_and_a_first_one_never(self) -> None:
        first = Metric.model_validate(written(changelog=[_change(1)]))
        entries = [_change(1), _change(2), _change(2) | {"change": "Mended.", "is_fix": True}]
        second = Metric.model_validate(written(version=2, changelog=entries))
        day = date(2026, 12, 2)
        assert not first.breaking_on(day)
        assert [(each.version, each.change) for each in second.breaking_on(day)] == [
            (2, "Another.")
        ]


def _path(metric: Metric) -> Path:
    """The first version in <name>.yml, every later one beside it."""
    later = "" if metric.version == 1 else f".v{metric.version}"
    return metrics_folder() / f"{metric.name}{later}.yml"


def _change(version: int) -> dict[str, Any]:
    return {"version": version, "date": "2026-12-01", "change": "Another.", "approved_by": "owner"}
