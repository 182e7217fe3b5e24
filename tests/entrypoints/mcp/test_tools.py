"""Every tool answers what the function behind the API answers, with build, as-of and units, and is recorded."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import text

from hotdash.base.roles import SCOPES, Permission, Role
from hotdash.entrypoints.mcp import prompts, resources
from hotdash.entrypoints.mcp.asked import fingerprint
from hotdash.entrypoints.mcp.auditing import ANSWERED, TOOL_CALLED
from hotdash.entrypoints.mcp.callers import TokenHolder
from hotdash.entrypoints.mcp.registry import BY_NAME, TOOLS
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import Question
from hotdash.insights.metrics.registry import registry
from hotdash.insights.tiles.catalog import TILES
from hotdash.storage.appdb.repositories.audit import AuditRecord, list_events
from hotdash.storage.appdb.repositories.publications import pointer_of
from tests.fixtures.agents import ASKED_KEY, Agent
from tests.fixtures.storefront import AGENCY, KYOTO, OWNER, ROD, VIEWER, Storefront

DAY = "2026-11-12"
OF_ROD = {"shop": ROD}


def order_of(agent: Agent) -> int:
    made_of = agent.told("explain_metric", metric="revenue", day=DAY)["answer"]["rows"]
    return int(made_of[0]["key"]["order_id"])


def arguments_of(agent: Agent) -> dict[str, dict[str, Any]]:
    return {
        "list_metrics": {},
        "query_metric": {"metrics": ["revenue"]},
        "explain_metric": {"metric": "revenue", "day": DAY},
        "tile": {"tile": "sales-pulse"},
        "explain_order": {"order": order_of(agent)},
        "anomalies": {"limit": 5},
        "forecast": {"subject": "stock", "items": "all"},
        "data_health": {},
        "search_knowledge": {"question": "backup"},
        "list_decisions": {},
        "propose_decision": {"subject": "hoses", "title": "Order hoses", "reason": "They sell."},
    }


SPOKEN = {
    ("search_knowledge", "question"),
    *(("propose_decision", each) for each in ("subject", "title", "reason")),
}
"""Arguments in which somebody can be named: of those above, all that are recorded by their mark."""


def marked(text: str) -> dict[str, Any]:
    return {"characters": len(text), "fingerprint": fingerprint(ASKED_KEY, text)}


def newest(storefront: Storefront, shop_id: str = ROD) -> AuditRecord:
    with storefront.database.jobs() as session:
        return list_events(session, shop_id, limit=1)[0]


def test_every_tool_of_the_registry_is_tried(owner: Agent) -> None:
    assert set(arguments_of(owner)) == set(BY_NAME)
    assert len(BY_NAME) == len(TOOLS)


@pytest.mark.parametrize("name", BY_NAME)
def test_every_answer_says_what_it_is_of_and_is_recorded(
    told: Storefront, owner: Agent, name: str
) -> None:
    arguments = arguments_of(owner)[name]
    document = owner.told(name, **arguments)
    with told.database.jobs() as session:
        pointer = pointer_of(session, ROD)
    assert pointer is not None
    assert document["build"] == {ROD: str(pointer.manifest_id)}
    assert document["as_of"][ROD].keys() >= {"shopify"}
    assert document["units"]
    event = newest(told)
    assert (event.action, event.subject) == (TOOL_CALLED, name)
    assert event.detail["arguments"] == {
        each: marked(value) if (name, each) in SPOKEN else value
        for each, value in arguments.items()
    }
    assert (event.detail["outcome"], event.detail["door"]) == (ANSWERED, "stdio")
    assert UUID(event.detail["token"])
    assert event.actor == f"user:{told.user_id(OWNER)}"


def test_the_question_is_the_one_behind_all_doors(told: Storefront, owner: Agent) -> None:
    asked = {"metrics": ["revenue", "orders"], "by": ["week"], "compare": "previous"}
    document = owner.told("query_metric", **asked)
    question = Question.parse(shops=[ROD], **asked)
    with told.database.as_user(told.user_id(OWNER)) as session:
        expected = query(session, question, told.clock.now()).as_json()
    assert [row["values"] for row in document["answer"]["rows"]] == [
        row["values"] for row in expected["rows"]
    ]
    assert len(expected["rows"]) > 3
    assert document["units"] == {"revenue": "money", "orders": "orders"}


def test_a_long_answer_says_how_much_of_it_was_left_off(owner: Agent) -> None:
    asked = {"first_day": "2026-04-20", "last_day": "2026-11-19", "by": ["day", "country"]}
    answer = owner.told("query_metric", metrics=["revenue"], **asked)["answer"]
    assert len(answer["rows"]) == 500
    assert answer["rows_left_off"] > 100


@pytest.mark.parametrize("tile", TILES)
def test_every_tile(owner: Agent, tile: str) -> None:
    assert owner.told("tile", tile=tile)["answer"]["tile"] == tile


def test_the_rows_of_a_day_add_up(owner: Agent) -> None:
    answer = owner.told("explain_metric", metric="revenue", day=DAY, rows=2)["answer"]
    assert (len(answer["rows"]), answer["adds_up"]) == (2, True)
    assert answer["rows_left_off"] > 0


def test_metrics_are_searched_and_told_once_each(owner: Agent) -> None:
    found = owner.told("list_metrics")["answer"]["metrics"]
    names = [each["metric"] for each in found]
    assert len(names) == len(set(names)) == len({each.name for each in registry()})
    shops = owner.told("list_metrics", search="return on spend nothing")["answer"]
    assert shops["metrics"] == []
    [shop] = shops["shops"]
    assert (shop["shop"], shop["currency"], shop["role"]) == (ROD, "USD", "owner")


def test_a_shop_is_named_where_a_token_opens_several(told: Storefront) -> None:
    agency = Agent.holding(told, told.token_of(AGENCY, [ROD, KYOTO]))
    assert agency.refused("tile", tile="sales-pulse") == "invalid_arguments"
    document = agency.told("query_metric", metrics=["orders"], shops=[ROD, KYOTO], by=["shop"])
    assert set(document["build"]) == {ROD, KYOTO}
    assert [row["key"]["shop"] for row in document["answer"]["rows"]] == [ROD, KYOTO]
    assert newest(told, KYOTO).subject == "query_metric"


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("tile", {"tile": "sales-pulse", "more": 1}),
        ("tile", {"tile": 7}),
        ("query_metric", {"metrics": []}),
        ("query_metric", {"metrics": ["revenue"], "shops": [ROD] * 300}),
        ("explain_metric", {"metric": "revenue"}),
        ("explain_order", {"order": 2**63}),
        ("list_decisions", {"limit": 100_000}),
        ("propose_decision", {"subject": "x", "title": "y", "reason": "z" * 1001}),
    ],
)
def test_what_is_not_described_is_refused_and_recorded(
    told: Storefront, owner: Agent, tool: str, arguments: dict[str, Any]
) -> None:
    assert owner.refused(tool, **arguments) == "invalid_arguments"
    with told.database.jobs() as session:
        kept = session.connection().exec_driver_sql(
            "select detail->>'outcome' from audit.events order by event_id desc limit 1"
        )
        assert kept.scalar() == "invalid_arguments"


def test_an_unknown_word_is_named_with_its_mend(owner: Agent) -> None:
    for tool, arguments in (
        ("query_metric", {"metrics": ["revenues"]}),
        ("tile", {"tile": "sales"}),
        ("explain_order", {"order": 987_654_321}),
        ("no_such_tool", {}),
    ):
        told = owner.call(tool, **arguments).document["error"]
        assert told["code"] == "not_found"
        assert told["hint"]


@pytest.mark.parametrize("strange", ["\x00", "\ud800", "\u202e", "\U000e0041"])
def test_strange_characters_reach_neither_record_nor_answer(
    told: Storefront, owner: Agent, strange: str
) -> None:
    refused = owner.call("tile", tile=f"sales{strange}pulse")
    assert refused.is_error
    assert strange not in str(refused.document)
    asked = owner.call("list_decisions", subject=f"a{strange}b")
    assert strange not in str(asked.document)
    assert newest(told).detail["arguments"].keys() <= {"subject", "tile"}
    with told.database.jobs() as session:
        recorded = orjson.dumps([each.detail for each in list_events(session, ROD, limit=2)])
    assert strange not in recorded.decode()


NAMED = "Zebulon Quillfeather"


class TestPeople:
    @pytest.mark.parametrize(
        ("tool", "arguments"),
        [
            ("search_knowledge", {"question": f"what did {NAMED} buy"}),
            ("list_decisions", {"subject": NAMED}),
            ("list_metrics", {"search": NAMED}),
            ("query_metric", {"metrics": ["revenue"], "filters": [f"country:{NAMED}"]}),
            ("query_metric", {"metrics": ["revenue"], "model": NAMED}),
            ("query_metric", {"metrics": ["revenue"], "currency": NAMED[:9]}),
            ("query_metric", {"metrics": [NAMED]}),
            ("query_metric", {"metrics": ["revenue"], "shops": [NAMED]}),
            ("explain_metric", {"metric": NAMED, "day": DAY}),
            ("explain_order", {"order": 491_701_234_567}),
            ("explain_order", {"order": 4_917_012_345_670.0}),
            ("search_knowledge", {"question": 5_551_234}),
            ("search_knowledge", {"question": "5551-23-49"}),
            ("list_decisions", {"limit": 5_551_235}),
            ("explain_metric", {"metric": "revenue", "day": DAY, "filters": ["quillfeather:DE"]}),
            ("tile", {"tile": NAMED}),
            ("tile", {"tile": "sales-pulse", "shop": "491701234567"}),
            ("query_metric", {"metrics": ["revenue"], "shops": ["zebulon-quillfeather"]}),
            ("tile", {"tile": "sales-pulse", NAMED: 1, "range": {NAMED: [NAMED]}}),
            ("propose_decision", {"subject": "a", "title": "b", "reason": f"{NAMED} asked."}),
            (NAMED, {"who": NAMED}),
        ],
    )
    def test_whom_an_agent_names_is_not_in_the_record_of_its_call(
        self, told: Storefront, owner: Agent, tool: str, arguments: dict[str, Any]
    ) -> None:
        owner.call(tool, **arguments)

        recorded = told.everything_in("audit.events")
        telephones = ("491701234567", "5551234", "5551235", "5551-23-49")
        for name in (*NAMED.split(), NAMED[:9], "quillfeather", *telephones):
            assert name not in recorded

    @pytest.mark.parametrize(
        "address",
        [
            "hotdash://metrics/zebulon_quillfeather",
            "hotdash://shops/zebulon-quillfeather/packets/2026-W46",
        ],
    )
    def test_whom_an_address_names_is_not_in_the_record_either(
        self, told: Storefront, owner: Agent, address: str
    ) -> None:
        outcome = resources.read(owner.house, TokenHolder(owner.house, owner.secret), address)

        assert outcome.is_error
        assert "zebulon" not in told.everything_in("audit.events")

    def test_who_knows_the_words_proves_by_the_log_that_they_were_asked(
        self, told: Storefront, owner: Agent
    ) -> None:
        owner.told("search_knowledge", question="what did Ann buy", kinds=["packet"])

        kept = newest(told).detail
        assert kept["arguments"] == {"question": marked("what did Ann buy"), "kinds": ["packet"]}
        assert marked("what did Ann buy") != marked("what did Bob buy")
        assert fingerprint(b"another key", "Ann") != fingerprint(ASKED_KEY, "Ann")

    def test_what_was_refused_still_says_which_shop_was_meant(
        self, told: Storefront, owner: Agent
    ) -> None:
        assert owner.refused("tile", tile="sales-pulse", shop=KYOTO) == "not_found"

        with told.database.jobs() as session:
            kept = session.scalars(
                text("select detail from audit.events order by event_id desc limit 1")
            ).one()
        assert kept["arguments"] == {"shop": KYOTO, "tile": marked("sales-pulse")}

    def test_nobody_is_named(self, told: Storefront, owner: Agent) -> None:
        for name, arguments in arguments_of(owner).items():
            document = str(owner.told(name, **arguments))
            for person in ("Ada", "Rodriguez", OWNER, "Vera", VIEWER):
                assert person not in document, name

    def test_what_they_wrote_is_told_without_addresses(
        self, changed: Agent, storefront: Storefront
    ) -> None:
        changed.told(
            "propose_decision",
            subject="call",
            title="Call bea@shop.example",
            reason="On +49 170 1234567.",
        )
        waiting = str(changed.told("list_decisions")["answer"]["waiting"])
        assert "Call ***" in waiting
        assert "On ***." in waiting
        assert "bea@shop.example" not in storefront.everything_in("app.recommendations")
        assert "bea@shop.example" not in storefront.everything_in("audit.events")


class TestLimits:
    def test_of_a_token(self, storefront: Storefront) -> None:
        agent = Agent.holding(storefront, storefront.token_of(OWNER, requests_per_minute=2))
        for _ in range(2):
            agent.told("list_metrics", search="aov")
        assert agent.refused("list_metrics") == "too_many_requests"
        storefront.clock.advance(timedelta(minutes=1))
        agent.told("list_metrics", search="aov")

    def test_each_tool_needs_its_own_scope(self, told: Storefront) -> None:
        for tool in TOOLS:
            others = [each for each in SCOPES if each is not tool.needs]
            agent = Agent.holding(told, told.token_of(OWNER, scopes=others))
            arguments = arguments_of(Agent.holding(told, told.token_of(OWNER)))[tool.name]
            assert agent.refused(tool.name, **arguments) == "forbidden"

    def test_a_token_that_decides_does_not_propose_and_the_other_way_round(
        self, told: Storefront
    ) -> None:
        deciding = Agent.holding(told, told.token_of(OWNER, scopes=[Permission.DECIDE]))
        said = {"subject": "a", "title": "b", "reason": "c"}
        assert deciding.refused("propose_decision", **said) == "forbidden"
        assert Permission.PROPOSE != Permission.DECIDE
        analyst = told.add_person(Role.ANALYST)
        proposing = Agent.holding(told, told.token_of(analyst, scopes=[Permission.PROPOSE]))
        proposing.told("propose_decision", **said)


def test_the_prompts_name_what_there_is(told: Storefront, owner: Agent) -> None:
    """Each question that the words of a prompt ask for is one that is answered."""
    words = ""
    for prompt in prompts.PROMPTS:
        caller = TokenHolder(owner.house, owner.secret)
        words += prompts.taken(owner.house, caller, prompt.name, OF_ROD).document["text"]
    assert {name for name in BY_NAME if name in words} >= {"tile", "query_metric", "data_health"}
    for tile in TILES.keys() - {"ops-pulse"}:
        assert tile in words
    for metrics, by in ((["revenue", "orders", "aov"], []), (["revenue"], ["product"])):
        owner.told("query_metric", metrics=metrics, by=by)
    owner.told("query_metric", metrics=["revenue"], by=["country"])
    owner.told("query_metric", metrics=["attributed_revenue"], by=["channel"])
    wrong = prompts.taken(
        owner.house,
        TokenHolder(owner.house, owner.secret),
        "why_did_revenue_move",
        OF_ROD | {"day": "yesterday"},
    )
    assert wrong.document["error"]["field"] == "day"


def test_what_cannot_be_recorded_is_not_answered(storefront: Storefront) -> None:
    agent = Agent.holding(storefront, storefront.token_of(OWNER))
    with storefront.database.jobs() as session:
        session.connection().exec_driver_sql("alter table audit.events rename to away")
    outcome = agent.call("query_metric", metrics=["revenue"])
    assert outcome.is_error
    assert outcome.document["error"]["code"] == "internal"
    assert outcome.document["error"].keys() == {"code", "message", "hint", "ref"}
