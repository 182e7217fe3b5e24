"""Ids that every line within carries, and no line after."""

import json
from pathlib import Path

from hotdash.base.logging import configure_logging, get_logger, logged_with


def test_every_line_within_carries_them_and_none_after(tmp_path: Path) -> None:
    file = tmp_path / "log.ndjson"
    configure_logging("info", file)
    log = get_logger("a test")
    with logged_with(run_id="r1", step="plan"):
        log.info("outer")
        with logged_with(shop_id="rod"):
            log.info("inner")
    log.info("after")
    outer, inner, after = (json.loads(line) for line in file.read_text().splitlines())
    assert (outer["run_id"], outer["step"], outer.get("shop_id")) == ("r1", "plan", None)
    assert (inner["run_id"], inner["shop_id"]) == ("r1", "rod")
    assert not {"run_id", "step", "shop_id"} & after.keys()
