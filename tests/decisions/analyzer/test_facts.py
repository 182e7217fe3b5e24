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


def lines(*planted: Planted) -> list[dict[str, Any]]:
    """Three shops, each of which sends a table of its own."""
    log = SyncLog(5, planted, hours=1.5, shops=tuple(OPERATIONS))
    return [line | {"scope": OPERATIONS[line["shop_id"]]} for line in log.lines()]


def analyzed(folder: Path, told: Iterable[Line]) -> Analysis:
    file = folder / "log.ndjson"
    write_lines(file, told)
    with open_attempts(folder) as store:
        return analyze(store, store.read_log([file]), "sync")


def all_facts(found: Analysis) -> list[tuple[str, Fact]]:
    long_after = max(each.rests_until for each in found.windows) + timedelta(hours=1)
    return list(window_facts(found, OPERATIONS.keys(), long_after))


def facts_of(found: Analysis) -> dict[str, Fact]:
    facts = all_facts(found)
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
            self.require_own(told, shop_id, fact)

    def test_a_shop_that_is_refused_for_a_part_of_it_is_told_that_part(
        self, tmp_path: Path, told: list[dict[str, Any]]
    ) -> None:
        """Of the whole window it was 12 of 230 calls, and within the times that were told 12 of 14."""
        last_half_minute = after(65.5)
        for line in told:
            is_early = parse_iso(line["at"]) < last_half_minute
            if line["shop_id"] == "shop-2" and line["http_status"] == 429 and is_early:
                line["http_status"] = 200
        [fact] = [each for shop, each in all_facts(analyzed(tmp_path, told)) if shop == "shop-2"]
        assert fact.occurred_at >= last_half_minute
        self.require_own(told, "shop-2", fact)
        assert Decimal(fact.document["density"]) > Decimal("0.7")

    def test_what_a_shops_own_window_tells_is_not_told_twice(self, tmp_path: Path) -> None:
        around = Planted("shop", "shop-1", after(50), after(80))
        told = lines(OF_A_RUN, around)
        found = analyzed(tmp_path, told)
        assert [each.scope for each in found.windows] == ["shop", "job_run"]
        scopes = {shop: fact.document["scope"] for shop, fact in facts_of(found).items()}
        assert scopes == {"shop-0": "job_run", "shop-1": "shop", "shop-2": "job_run"}

    def require_own(self, told: list[dict[str, Any]], shop_id: str, fact: Fact) -> None:
        document = fact.document
        bounds = document["first_at"], document["last_at"]
        counted = met(told, shop_id, "run-0", *bounds)
        assert fact.value == counted[True] > 10
        # Others of the seconds in which its share begins and ends count as well.
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
        assert sum(each.document["calls"] for each in facts) <= window.calls
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
