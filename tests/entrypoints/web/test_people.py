"""Customers behind pseudonyms: masked for whoever sees metrics, in full for few, and always written down."""

from typing import Any

import pytest
from sqlalchemy import text

from hotdash.base.actors import actor_of
from hotdash.base.personal_data import PersonalData, masked_email
from hotdash.base.roles import Permission, Role, may
from hotdash.entrypoints.web import read_counts
from tests.fixtures.storefront import KYOTO, OWNER, ROD, STRANGER, VIEWER
from tests.fixtures.web import Web

PERSON = {"email": "norma@rods.example", "first_name": "Norma", "last_name": "Ortega"}
PATH = f"/api/v1/customers/c-77?shop={ROD}"
REVEAL = f"/api/v1/customers/c-77/reveal?shop={ROD}"
WHY = {"reason": "Her parcel came back."}


@pytest.fixture
def known(web: Web) -> Web:
    web.storefront.know("c-77", **PERSON)
    return web


def events(web: Web) -> list[Any]:
    with web.storefront.database.jobs() as session:
        return list(
            session.execute(
                text(
                    "select shop_id, actor, subject, detail from audit.events"
                    " where action = 'person revealed' order by event_id"
                )
            )
        )


def test_masked_for_whoever_sees_metrics(known: Web) -> None:
    known.sign_in(VIEWER)
    answer = known.client.get(PATH)
    assert answer.json() == {
        "shop": ROD,
        "customer": "c-77",
        "masked": True,
        "email": "n•••@r•••.example",
        "first_name": "N•••",
        "last_name": "O•••",
    }
    assert answer.headers["cache-control"] == "no-store"
    assert not events(known)


@pytest.mark.parametrize("role", Role)
def test_in_full_for_the_roles_that_may_and_no_other(known: Web, role: Role) -> None:
    somebody = known.storefront.add_person(role)
    known.sign_in(somebody)
    answer = known.send(REVEAL, WHY)
    if not may(role, Permission.REVEAL_PEOPLE):
        assert answer.status_code == 403
        assert not [value for value in PERSON.values() if value in answer.text]
        assert not events(known)
        return
    assert answer.json() == {"shop": ROD, "customer": "c-77", "masked": False} | PERSON
    [(shop, actor, subject, detail)] = events(known)
    assert (shop, subject) == (ROD, "c-77")
    assert actor == actor_of(known.storefront.user_id(somebody))
    assert detail == {
        "fields": ["email", "first_name", "last_name"],
        "reason": "Her parcel came back.",
        "door": "session",
    }


def test_the_record_names_the_pseudonym_and_not_the_person(known: Web) -> None:
    known.sign_in(OWNER)
    known.send(REVEAL, WHY, **{"idempotency-key": "once"})
    kept = known.storefront.everything_in("audit.events")
    kept += known.storefront.everything_in("app.request_keys")
    kept += known.storefront.everything_in("app.data_reads")
    assert not [value for value in PERSON.values() if value in kept]


def test_not_without_a_reason(known: Web) -> None:
    known.sign_in(OWNER)
    for reason in ("", "   "):
        assert known.send(REVEAL, {"reason": reason}).status_code == 422
    assert not events(known)


def test_the_same_pseudonym_in_another_shop_is_somebody_else(known: Web) -> None:
    known.sign_in(STRANGER)
    assert known.send(REVEAL.replace(ROD, KYOTO), WHY).status_code == 404
    assert known.send(REVEAL, WHY).status_code == 404
    assert not events(known)


def test_nothing_is_shown_that_cannot_be_written_down(known: Web) -> None:
    with known.storefront.database.jobs() as session:
        session.execute(text("revoke insert on audit.events from hotdash_web"))
        session.execute(text("revoke insert (shop_id) on audit.events from hotdash_web"))
    known.sign_in(OWNER)
    answer = known.send(REVEAL, WHY)
    assert answer.status_code == 500
    assert not [value for value in PERSON.values() if value in answer.text]


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("a@b.example", "a•••@b•••.example"),
        ("no-at-sign", "•••@n•••.no-at-sign"),
        (None, None),
        ("", None),
    ],
)
def test_masks(address: str | None, masked: str | None) -> None:
    assert masked_email(address) == masked


def test_it_says_nothing_of_itself() -> None:
    assert "norma" not in repr(PersonalData(**PERSON)).lower()


class TestReport:
    def report(self, web: Web, query: str = "") -> Any:
        web.sign_in(OWNER)
        return web.client.get(f"/api/v1/access/report?shop={ROD}{query}").json()

    def test_who_read_what_how_often(self, known: Web) -> None:
        known.sign_in(VIEWER)
        for _ in range(3):
            known.client.get(f"/api/v1/tiles/sales-pulse?shop={ROD}")
        known.client.get(f"/api/v1/tiles/sales-pulse?shop={KYOTO}")
        known.client.get(PATH)
        known.as_program(known.storefront.token_of(OWNER))
        known.client.get(f"/api/v1/tiles/sales-pulse?shop={ROD}")
        known.as_program(None)
        told = self.report(known)
        read = [(each["name"], each["kind"], each["door"], each["reads"]) for each in told["reads"]]
        assert read[0] == ("Vera Viewer", "tiles", "session", 3)
        assert set(read[1:]) == {
            ("Ada Rodriguez", "tiles", "token", 1),
            ("Vera Viewer", "customers", "session", 1),
        }
        assert (told["from"], told["to"]) == ("2026-10-22", "2026-11-20")

    def test_what_could_not_be_written_is_told_with_the_next(
        self, known: Web, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        known.sign_in(VIEWER)
        known.client.get(f"/api/v1/tiles/sales-pulse?shop={ROD}")
        with monkeypatch.context() as broken:
            broken.setattr(read_counts, "count_reads", lambda *_: 1 / 0)
            known.parts.reads.write()
        known.client.get(f"/api/v1/tiles/sales-pulse?shop={ROD}")
        [told, *_] = self.report(known)["reads"]
        assert (told["name"], told["kind"], told["reads"]) == ("Vera Viewer", "tiles", 2)

    def test_who_looked_at_which_fields(self, known: Web) -> None:
        known.storefront.know("c-78", email="only@an.example")
        known.sign_in(OWNER)
        for customer in ("c-77", "c-77", "c-78"):
            known.send(REVEAL.replace("c-77", customer), WHY)
        [told] = self.report(known)["reveals"]
        assert (told["name"], told["reveals"], told["people"]) == ("Ada Rodriguez", 3, 2)
        assert told["fields"] == {"email": 3, "first_name": 2, "last_name": 2}

    def test_of_other_days_nothing(self, known: Web) -> None:
        known.sign_in(OWNER)
        known.send(REVEAL, WHY)
        told = self.report(known, "&from=2026-11-01&to=2026-11-19")
        assert told["reveals"] == told["reads"] == []

    @pytest.mark.parametrize("query", ["&from=2026-11-20&to=2026-11-01", "&from=2020-01-01"])
    def test_no_range(self, known: Web, query: str) -> None:
        assert self.report(known, query)["error"]["field"] == "from"
