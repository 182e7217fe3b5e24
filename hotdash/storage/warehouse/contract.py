"""What a warehouse is: one owner's connection, shared with dlt and dbt, that answers in Arrow."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Literal, Protocol

import pyarrow as pa

from hotdash.base.errors import ConflictError, HotdashError, UnavailableError

Engine = Literal["duckdb", "postgres"]

SCHEMA_VERSION = 1
SCHEMAS = ("raw", "staging", "intermediate", "marts", "checks")

Parameters = Sequence[object]


class Warehouse(Protocol):
    """Parameters are written ? on every engine."""

    @property
    def engine(self) -> Engine: ...

    @property
    def identity(self) -> str:
        """Names this warehouse for leases and records; holds no secret."""
        ...

    def dlt_destination(self) -> Any:
        """Where dlt loads to, over this very connection or one configured like it."""
        ...

    def dbt_output(self) -> Mapping[str, Any]:
        """The target of a dbt profile; secrets stand in it as env_var only."""
        ...

    def dbt_environment(self) -> Mapping[str, str]:
        """The variables that the profile's env_var calls read."""
        ...

    def query(self, sql: str, parameters: Parameters = ()) -> pa.Table: ...

    def execute(self, sql: str, parameters: Parameters = ()) -> None: ...

    def send(self, statements: str) -> Sequence[Any] | None:
        """As they are written, one or several, without parameters; the first row of the last one's answer."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """Everything executed inside by this thread is kept, or nothing."""
        ...

    def interrupt(self) -> None:
        """What any thread is executing in a transaction ends with an error, and leaves nothing."""
        ...

    def close(self) -> None: ...


class WarehouseBusyError(ConflictError):
    code = "warehouse_busy"


class WarehouseUnavailableError(UnavailableError):
    code = "warehouse_unavailable"


class WarehouseVersionError(HotdashError):
    code = "warehouse_version"
    http_status = 409


def rows(table: pa.Table) -> list[dict[str, Any]]:
    """A small answer as plain records."""
    return table.to_pylist()
