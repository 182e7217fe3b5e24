"""Annotations, goals and views: written by form and by API, seen by whom they concern."""

from typing import Any

import httpx
import pytest

from hotdash.base.roles import Role
from tests.fixtures.storefront import AGENCY, OWNER, ROD, STRANGER, VIEWER
from tests.fixtures.web import Web

PAGE, TODAY = f"/explore?shop={ROD}", f"/today?shop={ROD}"
SALE = {"kind": "campaign", "title": "Free-shipping test starts", "from": "2026-11-08"}
GOAL = {"metric": "revenue", "from": "2026-11-01", "to": "2026-11-30", "target": "60000"}


def send(web: Web, what: str, document: dict[str, Any]) -> httpx.Response:
    return web.send(f"/api/v1/{what}?shop={ROD}", document)


def listed(web: Web, what: str) -> list[dict[str, Any]]:
    return web.client.get(f"/api/v1/{what}?shop={ROD}").json()[what]


def form(web: Web, what: str, **fields: str) -> httpx.Response:
    return web.form(f"/explore/{what}", {"shop": ROD, "next": PAGE} | fields)


def test_what_happened_is_drawn_on_explore_and_today(web: Web) -> None:
    web.sign_in(OWNER)
    assert "Free-shipping" not in web.client.get(TODAY).text
    assert form(web, "annotations", **SALE).headers["location"] == f"{PAGE}#notes"
    for address in (PAGE, TODAY):
        html = web.client.get(address).text
        assert "<tspan" in html, address
        assert "8 Nov 2026 · Campaign:" in html, address
    # The 19th of 30 days: 18 of 29 steps are 62.07 percent.
    assert 'x1="62.07%"' in html

    (told,) = listed(web, "annotations")
    assert (told["from"], told["to"]) == ("2026-11-08", "2026-11-08")
    form(web, "annotations/remove", annotation=told["annotation"])
    assert listed(web, "annotations") == []
    for address in (PAGE, TODAY):
        assert "Free-shipping" not in web.client.get(address).text, address


def test_a_goal_is_a_line_and_a_share(web: Web) -> None:
    web.sign_in(OWNER)
    assert form(web, "goals", **GOAL).status_code == 303
    html = web.client.get(f"{PAGE}&from=2026-11-01&to=2026-11-19").text
    assert "line goal" in html
    part = web.client.get(f"{PAGE}&from=2026-11-01&to=2026-11-19&filter=country:DE").text
    assert "vs" in part
    assert "line goal" not in part
    (goal,) = listed(web, "goals")
    known = web.client.get(
        f"/api/v1/metrics/query?shop={ROD}&metric=revenue&from=2026-11-01&to=2026-11-19"
    ).json()
    assert goal["value"] == known["rows"][0]["values"]["revenue"]["value"]
    assert (goal["target"], goal["currency"], goal["days_known"]) == ("60000.0000", "USD", 19)
    assert "of $60,000.00" in html
    assert send(web, "goals", GOAL).status_code == 409
    assert send(web, f"goals/{goal['goal']}/remove", {}).status_code == 200
    assert listed(web, "goals") == []


def test_a_view_is_its_writers_until_it_is_shared(web: Web) -> None:
    web.sign_in(OWNER)
    state = "metric=aov&by=week&range=90d"
    assert send(web, "views", {"name": "Mine", "state": state}).status_code == 200
    shared = send(web, "views", {"name": "Weekly AOV", "state": state, "shared": True})
    assert shared.json()["view"]["state"] == "metric=aov&by=week&range=90d&compare=previous"
    assert form(web, "views", name="From the page").status_code == 303
    assert send(web, "views", {"name": "mine", "state": ""}).status_code == 409
    assert [each["name"] for each in listed(web, "views")] == [
        "From the page",
        "Mine",
        "Weekly AOV",
    ]

    web.sign_in(VIEWER)
    (seen,) = listed(web, "views")
    assert (seen["name"], seen["mine"]) == ("Weekly AOV", False)
    html = web.client.get(PAGE).text
    assert "Weekly AOV" in html
    assert "From the page" not in html
    assert send(web, f"views/{seen['view']}/remove", {}).status_code == 403
    assert send(web, "views", {"name": "For all", "state": "", "shared": True}).status_code == 403
    assert send(web, "views", {"name": "My own", "state": ""}).status_code == 200


def test_nobody_of_another_shop_sees_any_of_it(web: Web) -> None:
    web.sign_in(OWNER)
    send(web, "annotations", SALE)
    send(web, "goals", GOAL)
    send(web, "views", {"name": "Weekly AOV", "state": "metric=aov", "shared": True})
    web.sign_in(STRANGER)
    for what in ("annotations", "goals", "views"):
        assert web.client.get(f"/api/v1/{what}?shop={ROD}").status_code == 404
        assert send(web, what, {}).status_code in (404, 422)
    html = web.client.get("/explore?shop=kustom-kyoto").text
    assert "Free-shipping" not in html
    assert "Weekly AOV" not in html


def test_by_role(web: Web) -> None:
    may = {}
    for role in Role:
        web.sign_in(web.storefront.add_person(role))
        told = SALE | {"title": f"Seen by {role.value}"}
        goal = GOAL | {"target": "1", "from": f"2026-0{list(Role).index(role) + 1}-01"}
        may[role] = (
            send(web, "annotations", told).status_code,
            send(web, "goals", goal).status_code,
        )
    assert may == {
        Role.VIEWER: (403, 403),
        Role.OPERATOR: (200, 403),
        Role.ANALYST: (200, 200),
        Role.ENGINEER: (200, 403),
        Role.MANAGER: (200, 200),
        Role.OWNER: (200, 200),
    }


@pytest.mark.parametrize(
    ("what", "document", "field"),
    [
        ("annotations", SALE | {"title": "  "}, "title"),
        ("annotations", SALE | {"to": "2026-11-07"}, "to"),
        ("annotations", SALE | {"to": "2028-11-07"}, "to"),
        ("goals", GOAL | {"metric": "profit"}, "metric"),
        ("goals", GOAL | {"target": "0"}, "target"),
        ("goals", GOAL | {"target": "0.00001"}, "target"),
        ("goals", GOAL | {"to": "2026-10-01"}, "to"),
        ("views", {"name": " ", "state": ""}, "name"),
        ("views", {"name": "a", "state": "metric=profit"}, "metric"),
    ],
)
def test_what_is_refused_is_named(
    shown_web: Web, what: str, document: dict[str, Any], field: str
) -> None:
    shown_web.sign_in(OWNER)
    error = send(shown_web, what, document).json()["error"]
    assert error["field"] == field
    assert error["hint"]


def test_a_refused_form_is_told_on_the_page(shown_web: Web) -> None:
    shown_web.sign_in(AGENCY)
    answer = form(
        shown_web,
        "goals",
        metric="revenue",
        target="a lot",
        **{"from": "2026-11-01", "to": "2026-11-30"},
    )
    assert answer.status_code == 400
    assert "&#39;a lot&#39; is no number." in answer.text
    assert "Revenue by day" in answer.text
