"""How an anomaly reads: few of what is counted, many times, what it was judged from, a part without a name."""

from decimal import Decimal

import pytest

from hotdash.insights.anomalies.series import Grain
from hotdash.insights.anomalies.wording import NOT_NAMED, WEEK, driver_sentence, headline, judged_by


@pytest.mark.parametrize(
    ("value", "expected", "unit", "told"),
    [
        ("6", "0.119", "count", "SLA breaches: 6 that day, where less than one is usual."),
        ("6", "0", "count", "SLA breaches: 6 that day, where less than one is usual."),
        ("6", "1.5", "count", "SLA breaches: 6 that day, 4.0 times what was expected (1.5)."),
        ("6", "4", "count", "SLA breaches: 6 that day, 50% more than expected (4)."),
        ("0", "0.9", "count", "SLA breaches: 0 that day, 100% less than expected (0.9)."),
        ("6", "0.5", "USD", "SLA breaches: $6.00 that day, 12.0 times what was expected ($0.50)."),
    ],
)
def test_a_multiple_of_next_to_nothing_is_not_told(
    value: str, expected: str, unit: str, told: str
) -> None:
    assert (
        headline("SLA breaches", None, Decimal(value), Decimal(expected), unit, "that day") == told
    )


def test_what_it_was_judged_from_is_said_by_its_steps() -> None:
    assert judged_by(Grain.DAY, 56) == "from the eight weeks before, of which 56 days count"
    assert judged_by(Grain.HOUR, 1344) == "from the eight weeks before, of which 1,344 hours count"
    assert judged_by(WEEK, 12) == "from the page's 12 weeks before"


def test_a_part_that_has_nothing_of_the_dimension() -> None:
    driver = {
        "dimension": "priority",
        "named": NOT_NAMED,
        "parts": [{"name": NOT_NAMED, "change": "12"}],
    }
    assert driver_sentence(driver, "count") == "It comes from what has no priority: +12."
