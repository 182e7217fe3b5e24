"""Contracts and code agree exactly: every raw table has one, and each is a valid Open Data Contract."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pyarrow as pa
import pytest
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from docs.write_contracts import (
    Described,
    Subject,
    UndescribedError,
    contract,
    described,
    next_version,
    strays,
    subjects,
    written,
)
from hotdash.base.paths import contracts_folder
from hotdash.connectors.contract import RawKind
from hotdash.connectors.registry import OURS, all_tables
from hotdash.connectors.shopify.tables import ORDERS
from hotdash.pipeline.ingest.landing import OWN_TABLES, landed_columns
from hotdash.pipeline.ingest.policies import (
    EXCHANGE_RATES,
    METRIC_POLICIES,
    OPERATING_SETTINGS,
)

FILES = sorted(contracts_folder().rglob("*.odcs.yaml"))
SCHEMA = json.loads(OpenDataContractStandard.json_schema())


def of(name: str) -> OpenDataContractStandard:
    [file] = [file for file in FILES if file.name == f"{name}.odcs.yaml"]
    return OpenDataContractStandard.from_file(str(file))


def test_every_contract_is_what_the_code_says() -> None:
    pages = written()
    found = {file: file.read_text() if file.is_file() else "" for file in pages}
    stale = [file.name for file, text in pages.items() if found[file] != text]
    assert not stale, "run `make contracts`"
    assert not strays(list(pages))


def test_every_raw_table_has_one() -> None:
    tables = (
        {table.name for table in all_tables()}
        | {METRIC_POLICIES.name, OPERATING_SETTINGS.name, EXCHANGE_RATES.name}
        | OWN_TABLES.keys()
    )
    assert {file.name.removesuffix(".odcs.yaml") for file in FILES} == tables


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.partition(".")[0])
def test_is_a_valid_open_data_contract(file: Path) -> None:
    jsonschema.validate(yaml.safe_load(file.read_text()), SCHEMA)
    told = OpenDataContractStandard.from_file(str(file))
    [schema] = told.schema_ or []
    assert told.kind == "DataContract"
    assert told.description
    assert told.description.purpose
    assert all(column.description for column in schema.properties or [])


def test_the_standard_would_refuse_what_is_none() -> None:
    broken = yaml.safe_load(FILES[0].read_text())
    del broken["apiVersion"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, SCHEMA)


@pytest.mark.parametrize("table", all_tables(), ids=lambda table: table.name)
def test_columns_keys_and_persons_are_those_of_the_table(table: object) -> None:
    from hotdash.connectors.contract import RawTable

    assert isinstance(table, RawTable)
    [schema] = of(table.name).schema_ or []
    columns = {str(each.name): each for each in schema.properties or []}
    assert list(columns) == list(landed_columns(table))
    keys = sorted((each.primaryKeyPosition or 0, name) for name, each in columns.items())
    assert [name for place, name in keys if place] == ["shop_id", *table.key]
    assert {n for n, each in columns.items() if each.classification == "personal"} == table.personal
    assert set(table.key) <= {name for name, each in columns.items() if each.required}


def test_freshness_is_the_connectors_own() -> None:
    for spec in OURS:
        told = of(spec.tables[0].name).slaProperties or []
        minutes = [
            int(spec.fresh_soft.total_seconds()) // 60,
            int(spec.fresh_hard.total_seconds()) // 60,
        ]
        assert [each.value for each in told] == minutes


class TestVersions:
    @pytest.fixture
    def before(self) -> OpenDataContractStandard:
        return self.told({"a": "text", "b": "bigint"}, "2.3.4")

    def told(self, columns: dict[str, str], version: str = "0.0.0") -> OpenDataContractStandard:
        subject = next(each for each in subjects() if each.table == ORDERS)
        said = Described(
            "One row per order.", columns=dict.fromkeys(columns, "How many there are.")
        )
        return contract(replace(subject, columns=columns), said, version)

    def test_begin_with_one(self, before: OpenDataContractStandard) -> None:
        assert next_version(None, before) == "1.0.0"

    @pytest.mark.parametrize(
        ("columns", "version"),
        [
            ({"a": "text", "b": "bigint"}, "2.3.4"),
            ({"a": "text", "b": "bigint", "c": "date"}, "2.4.0"),
            ({"a": "text"}, "3.0.0"),
            ({"a": "text", "b": "text"}, "3.0.0"),
            ({"a": "text", "c": "bigint"}, "3.0.0"),
        ],
    )
    def test_say_what_a_change_does_to_readers(
        self, before: OpenDataContractStandard, columns: dict[str, str], version: str
    ) -> None:
        assert next_version(before, self.told(columns)) == version


OTHER_DAYS = Described(
    "One row per day.",
    columns={"day": "When it was, in the shop's timezone.", "clicks": "How often it was clicked."},
)


@pytest.fixture
def other() -> Subject:
    subject = next(each for each in subjects() if each.table == ORDERS)
    schema = pa.schema([("day", pa.date32()), ("clicks", pa.int64())])
    table = replace(ORDERS, name="other_days", kind=RawKind.SLICE, key=("day",), schema=schema)
    columns = {"day": "date", "clicks": "bigint"}
    return replace(subject, vendor="other", table=table, columns=columns)


def test_another_vendors_table_needs_nothing_but_its_spec_and_its_words(other: Subject) -> None:
    told = contract(other, OTHER_DAYS, "1.0.0")
    jsonschema.validate(yaml.safe_load(told.to_yaml()), SCHEMA)
    assert other.file.parts[-2:] == ("other", "other_days.odcs.yaml")


@pytest.mark.parametrize("said", ["", "Clicks.", "The clicks, as the vendor tells it.", "TODO"])
def test_a_column_that_nobody_describes_is_refused(other: Subject, said: str) -> None:
    columns = {**OTHER_DAYS.columns, "clicks": said}
    with pytest.raises(UndescribedError, match=r"raw\.other_days\.clicks has the description"):
        contract(other, replace(OTHER_DAYS, columns=columns), "1.0.0")


def test_a_table_that_nobody_describes_is_refused(other: Subject) -> None:
    with pytest.raises(UndescribedError, match=r"raw\.other_days has the description ''"):
        contract(other, replace(OTHER_DAYS, table=""), "1.0.0")


@pytest.fixture(scope="module")
def said() -> dict[str, Described]:
    return described()


class TestWordsOfARawTable:
    def test_are_those_of_the_model_named_after_it(self, said: dict[str, Described]) -> None:
        """Another model reads nothing else and comes later by its name."""
        for table in ("meta_ads_campaign_days", "google_ads_campaign_days"):
            assert said[table].table.startswith("One row per shop, campaign and day")

    def test_follow_what_a_model_calls_otherwise(self, said: dict[str, Described]) -> None:
        words = said["chatwoot_messages"].columns
        assert words["content"] == words["message_text"]
        assert said["ga4_report_days"].columns["rows"].startswith("How many rows")

    def test_are_of_the_source_where_no_model_selects(self, said: dict[str, Described]) -> None:
        assert said["exchange_rates"].columns["imported_at"].startswith("When somebody imported")
