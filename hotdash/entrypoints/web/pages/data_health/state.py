"""Which part of a shop's checks is looked at; all of it stands in the address."""

from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import quote, urlencode

from hotdash.base.errors import HotdashError
from hotdash.pipeline.quality.findings import Dimension

PATH = "/data-health"
SHOWN = ("all", "failed")
_MOST_SKIPPED = 10_000
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class State:
    shop: str
    source: str | None = None
    dimension: str | None = None
    status: str = SHOWN[0]
    checks_from: int = 0
    closed: bool = False

    @classmethod
    def parse(
        cls,
        shop: str,
        source: str | None,
        dimension: str | None,
        status: str | None,
        checks_from: str | None,
        closed: str | None,
    ) -> Self:
        _one_of("dimension", dimension, [each.value for each in Dimension])
        _one_of("status", status, SHOWN)
        skipped = checks_from or "0"
        if not (skipped.isascii() and skipped.isdigit() and len(skipped) < 6):
            raise HotdashError(
                f"{skipped[:20]!r} is no place in a list.",
                hint="Follow the links of the page.",
                field="checks_from",
            )
        return cls(
            shop=shop,
            source=source[:_LONGEST] if source else None,
            dimension=dimension or None,
            status=status or SHOWN[0],
            checks_from=min(int(skipped), _MOST_SKIPPED),
            closed=bool(closed),
        )

    def but(self, **changes: Any) -> Self:
        return replace(self, **changes)

    @property
    def url(self) -> str:
        told = {
            "shop": self.shop,
            "source": self.source,
            "dimension": self.dimension,
            "status": self.status if self.status != SHOWN[0] else None,
            "checks_from": self.checks_from or None,
            "closed": "1" if self.closed else None,
        }
        return f"{PATH}?{urlencode({name: each for name, each in told.items() if each})}"


def health_url(shop_id: str) -> str:
    return f"{PATH}?{urlencode({'shop': shop_id})}"


def check_url(shop_id: str, check: str | None) -> str:
    """What went wrong while publishing is no check of the gate, and has no page of its own."""
    if check is None:
        return f"{health_url(shop_id)}#marts"
    return f"{PATH}/checks/{quote(check, safe='')}?{urlencode({'shop': shop_id})}"


def _one_of(field: str, given: str | None, known: list[str] | tuple[str, ...]) -> None:
    if given and given not in known:
        raise HotdashError(
            f"There is no {field} {given[:40]!r}.",
            hint=f"Use one of {', '.join(known)}.",
            field=field,
        )
