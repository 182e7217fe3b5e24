"""The simulated Data API over HTTP, as PostgREST and its gateway answer."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.fixtures.simulator import UNTIL, SimulatorHandle

FACTS = {
    "columns": {
        "fact_id": "bigint",
        "shop_id": "text",
        "amount": "numeric",
        "at": "timestamptz",
        "evidence": "jsonb",
        "is_open": "boolean",
    },
    "key": "fact_id",
}
ERROR_KEYS = {"code", "message", "details", "hint"}


@dataclass
class Rest:
    simulator: SimulatorHandle
    keys: dict[str, str]

    @property
    def http(self) -> httpx.Client:
        return self.simulator.http

    def switch(self, name: str, **what: Any) -> Any:
        return self.http.post(f"/_simulator/supabase/{name}", json=what).raise_for_status().json()

    def headers(self, key: str = "service_role", **more: str) -> dict[str, str]:
        token = self.keys[key]
        return {"apikey": token, "authorization": f"Bearer {token}", **more}

    def get(self, path: str = "facts", **parameters: Any) -> httpx.Response:
        headers = {**self.headers(), **parameters.pop("headers", {})}
        return self.http.get(f"/supabase/rest/v1/{path}", params=parameters, headers=headers)

    def write(
        self, rows: Any, *prefer: str, path: str = "facts", **parameters: str
    ) -> httpx.Response:
        headers = self.headers(**({"prefer": ", ".join(prefer)} if prefer else {}))
        return self.http.post(
            f"/supabase/rest/v1/{path}", json=rows, params=parameters, headers=headers
        )

    def upsert(self, rows: Any, *prefer: str) -> httpx.Response:
        return self.write(rows, "resolution=merge-duplicates", *prefer, on_conflict="fact_id")

    def ids(self, **parameters: Any) -> list[int]:
        return [row["fact_id"] for row in self.get(**parameters).raise_for_status().json()]


@pytest.fixture
def rest(simulator: SimulatorHandle) -> Rest:
    keys = simulator.http.get("/_simulator/supabase/keys").json()
    rest = Rest(simulator, keys)
    rest.switch(
        "tables", facts=FACTS, links={"columns": {"a": "text", "b": "text"}, "key": ["a", "b"]}
    )
    return rest


def fact(number: int, **more: Any) -> dict[str, Any]:
    return {"fact_id": number, "shop_id": "hot-rod-an", "amount": number, **more}


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert told.keys() == ERROR_KEYS
    assert told["code"] == code
    return told


class TestWriting:
    def test_says_nothing_unless_it_is_asked_to(self, rest: Rest) -> None:
        answer = rest.write([fact(1)], "return=minimal")
        assert (answer.status_code, answer.content) == (201, b"")
        assert answer.headers["preference-applied"] == "return=minimal"
        assert rest.write(fact(2), "return=representation").json()[0]["amount"] == 2

    def test_values_come_back_as_postgres_would_tell_them(self, rest: Rest) -> None:
        rest.write(
            [fact(1, at="2026-11-20T12:00:00-06:00", evidence={"a": [1.10, None]}, is_open=True)]
        )
        text = rest.get().text
        assert '"at":"2026-11-20T18:00:00+00:00"' in text
        exact = httpx.Request(
            "POST", "http://x", content=b'{"fact_id":2,"amount":12345678901.0100}'
        )
        rest.http.post("/supabase/rest/v1/facts", content=exact.content, headers=rest.headers())
        assert '"amount":12345678901.0100' in rest.get(fact_id="eq.2").text, "no digit is lost"
        assert rest.get().json()[0]["evidence"] == {"a": [1.1, None]}

    def test_a_second_insert_of_a_key_is_refused_and_changes_nothing(self, rest: Rest) -> None:
        rest.write([fact(1)])
        told = refused(rest.write([fact(2), fact(1)]), 409, "23505")
        assert told["details"] == "Key (fact_id)=(1) already exists."
        assert rest.ids() == [1]

    def test_an_upsert_merges_what_is_given(self, rest: Rest) -> None:
        assert rest.upsert([fact(1, is_open=True)]).status_code == 201
        again = rest.upsert([{"fact_id": 1, "amount": 9}], "return=representation")
        assert again.status_code == 200
        assert again.json()[0] | {"amount": 9, "is_open": True} == again.json()[0]
        assert rest.upsert([fact(1), fact(2)]).status_code == 201

    def test_duplicates_may_be_ignored(self, rest: Rest) -> None:
        rest.write([fact(1)])
        rest.write([fact(1, amount=5), fact(2)], "resolution=ignore-duplicates")
        assert [row["amount"] for row in rest.get().json()] == [1, 2]

    def test_a_key_of_two_columns(self, rest: Rest) -> None:
        rows = [{"a": "x", "b": "1"}, {"a": "x", "b": "2"}]
        assert rest.write(rows, path="links").status_code == 201
        refused(rest.write(rows[:1], path="links"), 409, "23505")

    @pytest.mark.parametrize(
        ("rows", "status", "code"),
        [
            ([{"fact_id": 1, "colour": "red"}], 400, "PGRST204"),
            ([{"shop_id": "x"}], 400, "23502"),
            ([fact(1, amount="much")], 400, "22P02"),
            ([{"fact_id": 1}, {"fact_id": 2, "amount": 1}], 400, "PGRST102"),
            (["text"], 400, "PGRST102"),
        ],
    )
    def test_what_does_not_fit_is_refused(
        self, rest: Rest, rows: Any, status: int, code: str
    ) -> None:
        refused(rest.write(rows), status, code)
        assert rest.ids() == []

    def test_columns_named_in_the_address_allow_different_keys(self, rest: Rest) -> None:
        rows = [{"fact_id": 1}, {"fact_id": 2, "amount": 1}]
        assert rest.write(rows, columns="fact_id,amount").status_code == 201

    def test_one_row_twice_in_an_upsert(self, rest: Rest) -> None:
        refused(rest.upsert([fact(1), fact(1)]), 500, "21000")

    def test_a_conflict_without_a_constraint(self, rest: Rest) -> None:
        answer = rest.write([fact(1)], "resolution=merge-duplicates", on_conflict="shop_id")
        refused(answer, 400, "42P10")


class TestReading:
    @pytest.fixture(autouse=True)
    def facts(self, rest: Rest) -> None:
        rest.write(
            [
                fact(1, is_open=True, at=None),
                fact(2, is_open=False, at="2026-11-01T00:00:00Z"),
                fact(3, is_open=None, at="2026-11-02T00:00:00Z"),
            ]
        )

    @pytest.mark.parametrize(
        ("filters", "ids"),
        [
            ({"fact_id": "eq.2"}, [2]),
            ({"fact_id": "in.(3,1)"}, [1, 3]),
            ({"shop_id": 'in.("hot-rod-an","b,c")'}, [1, 2, 3]),
            ({"fact_id": "gt.1"}, [2, 3]),
            ({"at": "gte.2026-11-02T00:00:00Z"}, [3]),
            ({"at": "is.null"}, [1]),
            ({"at": "not.is.null"}, [2, 3]),
            ({"is_open": "eq.true"}, [1]),
            ({"amount": "lt.3", "fact_id": "neq.1"}, [2]),
            ({"order": "fact_id.desc", "limit": 2}, [3, 2]),
            ({"order": "at.desc"}, [1, 3, 2]),
            ({"order": "at.asc,fact_id.asc"}, [2, 3, 1]),
            ({"order": "fact_id", "limit": 1, "offset": 1}, [2]),
        ],
    )
    def test_selects(self, rest: Rest, filters: dict[str, Any], ids: Sequence[int]) -> None:
        found = rest.ids(**filters)
        assert (found if "order" in filters else sorted(found)) == list(ids)

    def test_only_the_columns_asked_for(self, rest: Rest) -> None:
        assert rest.get(select="fact_id,amount", fact_id="eq.1").json() == [
            {"fact_id": 1, "amount": 1}
        ]

    def test_counts_and_ranges(self, rest: Rest) -> None:
        plain = rest.get()
        assert (plain.status_code, plain.headers["content-range"]) == (200, "0-2/*")
        part = rest.get(headers={"range": "0-1", "prefer": "count=exact"})
        assert (part.status_code, part.headers["content-range"]) == (206, "0-1/3")
        nothing = rest.get(fact_id="eq.9", headers={"prefer": "count=exact"})
        assert nothing.headers["content-range"] == "*/0"
        head = rest.http.head("/supabase/rest/v1/facts", headers=rest.headers(prefer="count=exact"))
        assert (head.content, head.headers["content-range"]) == (b"", "0-2/3")
        beyond = rest.get(offset=7, headers={"prefer": "count=exact"})
        refused(beyond, 416, "PGRST103")

    @pytest.mark.parametrize(
        ("filters", "code"),
        [
            ({"fact_id": "like.1"}, "PGRST100"),
            ({"fact_id": "1"}, "PGRST100"),
            ({"limit": "many"}, "PGRST100"),
            ({"order": "fact_id.upwards"}, "PGRST100"),
            ({"fact_id": "eq.one"}, "22P02"),
            ({"colour": "eq.red"}, "42703"),
            ({"select": "colour"}, "42703"),
        ],
    )
    def test_what_it_does_not_understand(
        self, rest: Rest, filters: dict[str, Any], code: str
    ) -> None:
        refused(rest.get(**filters), 400, code)

    def test_a_thousand_rows_are_the_most_and_paging_by_key_gets_all(self, rest: Rest) -> None:
        rest.write([fact(number) for number in range(4, 2501)])
        assert len(rest.ids(limit=5000)) == 1000, "nobody says that there are more"
        met: list[int] = []
        while page := rest.ids(order="fact_id", fact_id=f"gt.{met[-1] if met else 0}"):
            met += page
        assert met == list(range(1, 2501))


class TestRefusals:
    def test_a_missing_table_and_one_nearly_meant(self, rest: Rest) -> None:
        assert "facts" in refused(rest.get("fact"), 404, "PGRST205")["hint"]
        assert refused(rest.get("nothing_alike"), 404, "PGRST205")["hint"] is None

    def test_another_schema(self, rest: Rest) -> None:
        refused(rest.get(headers={"accept-profile": "private"}), 406, "PGRST106")

    def test_grants(self, rest: Rest) -> None:
        rest.switch("tables", hidden={**FACTS, "granted": False})
        refused(rest.get("hidden"), 403, "42501")
        anon = rest.get(headers=rest.headers("anon"))
        refused(anon, 401, "42501")

    def test_the_gateway_knows_no_codes(self, rest: Rest) -> None:
        without = rest.http.get("/supabase/rest/v1/facts")
        assert (without.status_code, without.json()["message"]) == (
            401,
            "No API key found in request",
        )
        wrong = rest.get(headers={"apikey": "wrong"})
        assert wrong.status_code == 401
        assert wrong.json()["message"] == "Invalid API key"
        assert "code" not in wrong.json()

    def test_tokens(self, rest: Rest) -> None:
        def bearing(token: str) -> httpx.Response:
            return rest.get(headers={"authorization": f"Bearer {token}"})

        refused(bearing("no-token"), 401, "PGRST301")
        head, claims, _signature = rest.keys["service_role"].split(".")
        refused(bearing(f"{head}.{claims}.forged"), 401, "PGRST301")
        rest.simulator.set_clock(datetime(2041, 1, 1, tzinfo=UTC))
        expired = refused(rest.get(), 401, "PGRST303")
        assert expired["message"] == "JWT expired"
        assert "invalid_token" in rest.get().headers["www-authenticate"]
        rest.simulator.set_clock(datetime(2019, 1, 1, tzinfo=UTC))
        refused(rest.get(), 401, "PGRST303")

    def test_the_key_alone_is_enough(self, rest: Rest) -> None:
        answer = rest.http.get(
            "/supabase/rest/v1/facts", headers={"apikey": rest.keys["service_role"]}
        )
        assert answer.json() == []


class TestSwitches:
    def test_rotated_keys_are_worth_nothing(self, rest: Rest) -> None:
        new = rest.switch("rotate_keys")
        assert new["service_role"] != rest.keys["service_role"]
        assert rest.get().json()["message"] == "Invalid API key"
        rest.keys = new
        assert rest.get().status_code == 200
        rest.simulator.reset()
        assert rest.http.get("/_simulator/supabase/keys").json() != new, "as it began"

    def test_an_outage_answers_in_html(self, rest: Rest) -> None:
        rest.switch("outage", on=True)
        answer = rest.get()
        assert answer.status_code == 502
        assert answer.headers["content-type"].startswith("text/html")
        rest.switch("outage", on=False)
        assert rest.get().status_code == 200

    def test_an_answer_gets_lost_after_it_was_done(self, rest: Rest) -> None:
        rest.switch("lose_answers", times=1)
        with pytest.raises(httpx.TransportError):
            rest.upsert([fact(1)])
        assert rest.ids() == [1]
        assert rest.upsert([fact(1)]).status_code == 200, "done again it changes nothing"

    @pytest.mark.parametrize(
        ("kind", "more", "status", "said"),
        [
            ("server_error", {"status": 502}, 502, "<html>"),
            ("server_error", {}, 503, "PGRST002"),
            ("internal_error", {}, 500, "57014"),
            ("too_many_requests", {"seconds": 3}, 429, "rate limit"),
            ("access_denied", {}, 401, "Invalid API key"),
        ],
    )
    def test_faults_strike_and_nothing_is_stored(
        self, rest: Rest, kind: str, more: dict[str, Any], status: int, said: str
    ) -> None:
        rest.simulator.fault(kind, vendor="supabase", route="write", times=1, **more)
        answer = rest.write([fact(1)])
        assert answer.status_code == status
        assert said in answer.text
        if status == 429:
            assert float(answer.headers["retry-after"]) == 3
        assert rest.ids() == [], "reads are another route"
        assert rest.write([fact(1)]).status_code == 201

    def test_a_reset_and_a_truncated_answer(self, rest: Rest) -> None:
        rest.write([fact(1)])
        for kind in ("reset", "truncated"):
            rest.simulator.fault(kind, vendor="supabase", route="read", times=1)
        with pytest.raises(httpx.TransportError):
            rest.get()
        with pytest.raises(json.JSONDecodeError):
            rest.get().json()

    def test_calls_are_counted(self, rest: Rest) -> None:
        rest.write([fact(1)])
        rest.get()
        rest.get("")
        calls = rest.simulator.calls()
        assert [calls[f"supabase:{route}"] for route in ("write", "read", "schema")] == [1, 1, 1]

    def test_a_reset_simulator_forgets_the_tables(self, rest: Rest) -> None:
        rest.simulator.reset()
        refused(rest.get(), 404, "PGRST205")


def test_the_schema_tells_tables_columns_and_keys(rest: Rest) -> None:
    told = rest.get("").json()
    facts = told["definitions"]["facts"]
    assert facts["properties"].keys() == FACTS["columns"].keys()
    assert facts["properties"]["at"]["format"] == "timestamp with time zone"
    assert "<pk/>" in facts["properties"]["fact_id"]["description"]
    assert told["swagger"] == "2.0"


def test_it_is_nobodys_source(rest: Rest) -> None:
    assert all("supabase" not in shop["sources"] for shop in rest.simulator.shops.values())


def test_the_same_writes_make_the_same_bytes(rest: Rest) -> None:
    """Whatever the order they came in."""
    rows = [fact(number, at=str(UNTIL + timedelta(minutes=number))) for number in range(1, 40)]
    rest.write(rows)
    first = rest.get().content
    rest.switch("tables", facts=FACTS)
    rest.write(rows[::-1])
    assert sorted(json.loads(first), key=str) == sorted(rest.get().json(), key=str)
    assert rest.get().content == first
