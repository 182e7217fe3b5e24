"""One change reads the same by every door: exact until it is shown, then rounded once, half up."""

from decimal import Decimal

import pytest

from hotdash.entrypoints.cli.metric_tables import in_percent
from hotdash.entrypoints.web import formatting
from hotdash.insights.metrics.query.answer import Cell
from hotdash.insights.metrics.registry import registry
from hotdash.insights.tiles.values import delta_of
from hotdash.reports.packet import words


@pytest.mark.parametrize(
    ("value", "base", "told"),
    [
        pytest.param("2137", "2000", "6.9", id="6.85%: half to even gave 6.8"),
        pytest.param("21369", "20000", "6.8", id="6.845%: rounded twice gave 6.9"),
    ],
)
def test_tile_command_and_packet_agree(value: str, base: str, told: str) -> None:
    cell = Cell(Decimal(value), Decimal(base))
    delta = delta_of(registry().get("revenue"), cell, "the days before", "USD")
    assert delta is not None
    assert formatting.percent(delta.ratio) == f"{told}%"
    assert cell.share is not None
    assert in_percent(cell.share) == Decimal(told)
    assert words.percent(cell.share) == f"+{told}%"


@pytest.mark.parametrize("share", ["0.0004", "-0.0004", "0"])
def test_a_packet_calls_the_same_what_it_shows_as_nothing(share: str) -> None:
    """100 / 3 against 33.33: both are shown as 33.33."""
    assert (words.percent(Decimal(share)), words.moved(Decimal(share))) == ("0%", "the same")
    assert words.moved(Decimal("-0.0005")) == "0.1% less"


def test_a_tile_is_held_against_the_exact_change() -> None:
    """-9.996% is shown as -10.0% and has not reached -10%."""
    cell = Cell(Decimal("90004"), Decimal("100000"))
    delta = delta_of(registry().get("revenue"), cell, "the days before", "USD")
    assert delta is not None
    assert delta.ratio > Decimal("-0.1")
