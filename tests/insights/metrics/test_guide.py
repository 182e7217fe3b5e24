"""docs/guides/add-a-metric.md, followed word by word."""

import re
import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from hotdash.base.paths import metrics_folder
from hotdash.insights.metrics.changes import ungoverned
from hotdash.insights.metrics.columns import complaints
from hotdash.insights.metrics.definition import Metric
from hotdash.insights.metrics.registry import load_registry, registry
from hotdash.storage.marts import published_marts
from tests.fixtures.commands import Commands
from tests.fixtures.marts import Publisher, revenue_day
from tests.fixtures.shops import SeededShop

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs/guides/add-a-metric.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
DEFINITION, NEXT_ENTRY = (text for kind, text in BLOCKS if kind == "yaml")
COMMANDS = [line.split()[1:] for kind, text in BLOCKS if not kind for line in text.splitlines()]
FIRST, SECOND = re.findall(r"as `metrics/(shipping_per_order[.v2]*\.yml)`", GUIDE)


@pytest.fixture
def metrics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of metrics/ in which the guide is followed."""
    folder = tmp_path / "metrics"
    shutil.copytree(metrics_folder(), folder)
    (folder / FIRST).write_text(DEFINITION)
    monkeypatch.setattr("hotdash.insights.metrics.registry.metrics_folder", lambda: folder)
    registry.cache_clear()
    yield folder
    registry.cache_clear()


@pytest.mark.usefixtures("metrics")
def test_what_is_written_down_is_what_marts_have() -> None:
    metric = registry().get("shipping_per_order")
    names = frozenset(each.name for each in registry())
    assert not [*complaints(metric, names, published_marts())]
    assert "plan_tier" in metric.dimensions, "which `make test` asks of every metric"
    assert metric.components.keys() <= metric.parsed.components
    assert not [*ungoverned({}, {(metric.name, metric.version): metric}, "")]


@pytest.mark.usefixtures("metrics")
def test_the_commands_answer(commands: Commands, publisher: Publisher, shop: SeededShop) -> None:
    day = date(2026, 11, 20)
    amounts = {"shipping": Decimal(30), "shipping_refunds": Decimal(3), "counted_orders": 4}
    publisher.build({"fct_revenue": [revenue_day(shop.shop_id, day, **amounts)]})

    shown, asked, explained = (commands.shown(*command) for command in COMMANDS)

    assert "What customers paid for shipping" in shown
    # (30 - 3) / 4
    assert "6.75" in asked
    assert "6.75" in explained


def test_every_field_is_told() -> None:
    assert [name for name in Metric.model_fields if f"`{name}`" not in GUIDE] == []


def test_the_next_version_stands_beside_it(metrics: Path) -> None:
    before = {(each.name, each.version): each for each in load_registry(metrics)}
    second = DEFINITION.replace("version: 1\ntitle", "version: 2\ntitle")
    second = second.replace("effective_from: 2026-01-01", "effective_from: 2026-11-27")
    (metrics / SECOND).write_text(second + NEXT_ENTRY)

    after = {(each.name, each.version): each for each in load_registry(metrics)}

    assert [*ungoverned(before, after, "")] == [
        "shipping_per_order v2 is new: say so in CHANGELOG.md, by its name."
    ]
    assert not [*ungoverned(before, after, "- shipping_per_order leaves out what came back.")]
    assert [each.version for each in load_registry(metrics).in_force("shipping_per_order")] == [
        1,
        2,
    ]


def test_a_changed_definition_is_noticed(metrics: Path) -> None:
    before = {(each.name, each.version): each for each in load_registry(metrics)}
    (metrics / FIRST).write_text(DEFINITION.replace("(shipping - shipping_refunds)", "shipping"))
    broken = (
        (metrics / FIRST)
        .read_text()
        .replace("  shipping_refunds: Shipping given back, without tax, on the order's day.\n", "")
    )
    (metrics / FIRST).write_text(broken)

    after = {(each.name, each.version): each for each in load_registry(metrics)}

    (complaint,) = ungoverned(before, after, "shipping_per_order")
    assert f"write metrics/{SECOND}" in complaint
