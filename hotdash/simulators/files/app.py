"""The files of a simulated loader, written when they are asked for."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from hotdash.simulators.control import asked_of
from hotdash.simulators.files.airbyte import airbyte_tables
from hotdash.simulators.files.fivetran import fivetran_tables
from hotdash.simulators.files.rest_shapes import Row
from hotdash.simulators.orders import Order, Shop, epoch
from hotdash.simulators.simulation import Simulation
from hotdash.simulators.world import ShopWorld

NAME = "files"
Write = Callable[[ShopWorld, int, list[Order]], dict[str, list[Row]]]
LOADERS: Mapping[str, Write] = {"fivetran": fivetran_tables, "airbyte": airbyte_tables}

_arrow = cast(Any, pa)
_parquet = cast(Any, pyarrow.parquet)


def write_shop(
    world: ShopWorld, at: int, loader: str, folder: Path, prefix: str = "", suffix: str = ""
) -> dict[str, int]:
    """Every table as one Parquet file; how many rows each has."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = LOADERS[loader](world, at, list(world.orders_as_of(at)))
    for name, rows in tables.items():
        write_table(rows, folder / f"{prefix}{name}{suffix}.parquet", _SCHEMAS.get(name))
    return {name: len(rows) for name, rows in tables.items()}


def write_table(rows: Sequence[Row], path: Path, schema: Any = None) -> None:
    """Beside the old file and then in its place, as a loader does."""
    unfinished = path.with_suffix(".writing")
    data = _arrow.Table.from_pylist(list(rows))
    if not rows and schema is not None:
        data = schema.empty_table()
    _parquet.write_table(data, unfinished)
    unfinished.replace(path)


def _schema(**columns: str) -> Any:
    kinds = {
        "id": _arrow.int64(),
        "amount": _arrow.float64(),
        "text": _arrow.string(),
        "at": _arrow.timestamp("us", tz="UTC"),
    }
    synced = {"_fivetran_synced": "at"}
    return _arrow.schema([(name, kinds[kind]) for name, kind in (columns | synced).items()])


_TAG = {"index": "id", "value": "text"}
# A young shop may have no row of these, and a table has its columns all the same.
_SCHEMAS: Mapping[str, Any] = {
    "discount_allocation": _schema(
        order_line_id="id", amount="amount", index="id", discount_application_index="id"
    ),
    "tax_line": _schema(order_line_id="id", price="amount", rate="amount", title="text"),
    "order_shipping_tax_line": _schema(order_shipping_line_id="id", price="amount", rate="amount"),
    "refund": _schema(id="id", order_id="id", created_at="at", processed_at="at"),
    "order_line_refund": _schema(
        id="id",
        refund_id="id",
        order_line_id="id",
        quantity="id",
        subtotal="amount",
        total_tax="amount",
        restock_type="text",
    ),
    "order_adjustment": _schema(
        id="id",
        refund_id="id",
        order_id="id",
        amount="amount",
        tax_amount="amount",
        kind="text",
        reason="text",
    ),
    "transaction": _schema(
        id="id", order_id="id", refund_id="id", amount="amount", kind="text", status="text"
    ),
    **{
        name: _schema(**columns)
        for name, columns in {
            "customer_tag": _TAG | {"customer_id": "id"},
            "order_tag": _TAG | {"order_id": "id"},
            "discount_application": {
                **dict.fromkeys(("order_id", "index"), "id"),
                **dict.fromkeys(("type", "code", "title", "value_type"), "text"),
                **dict.fromkeys(("allocation_method", "target_selection"), "text"),
                "target_type": "text",
                "value": "amount",
            },
            "return": {
                **dict.fromkeys(("id", "order_id", "total_quantity"), "id"),
                **dict.fromkeys(("name", "status"), "text"),
            },
            "return_line_item": {
                **dict.fromkeys(("id", "return_id", "order_line_id"), "id"),
                **dict.fromkeys(("quantity", "refunded_quantity"), "id"),
                "return_reason": "text",
            },
            "fulfillment": {
                **dict.fromkeys(("id", "order_id", "location_id"), "id"),
                **dict.fromkeys(("name", "status", "shipment_status"), "text"),
                **dict.fromkeys(("tracking_company", "tracking_numbers"), "text"),
                **dict.fromkeys(("created_at", "updated_at"), "at"),
            },
            "fulfillment_order_line": dict.fromkeys(
                ("fulfillment_id", "order_line_id", "quantity"), "id"
            ),
            "fulfillment_event": {
                **dict.fromkeys(("id", "fulfillment_id"), "id"),
                "status": "text",
                "happened_at": "at",
                "created_at": "at",
                "estimated_delivery_at": "at",
            },
        }.items()
    },
}


class FilesSimulator:
    """Has no API: POST /_simulator/files/write lets the loader sync a shop into a folder."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self.app: ASGIApp = Starlette()
        self.switches: Sequence[BaseRoute] = [Route("/write", self._write, methods=["POST"])]

    @property
    def name(self) -> str:
        return NAME

    def credentials(self, shop: Shop, address: str) -> Mapping[str, str] | None:
        """None: a shop that is read from Shopify itself needs no copy of it."""
        del shop, address

    def reset(self) -> None:
        """What was written stays with whoever asked for it."""

    async def _write(self, http: Request) -> Response:
        asked = await asked_of(http)
        shop_id, loader = asked["shop"], asked.get("loader", "fivetran")
        default = self._simulation.folder / NAME / shop_id / loader
        folder = Path(asked.get("folder") or default)
        rows = write_shop(
            self._simulation.world.of(shop_id),
            epoch(self._simulation.clock.now()),
            loader,
            folder,
            asked.get("prefix", ""),
            asked.get("suffix", ""),
        )
        return JSONResponse({"loader": loader, "folder": str(folder), "rows": rows})
