"""What Chatwoot needs to be connected, and how an account is opened."""

from datetime import timedelta

from hotdash.base.errors import HotdashError
from hotdash.connectors.calling import Caller
from hotdash.connectors.chatwoot.client import VENDOR, ChatwootClient
from hotdash.connectors.chatwoot.connector import (
    COSTS_WITHOUT_ADMINISTRATOR,
    ChatwootConnector,
    Promise,
)
from hotdash.connectors.chatwoot.hours import USUAL_HOURS, minutes, working_week
from hotdash.connectors.chatwoot.reading import ADMINISTRATOR
from hotdash.connectors.chatwoot.tables import TABLES
from hotdash.connectors.chatwoot.webhooks import WEBHOOKS
from hotdash.connectors.spec import Access, ConnectorSpec, CredentialField, Scope

CLOUD = "https://app.chatwoot.com"
HISTORY_DAYS = "730"
_YES = {"yes", "true", "on", "1"}
_NO = {"no", "false", "off", "0", ""}


def open_chatwoot(access: Access) -> ChatwootConnector:
    def setting(name: str, default: str = "") -> str:
        return access.fields.get(name) or access.options.get(f"chatwoot_{name}") or default

    promised = {name: setting(name) for name in _PROMISES}
    client = ChatwootClient.opened(
        access.base_url(CLOUD),
        _number("account_id", access.fields["account_id"]),
        access.fields["api_access_token"],
        Caller.of(VENDOR, access),
        access.reach,
    )
    return ChatwootConnector(
        client,
        access.clock,
        Promise(
            working_week(setting("business_hours", USUAL_HOURS)),
            access.timezone,
            minutes(promised, _PROMISES[0]),
            minutes(promised, _PROMISES[1]),
        ),
        history=timedelta(days=_number("history_days", setting("history_days", HISTORY_DAYS))),
        keeps_text=_is_on("store_message_text", setting("store_message_text")),
    )


def _number(name: str, written: str) -> int:
    if not written.strip().isdecimal():
        raise HotdashError(
            f"{name} is {written!r}, and that is no number.",
            hint="Write digits only; the address bar of Chatwoot shows /app/accounts/<id>."
            if name == "account_id"
            else "Write a whole number of days.",
            field=name,
        )
    return int(written)


def _is_on(name: str, written: str) -> bool:
    if written.lower() not in _YES | _NO:
        raise HotdashError(
            f"{name} is {written!r}, and that is neither yes nor no.",
            hint="Write yes or no.",
            field=name,
        )
    return written.lower() in _YES


_PROMISES = ("sla_first_response_minutes", "sla_resolution_minutes")

SPEC = ConnectorSpec(
    vendor=VENDOR,
    title="Chatwoot",
    tables=TABLES,
    open=open_chatwoot,
    fields=(
        CredentialField(
            "base_url",
            "the address of your Chatwoot",
            "Where people sign in, without a path; empty for Chatwoot's own cloud.",
            required=False,
            default=CLOUD,
            is_address=True,
        ),
        CredentialField(
            "account_id",
            "the number of the account",
            "The address bar of Chatwoot shows it: /app/accounts/<id>.",
        ),
        CredentialField(
            "api_access_token",
            "the access token of an administrator",
            "It stands at the end of the profile settings in Chatwoot.",
            secret=True,
        ),
        CredentialField(
            "webhook_secret",
            "the secret that webhooks are signed with",
            "Chatwoot shows it beside the webhook; leave it empty to use no webhooks.",
            secret=True,
            required=False,
        ),
        CredentialField(
            "sla_first_response_minutes",
            "minutes of business time until the first answer",
            "Only where Chatwoot itself knows no SLAs; empty promises nothing.",
            required=False,
        ),
        CredentialField(
            "sla_resolution_minutes",
            "minutes of business time until a conversation is resolved",
            "Only where Chatwoot itself knows no SLAs; empty promises nothing.",
            required=False,
        ),
        CredentialField(
            "business_hours",
            "when support works, in the shop's timezone",
            "For example 'Mon-Fri 09:00-17:00; Sat 10:00-14:00'.",
            required=False,
            default=USUAL_HOURS,
        ),
        CredentialField(
            "history_days",
            "how many days the first read goes back",
            "Conversations that were quiet for longer are left out.",
            required=False,
            default=HISTORY_DAYS,
        ),
        CredentialField(
            "store_message_text",
            "whether the words of messages are stored",
            "yes or no. They are personal data; without them their length is kept.",
            required=False,
            default="no",
        ),
    ),
    scopes=(Scope(ADMINISTRATOR, COSTS_WITHOUT_ADMINISTRATOR),),
    fresh_soft=timedelta(hours=1),
    fresh_hard=timedelta(hours=24),
    # Its limit is an hour, and what is read every hour is older than that between two readings.
    sync_every=timedelta(minutes=30),
    webhooks=WEBHOOKS,
)
