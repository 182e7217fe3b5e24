"""Why an order is credited as it is: every touch with its age, its channel's rule, and who got what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from hotdash.base.clock import iso_utc
from hotdash.base.errors import NotFoundError
from hotdash.insights.attribution import texts
from hotdash.insights.attribution.reasons import reason
from hotdash.insights.attribution.windows import CreditWindows
from hotdash.insights.statements import statement

NOBODY = "none"
DAY_SECONDS = 86_400
WHOLE = 1_000_000
LARGEST_ID = 2**63 - 1
Row = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Credit:
    """A share of the order in millionths, and of its revenue in money."""

    share: int
    amount: Decimal

    def as_json(self) -> dict[str, Any]:
        return {"millionths": self.share, "amount": f"{self.amount:f}"}


Credits = Mapping[str, Credit]


@dataclass(frozen=True, slots=True)
class ExplainedTouch:
    touch_id: str
    touched_at: datetime
    age_seconds: int
    origin: str
    source: str
    medium: str
    campaign: str | None
    channel: str
    referrer_host: str | None
    link_problem: str | None
    is_click: bool
    in_click_window: bool
    in_lookback: bool
    named: str
    rule: str
    outcome: str
    credits: Credits

    def as_json(self) -> dict[str, Any]:
        told = {name: getattr(self, name) for name in self.__slots__}
        told["touched_at"] = iso_utc(self.touched_at)
        return told | {"credits": _told(self.credits)}


@dataclass(frozen=True, slots=True)
class AttributedOrder:
    shop_id: str
    order_id: int
    day: date
    ordered_at: datetime
    currency: str
    is_counted: bool
    click_days: int
    lookback_days: int
    half_life_days: int
    says: Sequence[str]
    touches: Sequence[ExplainedTouch]
    unsourced: Credits

    @property
    def revenue(self) -> Decimal | None:
        """What every model divides; of an order that does not count there is nothing to divide."""
        if not self.is_counted:
            return None
        told = [touch.credits.get("last_click") for touch in self.touches]
        told.append(self.unsourced.get("last_click"))
        return sum((each.amount for each in told if each is not None), Decimal(0))

    def reasons(self, touch: ExplainedTouch) -> dict[str, str]:
        """Under each model why the touch has what it has."""
        return {
            model: touch.outcome if model == "last_click" else reason(self, touch, model)
            for model in texts.MODELS
        }

    def as_json(self) -> dict[str, Any]:
        return {
            "shop": self.shop_id,
            "order": self.order_id,
            "day": self.day.isoformat(),
            "ordered_at": iso_utc(self.ordered_at),
            "currency": self.currency,
            "is_counted": self.is_counted,
            "click_days": self.click_days,
            "lookback_days": self.lookback_days,
            "half_life_days": self.half_life_days,
            "says": list(self.says),
            "models": texts.MODELS,
            "touches": [
                touch.as_json() | {"reasons": self.reasons(touch)} for touch in self.touches
            ],
            "direct_none": _told(self.unsourced),
        }


def explain_order(session: Session, shop_id: str, order_id: int) -> AttributedOrder:
    """From one published snapshot."""
    asked = {"shop_id": shop_id, "order_id": order_id}
    order = session.execute(statement(__file__, "order.sql"), asked).mappings().one_or_none()
    if order is None:
        raise NotFoundError(
            f"The shop {shop_id!r} has no published order {order_id}.",
            hint="Name the order by Shopify's own number of it, the one in the address of its page.",
            field="order",
        )
    asked["day"] = order["day"]
    touches = session.execute(statement(__file__, "touches.sql"), asked).mappings().all()
    credited = session.execute(statement(__file__, "credits.sql"), asked).mappings().all()
    windows = CreditWindows.on(session, shop_id, order["day"])
    return _explained(shop_id, order, windows, touches, {row["touch_id"]: row for row in credited})


def _explained(
    shop_id: str,
    order: Row,
    windows: CreditWindows,
    touches: Sequence[Row],
    credited: Mapping[str, Row],
) -> AttributedOrder:
    winner = next((row for row in touches if _won(credited.get(row["touch_id"]))), None)
    return AttributedOrder(
        shop_id=shop_id,
        order_id=order["order_id"],
        day=order["day"],
        ordered_at=order["processed_at"],
        currency=order["currency"],
        is_counted=order["is_counted"],
        click_days=windows.click_days,
        lookback_days=windows.lookback_days,
        half_life_days=windows.half_life_days,
        says=_says(order, touches, winner, windows),
        touches=[_touch(row, credited.get(row["touch_id"]), winner, windows) for row in touches],
        unsourced=_credits(credited.get(NOBODY)),
    )


def _says(
    order: Row, touches: Sequence[Row], winner: Row | None, windows: CreditWindows
) -> Sequence[str]:
    found: list[str] = []
    if not order["is_counted"]:
        found.append(texts.NOT_COUNTED)
    elif not touches:
        found += [texts.NO_VISITS, texts.NOT_YET]
    elif winner is None:
        found.append(texts.NO_CLICK.format(days=windows.click_days))
    last_click = texts.LAST_CLICK.format(days=windows.click_days)
    return [*found, last_click, texts.DIRECTIONAL, texts.DEVICES]


def _touch(
    row: Row, credited: Row | None, winner: Row | None, windows: CreditWindows
) -> ExplainedTouch:
    rule = texts.NO_RULE if row["rule_rank"] is None else texts.RULE
    return ExplainedTouch(
        touch_id=row["touch_id"],
        touched_at=row["touched_at"],
        age_seconds=row["age_seconds"],
        origin=row["origin"],
        source=row["source"],
        medium=row["medium"],
        campaign=row["campaign"],
        channel=row["channel"],
        referrer_host=row["referrer_host"],
        link_problem=row["utm_problem"],
        is_click=row["is_click"],
        in_click_window=row["age_seconds"] <= windows.click_days * DAY_SECONDS,
        in_lookback=row["age_seconds"] <= windows.lookback_days * DAY_SECONDS,
        named=texts.NAMED_BY[row["named_by"]],
        rule=rule.format(
            rank=row["rule_rank"],
            source=row["source"],
            medium=row["medium"],
            channel=row["channel"],
        ),
        outcome=_outcome(row, winner, windows),
        credits=_credits(credited),
    )


def _outcome(row: Row, winner: Row | None, windows: CreditWindows) -> str:
    if winner is not None and row["touch_id"] == winner["touch_id"]:
        return texts.WON.format(days=windows.click_days)
    if row["age_seconds"] > max(windows.lookback_days, windows.click_days) * DAY_SECONDS:
        return texts.LOST_BEYOND.format(days=windows.lookback_days)
    if not row["is_click"]:
        return texts.LOST_DIRECT
    if row["age_seconds"] > windows.click_days * DAY_SECONDS:
        return texts.LOST_TOO_OLD.format(days=windows.click_days)
    if winner is None:
        return texts.NOT_COUNTED
    return texts.LOST_TO_LATER.format(winner=f"{winner['source']} / {winner['medium']}")


def _won(credited: Row | None) -> bool:
    return credited is not None and credited["last_click_share"] == WHOLE


def _credits(row: Row | None) -> Credits:
    if row is None:
        return {}
    return {
        model: Credit(row[f"{model}_share"], row[f"{model}_amount"])
        for model in texts.MODELS
        if row[f"{model}_share"]
    }


def _told(credits: Credits) -> dict[str, Any]:
    return {model: credit.as_json() for model, credit in credits.items()}
