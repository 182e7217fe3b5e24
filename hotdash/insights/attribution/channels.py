"""By channel and campaign: what a model credits it with, what it cost, and what came back for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from hotdash.base.errors import HotdashError
from hotdash.base.money import Money
from hotdash.insights.attribution.windows import CreditWindows
from hotdash.insights.metrics.period import Period, Window
from hotdash.insights.metrics.publication import Published, load_publications
from hotdash.insights.statements import source, statement

CREDITS, TOUCHES, RETURNS = "fct_attributed_orders", "fct_touches", "fct_roas"
ORDERS, SPEND, LINKS = "fct_orders", "fct_ad_spend", "fct_link_problems"
MARTS = (CREDITS, TOUCHES, RETURNS, ORDERS, SPEND, LINKS)
NOWHERE = "Direct / None"
WHOLE = Decimal(1_000_000)
_DAY_SECONDS = 86_400


class Split(StrEnum):
    CHANNEL = "channel"
    CAMPAIGN = "campaign"

    @classmethod
    def parse(cls, given: str | None) -> "Split":
        if given and given not in set(cls):
            raise HotdashError(
                f"Credits are not split by {given[:40]!r}.",
                hint=f"Use one of {', '.join(cls)}.",
                field="by",
            )
        return cls(given or cls.CHANNEL)


@dataclass(frozen=True, slots=True)
class Asked:
    """A window in days is another than the shop decided on; without one it is that."""

    model: str
    days: int | None = None
    split: Split = Split.CHANNEL


@dataclass(slots=True)
class Sums:
    """Spend is None as long as nobody bought anything here; unread counts the days nobody read."""

    share: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    known_amount: Decimal = Decimal(0)
    first_share: Decimal = Decimal(0)
    known_first_share: Decimal = Decimal(0)
    spend: Decimal | None = None
    known_spend: Decimal = Decimal(0)
    unread: int = 0

    def credit(self, row: Mapping[Any, Any]) -> None:
        self.share += row["share"]
        self.amount += row["amount"]
        self.known_amount += row["known_amount"]
        self.first_share += row["first_share"]
        self.known_first_share += row["known_first_share"]

    def cost(self, row: Mapping[Any, Any]) -> None:
        self.spend = (self.spend or Decimal(0)) + (row["spend"] or Decimal(0))
        self.known_spend += row["known_spend"] or Decimal(0)
        self.unread += row["unread"]

    @property
    def orders(self) -> Decimal:
        return self.share / WHOLE

    @property
    def new_customers(self) -> Decimal:
        return self.first_share / WHOLE

    @property
    def roas(self) -> Decimal | None:
        """Of the days whose whole spend is known, and of no others, as the metric has it."""
        return self.known_amount / self.known_spend if self.known_spend > 0 else None

    @property
    def cac(self) -> Decimal | None:
        """Of the same days: what it cost for each customer it was credited with winning."""
        won = self.known_first_share / WHOLE
        return self.known_spend / won if self.known_spend > 0 and won > 0 else None


Key = tuple[str, str, str]
"""Channel, platform and campaign; the last two are empty where channels alone are told."""


@dataclass(frozen=True, slots=True)
class ChannelCredits:
    shop: Published
    asked: Asked
    window: Window
    decided: CreditWindows
    rows: Mapping[Key, Sums] = field(default_factory=dict[Key, Sums])

    @property
    def total(self) -> Sums:
        return _sum(self.rows.values())

    @property
    def sourced(self) -> Sums:
        """All that is credited to some source."""
        return _sum(each for (channel, _, _), each in self.rows.items() if channel != NOWHERE)

    @property
    def rate(self) -> Decimal | None:
        """The share of orders credited to a source."""
        whole = self.total.share
        return self.sourced.share / whole if whole > 0 else None

    def as_json(self) -> dict[str, Any]:
        currency = self.shop.currency
        return {
            "shop": self.shop.shop_id,
            "days": [self.window.first.isoformat(), self.window.last.isoformat()],
            "model": self.asked.model,
            "window": self.asked.days,
            "click_days": self.decided.click_days,
            "lookback_days": self.decided.lookback_days,
            "currency": currency,
            "attribution_rate": _text(self.rate),
            "rows": [
                {"channel": channel, "platform": platform or None, "campaign": campaign or None}
                | _told(each, currency)
                for (channel, platform, campaign), each in self.rows.items()
            ],
            # What ads cost over customers they won, beside all customers, would be of two different sums.
            "total": _told(self.total, currency) | {"cac": None},
        }


@dataclass(frozen=True, slots=True)
class CreditedOrder:
    order_id: int
    day: date
    processed_at: datetime
    revenue: Decimal
    channels: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class LinkProblem:
    problem: str
    utm_source: str
    utm_medium: str
    utm_campaign: str
    source: str
    medium: str
    channel: str
    touches: int
    first_day: date
    last_day: date

    def as_json(self) -> dict[str, Any]:
        told = {name: getattr(self, name) for name in self.__slots__}
        return told | {"first_day": str(self.first_day), "last_day": str(self.last_day)}


class Attribution:
    """The attribution of one shop over some days, from one published snapshot."""

    def __init__(self, session: Session, shop_id: str, period: Period, now: datetime) -> None:
        found = load_publications(session, [shop_id], MARTS)
        self._session = session
        self._marts = {mart: each for (_, mart), each in found.items()}
        self.shop = self._marts[CREDITS]
        self.window = self.shop.windows(period, now).current
        self.decided = CreditWindows.on(session, shop_id, self.window.last)

    @property
    def is_published(self) -> bool:
        return bool(self.shop.parts)

    def credits(self, asked: Asked) -> ChannelCredits:
        rows: dict[Key, Sums] = {}
        spent = self._session.execute(statement(__file__, "spend.sql"), self._asked(asked))
        for row in self._credited("channels.sql", asked):
            rows.setdefault(_key(row, asked.split), Sums()).credit(row)
        for row in spent.mappings():
            rows.setdefault(_key(row, asked.split), Sums()).cost(row)
        ordered = sorted(rows.items(), key=lambda each: (-each[1].amount, each[0]))
        return ChannelCredits(self.shop, asked, self.window, self.decided, dict(ordered))

    def orders(
        self, asked: Asked, channel: str | None, before: int | None, most: int
    ) -> list[CreditedOrder]:
        wanted = {"channel": channel, "before": before, "most": most}
        found = self._credited("orders.sql", asked, **wanted)
        return [CreditedOrder(**row) for row in found]

    def links(self, most: int, skipped: int = 0) -> tuple[Sequence[LinkProblem], int]:
        """The most frequent first, and how many there are."""
        asked = self._days() | {
            "parts": self._marts[LINKS].parts_of(self.window),
            "most": most,
            "skipped": skipped,
        }
        found = self._session.execute(statement(__file__, "links.sql"), asked).mappings().all()
        told = [LinkProblem(**{name: row[name] for name in LinkProblem.__slots__}) for row in found]
        return told, found[0]["found"] if found else 0

    def _credited(self, name: str, asked: Asked, **more: object) -> list[dict[str, Any]]:
        credited = source(__file__, "credited.sql")
        wanted = text(source(__file__, name).format(credited=credited))
        found = self._session.execute(wanted, self._asked(asked) | more)
        return [dict(row) for row in found.mappings()]

    def _asked(self, asked: Asked) -> dict[str, object]:
        return self._days() | {
            "model": asked.model,
            "seconds": None if asked.days is None else asked.days * _DAY_SECONDS,
            "credit_parts": self._marts[CREDITS].parts_of(self.window),
            "touch_parts": self._marts[TOUCHES].parts_of(self.window),
            "roas_parts": self._marts[RETURNS].parts_of(self.window),
            "order_parts": self._marts[ORDERS].parts_of(self.window),
            "ad_parts": list(self._marts[SPEND].parts.values()),
        }

    def _days(self) -> dict[str, object]:
        return {
            "shop_id": self.shop.shop_id,
            "first": self.window.first,
            "last": self.window.last,
        }


def _key(row: Mapping[Any, Any], split: Split) -> Key:
    if split is Split.CHANNEL:
        return row["channel"], "", ""
    return row["channel"], row["platform"], row["campaign"]


def _sum(rows: Iterable[Sums]) -> Sums:
    total = Sums()
    for each in rows:
        total.share += each.share
        total.amount += each.amount
        total.known_amount += each.known_amount
        total.first_share += each.first_share
        total.known_first_share += each.known_first_share
        if each.spend is not None:
            total.spend = (total.spend or Decimal(0)) + each.spend
        total.known_spend += each.known_spend
        total.unread += each.unread
    return total


def _told(each: Sums, currency: str) -> dict[str, Any]:
    cac = each.cac
    return {
        "orders": _text(each.orders),
        "revenue": _text(each.amount),
        "spend": None if each.unread else _text(each.spend),
        "roas": _text(each.roas),
        "new_customers": _text(each.new_customers),
        "cac": None if cac is None else _text(Money(cac, currency).rounded().amount),
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.quantize(Decimal('0.000001')).normalize() + 0:f}"
