"""What somebody may find, and by what a passage is named."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

Key = tuple[UUID, int]
"""Of a passage: its document and its place in it."""


@dataclass(frozen=True, slots=True)
class Readable:
    """By shop, which rights its reader has; of the house whatever any of them opens."""

    rights: Mapping[str, Collection[str]]
    kinds: Sequence[str] = ()

    def opened(self, shop_id: str | None) -> frozenset[str]:
        if shop_id is not None:
            return frozenset(self.rights.get(shop_id, ()))
        return frozenset(right for held in self.rights.values() for right in held)

    def as_told(self) -> dict[str, Any]:
        pairs = sorted((shop, right) for shop, held in self.rights.items() for right in held)
        return {
            "shops": [shop for shop, _ in pairs],
            "rights": [right for _, right in pairs],
            "kinds": list(self.kinds),
        }
