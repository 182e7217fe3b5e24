"""A loader's tables before the examiners: a folder that it writes anew, no calls at all."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from hotdash.base.clock import FixedClock
from hotdash.connectors.contract_suite.case import Account
from hotdash.connectors.registry import spec_of
from hotdash.connectors.spec import Access, ConnectorSpec
from hotdash.simulators.files.app import write_shop
from hotdash.simulators.orders import epoch
from tests.fixtures.loader_files import stores
from tests.fixtures.simulated_case import BEGINS, simulated_world

SHOP_ID = "kanto-garage"
# Two tables of the same shop: one that is read early, one that is read late.
WRITTEN_OVER = {"fivetran": "product", "airbyte": "products"}
GONE = {"fivetran": "order_line", "airbyte": "orders"}


@dataclass
class LoaderAccount:
    loader: str
    folder: Path
    clock: FixedClock

    def access(self) -> Access:
        fields = {"loader": self.loader, "folder": str(self.folder)}
        return Access(SHOP_ID, fields, self.clock, currency="JPY", stores=stores())

    def advance(self) -> None:
        self.clock.advance(timedelta(days=1, hours=7))
        self._sync()

    def fault(self, kind: str, *, times: int | None = None, share: float = 1.0) -> None:
        del times, share
        if kind == "no_place":
            shutil.rmtree(self.folder)
        elif kind == "vanished":
            self._file(GONE).unlink()
        else:
            assert kind == "unreadable", kind
            self._file(WRITTEN_OVER).write_bytes(b"no Parquet")

    def reset(self) -> None:
        self.clock = FixedClock(BEGINS)
        self._sync()

    def expected(self) -> Mapping[str, int]:
        """Counted in the world itself."""
        world, at = simulated_world().of(SHOP_ID), epoch(BEGINS)
        orders = list(world.orders_as_of(at))
        return {
            "shopify_shops": 1,
            "shopify_products": len(list(world.products_as_of(at))),
            "shopify_customers": len(list(world.customers_as_of(at))),
            "shopify_orders": len(orders),
            "shopify_order_lines": sum(len(order.lines) for order in orders),
            "shopify_refunds": sum(len(order.refunds) for order in orders),
        }

    def _sync(self) -> None:
        now = epoch(self.clock.now())
        write_shop(simulated_world().of(SHOP_ID), now, self.loader, self.folder)

    def _file(self, names: Mapping[str, str]) -> Path:
        return self.folder / f"{names[self.loader]}.parquet"


@dataclass(frozen=True)
class LoaderCase:
    loader: str
    told_apart: frozenset[str] = frozenset()
    told_of_us: frozenset[str] = frozenset()
    makes_calls: bool = False

    @property
    def spec(self) -> ConnectorSpec:
        return spec_of("files")

    @contextmanager
    def started(self) -> Iterator[Account]:
        with tempfile.TemporaryDirectory() as folder:
            yield LoaderAccount(self.loader, Path(folder) / "loaded", FixedClock(BEGINS))


CONTRACT_CASE = LoaderCase("fivetran")
AIRBYTE = LoaderCase("airbyte")
