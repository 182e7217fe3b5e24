"""Chatwoot's raw tables. Children carry the conversation they were told with, and its fetched_at."""

from datetime import datetime
from typing import Any

import pyarrow as pa

from hotdash.connectors.contract import RawKind, RawTable
from hotdash.connectors.records import (
    FLAG,
    INSTANT,
    RATIO,
    TEXT,
    WHOLE,
    Column,
    RecordTable,
    epoch_instant,
    flag,
    iso_instant,
    json_text,
    ratio,
    record_table,
    text,
    whole,
)

_MESSAGE_TYPES = {0: "incoming", 1: "outgoing", 2: "activity", 3: "template"}


def known_instant(value: Any) -> datetime | None:
    """Chatwoot says 0 where there is no instant."""
    return None if value is not False and value == 0 else epoch_instant(value)


def message_type(value: Any) -> str:
    number = whole(value)
    return _MESSAGE_TYPES.get(number, str(number))


def _id(name: str, path: str = "") -> Column:
    return Column(name, WHOLE, whole, path, required=True)


def _words(name: str, words: str, path: str = "", required: bool = False) -> Column:
    return Column(name, TEXT, text, path, required=required, words=frozenset(words.split()))


def _at(name: str, path: str = "") -> Column:
    return Column(name, INSTANT, epoch_instant, path, required=True)


def _maybe_at(name: str) -> Column:
    return Column(name, INSTANT, known_instant)


ACCOUNT = record_table(
    "chatwoot_account",
    RawKind.ENTITY,
    ("account_id",),
    [
        _id("account_id", "id"),
        Column("name", TEXT, text),
        Column("status", TEXT, text, omitted=True),
        Column("created_at", INSTANT, iso_instant, omitted=True),
        _words("edition", "enterprise community", required=True),
        _words("role", "administrator agent", required=True),
        Column("has_slas", FLAG, flag, required=True),
    ],
    ignored=[
        *("locale", "domain", "support_email", "cache_keys", "features", "settings"),
        *("custom_attributes", "latest_chatwoot_version", "subscribed_features"),
    ],
)
AGENTS = record_table(
    "chatwoot_agents",
    RawKind.ENTITY,
    ("agent_id",),
    [
        _id("agent_id", "id"),
        Column("name", TEXT, text, personal=True),
        Column("available_name", TEXT, text, personal=True),
        Column("email", TEXT, text, personal=True),
        _words("role", "administrator agent"),
        Column("confirmed", FLAG, flag, omitted=True),
    ],
    ignored=[
        *("account_id", "availability_status", "auto_offline", "thumbnail", "custom_role_id"),
        *("custom_attributes", "provider"),
    ],
)
INBOXES = record_table(
    "chatwoot_inboxes",
    RawKind.ENTITY,
    ("inbox_id",),
    [
        _id("inbox_id", "id"),
        Column("name", TEXT, text),
        Column("channel_type", TEXT, text),
        Column("timezone", TEXT, text, omitted=True),
        Column("working_hours_enabled", FLAG, flag, omitted=True),
        Column("working_hours", TEXT, json_text, omitted=True),
        Column("csat_survey_enabled", FLAG, flag, omitted=True),
    ],
)
CONTACTS = record_table(
    "chatwoot_contacts",
    RawKind.ENTITY,
    ("contact_id",),
    [
        _id("contact_id", "id"),
        Column("name", TEXT, text, personal=True),
        Column("email", TEXT, text, personal=True),
        Column("phone_number", TEXT, text, personal=True),
        Column("identifier", TEXT, text, personal=True),
        Column("blocked", FLAG, flag, omitted=True),
        Column("created_at", INSTANT, epoch_instant, omitted=True),
        Column("last_activity_at", INSTANT, known_instant, omitted=True),
    ],
    ignored=[
        *("additional_attributes", "availability_status", "thumbnail", "custom_attributes"),
        *("contact_inboxes", "company"),
    ],
)
CONVERSATIONS = record_table(
    "chatwoot_conversations",
    RawKind.ENTITY,
    ("conversation_id",),
    [
        _id("conversation_id", "id"),
        Column("inbox_id", WHOLE, whole, required=True),
        Column("contact_id", WHOLE, whole, "meta.sender.id", omitted=True),
        Column("assignee_id", WHOLE, whole, "meta.assignee.id", omitted=True),
        Column("team_id", WHOLE, whole, "meta.team.id", omitted=True),
        Column("channel", TEXT, text, "meta.channel"),
        _words("status", "open resolved pending snoozed", required=True),
        _words("priority", "low medium high urgent"),
        Column("labels", TEXT, json_text),
        _at("created_at"),
        _at("updated_at"),
        _at("last_activity_at"),
        _maybe_at("first_reply_created_at"),
        _maybe_at("waiting_since"),
        Column("snoozed_until", INSTANT, iso_instant),
        _maybe_at("agent_last_seen_at"),
        _maybe_at("contact_last_seen_at"),
        Column("unread_count", WHOLE, whole, omitted=True),
        Column("muted", FLAG, flag, omitted=True),
        Column("sla_policy_id", WHOLE, whole, omitted=True),
    ],
    ignored=[
        *("messages", "account_id", "uuid", "additional_attributes", "assignee_last_seen_at"),
        *("can_reply", "custom_attributes", "timestamp", "last_non_activity_message"),
        *("applied_sla", "sla_events"),
    ],
)
MESSAGES = record_table(
    "chatwoot_messages",
    RawKind.ENTITY,
    ("conversation_id", "message_id"),
    [
        _id("conversation_id"),
        _id("message_id", "id"),
        Column("inbox_id", WHOLE, whole),
        Column(
            "message_type",
            TEXT,
            message_type,
            required=True,
            words=frozenset(_MESSAGE_TYPES.values()),
        ),
        Column("content_type", TEXT, text),
        _words("status", "sent delivered read failed"),
        Column("is_private", FLAG, flag, "private", required=True),
        Column("sender_type", TEXT, text, "sender.type", omitted=True),
        Column("sender_id", WHOLE, whole, "sender.id", omitted=True),
        _at("created_at"),
        Column("content", TEXT, text, personal=True),
        Column("content_length", WHOLE, whole),
    ],
    ignored=[
        *("content_attributes", "echo_id", "client_message_id", "source_id", "attachments", "call"),
        *("account_id", "updated_at", "external_source_ids", "additional_attributes", "sentiment"),
        *("sender_type", "sender_id", "processed_message_content", "conversation", "attachment"),
    ],
)
CSAT = record_table(
    "chatwoot_csat",
    RawKind.ENTITY,
    ("conversation_id", "csat_id"),
    [
        _id("conversation_id"),
        _id("csat_id", "id"),
        _id("rating"),
        Column("message_id", WHOLE, whole),
        Column("contact_id", WHOLE, whole, "contact.id", omitted=True),
        Column("agent_id", WHOLE, whole, "assigned_agent.id", omitted=True),
        _at("created_at"),
        Column("feedback_message", TEXT, text, personal=True),
        Column("feedback_length", WHOLE, whole),
    ],
    ignored=[
        *("account_id", "csat_review_notes", "review_notes_updated_at", "review_notes_updated_by"),
    ],
)
SLA_POLICIES = record_table(
    "chatwoot_sla_policies",
    RawKind.ENTITY,
    ("sla_policy_id",),
    [
        _id("sla_policy_id", "id"),
        Column("name", TEXT, text),
        Column("description", TEXT, text, omitted=True),
        Column("first_response_seconds", WHOLE, whole, "first_response_time_threshold"),
        Column("next_response_seconds", WHOLE, whole, "next_response_time_threshold"),
        Column("resolution_seconds", WHOLE, whole, "resolution_time_threshold"),
        Column("only_during_business_hours", FLAG, flag),
    ],
)
APPLIED_SLAS = record_table(
    "chatwoot_applied_slas",
    RawKind.ENTITY,
    ("conversation_id", "applied_sla_id"),
    [
        _id("conversation_id"),
        _id("applied_sla_id", "id"),
        Column("sla_policy_id", WHOLE, whole, "sla_id", required=True),
        _words("sla_status", "active hit missed active_with_misses", required=True),
        _at("created_at"),
        _at("updated_at"),
    ],
    ignored=[
        *("sla_name", "sla_description", "sla_first_response_time_threshold"),
        *("sla_next_response_time_threshold", "sla_resolution_time_threshold"),
        "sla_only_during_business_hours",
    ],
)
SLA_EVENTS = record_table(
    "chatwoot_sla_events",
    RawKind.ENTITY,
    ("conversation_id", "sla_event_id"),
    [
        _id("conversation_id"),
        _id("sla_event_id", "id"),
        _id("applied_sla_id"),
        _words("event_type", "frt nrt rt", required=True),
        _at("created_at"),
    ],
    ignored=["meta", "updated_at"],
)
REPORTING_EVENTS = record_table(
    "chatwoot_reporting_events",
    RawKind.ENTITY,
    ("conversation_id", "event_id"),
    [
        _id("conversation_id"),
        _id("event_id", "id"),
        _words(
            "name",
            "first_response reply_time conversation_resolved conversation_opened "
            "conversation_bot_resolved conversation_bot_handoff "
            "conversation_captain_inference_resolved conversation_captain_inference_handoff",
            required=True,
        ),
        Column("value", RATIO, ratio),
        Column("value_in_business_hours", RATIO, ratio),
        Column("event_start_time", INSTANT, iso_instant),
        Column("event_end_time", INSTANT, iso_instant),
        Column("inbox_id", WHOLE, whole),
        Column("agent_id", WHOLE, whole, "user_id"),
        Column("created_at", INSTANT, iso_instant, required=True),
    ],
    ignored=["account_id", "updated_at"],
)
SLA_SETTINGS = RawTable(
    "chatwoot_sla_settings",
    RawKind.ENTITY,
    ("weekday",),
    pa.schema(
        [
            ("weekday", WHOLE),
            ("opens_minute", WHOLE),
            ("closes_minute", WHOLE),
            ("timezone", TEXT),
            ("first_response_minutes", WHOLE),
            ("resolution_minutes", WHOLE),
        ]
    ),
)

RECORD_TABLES: tuple[RecordTable, ...] = (
    ACCOUNT,
    AGENTS,
    INBOXES,
    CONTACTS,
    CONVERSATIONS,
    MESSAGES,
    CSAT,
    SLA_POLICIES,
    APPLIED_SLAS,
    SLA_EVENTS,
    REPORTING_EVENTS,
)
TABLES: tuple[RawTable, ...] = (*(table.raw for table in RECORD_TABLES), SLA_SETTINGS)
OF_A_CONVERSATION = frozenset(table.name for table in TABLES if table.key[0] == "conversation_id")
