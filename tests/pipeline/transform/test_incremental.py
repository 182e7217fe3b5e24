"""Loads in any order, built one by one, leave what a full rebuild of everything computes."""

import pytest

from hotdash.pipeline.transform.build import BuildMode
from hotdash.storage.warehouse.contract import Engine
from tests.fixtures.warehouses import OpenBuilt
from tests.pipeline.transform.histories import random_history


@pytest.mark.law(4)
@pytest.mark.parametrize(("engine", "seed"), [("duckdb", 1), ("postgres", 2)])
def test_incremental_equals_full_rebuild(built_on: OpenBuilt, engine: Engine, seed: int) -> None:
    built = built_on(engine)
    modes = [built.build().mode for _ in random_history(seed, built.new_world(), loads=4)]
    assert modes == [BuildMode.FULL] + 3 * [BuildMode.INCREMENTAL]
    step_by_step = built.marts()
    assert built.build(BuildMode.FULL).mode is BuildMode.FULL
    at_once = built.marts()
    for mart, rows in at_once.items():
        assert rows, f"{mart} is empty, so nothing was compared"
        assert step_by_step[mart] == rows, mart
