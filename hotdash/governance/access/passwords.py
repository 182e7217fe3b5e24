"""Passwords: argon2id, one rule, and the same time for accounts that do not exist."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hotdash.base.errors import HotdashError

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 256
_hasher = PasswordHasher()


class PasswordError(HotdashError):
    code = "weak_password"
    http_status = 422


def check_policy(password: str, email: str) -> None:
    """Length decides; rules about digits and capitals only make passwords alike."""
    if not MINIMUM_LENGTH <= len(password) <= MAXIMUM_LENGTH:
        raise PasswordError(
            f"The password has {len(password)} characters.",
            hint=f"Use between {MINIMUM_LENGTH} and {MAXIMUM_LENGTH}; a few words are easiest.",
            field="new",
        )
    if len(set(password)) < 5 or password.lower() == email.lower():
        raise PasswordError(
            "This password is too easy to guess.",
            hint="Use a few words that only you would put together, not the e-mail or one letter.",
            field="new",
        )


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """Without a hash to compare with, the work is done all the same and the answer is no."""
    try:
        _hasher.verify(password_hash or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    return _hasher.check_needs_rehash(password_hash)


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody has this password")
