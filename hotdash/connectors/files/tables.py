"""What `files` notes of its own: each of the loader's tables as it was found. Everything else is Shopify's."""

import pyarrow as pa

from hotdash.connectors.contract import RawKind, RawTable
from hotdash.connectors.records import INSTANT, TEXT, WHOLE

READINGS = RawTable(
    "files_readings",
    RawKind.ENTITY,
    ("table_name",),
    pa.schema(
        [
            ("table_name", TEXT),
            ("loader", TEXT),
            ("rows", WHOLE),
            ("synced_through", INSTANT),
        ]
    ),
)
