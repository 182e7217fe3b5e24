import pytest

from hotdash.governance.access import passwords
from hotdash.governance.access.passwords import PasswordError, check_policy


def test_argon2id_is_what_is_kept() -> None:
    kept = passwords.hash_password("a few plain words")
    assert kept.startswith("$argon2id$")
    assert passwords.verify_password(kept, "a few plain words")
    assert not passwords.verify_password(kept, "a few plain word")


def test_the_same_password_is_kept_differently() -> None:
    assert passwords.hash_password("twice the same") != passwords.hash_password("twice the same")


def test_without_an_account_the_work_is_done_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    verified: list[str] = []
    hasher = passwords._hasher  # pyright: ignore[reportPrivateUsage]

    class Watched:
        hash = hasher.hash

        def verify(self, kept: str, password: str) -> bool:
            verified.append(kept)
            return hasher.verify(kept, password)

    monkeypatch.setattr(passwords, "_hasher", Watched())
    assert not passwords.verify_password(None, "whatever")
    (kept,) = verified
    assert kept.split("$")[2:4] == hasher.hash("x").split("$")[2:4]


def test_nobodys_password_opens_nothing() -> None:
    assert not passwords.verify_password(None, "nobody has this password")


def test_what_is_not_a_hash_opens_nothing() -> None:
    assert not passwords.verify_password("not a hash", "not a hash")


class TestPolicy:
    @pytest.mark.parametrize("weak", ["eleven char", "x" * 300, "abababababab", "me@my.example"])
    def test_weak(self, weak: str) -> None:
        with pytest.raises(PasswordError) as caught:
            check_policy(weak, "ME@my.example")
        assert caught.value.field == "new"
        assert weak not in caught.value.message

    def test_length_is_enough(self) -> None:
        check_policy("just some words", "me@my.example")
