"""What Google Analytics needs to be connected, and how a property is opened: directly or through an MCP host."""

from datetime import timedelta

import httpx

from hotdash.base.errors import HotdashError
from hotdash.connectors.calling import Caller
from hotdash.connectors.ga4.client import PAGE_ROWS, Ga4Client
from hotdash.connectors.ga4.connector import (
    HISTORY_DAYS,
    LONGEST_QUOTA_WAIT,
    SCOPE_COSTS,
    Ga4Connector,
    Habits,
)
from hotdash.connectors.ga4.data_api import READ_SCOPE, VENDOR, DataApi
from hotdash.connectors.ga4.mcp_host import McpHost
from hotdash.connectors.ga4.mcp_session import PATIENCE, HttpTarget, StdioTarget, parts_of
from hotdash.connectors.ga4.reports import Transport
from hotdash.connectors.ga4.tables import TABLES
from hotdash.connectors.google_auth import GOOGLE_FIELDS
from hotdash.connectors.google_history import history_days
from hotdash.connectors.spec import Access, ConnectorSpec, CredentialField, Scope

DATA_API = "data_api"
MCP_STDIO = "mcp_stdio"
MCP_HTTP = "mcp_http"


def open_ga4(access: Access, http: httpx.Client | None = None) -> Ga4Connector:
    caller = Caller.of(VENDOR, access)
    property_id = access.fields["property_id"].removeprefix("properties/")
    if not property_id.isdigit():
        raise HotdashError(
            f"The property_id {property_id!r} is not a number.",
            hint="It stands under Admin → Property details; it is not the G-… of a stream.",
            field="property_id",
        )
    client = Ga4Client(
        _transport(access, caller, property_id, http),
        caller,
        access.clock,
        property_id,
        page_rows=int(access.options.get("ga4_page_rows", PAGE_ROWS)),
    )
    habits = Habits(
        history_days=history_days(access, HISTORY_DAYS),
        longest_quota_wait=float(access.options.get("ga4_quota_wait", LONGEST_QUOTA_WAIT)),
    )
    return Ga4Connector(client, caller, access.clock, habits)


def _transport(
    access: Access, caller: Caller, property_id: str, http: httpx.Client | None
) -> Transport:
    chosen = access.fields.get("transport") or DATA_API
    if chosen == DATA_API:
        return DataApi(access, caller, property_id, http)
    patience = timedelta(
        seconds=float(access.options.get("ga4_mcp_patience", PATIENCE.total_seconds()))
    )
    if chosen == MCP_STDIO:
        command = _needed(access, "mcp_command", chosen)
        parts_of(command)
        return McpHost(StdioTarget(command), caller, property_id, patience)
    if chosen == MCP_HTTP:
        url = _needed(access, "mcp_url", chosen)
        target = HttpTarget(url, access.fields.get("mcp_token"), access.reach)
        return McpHost(target, caller, property_id, patience)
    raise HotdashError(
        f"There is no transport {chosen!r} to Google Analytics.",
        hint=f"Choose {DATA_API}, {MCP_STDIO} or {MCP_HTTP}.",
        field="transport",
    )


def _needed(access: Access, name: str, transport: str) -> str:
    value = access.fields.get(name)
    if not value:
        raise HotdashError(
            f"The transport {transport} needs {name}, and it is empty.",
            hint="Enter it, or choose the transport data_api.",
            field=name,
        )
    return value


SPEC = ConnectorSpec(
    vendor=VENDOR,
    title="Google Analytics",
    tables=TABLES,
    open=open_ga4,
    fields=(
        CredentialField(
            "property_id",
            "the property's number",
            "It stands in Google Analytics under Admin → Property details.",
        ),
        CredentialField(
            "transport",
            "data_api, mcp_stdio or mcp_http",
            "data_api asks Google directly; the other two ask an MCP host.",
            required=False,
            default=DATA_API,
        ),
        *GOOGLE_FIELDS,
        CredentialField(
            "mcp_command",
            "the command that starts the MCP host, for mcp_stdio",
            "The program and its arguments, for instance `pipx run analytics-mcp`.",
            required=False,
            at_the_machine=True,
        ),
        CredentialField(
            "mcp_url",
            "the address of the MCP host, for mcp_http",
            "Where its streamable HTTP answers, usually ending in /mcp.",
            required=False,
            is_address=True,
        ),
        CredentialField(
            "mcp_token",
            "the token the MCP host asks for, if it does",
            "It is sent as a bearer.",
            secret=True,
            required=False,
        ),
        CredentialField(
            "history_days",
            "how many days the first read goes back",
            "As many as the property keeps; 730 by default.",
            required=False,
            default=str(HISTORY_DAYS),
        ),
    ),
    scopes=(Scope(READ_SCOPE, SCOPE_COSTS),),
    # Yesterday is the newest day there is, so just before midnight it is a day old.
    fresh_soft=timedelta(hours=36),
    fresh_hard=timedelta(hours=72),
    sync_every=timedelta(hours=6),
)
