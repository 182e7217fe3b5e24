"""Who is behind an order or a conversation: masked, one value at a time, with a reason that others can read."""

import hashlib
import re
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from hotdash.base.roles import Permission, Role, may
from hotdash.insights.people.customers import Sort, list_customers
from tests.fixtures.marts import mart_row
from tests.fixtures.pages import links_of, table_of
from tests.fixtures.storefront import KYOTO, OWNER, ROD, STRANGER, VIEWER, history, publish_rows
from tests.fixtures.web import Web, web_in_front_of

PERSON = {"email": "norma@real.example", "first_name": "Norma", "last_name": "Odds"}
CONTACT = {"email": "cal@desk.example", "first_name": "Cal de la", "last_name": "Desk"}
CONVERSATION = 77


def md5(*words: str) -> str:
    """As the model makes the key of a contact."""
    return hashlib.md5("\x1f".join(words).encode(), usedforsecurity=False).hexdigest()


@pytest.fixture
def known(web: Web) -> Web:
    store = web.storefront
    store.know("c-77", **PERSON)
    store.know("c-77", KYOTO, email="other@elsewhere.example")
    with store._warehouse() as warehouse:
        warehouse.execute("create schema if not exists staging")
        warehouse.execute(
            "create table staging.stg_chatwoot__contacts (shop_id text, contact_id bigint,"
            " contact_name text, email text, is_deleted boolean, fetched_at timestamp)"
        )
        for contact, name, gone in ((4711, "Cal de la Desk", False), (4712, "Gone Gal", True)):
            warehouse.execute(
                "insert into staging.stg_chatwoot__contacts values (?, ?, ?, ?, ?, ?)",
                [ROD, contact, name, CONTACT["email"], gone, datetime(2026, 11, 20)],
            )
    rows = history(ROD)
    for each in rows["fct_orders"]:
        each["customer_key"] = (
            "c-77" if each["order_id"] == rows["fct_orders"][-1]["order_id"] else None
        )
    rows["fct_conversations"] = [
        mart_row(
            "fct_conversations",
            shop_id=ROD,
            day=datetime(2026, 11, 19).date(),
            conversation_id=number,
            contact_key=md5(ROD, "contact", contact),
            opened_at=datetime(2026, 11, 19, tzinfo=UTC),
        )
        for number, contact in ((CONVERSATION, "4711"), (78, "4712"))
    ]
    publish_rows(store.database, store.warehouse_home, store.clock, ROD, rows)
    web.sign_in(OWNER)
    return web


def last_order() -> str:
    return str(history(ROD)["fct_orders"][-1]["order_id"])


def look(web: Web, about: str, number: str, shop: str = ROD) -> httpx.Response:
    return web.client.get("/customers", params={"shop": shop, "about": about, "number": number})


def show(web: Web, about: str, number: str, field: str = "email", **more: str) -> httpx.Response:
    told = {"shop": ROD, "about": about, "number": number, "field": field}
    return web.form("/customers/reveal", told | {"reason": "Her parcel came back."} | more)


def events(web: Web) -> list[Any]:
    with web.storefront.database.jobs() as session:
        return list(
            session.execute(
                text(
                    "select subject, detail from audit.events"
                    " where action = 'person revealed' order by event_id"
                )
            )
        )


def values(html: str) -> dict[str, str]:
    _, *rows = table_of(html)
    return {row[0]: row[1] for row in rows}


MASKED = {"E-mail": "n•••@r•••.example", "First name": "N•••", "Last name": "O•••"}


class TestMasked:
    def test_by_its_order_its_conversation_and_its_key(self, known: Web) -> None:
        known.sign_in(VIEWER)
        assert values(look(known, "order", last_order()).text) == MASKED
        assert values(look(known, "customer", "c-77").text) == MASKED
        told = values(look(known, "conversation", str(CONVERSATION)).text)
        assert told == {"E-mail": "c•••@d•••.example", "First name": "C•••", "Last name": "D•••"}
        assert not events(known)

    @pytest.mark.parametrize(
        ("about", "number", "status", "told"),
        [
            ("order", "999999", 404, "No order 999999 of this shop is published."),
            ("order", "12x", 400, "is no number that an order"),
            ("order", "9" * 30, 400, "is no number that an order"),
            ("conversation", "78", 404, "no record of this customer"),
            ("customer", "c-99", 404, "no record of this customer"),
            ("planet", "1", 400, "leads to nobody"),
        ],
    )
    def test_nobody(self, known: Web, about: str, number: str, status: int, told: str) -> None:
        answer = look(known, about, number)
        assert answer.status_code == status
        assert told in answer.text

    def test_a_guest(self, known: Web) -> None:
        guest = str(history(ROD)["fct_orders"][0]["order_id"])
        assert "names nobody" in look(known, "order", guest).text

    def test_nothing_asked(self, known: Web) -> None:
        assert "No customer is published yet." in known.client.get(f"/customers?shop={ROD}").text

    def test_another_shop_sees_its_own_alone(self, known: Web) -> None:
        known.sign_in(STRANGER)
        assert look(known, "order", last_order()).status_code == 404
        assert look(known, "order", last_order(), KYOTO).status_code == 404
        assert values(look(known, "customer", "c-77", KYOTO).text) == {
            "E-mail": "o•••@e•••.example"
        }


class TestInFull:
    def test_one_value_and_the_others_stay_masked(self, known: Web) -> None:
        answer = show(known, "order", last_order())
        assert answer.headers["cache-control"] == "no-store"
        assert values(answer.text) == MASKED | {"E-mail": PERSON["email"]}
        assert "Her parcel came back." in answer.text
        [(subject, detail)] = events(known)
        assert subject == "c-77"
        assert detail == {
            "fields": ["email"],
            "reason": "Her parcel came back.",
            "door": "session",
        }
        assert PERSON["email"] not in known.storefront.everything_in("audit.events")
        assert values(look(known, "order", last_order()).text) == MASKED

    def test_of_a_conversation(self, known: Web) -> None:
        told = values(show(known, "conversation", str(CONVERSATION), "first_name").text)
        assert told["First name"] == CONTACT["first_name"]

    def test_it_stands_in_the_report(self, known: Web) -> None:
        show(known, "order", last_order())
        show(known, "order", last_order(), "last_name", reason="Her name on the parcel.")
        html = known.client.get(f"/admin/access?shop={ROD}").text
        _, newest, oldest = table_of(html, "data-reveals")
        assert newest[1:] == [
            *("Ada Rodriguez", "last name", "Her name on the parcel.", "c-77", "Browser")
        ]
        assert oldest[1:4] == ["Ada Rodriguez", "email", "Her parcel came back."]
        assert "Ada Rodriguez: 1 customer (email 1×, last name 1×)" in html
        assert not [value for value in PERSON.values() if value in html]

    @pytest.mark.parametrize("role", Role)
    def test_by_role(self, known: Web, role: Role) -> None:
        known.sign_in(known.storefront.add_person(role))
        page = look(known, "customer", "c-77").text
        is_allowed = may(role, Permission.REVEAL_PEOPLE)
        assert ("Show E-mail in full" in page) == is_allowed
        answer = show(known, "customer", "c-77")
        assert (PERSON["email"] in answer.text) == is_allowed
        assert answer.status_code == (200 if is_allowed else 403)
        assert len(events(known)) == int(is_allowed)

    @pytest.mark.parametrize("reason", ["", "   "])
    def test_not_without_a_reason(self, known: Web, reason: str) -> None:
        answer = show(known, "customer", "c-77", reason=reason)
        assert answer.status_code == 422
        assert PERSON["email"] not in answer.text
        assert not events(known)

    @pytest.mark.parametrize("field", ["", "phone", "fields"])
    def test_only_what_is_known(self, known: Web, field: str) -> None:
        assert show(known, "customer", "c-77", field).status_code == 404
        assert not events(known)

    def test_nothing_is_shown_that_cannot_be_written_down(self, known: Web) -> None:
        with known.storefront.database.jobs() as session:
            session.execute(text("revoke insert on audit.events from hotdash_web"))
            session.execute(text("revoke insert (shop_id) on audit.events from hotdash_web"))
        answer = show(known, "customer", "c-77")
        assert answer.status_code == 500
        assert PERSON["email"] not in answer.text


class TestDoors:
    def test_a_server_without_a_warehouse_says_so(self, known: Web) -> None:
        bare = web_in_front_of(known.storefront, known.context.home, find_identity=None)
        bare.sign_in(OWNER)
        answer = look(bare, "customer", "c-77")
        assert answer.status_code == 503
        assert "no way to the table of customers" in answer.text

    def test_beside_a_run_the_page_says_so_and_names_no_file(self, known: Web) -> None:
        file = known.storefront.warehouse_home / "warehouse.duckdb"
        code = (
            f"import duckdb; c = duckdb.connect({str(file)!r}); print('open', flush=True); input()"
        )
        with subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as run:
            assert run.stdout is not None
            assert run.stdout.readline() == "open\n"
            page = look(known, "customer", "c-77")
            api = known.client.get(f"/api/v1/customers/c-77?shop={ROD}")
            run.communicate("\n")
        for answer in (page, api):
            assert answer.status_code == 409
            assert "Numbers are being computed" in answer.text
            assert str(file) not in answer.text
        assert table_of(page.text, "data-orders"), "what is published stands there all the same"
        assert look(known, "customer", "c-77").status_code == 200

    def test_orders_behind_a_number_lead_here(self, known: Web) -> None:
        asked = f"/explore?shop={ROD}&drill=2026-11-18"
        html = known.client.get(asked).text
        urls = re.findall(r'href="(/customers\?[^"]+)" aria-label="Who\? Order (\d+)"', html)
        _, *orders, _ = table_of(html, "data-rows")
        assert [number for _, number in urls] == [row[0] for row in orders]
        assert f"number={urls[0][1]}" in urls[0][0]

    def test_the_lists_of_tiles_lead_here(self, web: Web) -> None:
        web.storefront.fill()
        web.sign_in(OWNER)
        for tile, about in (("cx-pulse", "conversation"), ("fulfillment-flow", "order")):
            html = web.client.get(f"/tiles/{tile}?shop={ROD}").text
            assert f"/customers?shop={ROD}&amp;about={about}&amp;number=" in html
            assert "Who?" in links_of(html)


class TestEverybody:
    @pytest.fixture
    def store(self, web: Web) -> Web:
        """Hand-made: c-1 bought 120 twice, c-2 once for 300, c-3 never, c-4 once for 120."""
        rows = history(ROD)
        day = rows["fct_orders"][-1]["day"]
        rows["dim_customers"] = [
            mart_row(
                "dim_customers",
                shop_id=ROD,
                customer_key=key,
                bucket=0,
                is_known=True,
                first_order_day=day if orders else None,
                last_order_day=day if orders else None,
                acquired_day=day if orders else None,
                counted_orders=orders,
                revenue=Decimal(revenue),
                segment="regular",
            )
            for key, orders, revenue in (
                *(("c-1", 2, 240), ("c-2", 1, 300), ("c-3", 0, 0), ("c-4", 1, 120)),
            )
        ]
        for each in rows["fct_orders"]:
            each["customer_key"] = None
        for each, key in zip(rows["fct_orders"][-3:], ("c-1", "c-1", "c-2"), strict=True):
            each["customer_key"] = key
        store = web.storefront
        publish_rows(store.database, store.warehouse_home, store.clock, ROD, rows)
        web.sign_in(OWNER)
        return web

    def listed(self, web: Web, shop: str = ROD, **asked: str) -> list[list[str]]:
        answer = web.client.get("/customers", params={"shop": shop} | asked)
        assert answer.status_code == 200
        return table_of(answer.text, "data-customers")

    def test_who_bought_by_what_is_asked_for(self, store: Web) -> None:
        head, *rows = self.listed(store)
        assert head[:3] == ["Customer", "Orders", "Revenue"]
        assert [row[:3] for row in rows] == [
            ["c-2", "1", "$300.00"],
            ["c-1", "2", "$240.00"],
            ["c-4", "1", "$120.00"],
        ]
        assert [row[0] for row in self.listed(store, sort="orders")[1:]] == ["c-1", "c-4", "c-2"]

    def test_paged_without_a_gap_or_a_repeat(self, store: Web) -> None:
        with store.storefront.database.as_user(store.storefront.user_id(OWNER)) as session:
            for sort in Sort:
                whole = [each.key for each in list_customers(session, ROD, sort).customers]
                paged, cursor = list[str](), None
                while True:
                    page = list_customers(session, ROD, sort, cursor, most=1)
                    paged += [each.key for each in page.customers]
                    cursor = page.next_cursor
                    if cursor is None:
                        break
                assert paged == whole
                assert sorted(whole) == ["c-1", "c-2", "c-4"]

    def test_down_to_the_orders_and_to_nobody_elses(self, store: Web) -> None:
        store.storefront.know("c-1", **PERSON)
        html = store.client.get(f"/customers?shop={ROD}&about=customer&number=c-1").text
        _, *orders = table_of(html, "data-orders")
        assert len(orders) == 2
        assert PERSON["email"] not in html
        store.sign_in(STRANGER)
        assert store.client.get(f"/customers?shop={ROD}").status_code == 404
        assert "c-1" not in store.client.get(f"/customers?shop={KYOTO}").text

    @pytest.mark.parametrize("asked", [{"sort": "name"}, {"cursor": "x"}, {"cursor": "NaN|c-1"}])
    def test_refused(self, store: Web, asked: dict[str, str]) -> None:
        answer = store.client.get("/customers", params={"shop": ROD} | asked)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
