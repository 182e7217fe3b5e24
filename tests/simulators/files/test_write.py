"""The simulated loader: written on demand, the same bytes every time, with the names it is known for."""

import pyarrow.parquet as pq
import pytest

from hotdash.connectors.files.airbyte import AIRBYTE
from hotdash.connectors.files.families import FAMILIES
from hotdash.connectors.files.fivetran import FIVETRAN
from hotdash.connectors.files.layouts import Layout
from tests.fixtures.simulator import SHOP_ID, SimulatorHandle

# Fivetran's GraphQL connector keeps what its REST connector keeps on the parcel.
STANDS_IN_FOR_ANOTHER = {"fulfillment_tracking_info"}


def write(simulator: SimulatorHandle, loader: str, **more: str) -> dict[str, object]:
    asked = {"shop": SHOP_ID, "loader": loader} | more
    answer = simulator.http.post("/_simulator/files/write", json=asked)
    return answer.raise_for_status().json()


@pytest.mark.parametrize("layout", [FIVETRAN, AIRBYTE], ids=lambda layout: layout.loader)
def test_it_writes_every_table_the_connector_asks_for(
    simulator: SimulatorHandle, layout: Layout
) -> None:
    told = write(simulator, layout.loader)
    parts = {part.name: part for family in FAMILIES.values() for part in family.parts}
    for name, source in layout.sources.items():
        if source.table in STANDS_IN_FOR_ANOTHER:
            continue
        names = pq.read_schema(f"{told['folder']}/{source.table}.parquet").names
        assert set(layout.synced) & set(names), source.table
        for field in parts[name].fields:
            is_there = _any(source.fields.get(field.name, ()), names)
            assert is_there or field.optional, f"{source.table}.{field.name}"


def _any(aliases: tuple[str, ...], names: list[str]) -> bool:
    return any(alias.split(".")[0] in names for alias in aliases)


def test_the_same_bytes_every_time(
    simulator: SimulatorHandle, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folders = [tmp_path_factory.mktemp("loader") for _ in range(2)]
    for folder in folders:
        write(simulator, "fivetran", folder=str(folder))
    first, second = (
        {path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders
    )
    assert first == second


def test_nobody_is_given_a_copy_beside_the_shop_itself(simulator: SimulatorHandle) -> None:
    assert "files" not in simulator.shops[SHOP_ID]["sources"]
