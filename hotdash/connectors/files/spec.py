"""What is needed to read the tables another loader keeps, and how they are opened."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from hotdash.connectors.calling import VendorAccessError
from hotdash.connectors.contract import RawTable
from hotdash.connectors.files.airbyte import AIRBYTE
from hotdash.connectors.files.client import FolderTables, Tables
from hotdash.connectors.files.connector import VENDOR, FilesConnector
from hotdash.connectors.files.fivetran import FIVETRAN
from hotdash.connectors.files.loading import Place
from hotdash.connectors.files.tables import READINGS
from hotdash.connectors.spec import Access, ConnectorSpec, CredentialField

LAYOUTS = {layout.loader: layout for layout in (FIVETRAN, AIRBYTE)}
SHOPIFY_TABLES = "shopify_tables"
FOREIGN_TABLES = "foreign_tables"

OpenDatabase = Callable[[str, str], Tables]


def open_files(access: Access) -> FilesConnector:
    fields = access.fields
    layout = LAYOUTS.get(fields["loader"].strip().lower())
    if layout is None:
        raise VendorAccessError(
            f"There is no loader {fields['loader']!r} here.",
            hint=f"Choose one of {', '.join(LAYOUTS)}.",
            field="loader",
        )
    place = Place(_tables(access), layout, fields.get("prefix") or "", fields.get("suffix") or "")
    shopify: Mapping[str, RawTable] = access.stores[SHOPIFY_TABLES]
    return FilesConnector(place, shopify, access.clock, access.currency)


def _tables(access: Access) -> Tables:
    folder, database = access.fields.get("folder"), access.fields.get("database")
    if bool(folder) == bool(database):
        raise VendorAccessError(
            "Name either a folder with Parquet files or a database, not both and not neither.",
            hint="A folder is a path; a database is postgresql://..., a DuckDB file, or the word "
            "warehouse for Hotdash's own.",
            field="folder",
        )
    if folder:
        return FolderTables(Path(folder).expanduser())
    open_database: OpenDatabase = access.stores[FOREIGN_TABLES]
    return open_database(str(database), access.fields.get("schema") or "shopify")


SPEC = ConnectorSpec(
    vendor=VENDOR,
    title="Tables of another loader",
    # Beside its own note it fills Shopify's tables, which are declared there.
    tables=(READINGS,),
    brings=("Shopify's tables as Fivetran or Airbyte keep them",),
    open=open_files,
    fields=(
        CredentialField(
            "loader",
            "which loader: fivetran or airbyte",
            "Write fivetran or airbyte.",
            at_the_machine=True,
        ),
        CredentialField(
            "folder",
            "the folder with its Parquet files",
            "One file or one folder per table, as the machine sees it that runs Hotdash.",
            required=False,
            at_the_machine=True,
        ),
        CredentialField(
            "database",
            "or the database: postgresql://..., a DuckDB file, or warehouse",
            "The login needs to read the tables and nothing else.",
            secret=True,
            required=False,
            at_the_machine=True,
        ),
        CredentialField(
            "schema",
            "the schema in the database",
            "The one the loader writes to, such as shopify.",
            required=False,
            default="shopify",
            at_the_machine=True,
        ),
        CredentialField(
            "prefix",
            "what stands before each table's name",
            "Like shopify_.",
            required=False,
            at_the_machine=True,
        ),
        CredentialField(
            "suffix",
            "what stands behind each table's name",
            "Like _data.",
            required=False,
            at_the_machine=True,
        ),
    ),
    fresh_soft=timedelta(hours=1),
    fresh_hard=timedelta(hours=24),
    sync_every=timedelta(minutes=30),
)
