"""What answers taught, on its page and over the API: read, frozen, begun anew and handed out by owners."""

import io
import json
import zipfile
from datetime import timedelta

import pytest

from hotdash.base.roles import Role
from hotdash.entrypoints.web.api.decision_schemas import ModelAnswer
from hotdash.jobs.learn import learn
from hotdash.storage.appdb.models import Recommendation
from hotdash.storage.appdb.repositories.audit import list_events
from tests.fixtures.answered_log import by_taste, log_answers
from tests.fixtures.asked import ask
from tests.fixtures.pages import table_of
from tests.fixtures.storefront import OWNER, ROD
from tests.fixtures.web import Web

PAGE, API = f"/decisions/model?shop={ROD}", f"/api/v1/decisions/model?shop={ROD}"


@pytest.fixture
def taught(web: Web) -> Web:
    now = web.storefront.clock.now()
    with web.storefront.database.jobs() as session:
        log_answers(session, ROD, by_taste(30), now - timedelta(days=40), "Ask jo@mail.example.")
        learn(session, ROD, now)
    web.sign_in(OWNER)
    return web


def test_the_card_says_how_well_it_foretells_and_what_by(taught: Web) -> None:
    page = taught.client.get(PAGE).text
    for told in (
        "Learning: the order counts how likely an approval is.",
        "Answers: 15 approved, 0 approved after a change, 15 rejected, 0 passed unanswered.",
        "are approved more often.",
    ):
        assert told in page
    [_, row, *_] = table_of(page)
    assert row[:3] == ["Reorders", "30", "15"]
    told = taught.client.get(API).json()
    assert ModelAnswer.model_validate(told).card is not None
    card = told["card"]
    assert card["quality"]["auc"] > 0.85
    assert f"data-auc>{card['quality']['auc']:.2f}<" in page
    assert sum(each["answers"] for each in card["quality"]["bins"]) == 30


def test_before_anything_was_published_it_says_so(web: Web) -> None:
    web.sign_in(OWNER)
    assert "Nothing is learnt yet." in web.client.get(PAGE).text
    assert web.client.get(API).json() == {"shop": ROD, "changed_at": None, "card": None}


def test_its_owner_freezes_it_lets_it_go_on_and_begins_anew(taught: Web) -> None:
    def change(what: str) -> str:
        answer = taught.form("/decisions/model/change", {"shop": ROD, "change": what})
        assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
        return taught.client.get(PAGE).text

    assert "Frozen since " in change("freeze")
    again = taught.form("/decisions/model/change", {"shop": ROD, "change": "freeze"})
    assert again.status_code == 409
    assert "is frozen already" in again.text
    assert "Frozen since " not in change("unfreeze")
    assert "20 more answers until the order counts them" in change("reset")
    with taught.storefront.database.jobs() as session:
        told = [each.action for each in list_events(session, ROD)]
    assert told[:3] == [f"recommendations.model.{each}" for each in ("reset", "unfrozen", "frozen")]


def test_its_owner_takes_it_along(taught: Web) -> None:
    told = json.loads(taught.client.get(f"/decisions/model/export.json?shop={ROD}").content)
    model = told["model"]["liked"]
    assert len(model["columns"]) == len(model["mean"]) == len(model["covariance_lower"])
    answer = taught.form("/decisions/model/training-set", {"shop": ROD})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        lines = archive.read("training.jsonl").decode().splitlines()
        assert archive.read("datasheet.md").startswith(b"# Datasheet")
    assert len(lines) == 30
    assert "jo@mail.example" not in answer.text + "".join(lines)


def test_only_owners_are_shown_the_way_there(taught: Web) -> None:
    assert "What answers taught" in taught.client.get(f"/decisions?shop={ROD}").text
    taught.sign_in(taught.storefront.add_person(Role.MANAGER))
    assert "What answers taught" not in taught.client.get(f"/decisions?shop={ROD}").text
    assert taught.client.get(PAGE).status_code == 403


def test_what_is_shown_to_learn_says_so(web: Web) -> None:
    asked = ask(web.storefront.database, web.storefront.clock.now()).recommendation_id
    web.sign_in(OWNER)
    assert "Shown to learn" not in web.client.get(f"/decisions?shop={ROD}").text
    with web.storefront.database.jobs() as session:
        session.get_one(Recommendation, (ROD, asked)).is_trial = True
    assert "Shown to learn" in web.client.get(f"/decisions?shop={ROD}").text
    [told] = web.client.get(f"/api/v1/decisions/queue?shop={ROD}").json()["recommendations"]
    assert (told["is_trial"], told["approval"], told["context"]["kind"]) == (True, None, "reorder")
