"""What is kept of an e-mail address where only its sameness matters."""

import hashlib
import string

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def email_hash(address: str | None) -> str | None:
    """SHA-256 of the address without blanks around it, in small letters.

    The macro email_hash of the dbt project says the same, so only ASCII letters are made small:
    engines disagree about all others.
    """
    normal = (address or "").strip(" ").translate(_LOWER)
    return hashlib.sha256(normal.encode()).hexdigest() if normal else None
