"""What a project's key says by itself: that it opens nothing but what every visitor sees."""

import base64
import binascii
from typing import Any, cast

import orjson

_PUBLISHABLE = "sb_publishable_"
_SERVICE = "service_role"


def is_public(key: str) -> bool:
    """A token whose role is another than the service's; one that says no role is left to the project."""
    role = _role(key)
    return key.startswith(_PUBLISHABLE) or role not in (None, _SERVICE)


def _role(key: str) -> str | None:
    parts = key.split(".")
    if len(parts) != 3:
        return None
    try:
        told: Any = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error):
        return None
    claims = cast("dict[str, Any]", told) if isinstance(told, dict) else dict[str, Any]()
    return str(claims["role"]) if "role" in claims else None
