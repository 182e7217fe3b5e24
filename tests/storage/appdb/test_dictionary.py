"""Every table and column of the app database is described, and no word is left of one that went."""

from hotdash.storage.appdb.dictionary import column_words, table_words


def test_every_table_and_column_is_described() -> None:
    silent = [table.name for table in table_words() if not table.description]
    silent += [
        f"{table.name}.{column.name}"
        for table in table_words()
        for column in table.columns
        if not column.description.endswith(".")
    ]
    assert silent == [], "a table by its model, a column in storage/appdb/dictionary.yml"


def test_no_word_is_of_a_column_that_went() -> None:
    named = {
        name
        for table in table_words()
        for column in table.columns
        for name in (column.name, f"{table.name.rpartition('.')[2]}.{column.name}")
    }
    assert column_words().keys() - named == set()


def test_people_who_sign_in_are_marked() -> None:
    personal = {
        f"{table.name}.{column.name}"
        for table in table_words()
        for column in table.columns
        if column.is_personal
    }
    assert {"app.users.email", "app.users.name"} <= personal
    assert "app.shops.name" not in personal
