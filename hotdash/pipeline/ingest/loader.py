"""Arrow batches into raw tables through dlt: columns frozen, its working folder forgotten between loads."""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import dlt
import pyarrow as pa
from dlt.common.libs.pyarrow import py_arrow_to_table_schema_columns
from dlt.common.schema.exceptions import DataValidationError
from dlt.common.schema.typing import TSchemaContractDict
from dlt.extract import DltSource
from dlt.pipeline.exceptions import PipelineStepFailed

from hotdash.base.errors import HotdashError, UnavailableError, causes_of
from hotdash.pipeline.ingest.landing import Columns, Landed, SchemaChangedError
from hotdash.storage.warehouse.contract import Warehouse

RAW = "raw"
PARALLEL_TABLES = 2
# ADBC reads a whole file into memory, so files stay small.
DLT_SETTINGS = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__ENABLE_RUNTIME_TRACE": "false",
    "DATA_WRITER__FILE_MAX_ITEMS": "250000",
    # What stops a load is raised; the rest it would write over the command's own words.
    "RUNTIME__LOG_LEVEL": "CRITICAL",
}
FROZEN: TSchemaContractDict = {"tables": "freeze", "columns": "freeze", "data_type": "freeze"}


class RawLoader:
    """dlt's own memory is never trusted: the ledger knows what was loaded, the code what columns there are."""

    def __init__(self, warehouse: Warehouse, workdir: Path) -> None:
        os.environ.update(DLT_SETTINGS)
        self._warehouse = warehouse
        self._workdir = workdir

    def drop_packages(self) -> None:
        """Whatever a killed load extracted or half loaded is not taken up again."""
        try:
            if self._workdir.exists():
                shutil.rmtree(self._workdir)
        except OSError as error:
            raise _unwritable(self._workdir, error) from error

    def load(self, tables: Mapping[str, Columns], batches: Iterable[Landed]) -> None:
        pipeline = self._pipeline()
        error: Exception | None = None
        try:
            pipeline.extract(
                _source(tables, batches), loader_file_format="parquet", schema_contract=FROZEN
            )
            pipeline.normalize()
            pipeline.load(workers=PARALLEL_TABLES, raise_on_failed_jobs=True)
        except PipelineStepFailed as failure:
            error = _explain(failure)
        if error is not None:
            raise error
        self.drop_packages()

    def _pipeline(self) -> dlt.Pipeline:
        try:
            self._workdir.mkdir(parents=True, exist_ok=True)
            return dlt.pipeline(
                RAW,
                pipelines_dir=str(self._workdir),
                destination=self._warehouse.dlt_destination(),
                dataset_name=RAW,
            )
        except OSError as error:
            raise _unwritable(self._workdir, error) from error


def _source(tables: Mapping[str, Columns], batches: Iterable[Landed]) -> DltSource:
    declared = dlt.Schema(RAW)
    for name, kinds in tables.items():
        columns = py_arrow_to_table_schema_columns(pa.schema(list(kinds.items())))
        declared.update_table({"name": name, "columns": columns, "write_disposition": "append"})

    def told() -> Iterator[Any]:
        for name, data in batches:
            yield dlt.mark.with_table_name(data, name)

    return DltSource(declared, RAW, [dlt.resource(told, name="told")()])


def _unwritable(folder: Path, error: OSError) -> UnavailableError:
    return UnavailableError(
        f"The folder {folder} cannot be written: {error.strerror or error}.",
        hint="Check its permissions and the room on its disk, then run again; nothing was loaded.",
    )


def _explain(failure: PipelineStepFailed) -> Exception:
    """Our own error comes out as it went in, with its own cause and without dlt's around it."""
    causes = list(causes_of(failure))
    for cause in causes:
        if isinstance(cause, HotdashError):
            return cause
    error = _contract_error(causes) or UnavailableError(
        f"The warehouse did not take the load: {causes[-1]}",
        hint="Nothing of it counts. Check its disk space and connection, then run again.",
    )
    error.__cause__ = failure
    return error


def _contract_error(causes: Iterable[BaseException]) -> SchemaChangedError | None:
    for cause in causes:
        if isinstance(cause, DataValidationError):
            return SchemaChangedError(
                f"{cause.table_name}.{cause.column_name} does not fit the raw table "
                f"({cause.schema_entity} are frozen).",
                hint="Nothing of this load was kept; update Hotdash or the table's declaration.",
            )
    return None
