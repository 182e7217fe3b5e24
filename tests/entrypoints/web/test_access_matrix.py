"""Every route by everybody: a route without a row here fails, and so does one foreign byte."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from hotdash.base.roles import NEVER_A_SCOPE, Role, may
from hotdash.entrypoints.web import app as web_app
from tests.entrypoints.web.admin_rows import ADMIN_ROWS
from tests.fixtures.access_needs import NEEDS, OTHERWISE_BY_TOKEN
from tests.fixtures.access_rows import ASK, SIGN_IN, UNKNOWN, Row, everybody, foreign_in
from tests.fixtures.access_upkeep import UPKEEP
from tests.fixtures.open_rows import MCP, OPEN_ROWS
from tests.fixtures.report_rows import REPORT_ROWS
from tests.fixtures.storefront import AGENCY, KYOTO, OWNER, ROD, STRANGER, VIEWER, Storefront
from tests.fixtures.trusted_rows import TRUSTED
from tests.fixtures.web import Web, routes_of, web_in_front_of

ALERT = "/api/v1/alerts/018f9b2e-0000-7000-8000-000000000000"
MATRIX = {
    "GET /api/v1/tokens": Row(f"/api/v1/tokens{ASK}", 401, 404, 403, 200),
    "GET /": Row("/", SIGN_IN, 200, 200, 200),
    "GET /today": Row(f"/today{ASK}", SIGN_IN, 404, 200, 200),
    "GET /definitions/{metric}": Row("/definitions/revenue", SIGN_IN, 200, 200, 200),
    "GET /runbooks/{name:path}": Row("/runbooks/freshness", SIGN_IN, 200, 200, 200),
    "GET /exports/revenue.csv": Row(f"/exports/revenue.csv{ASK}", SIGN_IN, 404, 403, 200),
    "GET /tiles/{tile}": Row(f"/tiles/sales-pulse{ASK}", SIGN_IN, 404, 200, 200),
    "GET /api/v1/tiles": Row(f"/api/v1/tiles{ASK}", 401, 404, 200, 200),
    "GET /api/v1/tiles/{tile}": Row(f"/api/v1/tiles/sales-pulse{ASK}", 401, 404, 200, 200),
    "GET /api/v1/metrics/{metric}/days": Row(
        f"/api/v1/metrics/revenue/days{ASK}", 401, 404, 200, 200
    ),
    "GET /api/v1/metrics/query": Row(
        f"/api/v1/metrics/query{ASK}&metric=revenue", 401, 404, 200, 200
    ),
    "GET /api/v1/metrics/export": Row(
        f"/api/v1/metrics/export{ASK}&metric=revenue", 401, 404, 403, 200
    ),
    **{name: Row(*told) for name, told in TRUSTED.items()},
    **REPORT_ROWS,
    "GET /patterns": Row(f"/patterns{ASK}", SIGN_IN, 404, 200, 200),
    **ADMIN_ROWS,
    "GET /decisions": Row(f"/decisions{ASK}", SIGN_IN, 404, 200, 200),
    "GET /decisions/evidence": Row(
        f"/decisions/evidence{ASK}&kind=reorder&subject=item:1", SIGN_IN, 404, 200, 200
    ),
    "GET /decisions/export.csv": Row(f"/decisions/export.csv{ASK}", SIGN_IN, 404, 403, 200),
    "POST /decisions/answer": Row(
        *("/decisions/answer", 401, 404, 403, 404),
        fields={"shop": ROD, "recommendation": UNKNOWN, "verdict": "approve"},
    ),
    **{
        f"POST /decisions/{what}": Row(
            *(f"/decisions/{what}", 401, 404, 403, owner), fields={"shop": ROD} | fields
        )
        for what, owner, fields in (
            ("correct", 404, {"decision": UNKNOWN, "rationale": "No."}),
            ("assign", 400, {"landing_page": "no path", "assignee": "Bea"}),
            ("assignments", 404, {"assignment": UNKNOWN, "state": "done"}),
        )
    },
    "GET /customers": Row(f"/customers{ASK}", SIGN_IN, 404, 200, 200),
    "POST /customers/reveal": Row(
        *("/customers/reveal", 401, 404, 403, 404),
        fields={"shop": ROD, "about": "customer", "number": "c1", "reason": "A parcel."},
    ),
    **UPKEEP,
    "GET /explore": Row(f"/explore{ASK}", SIGN_IN, 404, 200, 200),
    # Whoever may write is told what is wrong with what was sent.
    "POST /explore/views": Row(
        "/explore/views", 401, 404, 400, 400, {"shop": ROD, "next": f"/explore{ASK}"}
    ),
    "POST /explore/views/remove": Row(
        *("/explore/views/remove", 401, 404, 404, 404),
        fields={"shop": ROD, "next": f"/explore{ASK}", "view": UNKNOWN},
    ),
    "POST /explore/annotations": Row(
        *("/explore/annotations", 401, 404, 403, 400),
        fields={"shop": ROD, "next": f"/explore{ASK}"},
    ),
    "POST /explore/annotations/remove": Row(
        *("/explore/annotations/remove", 401, 404, 403, 404),
        fields={"shop": ROD, "next": f"/explore{ASK}", "annotation": UNKNOWN},
    ),
    "POST /explore/goals": Row(
        "/explore/goals", 401, 404, 403, 400, {"shop": ROD, "next": f"/explore{ASK}"}
    ),
    "POST /explore/goals/remove": Row(
        *("/explore/goals/remove", 401, 404, 403, 404),
        fields={"shop": ROD, "next": f"/explore{ASK}", "goal": UNKNOWN},
    ),
    **{
        f"GET /api/v1/{what}": Row(f"/api/v1/{what}{ASK}", 401, 404, 200, 200)
        for what in ("annotations", "goals", "views")
    },
    "POST /api/v1/annotations": Row(
        *(f"/api/v1/annotations{ASK}", 401, 404, 403, 400),
        document={"kind": "other", "title": "", "from": "2026-11-02"},
    ),
    "POST /api/v1/goals": Row(
        *(f"/api/v1/goals{ASK}", 401, 404, 403, 400),
        document={"metric": "revenue", "from": "2026-11-02", "to": "2026-11-01", "target": "5"},
    ),
    "POST /api/v1/views": Row(
        f"/api/v1/views{ASK}", 401, 404, 400, 400, document={"name": "", "state": ""}
    ),
    **{
        f"POST /api/v1/{what}s/{{{what}}}/remove": Row(
            f"/api/v1/{what}s/{UNKNOWN}/remove{ASK}", 401, 404, viewer, 404, document={}
        )
        for what, viewer in (("annotation", 403), ("goal", 403), ("view", 404))
    },
    "GET /api/v1/attribution/orders/{order}": Row(
        f"/api/v1/attribution/orders/1{ASK}", 401, 404, 200, 200
    ),
    "GET /api/v1/attribution/comparison": Row(
        f"/api/v1/attribution/comparison{ASK}&from=2026-11-01&to=2026-11-02", 401, 404, 200, 200
    ),
    "GET /api/v1/publications": Row(f"/api/v1/publications{ASK}", 401, 404, 200, 200),
    # Nobody may go back to what is not there, and nothing is held.
    "POST /api/v1/publications/rollback": Row(
        *("/api/v1/publications/rollback", 401, 404, 403, 404),
        document={"shop": ROD, "publication": str(UUID(int=7)), "reason": "Too low."},
    ),
    "POST /api/v1/publications/release": Row(
        *("/api/v1/publications/release", 401, 404, 403, 409),
        document={"shop": ROD, "reason": "Mended."},
    ),
    "GET /api/v1/access/report": Row(f"/api/v1/access/report{ASK}", 401, 404, 403, 200),
    "GET /api/v1/audit": Row(f"/api/v1/audit{ASK}", 401, 404, 403, 200),
    # Nobody is behind this pseudonym; with somebody: test_people.py.
    "GET /api/v1/customers/{customer}": Row(f"/api/v1/customers/c1{ASK}", 401, 404, 404, 404),
    "POST /api/v1/customers/{customer}/reveal": Row(
        *(f"/api/v1/customers/c1/reveal{ASK}", 401, 404, 403, 404),
        document={"reason": "The parcel came back."},
    ),
    "POST /api/v1/tokens": Row(
        *("/api/v1/tokens", 401, 404, 403, 200),
        document={"name": "a program", "shops": [ROD], "scopes": ["see_metrics"]},
    ),
    "POST /api/v1/tokens/{token_id}/revoke": Row(
        f"/api/v1/tokens/{UNKNOWN}/revoke{ASK}", 401, 404, 403, 404, document={}
    ),
    "GET /api/v1/health/checks": Row(f"/api/v1/health/checks{ASK}", 401, 404, 200, 200),
    # Whoever is let in learns that this check was never asked; with an answer: test_health.py.
    "GET /api/v1/health/checks/{check}": Row(
        f"/api/v1/health/checks/no_such_check{ASK}", 401, 404, 404, 404
    ),
    "GET /api/v1/health/scorecard": Row(f"/api/v1/health/scorecard{ASK}", 401, 404, 200, 200),
    "POST /api/v1/health/overrides": Row(
        "/api/v1/health/overrides",
        *(401, 404, 403, 404),
        document={"shop": ROD, "check": "no_such_check", "reason": "A sale."},
    ),
    "GET /api/v1/alerts": Row(f"/api/v1/alerts{ASK}", 401, 404, 200, 200),
    # Who may answer is told that there is no such alert.
    "POST /api/v1/alerts/{alert}/acknowledge": Row(
        f"{ALERT}/acknowledge{ASK}", 401, 404, 403, 404, document={}
    ),
    "POST /api/v1/alerts/{alert}/snooze": Row(
        f"{ALERT}/snooze{ASK}", 401, 404, 403, 404, document={"until": "2026-11-20T20:00:00Z"}
    ),
    "POST /api/v1/alerts/{alert}/resolve": Row(
        f"{ALERT}/resolve{ASK}", 401, 404, 403, 404, document={"reason": "A sale."}
    ),
    "GET /api/v1/decisions": Row(f"/api/v1/decisions{ASK}", 401, 404, 200, 200),
    "GET /api/v1/decisions/queue": Row(f"/api/v1/decisions/queue{ASK}", 401, 404, 200, 200),
    "GET /api/v1/decisions/evidence": Row(
        f"/api/v1/decisions/evidence{ASK}&kind=reorder&subject=item:1", 401, 404, 200, 200
    ),
    # Who may decide is told that there is nothing like it.
    **{
        f"POST /api/v1/decisions/{{{what}}}/{verb}": Row(
            *(f"/api/v1/decisions/{UNKNOWN}/{verb}{ASK}", 401, 404, 403, 404),
            document={"rationale": "So."} | more,
        )
        for what, verb, more in (
            ("recommendation", "approve", {}),
            ("recommendation", "reject", {}),
            ("recommendation", "snooze", {"until": "2026-11-21T08:00:00Z"}),
            ("decision", "correct", {}),
        )
    },
    "GET /api/v1/assignments": Row(f"/api/v1/assignments{ASK}", 401, 404, 200, 200),
    "POST /api/v1/assignments": Row(
        *(f"/api/v1/assignments{ASK}", 401, 404, 403, 400),
        document={"landing_page": "no path", "assignee": "Bea", "rationale": "It fell."},
    ),
    "POST /api/v1/assignments/{assignment}": Row(
        *(f"/api/v1/assignments/{UNKNOWN}{ASK}", 401, 404, 403, 404), document={"state": "done"}
    ),
    "GET /api/v1/facts": Row(f"/api/v1/facts{ASK}", 401, 404, 200, 200),
    "GET /api/v1/openapi.json": everybody("/api/v1/openapi.json"),
    "GET /account": Row("/account", SIGN_IN, 200, 200, 200),
    "POST /account/password": Row("/account/password", 401, 422, 422, 422, {"new": "short"}),
    **OPEN_ROWS,
}


def ask(web: Web, name: str) -> httpx.Response:
    row = MATRIX[name]
    if row.document is not None:
        return web.send(row.address, row.document, method=name.partition(" ")[0])
    if name.startswith("POST"):
        somebody = f"{secrets.token_hex(4)}@nowhere.example"
        return web.form(row.address, {"email": somebody} | row.fields)
    return web.client.get(row.address)


def is_closed(answer: httpx.Response, row: Row) -> bool:
    """As for anybody from the street, and nothing of the shop in it."""
    assert not foreign_in(answer.text)
    return answer.status_code == row.anonymous


def test_every_route_has_its_row(shown_web: Web) -> None:
    assert set(routes_of(shown_web.app.routes)) == set(MATRIX)
    assert len(web_app.ROUTERS) > 5


@pytest.mark.parametrize("name", MATRIX)
class TestEveryRoute:
    def test_anonymous(self, shown_web: Web, name: str) -> None:
        assert is_closed(ask(shown_web, name), MATRIX[name])

    def test_of_another_shop(self, shown_web: Web, name: str) -> None:
        shown_web.sign_in(STRANGER)
        answer = ask(shown_web, name)
        assert answer.status_code == MATRIX[name].other_shop
        assert not foreign_in(answer.text)

    def test_with_an_expired_session(self, shown_web: Web, name: str) -> None:
        over = shown_web.storefront.session_of(OWNER, timedelta(hours=1), ago=timedelta(hours=2))
        shown_web.hold_session(over)
        assert is_closed(ask(shown_web, name), MATRIX[name])

    def test_revoked(self, shown_web: Web, name: str) -> None:
        somebody = shown_web.storefront.add_person(Role.OWNER)
        shown_web.sign_in(somebody)
        shown_web.storefront.disable(somebody)
        assert is_closed(ask(shown_web, name), MATRIX[name])

    def test_of_a_lesser_role(self, shown_web: Web, name: str) -> None:
        shown_web.sign_in(VIEWER)
        assert ask(shown_web, name).status_code == MATRIX[name].viewer

    def test_owner(self, shown_web: Web, name: str) -> None:
        shown_web.sign_in(OWNER)
        assert ask(shown_web, name).status_code == MATRIX[name].owner


@dataclass(frozen=True)
class Cast:
    """One world with somebody of every role in it, who only ask."""

    web: Web
    sessions: Mapping[Role, str]
    holders: Mapping[Role, str]

    def ask_as(self, role: Role, name: str) -> httpx.Response:
        self.web.as_program(None)
        self.web.hold_session(self.sessions[role])
        return ask(self.web, name)


@pytest.fixture(scope="module")
def cast(shown_storefront: Storefront, web_home: Path) -> Cast:
    people = {role: shown_storefront.add_person(role) for role in Role}
    return Cast(
        web_in_front_of(shown_storefront, web_home),
        {role: shown_storefront.session_of(email) for role, email in people.items()},
        {role: shown_storefront.token_of(email) for role, email in people.items()},
    )


def test_what_not_every_role_may_has_its_right() -> None:
    told = {name for name, row in MATRIX.items() if row.viewer == 403 != row.owner}
    assert set(NEEDS) == told


@pytest.mark.parametrize("name", NEEDS)
def test_every_role_that_lacks_the_right(cast: Cast, name: str) -> None:
    needed = NEEDS[name]
    refused = {role for role in Role if cast.ask_as(role, name).status_code == 403}
    assert refused == {role for role in Role if not may(role, needed)}


PROGRAMS = [name for name in MATRIX if " /api/" in name and not name.endswith("openapi.json")]
NOT_FOR_PROGRAMS = {name for name in PROGRAMS if name.startswith("POST /api/v1/tokens")}


# A viewer's own, by a page; a token that may only read writes nothing, not even for its person.
WRITES_FOR_ONESELF = {"POST /api/v1/views", "POST /api/v1/views/{view}/remove"}


def sent_with(web: Web, name: str, secret: str) -> httpx.Response:
    web.as_program(secret)
    answer = ask(web, name)
    web.as_program(None)
    return answer


@pytest.mark.parametrize("name", [name for name in NEEDS if name in PROGRAMS])
def test_every_role_that_lacks_the_right_by_token(cast: Cast, name: str) -> None:
    """Good for everything that a token can be, and for no more than its holder's role."""
    needed = (NEEDS | OTHERWISE_BY_TOKEN)[name]
    told = {role: sent_with(cast.web, name, holder) for role, holder in cast.holders.items()}
    refused = {role for role, answer in told.items() if answer.status_code == 403}
    lacking = {role for role in Role if not may(role, needed)}
    assert refused == (set(Role) if needed in NEVER_A_SCOPE else lacking)


@pytest.mark.parametrize("name", PROGRAMS)
class TestEveryRouteOfTheApiByToken:
    """No cookie, no form token: the token alone decides."""

    def test_unknown_over_revoked_or_of_nobody(self, shown_web: Web, name: str) -> None:
        store = shown_web.storefront
        somebody = store.add_person(Role.OWNER)
        revoked, of_nobody = store.token_of(OWNER), store.token_of(somebody)
        store.revoke(revoked)
        store.disable(somebody)
        over = store.token_of(OWNER, days=1, ago=timedelta(days=1))
        for secret in ("hotdash_unknown", "ey.no.jwt", over, revoked, of_nobody):
            assert is_closed(sent_with(shown_web, name, secret), MATRIX[name])

    def test_a_dead_token_is_not_helped_by_a_living_session(
        self, shown_web: Web, name: str
    ) -> None:
        shown_web.sign_in(OWNER)
        shown_web.client.headers["authorization"] = "Bearer hotdash_unknown"
        assert is_closed(ask(shown_web, name), MATRIX[name])

    def test_of_another_shop(self, shown_web: Web, name: str) -> None:
        """Its holder's shop is another one, or its holder has both and it was made for the other."""
        for holder in (STRANGER, AGENCY):
            secret = shown_web.storefront.token_of(holder, [KYOTO])
            answer = sent_with(shown_web, name, secret)
            expected = 403 if answer.status_code == 403 else MATRIX[name].other_shop
            assert answer.status_code == expected
            assert name in NOT_FOR_PROGRAMS or expected == 404
            assert not foreign_in(answer.text)

    def test_of_somebody_whose_role_was_taken_since(self, shown_web: Web, name: str) -> None:
        somebody = shown_web.storefront.add_person(Role.OWNER)
        secret = shown_web.storefront.token_of(somebody)
        shown_web.storefront.give_role(somebody, Role.VIEWER)
        refused = NOT_FOR_PROGRAMS | WRITES_FOR_ONESELF
        status = 403 if name in refused else MATRIX[name].viewer
        assert sent_with(shown_web, name, secret).status_code == status

    def test_good_for_nothing(self, shown_web: Web, name: str) -> None:
        answer = sent_with(shown_web, name, shown_web.storefront.token_of(OWNER, scopes=[]))
        assert answer.status_code == 403
        assert not foreign_in(answer.text)

    def test_good_for_everything(self, shown_web: Web, name: str) -> None:
        status = 403 if NEEDS.get(name) in NEVER_A_SCOPE else MATRIX[name].owner
        answer = sent_with(shown_web, name, shown_web.storefront.token_of(OWNER))
        assert answer.status_code == status


PAGES = [
    name
    for name, row in MATRIX.items()
    if row.anonymous in (401, SIGN_IN) and name not in (*PROGRAMS, MCP)
]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_takes_no_token(shown_web: Web, name: str) -> None:
    answer = sent_with(shown_web, name, shown_web.storefront.token_of(OWNER))
    assert is_closed(answer, MATRIX[name])


@pytest.mark.parametrize(
    "address",
    [row.address for name, row in MATRIX.items() if ROD in row.address and name.startswith("GET")],
)
def test_a_foreign_shop_and_one_that_does_not_exist_look_alike(
    shown_web: Web, address: str
) -> None:
    shown_web.sign_in(STRANGER)
    foreign = shown_web.client.get(address)
    unknown = shown_web.client.get(address.replace(ROD, "no-such-ro"))
    assert foreign.status_code == unknown.status_code == 404
    assert _same(foreign).replace(ROD, "no-such-ro") == _same(unknown)


def _same(answer: httpx.Response) -> str:
    """Without what differs between any two answers: the reference and the form tokens."""
    text = answer.text.replace(answer.headers["x-request-id"], "")
    return "\n".join(line for line in text.splitlines() if 'name="csrf"' not in line)
