"""Both sides are held to Chatwoot's swagger: what our client asks, what the simulator answers, what we read of it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest

from hotdash.base.progress import SilentProgress
from hotdash.connectors.chatwoot.connector import ChatwootConnector
from hotdash.connectors.chatwoot.tables import CONTACTS, CONVERSATIONS
from tests.fixtures.chatwoot import Accounts, read
from tests.fixtures.chatwoot_contract import ACCOUNT, UNDOCUMENTED_PATHS, Contract, contract
from tests.fixtures.simulator import SHOP_ID, UNTIL, SimulatorHandle

__all__ = ["contract"]


@dataclass
class Exchanges:
    """Every request of ours as it went out, and what came back."""

    seen: list[tuple[httpx.Request, Any]] = field(default_factory=list[tuple[httpx.Request, Any]])

    def watch(self, connector: ChatwootConnector) -> ChatwootConnector:
        def note(response: httpx.Response) -> None:
            response.read()
            body = json.loads(response.content) if response.status_code == 200 else None
            self.seen.append((response.request, body))

        connector.client.http.event_hooks["response"].append(note)
        return connector

    def told(self) -> Iterator[tuple[str, httpx.Request, Any]]:
        for request, body in self.seen:
            yield request.url.path.removeprefix("/chatwoot"), request, body

    def faults(self, contract: Contract) -> list[str]:
        return [
            fault
            for path, request, body in self.told()
            for fault in [
                *contract.faults_of_request(path, dict(request.url.params)),
                *(contract.faults_of_answer(path, body) if body is not None else ()),
            ]
        ]


def everything(accounts: Accounts, simulator: SimulatorHandle) -> Exchanges:
    """A first read, a later one, a whole list after a silence, single records and a day."""
    exchanges = Exchanges()
    connector = exchanges.watch(accounts.open())
    simulator.set_clock(UNTIL - timedelta(days=20))
    connector.check()
    first = read(connector)
    simulator.set_clock(UNTIL - timedelta(hours=20))
    silence = read(connector, first.cursor)
    simulator.set_clock(UNTIL)
    read(connector, silence.cursor)
    contact = str(first.of("contacts")[0]["contact_id"])
    list(connector.refetch(CONVERSATIONS.raw, ["1", "3"], SilentProgress()))
    list(connector.refetch(CONTACTS.raw, [contact], SilentProgress()))
    connector.ids_of_day(CONVERSATIONS.raw, UNTIL.date())
    return exchanges


def test_every_exchange_of_ours_keeps_the_contract(
    accounts: Accounts, simulator: SimulatorHandle, contract: Contract
) -> None:
    exchanges = everything(accounts, simulator)
    assert exchanges.faults(contract) == []
    asked = {contract.template_of(path) for path, _, _ in exchanges.told()}
    wanted = {
        *("", "/agents", "/inboxes", "/contacts", "/contacts/{id}", "/conversations"),
        *("/conversations/{conversation_id}", "/conversations/{conversation_id}/messages"),
        "/conversations/{conversation_id}/reporting_events",
        *UNDOCUMENTED_PATHS,
    }
    assert asked == {"/api/v1/profile", *(ACCOUNT + below for below in wanted)} - {
        f"{ACCOUNT}/applied_slas/metrics"
    }


def test_the_token_goes_in_the_header_that_proxies_let_through(
    accounts: Accounts, simulator: SimulatorHandle, contract: Contract
) -> None:
    (scheme,) = [
        each
        for name, each in contract.swagger["components"]["securitySchemes"].items()
        if name == "userApiKey"
    ]
    assert scheme["in"] == "header"
    exchanges = Exchanges()
    exchanges.watch(accounts.open()).check()
    for _, request, _ in exchanges.told():
        assert request.method == "GET"
        header = scheme["name"].replace("_", "-")
        assert request.headers[header] == accounts.fields()["api_access_token"]
        assert "token" not in str(request.url)


@pytest.mark.parametrize(
    "below",
    ["/conversations/meta?status=all", "/reporting_events", "/webhooks", "/applied_slas/metrics"],
)
def test_doors_we_do_not_use_keep_the_contract_too(
    accounts: Accounts, simulator: SimulatorHandle, contract: Contract, below: str
) -> None:
    fields = accounts.fields()
    path = f"/api/v1/accounts/{fields['account_id']}{below}"
    answer = simulator.http.get(
        f"{fields['base_url']}{path}", headers={"api_access_token": fields["api_access_token"]}
    )
    assert answer.status_code == 200
    assert contract.faults_of_answer(path.split("?")[0], answer.json()) == []


@pytest.mark.parametrize("edition", ["enterprise", "community"])
def test_the_conversations_of_each_edition_keep_it(
    accounts: Accounts, contract: Contract, edition: str
) -> None:
    accounts.switch("edition", edition=edition)
    exchanges = Exchanges()
    read(exchanges.watch(accounts.open("nordkurve-teile")))
    assert exchanges.faults(contract) == []


@pytest.mark.parametrize(
    ("route", "field", "change", "value"),
    [
        ("conversations", "waiting_since", "retype", "yesterday"),
        ("conversations", "waiting_since", "retype", None),
        ("conversations", "waiting_since", "add", 1),
        ("conversations", "waiting_since", "rename", "waits_since"),
        ("conversations", "status", "retype", "asleep"),
        ("conversations", "snoozed_until", "retype", 1_700_000_000),
        ("messages", "message_type", "retype", "incoming"),
        ("messages", "created_at", "retype", "2026-11-20T18:00:00Z"),
        ("contacts", "email", "retype", 7),
        ("agents", "role", "retype", "boss"),
        ("inboxes", "working_hours", "retype", "always"),
        ("conversation_events", "value", "retype", "long"),
        ("csat", "rating", "retype", 6),
        ("csat", "message_id", "drop", None),
        ("csat_metrics", "total_count", "retype", "many"),
        ("applied_slas", "sla_status", "retype", "lost"),
        ("sla_policies", "name", "drop", None),
    ],
)
def test_a_shape_that_was_broken_on_purpose_is_noticed(
    accounts: Accounts, contract: Contract, route: str, field: str, change: str, value: Any
) -> None:
    """The mutation test: were the contract blind to this, it would prove nothing."""
    accounts.fault("drift", route=route, field=field, change=change, value=value)
    exchanges = Exchanges()
    connector = exchanges.watch(accounts.open("nordkurve-teile"))
    try:
        read(connector)
    except Exception:
        assert exchanges.seen
    faults = exchanges.faults(contract)
    assert faults
    assert any(field in fault or str(value) in fault for fault in faults), faults[:3]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/api/v1/accounts/1/conversations", {"state": "all"}),
        ("/api/v1/accounts/1/conversations", {"status": "everything"}),
        ("/api/v1/accounts/1/conversations", {"sort_by": "last_activity_at_desc"}),
        ("/api/v1/accounts/1/contacts", {"page": "two"}),
        ("/api/v1/accounts/1/csat_survey_responses", {"from": "1"}),
        ("/api/v1/accounts/1/chats", {}),
    ],
)
def test_a_request_that_was_broken_on_purpose_is_noticed(
    contract: Contract, path: str, query: dict[str, str]
) -> None:
    assert contract.faults_of_request(path, query)


def test_every_field_we_read_is_one_that_chatwoot_describes(contract: Contract) -> None:
    schemas = contract.swagger["components"]["schemas"]
    for table, name in ((CONVERSATIONS, "conversation"), (CONTACTS, "contact_list_item")):
        known = set(schemas[name]["properties"]) | {"meta"}
        read_of_it = {column.keys[0] for column in table.columns}
        assert read_of_it <= known, name


def test_the_account_is_the_one_that_was_asked_for(accounts: Accounts) -> None:
    assert (
        str(read(accounts.open()).of("account")[0]["account_id"])
        == accounts.fields(SHOP_ID)["account_id"]
    )
