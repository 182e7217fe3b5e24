"""What the click collector needs to be connected, and how a shop's is opened."""

from datetime import timedelta
from urllib.parse import urlsplit

from hotdash.connectors.calling import VendorAccessError
from hotdash.connectors.clickstream.click_files import Settings
from hotdash.connectors.clickstream.connector import VENDOR, ClickstreamConnector
from hotdash.connectors.clickstream.file_columns import renamed_columns
from hotdash.connectors.clickstream.tables import TABLES
from hotdash.connectors.spec import Access, ConnectorSpec, CredentialField

SPOOL = "clicks"


def open_clickstream(access: Access) -> ClickstreamConnector:
    fields = access.fields
    origins = origins_of(fields.get("origins", ""))
    where = fields.get("files")
    if not origins and not where:
        raise VendorAccessError(
            "There is nothing to read clicks from: neither a web address nor a folder is named.",
            hint="Enter the shop's web address for the pixel, or a folder with click files.",
            field="origins",
        )
    files = (
        Settings(
            where, renamed_columns(fields.get("file_columns")), fields.get("file_timezone") or None
        )
        if where
        else None
    )
    spool = access.stores.get(SPOOL) if origins else None
    return ClickstreamConnector(access.clock, spool, origins, files)


def origins_of(text: str) -> list[str]:
    """The web addresses a browser names as Origin: scheme, host and port, nothing behind."""
    return [_origin(each) for each in text.replace(",", " ").split()]


def _origin(address: str) -> str:
    if address == "null":
        return address
    parts = urlsplit(address if "//" in address else f"https://{address}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise VendorAccessError(
            f"{address!r} is not a web address.",
            hint="Write it like https://www.your-shop.com.",
            field="origins",
        )
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}"


SPEC = ConnectorSpec(
    vendor=VENDOR,
    title="Click collector",
    tables=TABLES,
    open=open_clickstream,
    fields=(
        CredentialField(
            "origins",
            "the shop's web addresses, where the pixel stands",
            "Like https://www.your-shop.com; several with blanks between. Shopify's custom pixels "
            "write from the address null: add it if you use one.",
            required=False,
        ),
        CredentialField(
            "files",
            "a folder or pattern of click files (CSV or Parquet)",
            "Like /data/clicks or /data/clicks/*.csv, as the machine sees it that runs Hotdash.",
            required=False,
            at_the_machine=True,
        ),
        CredentialField(
            "file_columns",
            "columns of the files under other names, as ours=theirs",
            "Like occurred_at=clicked_on, visitor_id=cookie; the usual names are known.",
            required=False,
            at_the_machine=True,
        ),
        CredentialField(
            "file_timezone",
            "the timezone of instants in the files that name none",
            "Like Europe/Berlin. Left empty, an instant without a zone is refused.",
            required=False,
            at_the_machine=True,
        ),
    ),
    fresh_soft=timedelta(hours=2),
    fresh_hard=timedelta(hours=24),
    sync_every=timedelta(hours=1),
)
