"""What Meta Ads needs to be connected, and how an ad account is opened."""

from datetime import timedelta

from hotdash.base.errors import HotdashError
from hotdash.connectors.history import HISTORY_FIELD, history_days
from hotdash.connectors.meta_ads.client import VENDOR, MetaAdsClient
from hotdash.connectors.meta_ads.connector import (
    LONGEST_HISTORY_DAYS,
    SCOPES,
    MetaAdsConnector,
)
from hotdash.connectors.meta_ads.tables import TABLES
from hotdash.connectors.spec import Access, ConnectorSpec, CredentialField

_ACCOUNT_HELP = "It stands in the Ads Manager's address and above its account menu, only digits."


def open_meta_ads(access: Access) -> MetaAdsConnector:
    account_id = access.fields["account_id"].strip().removeprefix("act_")
    if not (account_id.isascii() and account_id.isdecimal()):
        raise HotdashError(
            f"account_id is {account_id!r}, which is no ad account's id.",
            hint=_ACCOUNT_HELP,
            field="account_id",
        )
    days = history_days(access.fields, LONGEST_HISTORY_DAYS)
    return MetaAdsConnector(MetaAdsClient(access), account_id, days, access.clock)


SPEC = ConnectorSpec(
    vendor=VENDOR,
    title="Meta Ads",
    tables=TABLES,
    open=open_meta_ads,
    fields=(
        CredentialField("account_id", "the ad account's id", _ACCOUNT_HELP),
        CredentialField(
            "access_token",
            "a system user's access token with ads_read",
            "Business settings → System users → Generate token; choose the permission ads_read.",
            secret=True,
        ),
        CredentialField(
            "app_secret",
            "the app's secret, where the app demands proof of it",
            "App settings → Basic. Needed only where 'Require app secret' is switched on.",
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
