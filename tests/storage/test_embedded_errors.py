"""What a person reads when the embedded server cannot be had."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotdash.base.errors import HotdashError, UnavailableError
from hotdash.storage.embedded import EmbeddedPostgres
from hotdash.storage.embedded_binaries import wheel_binaries
from tests.fixtures.other_processes import as_normal_user
from tests.fixtures.postgres import NOT_DURABLE, new_home
from tests.storage.test_embedded import data_folder

NAMELESS = 61234


@pytest.fixture
def home() -> Iterator[Path]:
    folder = new_home("errors")
    yield folder
    EmbeddedPostgres(folder).erase()


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk with room for a fourth of what an empty Postgres needs."""
    folder = Path(tempfile.mkdtemp(prefix="hotdash-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", "size=10m,mode=755", "tmpfs", str(folder)]
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can make a small disk")
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine does not let root mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()


def refusal(home: Path) -> tuple[str, str]:
    try:
        EmbeddedPostgres(home).start()
    except HotdashError as error:
        return error.message, error.hint
    return "", ""


def test_a_platform_without_a_wheel() -> None:
    with pytest.raises(UnavailableError, match="no embedded Postgres for this platform") as refused:
        wheel_binaries("no_such_package")
    assert "HOTDASH_DATABASE_URL" in refused.value.hint


def test_windows_is_told_what_to_do_instead(tmp_path: Path) -> None:
    program = """if True:
        import sys
        from pathlib import Path
        import psycopg
        sys.modules["pwd"] = sys.modules["fcntl"] = None
        from hotdash.storage.embedded import EmbeddedPostgres, UnavailableError
        sys.platform = "win32"
        try:
            EmbeddedPostgres(Path(sys.argv[1])).start()
        except UnavailableError as error:
            print(error)
    """
    told = subprocess.check_output([sys.executable, "-c", program, tmp_path / "home"], text=True)
    assert "unix sockets, which Windows does not have" in told
    assert "HOTDASH_DATABASE_URL" in told


def test_a_user_without_a_name(home: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can be somebody without a name")
    home.chmod(0o777)
    message, hint = as_normal_user(lambda: refusal(home / "of nobody"), user=NAMELESS)
    assert f"The user id {NAMELESS} has no name" in message
    assert "/etc/passwd" in hint


def test_data_of_another_major_version_are_not_touched(home: Path) -> None:
    with EmbeddedPostgres(home, options=NOT_DURABLE) as server:
        server.start()
    version = data_folder(home) / "PG_VERSION"
    version.write_text("15\n")
    with pytest.raises(UnavailableError, match=r"written by Postgres 15; .* brings Postgres 18"):
        EmbeddedPostgres(home).start()
    assert version.read_text() == "15\n"


def test_a_full_disk(home: Path, small_disk: Path) -> None:
    server = EmbeddedPostgres(home, system_home=small_disk)
    with pytest.raises(UnavailableError, match=r"cannot be made: .*No space left") as refused:
        server.start()
    assert "Free some space" in refused.value.hint
    assert not list(small_disk.glob("instances/*/data*")), "nothing half made is left"
    server.erase()


def test_a_disk_that_was_full_and_has_room_again(home: Path, small_disk: Path) -> None:
    server = EmbeddedPostgres(home, options=NOT_DURABLE, system_home=small_disk)
    with pytest.raises(UnavailableError):
        server.start()
    subprocess.run(["mount", "-o", "remount,size=300m", str(small_disk)], check=True)
    with server:
        assert server.start().owner
    server.erase()


def test_a_folder_that_may_not_be_written(home: Path) -> None:
    message, hint = as_normal_user(lambda: refusal(Path("/proc/hotdash")))
    assert "/proc/hotdash" in message
    assert "a folder that you may write" in hint


def test_a_file_where_the_home_should_be(home: Path) -> None:
    (home / "file").write_text("")
    message, _ = refusal(home / "file")
    assert "Not a directory" in message


def test_a_server_that_ends_at_once_says_why(home: Path) -> None:
    server = EmbeddedPostgres(home, options={**NOT_DURABLE, "shared_buffers": "much"})
    with pytest.raises(UnavailableError, match="shared_buffers") as refused:
        server.start()
    assert "postgres.log" in refused.value.hint


def test_a_failed_start_does_not_count_as_a_user(home: Path) -> None:
    failing = EmbeddedPostgres(home, options={"shared_buffers": "much"})
    with pytest.raises(UnavailableError):
        failing.start()
    with EmbeddedPostgres(home, options=NOT_DURABLE) as server:
        server.start()
    assert not (data_folder(home) / "postmaster.pid").exists()
