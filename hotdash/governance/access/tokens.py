"""Secrets that are handed out once: random here, only their hash in the database."""

import hashlib
import secrets


def new_token() -> str:
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> bytes:
    """256 random bits need no slow hash: nobody can guess what came before it."""
    return hashlib.sha256(token.encode()).digest()


def hash_email(email: str) -> bytes:
    """Attempts are counted per account, also for accounts that do not exist, without their names."""
    return hashlib.sha256(normal_email(email).encode()).digest()


def may_name_somebody(email: object) -> bool:
    """Of letters alone that look like no others: lower() makes a k of the Kelvin sign."""
    return isinstance(email, str) and email.isascii()


def normal_email(email: str) -> str:
    return email.strip().lower()
