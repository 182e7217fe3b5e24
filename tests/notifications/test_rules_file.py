"""Rules that can be read, and mistakes that are told with their line and the mend."""

import contextlib
import json
from datetime import time, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hotdash.base.errors import HotdashError
from hotdash.notifications.message import Severity, Subject
from hotdash.notifications.rules import rules_schema
from hotdash.notifications.rules_file import DEFAULT_RULES, load_rules, parse_rules
from tests.fixtures.alerts import default_rules

DEFAULTS = {
    "analytics",
    "analytics-incidents",
    "analytics-monitoring",
    "analytics-audit",
    "analytics-builds",
}


def channels(severity: str, subject: str = "check", shop: str = "a", check: str = "c") -> list[str]:
    return [*default_rules().channels_for(Severity(severity), Subject(subject), shop, check)]


class TestTheDefaults:
    def test_name_the_five_channels(self) -> None:
        assert set(default_rules().named_channels) >= DEFAULTS

    @pytest.mark.parametrize(
        ("severity", "subject", "check", "where"),
        [
            ("blocking", "check", "c", ["analytics-incidents", "pager", "file"]),
            ("warning", "check", "c", ["analytics-monitoring", "file"]),
            ("warning", "job", "c", ["analytics-monitoring", "analytics-builds", "file"]),
            ("info", "digest", "c", ["analytics", "file"]),
        ],
    )
    def test_route(self, severity: str, subject: str, check: str, where: list[str]) -> None:
        assert channels(severity, subject, check=check) == where

    def test_words_of_backfills_go_to_the_audit_and_those_of_many_days_are_mailed(self) -> None:
        assert channels("info", "backfill", check="backfill") == ["analytics-audit", "file"]
        assert channels("info", "backfill", check="backfill_of_many_days") == ["mail", "file"]

    def test_hold_the_clocks_of_the_specification(self) -> None:
        clocks = default_rules().clocks
        assert (clocks.blocking_answer, clocks.blocking_mend) == (
            timedelta(minutes=30),
            timedelta(hours=2),
        )
        assert [each.name for each in default_rules().on_call] == ["primary", "backup", "manager"]

    def test_hold_where_the_installation_has_no_file(self, tmp_path: Path) -> None:
        assert load_rules(tmp_path) == default_rules()

    def test_give_way_to_the_installations_own(self, tmp_path: Path) -> None:
        (tmp_path / "alerts.yml").write_text("routes: [{to: [file]}]\ntimezone: Asia/Tokyo\n")
        assert load_rules(tmp_path).timezone == "Asia/Tokyo"


def test_a_route_may_name_shops_and_checks() -> None:
    rules = parse_rules(
        "routes:\n"
        "- {shops: [kyoto], to: [kyoto-ops]}\n"
        "- {checks: [orders_fresh], severities: [warning], to: [fresh]}\n"
        "- {to: [file, kyoto-ops]}\n"
    )
    blocking, warning = Severity.BLOCKING, Severity.WARNING
    assert rules.channels_for(blocking, Subject.CHECK, "kyoto", "x") == ("kyoto-ops", "file")
    assert rules.channels_for(warning, Subject.CHECK, "rod", "orders_fresh") == (
        "fresh",
        "file",
        "kyoto-ops",
    )


@pytest.mark.parametrize(
    ("text", "said", "mend"),
    [
        (
            "routes:\n  - to: [file]\n    severitys: [blocking]\n",
            "line 3: there is no rule 'severitys'",
            "Did you mean severities?",
        ),
        (
            "routes: [{to: [file]}]\nquiet_hours:\n  from: '20:00'\n  til: '08:00'\n",
            "line 4: there is no rule 'til'",
            "Did you mean until?",
        ),
        ("timezone: UTC\n", "line 1: routes is missing", "Add routes there."),
        (
            "routes: [{to: [file]}]\ntimezone: Kyoto\n",
            "line 2: timezone = 'Kyoto' is not usable",
            "Name it like America/Los_Angeles.",
        ),
        (
            "routes: [{to: [file]}]\nclocks:\n  blocking_answer: 30\n",
            "line 3: clocks.blocking_answer = 30 is not usable",
            "Write it like 30m, 2h or 1d.",
        ),
        (
            "routes: [{to: [file]}]\nquiet_hours: {from: 20:00, until: '08:00'}\n",
            "line 2: quiet_hours.from = 1200 is not usable",
            'Write it in quotes, like "08:00".',
        ),
        (
            "routes:\n- to: [file]\n- to: [x]\n  severities: [grave]\n",
            "line 4: routes.1.severities.0 = 'grave' is not usable",
            "Input should be 'blocking', 'warning' or 'info'.",
        ),
        (
            "routes: [{to: [file]}]\nx: 1\n",
            "line 2: there is no rule 'x'",
            "Known here: timezone, quiet_hours, office_hours, routes, on_call, clocks, patience.",
        ),
        ("routes: []\n", "line 1: routes = [] is not usable", "at least 1"),
        ("routes: [}\n", "Line 1:", "Mend the indentation"),
        ("timezone: 2026-99-99\n", "is not YAML", "put it in quotes"),
        ("[" * 5000, "is not YAML", "Mend"),
        ("- a\n", "holds no rules", "hotdash alerts rules --default"),
        ("", "holds no rules", "hotdash alerts rules --default"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_mend(text: str, said: str, mend: str) -> None:
    with pytest.raises(HotdashError) as told:
        parse_rules(text)
    assert said in told.value.message
    assert mend in told.value.hint
    assert told.value.code == "invalid_alert_rules"


def test_hours_that_are_never_and_hours_that_end_before_they_begin_are_refused() -> None:
    for text in (
        "quiet_hours: {from: '08:00', until: '08:00'}",
        "office_hours: {from: '18:00', until: '09:00'}",
    ):
        with pytest.raises(HotdashError, match="line 2"):
            parse_rules(f"routes: [{{to: [file]}}]\n{text}\n")


@given(st.text(max_size=200))
def test_whatever_stands_there_is_rules_or_a_told_mistake(text: str) -> None:
    with contextlib.suppress(HotdashError):
        parse_rules(text)


def test_the_schema_knows_every_key_and_allows_no_other() -> None:
    schema = rules_schema()
    written = yaml.safe_load(DEFAULT_RULES.read_text())
    assert set(written) <= set(schema["properties"])
    assert schema["additionalProperties"] is False
    assert {"from", "until", "days"} == set(schema["$defs"]["OfficeHours"]["properties"])
    assert json.loads(json.dumps(schema)) == schema


def test_times_are_read_as_written() -> None:
    quiet = default_rules().quiet_hours
    assert quiet is not None
    assert (quiet.start, quiet.until) == (time(20), time(8))
