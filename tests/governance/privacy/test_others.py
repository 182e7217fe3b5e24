"""What looks like the erased person and is somebody else, or a thing, stays."""

import pytest
from sqlalchemy import text

from hotdash.base.errors import ConflictError
from hotdash.connectors.registry import registry
from hotdash.governance.privacy.erase import Asking
from hotdash.governance.privacy.erasure_log import LOG_FILE
from hotdash.governance.privacy.things import TITLES
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


def test_a_campaign_and_a_product_whose_title_says_more_than_the_name(desk: PrivacyDesk) -> None:
    call_things(desk, "Summer Sale 2026", "Gift card of the Summer Sale")
    desk.warehouse.execute("update raw.chatwoot_contacts set name = 'summer sale'")
    assert desk.erase(SHOP, str(ANN), ASKING).left == []
    assert called(desk) == ["Gift card of the Summer Sale", "Summer Sale 2026"]
    assert told(desk, "select distinct name as told from raw.chatwoot_contacts") == [None]


def test_a_title_that_tells_their_address_as_well_is_about_them(desk: PrivacyDesk) -> None:
    name = f"{person.FIRST} {person.LAST}"
    call_things(desk, "Summer Sale 2026", f"Mug for {name}, {person.ADDRESS}")
    assert desk.erase(SHOP, str(ANN), ASKING).left == []
    assert called(desk) == ["Mug for ***, ***", "Summer Sale 2026"]


def test_a_product_that_is_called_later_as_they_were(desk: PrivacyDesk) -> None:
    """By the words that were kept of them, which no row of raw tells any more."""
    desk.warehouse.execute("update raw.chatwoot_contacts set name = 'Blue Shirt'")
    assert desk.erase(SHOP, str(ANN), ASKING).left == []
    call_things(desk, "Blue Shirt for all", "Blue Shirt")
    assert desk.replay() == [], "nobody is here again"
    note = desk.home / "old.md"
    note.write_text(f"Blue Shirt of {person.PHONE}")

    [proof] = desk.replay()

    assert proof.left == []
    assert called(desk) == ["Blue Shirt", "Blue Shirt for all"]
    assert note.read_text() == f"Blue Shirt of {'*' * len(person.PHONE)}"


def call_things(desk: PrivacyDesk, campaign: str, product: str) -> None:
    for table, column, name in (
        ("meta_ads_campaigns", "name", campaign),
        ("shopify_products", "title", product),
    ):
        desk.warehouse.execute(
            f"insert into raw.{table} (shop_id, load_id, {column}) values (?, 'load-0009', ?)",
            [SHOP, name],
        )


def called(desk: PrivacyDesk) -> list[str]:
    return told(
        desk,
        """select title as told from raw.shopify_products union all
           select name from raw.meta_ads_campaigns order by 1""",
    )


def test_every_title_is_a_column_of_its_table_and_no_persons() -> None:
    tables = {table.name: table for spec in registry().values() for table in spec.tables}
    assert {name for name in tables if "campaign" in name} <= TITLES.keys()
    for name, columns in TITLES.items():
        assert set(columns) <= set(tables[name].schema.names) - tables[name].personal


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
