"""Keys beside the data: made once, kept private, changed without losing what they sealed."""

import threading
from pathlib import Path

import pytest

from hotdash.base.errors import UnavailableError
from hotdash.storage.secrets import KEY_FILE, Vault, add_key, put_first, retire_keys

FIELDS = {"access_token": "shpat_0123456789"}


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / KEY_FILE


class TestSealing:
    def test_opens_what_it_sealed(self, tmp_path: Path) -> None:
        sealed = Vault.in_home(tmp_path).seal(FIELDS, "shop a")
        assert Vault.in_home(tmp_path).open(sealed, "shop a") == FIELDS

    def test_shows_nothing_of_it(self, tmp_path: Path) -> None:
        assert b"shpat" not in Vault.in_home(tmp_path).seal(FIELDS, "shop a")

    def test_stays_shut_for_another_purpose(self, tmp_path: Path) -> None:
        vault = Vault.in_home(tmp_path)
        with pytest.raises(UnavailableError, match="sealed for something else"):
            vault.open(vault.seal(FIELDS, "shop a"), "shop b")

    def test_stays_shut_when_it_was_tampered_with(self, tmp_path: Path) -> None:
        vault = Vault.in_home(tmp_path)
        sealed = bytearray(vault.seal(FIELDS, "shop a"))
        sealed[40] ^= 1
        with pytest.raises(UnavailableError, match="no key in the file fits"):
            vault.open(bytes(sealed), "shop a")

    def test_stays_shut_for_another_installation(self, tmp_path: Path) -> None:
        sealed = Vault.in_home(tmp_path / "one").seal(FIELDS, "shop a")
        with pytest.raises(UnavailableError, match="no key in the file fits") as refused:
            Vault.in_home(tmp_path / "two").open(sealed, "shop a")
        assert "Restore" in refused.value.hint


class TestChangingKeys:
    def test_old_secrets_open_and_new_ones_take_the_new_key(
        self, tmp_path: Path, key_file: Path
    ) -> None:
        old = Vault.in_home(tmp_path).seal(FIELDS, "shop a")
        old_key = key_file.read_text()
        add_key(key_file)
        vault = Vault.in_home(tmp_path)
        assert vault.open(old, "shop a") == FIELDS
        anew = vault.seal_anew(old)
        key_file.write_text(key_file.read_text().replace(old_key, ""))
        assert Vault.in_home(tmp_path).open(anew, "shop a") == FIELDS
        with pytest.raises(UnavailableError):
            Vault.in_home(tmp_path).open(old, "shop a")

    def test_a_living_process_follows_the_file(self, tmp_path: Path, key_file: Path) -> None:
        living = Vault.in_home(tmp_path)
        before = living.seal(FIELDS, "shop a")
        add_key(key_file)
        assert living.open(Vault.in_home(tmp_path).seal(FIELDS, "shop b"), "shop b") == FIELDS
        anew = living.seal_anew(before)
        retire_keys(key_file)
        assert Vault.in_home(tmp_path).open(anew, "shop a") == FIELDS
        assert living.open(living.seal(FIELDS, "shop c"), "shop c") == FIELDS
        with pytest.raises(UnavailableError):
            living.open(before, "shop a")

    def test_a_file_that_is_gone_for_a_moment_changes_nothing(
        self, tmp_path: Path, key_file: Path
    ) -> None:
        living = Vault.in_home(tmp_path)
        sealed = living.seal(FIELDS, "shop a")
        key_file.unlink()
        assert living.open(sealed, "shop a") == FIELDS
        assert not key_file.exists(), "no other key takes its place unnoticed"

    def test_a_key_behind_the_others_opens_and_seals_nothing_until_it_is_put_first(
        self, tmp_path: Path, key_file: Path
    ) -> None:
        vault = Vault.in_home(tmp_path)
        [first] = vault.key_names()
        second = add_key(key_file, is_first=False)
        assert vault.key_names() == (first, second)
        sealed = vault.seal(FIELDS, "shop a")
        assert vault.key_of(sealed) == first
        assert put_first(key_file, second)
        assert vault.key_names() == (second, first)
        assert vault.key_of(vault.seal_anew(sealed)) == second
        assert not put_first(key_file, "unknown")

    def test_what_no_key_opens_has_no_key(self, tmp_path: Path) -> None:
        sealed = Vault.in_home(tmp_path / "one").seal(FIELDS, "shop a")
        assert Vault.in_home(tmp_path / "two").key_of(sealed) is None

    def test_forms_signed_before_are_believed_until_the_old_key_is_gone(
        self, tmp_path: Path, key_file: Path
    ) -> None:
        vault = Vault.in_home(tmp_path)
        [before] = vault.derived_keys("web")
        add_key(key_file)
        newest, older = vault.derived_keys("web")
        assert older == before != newest
        retire_keys(key_file)
        assert vault.derived_keys("web") == (newest,)
        assert vault.derived_keys("elsewhere") != (newest,)

    def test_leaves_only_the_key_file(self, key_file: Path) -> None:
        add_key(key_file)
        add_key(key_file)
        assert list(key_file.parent.iterdir()) == [key_file]
        assert key_file.stat().st_mode & 0o777 == 0o600


class TestTheKeyFile:
    def test_is_private_from_the_first_moment(self, tmp_path: Path, key_file: Path) -> None:
        Vault.in_home(tmp_path)
        assert key_file.stat().st_mode & 0o777 == 0o600

    def test_is_made_once_however_many_start_together(self, tmp_path: Path) -> None:
        sealed: list[bytes] = []

        def seal() -> None:
            sealed.append(Vault.in_home(tmp_path).seal(FIELDS, "shop a"))

        threads = [threading.Thread(target=seal) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        vault = Vault.in_home(tmp_path)
        assert [vault.open(one, "shop a") for one in sealed] == [FIELDS] * 8

    def test_is_refused_when_others_can_read_it(self, tmp_path: Path, key_file: Path) -> None:
        Vault.in_home(tmp_path)
        key_file.chmod(0o644)
        with pytest.raises(UnavailableError, match="can be read by other users") as refused:
            Vault.in_home(tmp_path)
        assert refused.value.hint == f"chmod 600 {key_file}"

    @pytest.mark.parametrize("content", ["", "not a key\n"])
    def test_is_refused_and_kept_when_it_is_damaged(
        self, tmp_path: Path, key_file: Path, content: str
    ) -> None:
        key_file.touch(0o600)
        key_file.write_text(content)
        with pytest.raises(UnavailableError, match="holds no valid keys"):
            Vault.in_home(tmp_path)
        assert key_file.read_text() == content
