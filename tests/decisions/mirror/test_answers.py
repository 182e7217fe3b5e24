"""What each answer of a project means, and what is said of tables that are not ours."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from hotdash.decisions.mirror.answers import Kind, State, judged
from hotdash.decisions.mirror.client import LONGEST_MESSAGE, Answer, MirrorClient
from hotdash.decisions.mirror.tables import differences, mending_sql
from hotdash.storage.appdb.repositories.mirror_rows import MIRRORED


@pytest.mark.parametrize(
    ("answer", "kind", "state"),
    [
        (Answer(201), Kind.ARRIVED, State.WORKING),
        (Answer(200, is_html=True), Kind.STOP, State.WRONG_ADDRESS),
        (Answer(301), Kind.STOP, State.WRONG_ADDRESS),
        (Answer(404), Kind.STOP, State.WRONG_ADDRESS),
        (Answer(404, "PGRST205"), Kind.TABLES, State.TABLES_DIFFER),
        (Answer(400, "PGRST204"), Kind.TABLES, State.TABLES_DIFFER),
        (Answer(401), Kind.STOP, State.KEY_REFUSED),
        (Answer(401, "PGRST301"), Kind.STOP, State.KEY_REFUSED),
        (Answer(401, "42501"), Kind.STOP, State.KEY_REFUSED),
        (Answer(403, "42501"), Kind.STOP, State.NOT_GRANTED),
        (Answer(406, "PGRST106"), Kind.STOP, State.NOT_GRANTED),
        (Answer(400, "22P02"), Kind.SMALLER, State.WORKING),
        (Answer(409, "23505"), Kind.SMALLER, State.WORKING),
        (Answer(413, is_html=True), Kind.SMALLER, State.WORKING),
        (Answer(500, "57014"), Kind.SMALLER, State.WORKING),
        (Answer(500, "54000"), Kind.SMALLER, State.WORKING),
        (Answer(404, "42883"), Kind.SMALLER, State.WORKING),
        (Answer(402, "exceed_egress_quota"), Kind.STOP, State.NOT_GRANTED),
        (Answer(404, "PGRST125"), Kind.STOP, State.WRONG_ADDRESS),
        (Answer(405, "25006"), Kind.AGAIN, State.UNREACHABLE),
        (Answer(403, "28000"), Kind.AGAIN, State.UNREACHABLE),
        (Answer(500, "XX000"), Kind.AGAIN, State.UNREACHABLE),
        (Answer(500, "40001"), Kind.AGAIN, State.UNREACHABLE),
        (Answer(503, "PGRST002"), Kind.AGAIN, State.UNREACHABLE),
        (Answer(502, is_html=True), Kind.AGAIN, State.UNREACHABLE),
        (Answer(429), Kind.AGAIN, State.THROTTLED),
        (Answer(None), Kind.AGAIN, State.UNREACHABLE),
    ],
)
def test_every_answer_has_its_meaning(answer: Answer, kind: Kind, state: State) -> None:
    verdict = judged(answer, 10)
    assert (verdict.kind, verdict.state) == (kind, state)
    assert (verdict.mend is None) == (state is State.WORKING)


def test_a_slow_statement_of_one_row_is_not_that_rows_fault() -> None:
    assert judged(Answer(500, "57014"), 1).kind is Kind.AGAIN


def test_a_secret_key_is_no_bearer_token() -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(201)

    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        for key in ("sb_secret_x", "ey.a.b"):
            MirrorClient("https://x.example", key, http).upsert(MIRRORED["decisions"], ["{}"])
    assert [each.headers.get("authorization") for each in sent] == [None, "Bearer ey.a.b"]
    assert [each.headers["apikey"] for each in sent] == ["sb_secret_x", "ey.a.b"]


def test_a_column_of_theirs_with_a_default_keeps_no_row_out() -> None:
    told = described(decisions={"made_at": "timestamp with time zone"})
    table: dict[str, Any] = told["definitions"]["decisions"]
    table["required"].append("made_at")
    assert differences(told)[0].foreign == ("made_at",)
    table["properties"]["made_at"]["default"] = "now()"
    assert differences(told) == []


def test_a_projects_words_are_kept_short() -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(400, json={"code": "22P02", "message": "x" * 100_000})

    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        told = MirrorClient("https://x.example", "k", http).describe()
    assert len(told.message) == LONGEST_MESSAGE


def described(**changed: Mapping[str, object]) -> dict[str, Any]:
    definitions: dict[str, Any] = {}
    for table in MIRRORED.values():
        columns = {**table.columns, **changed.get(table.name, {})}
        definitions[table.name] = {
            "required": list(table.key),
            "properties": {
                name: {"format": kind, "description": "<pk/>" if name in table.key else ""}
                for name, kind in columns.items()
                if kind is not None
            },
        }
    return {"definitions": definitions}


def test_what_holds_our_rows_is_no_difference() -> None:
    wider = {"actor": "character varying", "noted_at": "timestamp with time zone"}
    assert differences(described(decisions=wider)) == []


def test_each_difference_is_told_by_name() -> None:
    told = described(decisions={"actor": None, "decided_at": "text", "who": "text"})
    [found] = differences(told)
    assert found.sentence == (
        "The table decisions lacks actor; has who, which we do not know; "
        "has decided_at as text instead of timestamp with time zone."
    )
    assert "alter table public.decisions rename to decisions_before_mirror;" in mending_sql([found])


def test_a_project_without_tables_lacks_both() -> None:
    found = differences({"definitions": {}})
    assert [each.sentence for each in found] == [
        "The table decisions is missing.",
        "The table dashboard_facts is missing.",
    ]
    assert "rename" not in mending_sql(found)
