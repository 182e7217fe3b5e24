"""What Search Console needs to be connected, and how a site is opened."""

from datetime import timedelta

import httpx

from hotdash.connectors.google_auth import GOOGLE_FIELDS
from hotdash.connectors.google_history import history_days
from hotdash.connectors.search_console.client import (
    PAGE_ROWS,
    READ_SCOPE,
    VENDOR,
    SearchConsoleClient,
)
from hotdash.connectors.search_console.connector import (
    HISTORY_DAYS,
    SCOPE_COSTS,
    SearchConsoleConnector,
)
from hotdash.connectors.search_console.tables import TABLES
from hotdash.connectors.spec import Access, ConnectorSpec, CredentialField, Scope


def open_search_console(access: Access, http: httpx.Client | None = None) -> SearchConsoleConnector:
    client = SearchConsoleClient(
        access,
        access.fields["site_url"],
        page_rows=int(access.options.get("search_console_page_rows", PAGE_ROWS)),
        http=http,
    )
    days = min(history_days(access, HISTORY_DAYS), HISTORY_DAYS)
    return SearchConsoleConnector(client, access.clock, history_days=days)


SPEC = ConnectorSpec(
    vendor=VENDOR,
    title="Google Search Console",
    tables=TABLES,
    open=open_search_console,
    fields=(
        CredentialField(
            "site_url",
            "the site as Search Console names it: https://www.your-shop.com/ or sc-domain:your-shop.com",
            "Take it from the list of properties in Search Console, with its last slash.",
        ),
        *GOOGLE_FIELDS,
        CredentialField(
            "history_days",
            "how many days the first read goes back",
            "Google keeps sixteen months, 486 days.",
            required=False,
            default=str(HISTORY_DAYS),
        ),
    ),
    scopes=(Scope(READ_SCOPE, SCOPE_COSTS),),
    fresh_soft=timedelta(days=4),
    fresh_hard=timedelta(days=7),
    sync_every=timedelta(days=1),
)
