"""What Google Ads needs to be connected, and how an ad account is opened."""

from datetime import timedelta

from hotdash.base.errors import HotdashError
from hotdash.connectors.google_ads.client import VENDOR, GoogleAdsClient, digits
from hotdash.connectors.google_ads.connector import (
    LONGEST_HISTORY_DAYS,
    SCOPES,
    GoogleAdsConnector,
)
from hotdash.connectors.google_ads.tables import TABLES
from hotdash.connectors.google_auth import GOOGLE_FIELDS
from hotdash.connectors.history import HISTORY_FIELD, history_days
from hotdash.connectors.spec import Access, ConnectorSpec, CredentialField

_LENGTH = 10
_CUSTOMER_HELP = "The ten digits at the top of Google Ads, with or without dashes."


def open_google_ads(access: Access) -> GoogleAdsConnector:
    for name in ("customer_id", "login_customer_id"):
        told = access.fields.get(name, "")
        if told or name == "customer_id":
            _require_customer(name, told)
    days = history_days(access.fields, LONGEST_HISTORY_DAYS)
    return GoogleAdsConnector(GoogleAdsClient(access), days, access.clock)


def _require_customer(name: str, told: str) -> None:
    number = digits(told)
    if not (number.isascii() and number.isdecimal() and len(number) == _LENGTH):
        raise HotdashError(
            f"{name} is {told!r}, which is no Google Ads account's id.",
            hint=_CUSTOMER_HELP,
            field=name,
        )


SPEC = ConnectorSpec(
    vendor=VENDOR,
    title="Google Ads",
    tables=TABLES,
    open=open_google_ads,
    fields=(
        CredentialField("customer_id", "the ad account's id", _CUSTOMER_HELP),
        *GOOGLE_FIELDS,
        CredentialField(
            "login_customer_id",
            "the manager account's id, where the account is reached through one",
            "Leave it empty when the signed-in account was invited to the ad account itself.",
            required=False,
        ),
        CredentialField(
            "developer_token",
            "an old developer token",
            "Google ignores it since September 2026; leave it empty.",
            secret=True,
            required=False,
        ),
        HISTORY_FIELD,
    ),
    scopes=SCOPES,
    fresh_soft=timedelta(hours=6),
    fresh_hard=timedelta(hours=24),
    sync_every=timedelta(hours=4),
)
