"""What a window of all shops tells each of them: its own calls, counted again without the analyzer."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hotdash.base.clock import parse_iso
from hotdash.decisions.analyzer.analyze import analyze
from hotdash.decisions.analyzer.facts import window_facts
from hotdash.decisions.analyzer.figures import Analysis
from hotdash.decisions.facts.types import Fact
from hotdash.storage.attempts.store import open_attempts
from tests.fixtures.sync_log import Planted, SyncLog, after, write_lines

Line = Mapping[str, Any]
OF_A_RUN = Planted("job_run", "run-0", after(60), after(66))
OF_A_SHOP = Planted("shop", "shop-1", after(20), after(32))
OPERATIONS = {"shop-0": "facts", "shop-1": "decisions", "shop-2": "assignments"}


def lines(planted: Planted) -> list[dict[str, Any]]:
    """Three shops, each of which sends a table of its own."""
    log = SyncLog(5, [planted], hours=1.5, shops=tuple(OPERATIONS))
    return [line | {"scope": OPERATIONS[line["shop_id"]]} for line in log.lines()]


def analyzed(folder: Path, told: Iterable[Line]) -> Analysis:
    file = folder / "log.ndjson"
    write_lines(file, told)
    with open_attempts(folder) as store:
        return analyze(store, store.read_log([file]), "sync")


def facts_of(found: Analysis) -> dict[str, Fact]:
    long_after = max(each.rests_until for each in found.windows) + timedelta(hours=1)
    facts = list(window_facts(found, OPERATIONS.keys(), long_after))
    assert len({shop for shop, _ in facts}) == len(facts)
    return dict(facts)


def met(told: Iterable[Line], shop_id: str, run: str, first: str, last: str) -> Counter[bool]:
    """Of one shop in one run between two instants, by whether it was refused."""
    return Counter(
        line["http_status"] == 429
        for line in told
        if (line["shop_id"], line["job_run_id"]) == (shop_id, run)
        and parse_iso(first) <= parse_iso(line["at"]) <= parse_iso(last)
    )


class TestOfARunOverSeveralShops:
    @pytest.fixture
    def told(self) -> list[dict[str, Any]]:
        return lines(OF_A_RUN)

    def test_each_shop_is_told_its_own_calls(
        self, tmp_path: Path, told: list[dict[str, Any]]
    ) -> None:
        facts = facts_of(analyzed(tmp_path, told))
        assert facts.keys() == OPERATIONS.keys()
        for shop_id, fact in facts.items():
            document = fact.document
            bounds = document["first_at"], document["last_at"]
            counted = met(told, shop_id, "run-0", *bounds)
            assert fact.value == counted[True] > 10
            # Others of the seconds in which the window begins and ends count as well.
            assert 0 <= document["calls"] - counted.total() <= 3
            assert document["operations"] == [OPERATIONS[shop_id]]
            share = Decimal(counted[True]) / document["calls"]
            assert abs(Decimal(document["density"]) - share) < Decimal("0.0001")

    def test_together_they_are_the_window(self, tmp_path: Path, told: list[dict[str, Any]]) -> None:
        """Which the operator's analysis of the installation tells whole."""
        found = analyzed(tmp_path, told)
        [window] = found.windows
        facts = facts_of(found).values()
        assert sum(each.value or 0 for each in facts) == window.refused
        assert sum(each.document["calls"] for each in facts) == window.calls
        assert min(each.occurred_at for each in facts) == window.first_at
        assert window.operations == tuple(sorted(OPERATIONS.values()))

    def test_what_another_shop_meets_changes_nothing_for_one(
        self, tmp_path: Path, told: list[dict[str, Any]]
    ) -> None:
        before = facts_of(analyzed(tmp_path, told))
        fewer = [line for line in told if line["shop_id"] != "shop-2"]
        after_it = facts_of(analyzed(tmp_path, fewer))
        for shop_id in ("shop-0", "shop-1"):
            assert after_it[shop_id].document["operations"] == [OPERATIONS[shop_id]]
            assert after_it[shop_id].value == before[shop_id].value


def test_a_shops_own_window_is_told_whole(tmp_path: Path) -> None:
    found = analyzed(tmp_path, lines(OF_A_SHOP))
    [window] = found.windows
    [(shop_id, fact)] = facts_of(found).items()
    assert (shop_id, fact.value) == ("shop-1", window.refused)
    assert fact.document["calls"] == window.calls
    assert fact.occurred_at == window.first_at
