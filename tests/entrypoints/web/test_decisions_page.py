"""What is recommended on Today and on its page: read, answered by a form, searched and written to a file."""

import csv
import re
from uuid import UUID

import pytest

from hotdash.base.actors import actor_of
from hotdash.base.roles import Role
from hotdash.storage.appdb.repositories.decisions import list_decisions
from hotdash.storage.appdb.repositories.identity import get_user
from hotdash.storage.appdb.repositories.recommendations import find_recommendation
from tests.fixtures.asked import ask
from tests.fixtures.pages import links_of, table_of
from tests.fixtures.storefront import KYOTO, OWNER, ROD, STRANGER, VIEWER
from tests.fixtures.web import Web

TODAY, PAGE = f"/today?shop={ROD}", f"/decisions?shop={ROD}"


@pytest.fixture
def asked(web: Web) -> str:
    record = ask(web.storefront.database, web.storefront.clock.now())
    web.sign_in(web.storefront.add_person(Role.OPERATOR))
    return str(record.recommendation_id)


def forms_of(html: str) -> list[dict[str, str]]:
    """The hidden fields of each form that answers."""
    forms = re.findall(r'<form method="post" action="/decisions/answer">(.*?)</form>', html, re.S)
    return [dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)) for form in forms]


def test_today_says_what_it_is_worth_and_takes_the_answer(web: Web, asked: str) -> None:
    page = web.client.get(TODAY).text
    for told in ("Reorder item:1", "100 are missing.", "$100.00", "High confidence · by "):
        assert told in page
    [approve, reject] = forms_of(page)
    assert approve["recommendation"] == reject["recommendation"] == asked
    assert approve["shown_order"] == asked
    answer = web.form("/decisions/answer", approve | {"verdict": "approve"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"/today?shop={ROD}")
    assert "Reorder item:1" not in web.client.get(TODAY).text
    with web.storefront.database.jobs() as session:
        [decision] = list_decisions(session, ROD)
    assert (decision.action, decision.rationale) == (
        "inventory.reorder.approve",
        "Approved as recommended.",
    )


def test_what_is_asked_since_the_last_look_is_on_the_next(web: Web) -> None:
    web.sign_in(OWNER)
    assert "Reorder item:1" not in web.client.get(TODAY).text
    ask(web.storefront.database, web.storefront.clock.now())
    assert "Reorder item:1" in web.client.get(TODAY).text


def test_the_same_form_twice_is_one_decision(web: Web, asked: str) -> None:
    [approve, _] = forms_of(web.client.get(TODAY).text)
    del asked
    for _ in range(2):
        assert web.form("/decisions/answer", approve | {"verdict": "approve"}).status_code == 303
    with web.storefront.database.jobs() as session:
        assert len(list_decisions(session, ROD)) == 1


def test_a_rejection_says_why_and_is_found(web: Web, asked: str) -> None:
    [_, reject, _] = forms_of(web.client.get(PAGE).text)
    refused = web.form("/decisions/answer", reject | {"verdict": "reject"})
    assert refused.status_code == 400
    assert "Reorder item:1" in refused.text
    said = {"verdict": "reject", "rationale": "=The season is over."}
    assert web.form("/decisions/answer", reject | said).status_code == 303
    found = web.client.get(f"{PAGE}&action=inventory.&subject=ITEM")
    [_, row] = table_of(found.text)
    assert row[1:5] == [
        *("Some Body", "inventory.reorder.reject", "Reorder item:1", "=The season is over."),
    ]
    assert "No decision fits" in web.client.get(f"{PAGE}&subject=elsewhere").text
    file = web.client.get(links_of(found.text)["CSV"].replace("&amp;", "&"))
    [line] = csv.DictReader(file.text.splitlines())
    assert (line["recommendation"], line["rationale"]) == (asked, "'=The season is over.")


def test_what_is_put_off_says_until_when(web: Web, asked: str) -> None:
    [*_, put_off] = forms_of(web.client.get(PAGE).text)
    said = {"verdict": "snooze", "rationale": "After the fair."}
    assert web.form("/decisions/answer", put_off | said).status_code == 400
    assert web.form("/decisions/answer", put_off | said | {"days": "3"}).status_code == 303
    assert "Put off until " in web.client.get(PAGE).text
    assert "Reorder item:1" not in web.client.get(TODAY).text
    with web.storefront.database.jobs() as session:
        found = find_recommendation(session, ROD, UUID(asked))
    assert found is not None
    assert found.status == "snoozed"


def test_who_only_looks_sees_it_without_buttons(web: Web, asked: str) -> None:
    del asked
    web.sign_in(VIEWER)
    page = web.client.get(PAGE).text
    assert "Reorder item:1" in page
    assert forms_of(page) == []
    assert "CSV" not in links_of(page)


def test_evidence_is_a_page(web: Web, asked: str) -> None:
    del asked
    web.sign_in(OWNER)
    address = links_of(web.client.get(PAGE).text)["Evidence"]
    assert address.startswith(f"/decisions/evidence?shop={ROD}")


def test_a_number_in_the_address_names_nobody_of_another_shop(web: Web) -> None:
    with web.storefront.database.jobs() as session:
        owner = get_user(session, OWNER)
    web.sign_in(STRANGER)
    page = web.client.get(f"/decisions?shop={KYOTO}&by={actor_of(owner.user_id)}").text
    assert actor_of(owner.user_id) in page
    assert OWNER not in page
    assert owner.name not in page
