"""What names an instance of Postgres can never lead to the data of another home."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotdash.base.errors import UnavailableError
from hotdash.storage.embedded import EmbeddedPostgres
from hotdash.storage.embedded_account import server_account
from hotdash.storage.embedded_folders import SYSTEM_HOME, locate
from tests.fixtures.postgres import NOT_DURABLE, new_home


@pytest.fixture
def home() -> Iterator[Path]:
    folder = new_home("names")
    yield folder
    EmbeddedPostgres(folder).erase()


@pytest.mark.parametrize("name", ["", "..", "instances", "0123456789a", "0123456789ab/../x"])
def test_a_damaged_name_is_refused_before_anything_is_touched(tmp_path: Path, name: str) -> None:
    file = tmp_path / "postgres" / "instance"
    file.parent.mkdir()
    file.write_text(name)
    with pytest.raises(UnavailableError, match="instance"):
        locate(file.parent, server_account(SYSTEM_HOME), SYSTEM_HOME)
    with pytest.raises(UnavailableError, match="instance"):
        EmbeddedPostgres(tmp_path).erase()
    assert file.read_text() == name


@pytest.mark.skipif(os.geteuid() != 0, reason="only for root the data lie outside of the home")
def test_a_copied_home_neither_shares_nor_erases_the_first_ones_data(
    home: Path, tmp_path: Path
) -> None:
    first = EmbeddedPostgres(home, options=NOT_DURABLE)
    first.start()
    first.stop()
    copy = shutil.copytree(home, tmp_path / "copy")
    with pytest.raises(UnavailableError, match="copy of"):
        EmbeddedPostgres(copy, options=NOT_DURABLE).start()
    with pytest.raises(UnavailableError, match="copy of"):
        EmbeddedPostgres(copy).erase()
    first.start()
    first.stop()


def test_a_start_that_fails_leaves_no_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hotdash.storage import embedded

    def interrupted(_server: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(embedded, "_ensure_database", interrupted)
        with pytest.raises(KeyboardInterrupt):
            EmbeddedPostgres(home, options=NOT_DURABLE).start()
    folders = locate(home / "postgres", server_account(SYSTEM_HOME), SYSTEM_HOME)
    assert not (folders.data / "postmaster.pid").exists()
