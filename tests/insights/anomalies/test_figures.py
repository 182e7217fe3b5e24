"""What is claimed of the anomalies is held here on one seed; a folder of outside series is judged alike."""

from pathlib import Path

from benchmarks.anomalies import KPIS, of_outside, power_of
from benchmarks.anomaly_series import made, outside, windows


def test_nine_in_ten_drops_ring_with_fewer_than_three_false_alerts_a_week() -> None:
    found = [power_of(made(kpi, seed=11)) for kpi in KPIS]

    assert len(found) == 15
    tried = sum(each.tried for each in found)
    assert sum(each.alerted for each in found) / tried >= 0.9
    assert sum(each.false_alerts for each in found) / found[0].weeks < 3


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
