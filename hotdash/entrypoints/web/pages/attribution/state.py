"""Everything the page of attribution shows is in its address."""

from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlencode

from hotdash.base.errors import HotdashError
from hotdash.insights.attribution.channels import Asked, Split
from hotdash.insights.attribution.explain import LARGEST_ID
from hotdash.insights.attribution.reasons import SINGLE, model_of, window_of
from hotdash.insights.metrics.period import Period, Range

PATH = "/attribution"
_MOST_SKIPPED = 100_000


@dataclass(frozen=True, slots=True)
class State:
    """A window stands for itself where one touch has the whole order, and for nothing elsewhere."""

    shop: str
    range: Range = Range.DAYS_30
    model: str = SINGLE[0]
    window: int | None = None
    split: Split = Split.CHANNEL
    channel: str | None = None
    before: int | None = None
    days_from: int = 0
    links_from: int = 0

    @classmethod
    def parse(
        cls,
        shop: str,
        *,
        range: str | None = None,
        model: str | None = None,
        window: str | None = None,
        by: str | None = None,
        channel: str | None = None,
        before: str | None = None,
        days_from: str | None = None,
        links_from: str | None = None,
    ) -> Self:
        chosen = model_of(model)
        return cls(
            shop=shop,
            range=Period.parse(range).range,
            model=chosen,
            window=window_of(window, chosen) if chosen in SINGLE else None,
            split=Split.parse(by),
            channel=channel or None,
            before=order_id(before, "before") if before else None,
            days_from=_place(days_from, "days_from"),
            links_from=_place(links_from, "links_from"),
        )

    @property
    def period(self) -> Period:
        return Period(self.range)

    @property
    def asked(self) -> Asked:
        return Asked(self.model, self.window, self.split)

    def but(self, **changes: Any) -> Self:
        return replace(self, **changes)

    @property
    def url(self) -> str:
        told = {
            "shop": self.shop,
            "range": self.range.value,
            "model": self.model,
            "window": self.window,
            "by": self.split.value,
            "channel": self.channel,
            "before": self.before,
            "days_from": self.days_from or None,
            "links_from": self.links_from or None,
        }
        kept = {name: value for name, value in told.items() if value is not None}
        return f"{PATH}?{urlencode(kept)}"

    def order_url(self, order: int) -> str:
        told = {"shop": self.shop, "model": self.model}
        if self.window is not None:
            told["window"] = str(self.window)
        return f"{PATH}/orders/{order}?{urlencode(told)}"


def order_id(text: str, field: str = "order") -> int:
    """As people copy it: with blanks around it, or a # before it."""
    number = text.strip().removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 20 and 0 < int(number) <= LARGEST_ID:
        return int(number)
    raise HotdashError(
        f"{text.strip()[:40]!r} is no number of an order.",
        hint="Take Shopify's own number of it, the one in the address of its page in the admin.",
        field=field,
    )


def _place(text: str | None, field: str) -> int:
    if not text:
        return 0
    if text.isascii() and text.isdigit() and len(text) < 7 and int(text) <= _MOST_SKIPPED:
        return int(text)
    raise HotdashError(
        f"{text[:20]!r} is no place in a list.", hint="Follow the links of the page.", field=field
    )
