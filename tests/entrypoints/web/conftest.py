"""The web's tests stand in front of a storefront with everything published."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from hotdash.base.logging import configure_logging
from tests.fixtures.web import fresh_web, shown_app, shown_web, web

__all__ = ["fresh_web", "log_file", "shown_app", "shown_web", "web"]


@pytest.fixture(scope="module", autouse=True)
def log_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Logging as in production, into a file that tests may read."""
    file = tmp_path_factory.mktemp("logs") / "hotdash.ndjson"
    configure_logging("info", file)
    yield file
    structlog.reset_defaults()
