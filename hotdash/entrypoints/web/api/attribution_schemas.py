"""The shape of an explained order as the API description tells it."""

from datetime import date, datetime

from hotdash.entrypoints.web.api.schemas import Amount, Shape


class CreditShape(Shape):
    """millionths of all models sum to 1,000,000 per order, amounts to its revenue."""

    millionths: int
    amount: Amount


class TouchShape(Shape):
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
    in_click_window: bool
    in_lookback: bool
    named: str
    rule: str
    outcome: str
    credits: dict[str, CreditShape]


class AttributedOrderAnswer(Shape):
    shop: str
    order: int
    day: date
    ordered_at: datetime
    currency: str
    is_counted: bool
    click_days: int
    lookback_days: int
    says: list[str]
    models: dict[str, str]
    touches: list[TouchShape]
    direct_none: dict[str, CreditShape]
