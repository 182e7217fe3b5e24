"""The ready dashboard asks for every figure that /metrics tells, and for none that it does not."""

import json
import re
from pathlib import Path

from hotdash.entrypoints.web.telemetry import Telemetry

FILE = Path(__file__).resolve().parents[2] / "deploy/grafana/hotdash.json"
_OURS = re.compile(r"\bhotdash_[a-z_]+")
_SERIES = re.compile(r"_(total|bucket|sum|count|created)$")


def asked() -> set[str]:
    told = json.loads(FILE.read_text(encoding="utf-8"))
    expressions = [
        target["expr"] for panel in told["panels"] for target in panel.get("targets", [])
    ]
    assert expressions
    return {_SERIES.sub("", name) for each in expressions for name in _OURS.findall(each)}


def told() -> set[str]:
    return {metric.name for metric in Telemetry().registry.collect()}


def test_it_asks_for_every_figure_and_for_no_other() -> None:
    assert asked() == told()


def test_every_panel_says_what_it_shows_and_has_a_place_of_its_own() -> None:
    panels = json.loads(FILE.read_text(encoding="utf-8"))["panels"]
    assert all(panel["title"] and panel["description"] for panel in panels)
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len({*places}) == len(places)
    assert len({panel["id"] for panel in panels}) == len(panels)
