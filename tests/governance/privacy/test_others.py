"""What looks like the erased person and is somebody else, or a thing, stays."""

import pytest
from sqlalchemy import text

from hotdash.base.errors import ConflictError
from hotdash.governance.privacy.erase import Asking
from hotdash.governance.privacy.erasure_log import LOG_FILE
from hotdash.jobs.privacy import PrivacyDesk
from tests.fixtures import planted_person as person
from tests.fixtures.planted_person import ANN, OTHER, SHOP

ASKING = Asking("program:test", "asked by letter 12")
LONGER = f"bo.{person.ADDRESS.lower()}"


def told(desk: PrivacyDesk, sql: str) -> list[str]:
    return [row["told"] for row in desk.warehouse.query(sql).to_pylist()]


def test_an_address_that_ends_like_theirs(desk: PrivacyDesk) -> None:
    desk.warehouse.execute(
        "update raw.shopify_customers set email = ?, first_name = 'Joannegret' where customer_id = ?",
        [LONGER, OTHER],
    )
    assert desk.erase(SHOP, str(ANN), ASKING).left == []
    asked = "select email || ' ' || first_name as told from raw.shopify_customers"
    assert told(desk, f"{asked} where customer_id = {OTHER}") == [f"{LONGER} Joannegret"]


def test_a_product_called_as_a_contact_calls_themselves(desk: PrivacyDesk) -> None:
    desk.warehouse.execute("update raw.shopify_order_lines set title = 'Blue Shirt'")
    desk.warehouse.execute("update raw.chatwoot_contacts set name = 'blue shirt'")
    assert desk.erase(SHOP, str(ANN), ASKING).left == []
    assert set(told(desk, "select title as told from raw.shopify_order_lines")) == {"Blue Shirt"}
    assert told(desk, "select distinct name as told from raw.chatwoot_contacts") == [None]


def test_a_number_that_is_no_telephone(desk: PrivacyDesk) -> None:
    desk.warehouse.execute("update raw.chatwoot_contacts set phone_number = '10000'")
    desk.warehouse.execute("update raw.shopify_order_lines set sku = '10000'")
    assert desk.erase(SHOP, str(ANN), ASKING).left == []
    assert set(told(desk, "select sku as told from raw.shopify_order_lines")) == {"10000"}


@pytest.mark.parametrize("named", [f"{person.FIRST} {person.LAST}", person.ADDRESS.upper()])
def test_a_reason_that_names_them_is_refused_before_anything_is_written(
    desk: PrivacyDesk, named: str
) -> None:
    asking = Asking("program:test", f"letter of {named}.")
    for ask in (desk.erase, desk.export):
        with pytest.raises(ConflictError, match="The reason names the person"):
            ask(SHOP, str(ANN), asking)
    assert not (desk.home / LOG_FILE).exists()
    assert "letter of" not in str(person.texts_of_app_database(desk.database))


def test_two_words_beside_each_other_and_longer_ones_in_a_record(desk: PrivacyDesk) -> None:
    words = f"{person.ADDRESS} {person.ADDRESS}\n{LONGER}"
    with desk.database.jobs() as session:
        session.execute(text("create table app.said (shop_id text, told text)"))
        session.execute(
            text(
                "create trigger kept before update on app.said "
                "for each row execute function audit.refuse_change()"
            )
        )
        session.execute(
            text("insert into app.said values (:shop_id, :told)"), {"shop_id": SHOP, "told": words}
        )
    assert desk.erase(SHOP, str(ANN), ASKING).left == []
    with desk.database.jobs() as session:
        assert session.scalar(text("select told from app.said")) == f"*** ***\n{LONGER}"
