"""What Google Ads is asked, in its query language."""

from collections.abc import Sequence

from hotdash.connectors.windows import Window

CUSTOMER_FIELDS = (
    *("customer.id", "customer.descriptive_name", "customer.currency_code", "customer.time_zone"),
    *("customer.status", "customer.manager"),
)
CAMPAIGN_FIELDS = (
    *("customer.id", "campaign.id", "campaign.name", "campaign.status"),
    *("campaign.advertising_channel_type", "campaign.start_date_time"),
)
CAMPAIGN_DAY_FIELDS = (
    *("customer.id", "customer.currency_code", "customer.time_zone"),
    *("campaign.id", "campaign.name", "campaign.status", "segments.date"),
    *("metrics.cost_micros", "metrics.clicks", "metrics.impressions"),
    *("metrics.conversions", "metrics.conversions_value"),
)


def customer() -> str:
    return _selected(CUSTOMER_FIELDS, "customer")


def campaigns(ids: Sequence[int] = ()) -> str:
    """All of them, also those that were removed, or these."""
    asked = _selected(CAMPAIGN_FIELDS, "campaign")
    return f"{asked} WHERE campaign.id IN ({', '.join(map(str, ids))})" if ids else asked


def campaign_days(window: Window) -> str:
    asked = _selected(CAMPAIGN_DAY_FIELDS, "campaign")
    return f"{asked} WHERE segments.date BETWEEN '{window.first}' AND '{window.last}'"


def _selected(fields: Sequence[str], resource: str) -> str:
    return " ".join(("SELECT", ", ".join(fields), "FROM", resource))
