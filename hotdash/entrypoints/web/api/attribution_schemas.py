"""The shapes of an explained order and of compared sources as the API description tells them."""

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
    is_click: bool
    in_click_window: bool
    in_lookback: bool
    named: str
    rule: str
    outcome: str
    credits: dict[str, CreditShape]
    reasons: dict[str, str]


class AttributedOrderAnswer(Shape):
    shop: str
    order: int
    day: date
    ordered_at: datetime
    currency: str
    is_counted: bool
    click_days: int
    lookback_days: int
    half_life_days: int
    says: list[str]
    models: dict[str, str]
    touches: list[TouchShape]
    direct_none: dict[str, CreditShape]


class ComparedCampaignShape(Shape):
    """claimed and gap are null where the platform was not read, or claims without a rate."""

    day: date
    platform: str
    campaign: str
    currency: str
    shopify_orders: int
    shopify_revenue: Amount
    claimed_purchases: Amount | None
    claimed_value: Amount | None
    gap: Amount | None


class ComparisonAnswer(Shape):
    shop: str
    days: list[date]
    says: list[str]
    rows: list[ComparedCampaignShape]


class ChannelSumsShape(Shape):
    """Orders and new customers are parts where a model shares; spend is null where some of it was not read."""

    orders: Amount
    revenue: Amount
    spend: Amount | None
    roas: Amount | None
    new_customers: Amount
    cac: Amount | None


class ChannelShape(ChannelSumsShape):
    channel: str
    platform: str | None
    campaign: str | None


class ChannelsAnswer(Shape):
    """window is null where it is the one that the shop decided on."""

    shop: str
    days: list[date]
    model: str
    window: int | None
    click_days: int
    lookback_days: int
    currency: str
    attribution_rate: Amount | None
    rows: list[ChannelShape]
    total: ChannelSumsShape


class LinkProblemShape(Shape):
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


class LinkProblemsAnswer(Shape):
    """The most used first."""

    shop: str
    days: list[date]
    found: int
    links: list[LinkProblemShape]
