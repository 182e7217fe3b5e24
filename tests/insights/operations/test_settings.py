"""A file of settings is read whole or not at all, and what holds by default is written in one place."""

from datetime import date

import pytest

from hotdash.base.errors import NotFoundError
from hotdash.insights.metrics.query.reading import STATEMENTS
from hotdash.insights.operations.settings import (
    Given,
    SettingsFileError,
    known_setting,
    read_settings,
)

HEADER = "setting,applies_to,subject,value,effective_from,reason\n"


def test_values_of_a_file() -> None:
    written = "\ufeff" + HEADER + 'lead_time_days,sku,"AN-6, red", 21 ,2026-11-01,Supplier moved\n'
    written += "handling_days,,,0,,\n"
    assert read_settings(written) == [
        Given("lead_time_days", "sku", "AN-6, red", 21, date(2026, 11, 1), "Supplier moved"),
        Given("handling_days", "shop", "", 0, None, "imported"),
    ]


def test_the_last_two_columns_may_be_left_out() -> None:
    read = read_settings("setting,applies_to,subject,value\npack_size,vendor,Acme,12\n")
    assert read == [Given("pack_size", "vendor", "Acme", 12, None, "imported")]


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ("", "no values"),
        ("lead_time,shop,,1,,\n", "Line 2 names no setting: 'lead_time'"),
        (
            "handling_days,shop,,1,,\nhandling_days,sku,A,1,,\n",
            "Line 3 sets handling_days for 'sku'",
        ),
        ("lead_time_days,sku,,1,,\n", "Line 2 names the subject ''"),
        ("lead_time_days,shop,A,1,,\n", "Line 2 names the subject 'A'"),
        ("lead_time_days,shop,,-1,,\n", "the value '-1'"),
        ("lead_time_days,shop,,1.5,,\n", "the value '1.5'"),
        ("lead_time_days,shop,,,,\n", "the value ''"),
        ("lead_time_days,shop,,١,,\n", "the value '١'"),
        (f"lead_time_days,shop,,{'9' * 5000},,\n", "the value '9999"),
        ("pack_size,shop,,0,,\n", "the value '0'"),
        ("lead_time_days,shop,,1,1999-12-31,\n", "holds from '1999-12-31'"),
        ("lead_time_days,shop,,1,tomorrow,\n", "holds from 'tomorrow'"),
        ("lead_time_days,shop,,1\n", "more or fewer values"),
        ("lead_time_days,shop,,1,,,\n", "more or fewer values"),
        ("lead_time_days,shop,,1,,\nlead_time_days,shop,,2,,\n", "is set twice"),
    ],
)
def test_a_line_that_does_not_fit_is_named(lines: str, complaint: str) -> None:
    with pytest.raises(SettingsFileError) as error:
        read_settings(HEADER + lines)
    assert complaint in error.value.message
    assert len(error.value.message) < 200


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        ("setting,applies_to,subject\n", "no column value"),
        ("setting,applies_to,subject,value,since\n", "a column 'since'"),
        ("setting,applies_to,subject,value,value\n", "a column twice"),
    ],
)
def test_columns_are_those_that_are_known(header: str, complaint: str) -> None:
    with pytest.raises(SettingsFileError, match=complaint):
        read_settings(header)


def test_a_setting_nobody_knows() -> None:
    with pytest.raises(NotFoundError, match="no setting 'leadtime'"):
        known_setting("leadtime")


def test_minutes_saved_by_default_are_those_of_the_statement() -> None:
    written = (STATEMENTS / "decisions.sql").read_text()
    assert f"of_shop.value, {known_setting('decision_minutes').default})" in written
