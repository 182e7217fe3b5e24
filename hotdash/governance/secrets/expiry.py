"""When what opens something ends: said while there is time to make another."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

SOON = timedelta(days=14)
URGENT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Ending:
    """`opens` names it; `mend` says how another one comes."""

    opens: str
    at: datetime
    mend: str
    shop_id: str | None = None

    def is_soon(self, now: datetime) -> bool:
        return self.at <= now + SOON

    def is_urgent(self, now: datetime) -> bool:
        return self.at <= now + URGENT

    def sentence(self, now: datetime) -> str:
        if self.at <= now:
            return f"The key to {self.opens} ended at {self._told}."
        days = (self.at - now) // timedelta(days=1)
        left = f"in {days} days" if days > 1 else "within two days"
        return f"The key to {self.opens} ends {left}, at {self._told}."

    @property
    def _told(self) -> str:
        return f"{self.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def end_of_token(secret: str) -> datetime | None:
    """A signed token (JWT) says it itself; of anything else nobody knows."""
    parts = secret.split(".")
    if len(parts) != 3:
        return None
    try:
        told: Any = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return None
    if not isinstance(told, dict):
        return None
    ends = cast("Mapping[str, Any]", told).get("exp")
    if not isinstance(ends, int | float):
        return None
    try:
        return datetime.fromtimestamp(ends, UTC)
    except (OverflowError, OSError, ValueError):
        return None
