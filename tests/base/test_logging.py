"""Secrets never reach the log."""

import json
import logging
from collections.abc import Generator
from pathlib import Path

import pytest

from hotdash.base.logging import configure_logging, get_logger, redact, without_addresses


@pytest.fixture
def log(tmp_path: Path) -> Generator[Path]:
    before = logging.getLogger().handlers
    configure_logging("info", tmp_path / "log.ndjson")
    yield tmp_path / "log.ndjson"
    logging.getLogger().handlers = before


def test_secrets_are_hidden_by_name_and_by_shape(log: Path) -> None:
    get_logger("t").info(
        "connected",
        access_token="abc",
        url="postgresql://me:hunter2@db/x",
        note="used shpat_0123456789abcdef",
    )
    logging.getLogger("other").warning("at postgresql://me:hunter2@db/x")
    text = log.read_text()
    assert "abc" not in json.loads(text.splitlines()[0])["access_token"]
    assert "hunter2" not in text
    assert "0123456789abcdef" not in text


def test_an_exception_is_logged_with_its_trace(log: Path) -> None:
    try:
        raise RuntimeError("broken at postgresql://me:hunter2@db/x")
    except RuntimeError:
        get_logger("t").exception("failed", reference="r1")
    entry = json.loads(log.read_text())
    assert entry["reference"] == "r1"
    assert "RuntimeError" in entry["exception"]
    assert "hunter2" not in entry["exception"]


def test_redact_leaves_the_rest() -> None:
    assert redact("postgresql://me:pw@db:5432/x?a=b") == "postgresql://me:***@db:5432/x?a=b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "POST https://hooks.slack.com/services/T0A/B0B/cCc123 failed",
            "POST https://hooks.slack.com/services/*** failed",
        ),
        ("with xoxb-12-34-abcDEF in it", "with xox_*** in it"),
        ('{"routing_key": "0123456789abcdef0123"}', '{"routing_key": "***"}'),
    ],
)
def test_keys_of_alert_channels_are_hidden_by_shape(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_a_long_run_of_letters_is_looked_at_once() -> None:
    """A look that began anew at every letter would take minutes: nobody logs a payload then."""
    for long in ("a" * 400_000, "a.b-" * 100_000, "a@" * 200_000, "a@" + "b." * 200_000):
        assert redact(long) == long
        assert without_addresses(long) in (long, "***.")
