"""No column of bytes is forgotten: each is a hash, is sealed, or loses words when somebody is erased."""

from sqlalchemy import text

from hotdash.base.needles import Needles, escaped
from hotdash.storage.appdb.repositories.personal_bytes import COLUMNS, Says
from hotdash.storage.appdb.repositories.personal_rows import BYTES, count_holding, served_tables
from hotdash.storage.appdb.session import Database
from tests.fixtures.shops import add_shop

NAME = 'Zoë "Zo" Ünal (Åsa)\\x'


def test_every_column_of_bytes_says_what_it_holds(database: Database) -> None:
    with database.jobs() as session:
        found = {
            f"{table.full_name}.{name}"
            for table in served_tables(session)
            for name in table.of_kinds({BYTES})
        }
    assert found - COLUMNS.keys() == set(), "say in COLUMNS what it holds, and how words go from it"
    assert COLUMNS.keys() - found == set(), "no table has it any more"


def test_what_is_a_hash_or_sealed_is_called_so() -> None:
    """So that nothing readable gets among them without somebody asking why."""
    hashes = [column for column, says in COLUMNS.items() if says is Says.HASH]
    assert {each for each in hashes if not each.endswith(("hash", ".sha256"))} == {
        "audit.links.previous"
    }
    sealed = [column for column, says in COLUMNS.items() if says is Says.SEALED]
    assert {each for each in sealed if not each.endswith(".ciphertext")} == set()


def test_bytes_are_escaped_as_postgres_does_it(database: Database) -> None:
    with database.jobs() as session:
        told = session.scalars(
            text("select encode(convert_to(:name, 'UTF8'), 'escape')"), {"name": NAME}
        ).one()
    assert told == escaped(NAME)


def test_a_name_with_other_letters_is_found_in_bytes(database: Database) -> None:
    """Beside bytes that are no text, in small letters, and quoted."""
    written = [NAME, NAME.lower(), NAME.replace("\\", "\\\\").replace('"', '\\"')]
    with database.jobs() as session:
        add_shop(session, "shop")
        session.execute(text("create table app.said (shop_id text, told bytea)"))
        [said] = [each for each in served_tables(session) if each.name == "said"]
        for each in written:
            session.execute(text("delete from app.said"))
            session.execute(
                text("insert into app.said values ('shop', :told)"),
                {"told": b"\x00\xff" + each.encode() + b"\n"},
            )
            assert count_holding(session, said, "shop", Needles.of([NAME])) == 1, each
            assert count_holding(session, said, "shop", Needles.of(["Zoe Unal"])) == 0
