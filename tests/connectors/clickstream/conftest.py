from pathlib import Path

import pytest

from hotdash.base.clock import FixedClock
from tests.fixtures.click_files import NOW, ClickFolder


@pytest.fixture
def clicks(tmp_path: Path) -> ClickFolder:
    folder = tmp_path / "clicks"
    folder.mkdir()
    return ClickFolder(folder, FixedClock(NOW))
