"""What is claimed of the anomalies is held here on one seed; a folder of outside series is judged alike."""

from datetime import date
from pathlib import Path

from benchmarks.anomalies import KPIS, of_outside, power_of
from benchmarks.anomaly_hours import Rung, made_pages, rung_hours, rung_pages
from benchmarks.anomaly_series import made, outside, windows
from hotdash.insights.anomalies.series import Grain, Series, day_of


def test_nine_in_ten_drops_ring_with_fewer_than_three_false_alerts_a_week() -> None:
    found = [power_of(made(kpi, seed=11)) for kpi in KPIS]

    assert len(found) == 15
    tried = sum(each.tried for each in found)
    assert sum(each.alerted for each in found) / tried >= 0.9
    false = sum(each.false_alerts for each in found) / found[0].weeks
    assert false + rung_pages(*made_pages(seed=11)).a_week < 3


def test_an_incident_s_days_are_not_counted_as_false() -> None:
    days = tuple(date(2026, 11, day) for day in (3, 4, 5, 20))

    left = Rung(days, 2.0).beside([date(2026, 11, 3)], within=1)

    assert (left.days, left.a_week) == (days[2:], 1.0)


def test_hours_are_counted_by_the_days_on_which_they_rang() -> None:
    """Of the last week's hours one was struck."""
    first, last = 24, 24 + 10 * 168 - 1
    known = {hour: 100.0 + hour % 7 for hour in range(first, last)}
    struck = Series("orders/hour", {**known, last: 5.0}, Grain.HOUR, counted=True)

    assert rung_hours(struck, weeks=1) == Rung((day_of(last, Grain.HOUR),), 1)


def test_a_folder_of_outside_series_is_judged_by_its_labels(tmp_path: Path) -> None:
    """Ten weeks of days, one of which lost nine tenths and is labelled."""
    lines = ["series,time,value,label"]
    for number in range(70):
        value = (100, 104, 98, 101, 97, 130, 80)[number % 7] * (1 + number % 5 / 100)
        is_struck = number == 66
        told = value / 10 if is_struck else value
        lines.append(f"shop,2026-0{3 + number // 28}-{number % 28 + 1:02d},{told},{int(is_struck)}")
    (tmp_path / "own.csv").write_text("\n".join(lines))

    (labelled,) = outside(tmp_path)
    (figure,) = of_outside([labelled])

    assert labelled.series.name == "own/shop"
    assert len(windows(labelled.struck)) == 1
    assert figure.seen == "1 by an alert, 1 with the digest"


def test_steps_in_a_row_are_one_happening() -> None:
    assert windows(frozenset({3, 4, 5, 9})) == [range(3, 6), range(9, 10)]
