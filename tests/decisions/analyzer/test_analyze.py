"""The analyzer against windows planted at known bounds, and against a count without it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple
from datetime import datetime, timedelta
from math import sqrt
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotdash.base.clock import iso_utc
from hotdash.base.errors import NotFoundError
from hotdash.decisions.analyzer.analyze import analyze
from hotdash.decisions.analyzer.figures import Analysis
from hotdash.decisions.analyzer.windows import RateLimitWindow
from hotdash.storage.attempts.store import Chosen, open_attempts
from tests.fixtures import counted_attempts as counted
from tests.fixtures.sync_log import (
    BEGAN,
    RUN_WINDOWS,
    SHOP_WINDOWS,
    Planted,
    SyncLog,
    after,
    write_lines,
)

MINUTE = timedelta(minutes=1)


def analyzed(folder: Path, *files: Path, chosen: Chosen = Chosen()) -> Analysis:  # noqa: B008
    with open_attempts(folder) as store:
        return analyze(store, store.read_log(files, chosen), "sync")


def of_log(folder: Path, log: SyncLog) -> Analysis:
    return analyzed(folder, log.write(folder / "log.ndjson"))


def assert_found(windows: Sequence[RateLimitWindow], planted: Sequence[Planted]) -> None:
    """Each with its bounds, and no other."""
    expected = sorted(planted, key=lambda each: (each.scope != "shop", each.key, each.first_at))
    found = [(window.scope.value, window.key) for window in windows]
    assert found == [(each.scope, each.key) for each in expected]
    for window, each in zip(windows, expected, strict=True):
        assert abs(window.first_at - each.first_at) < MINUTE, (window, each)
        assert abs(window.last_at - each.last_at) < MINUTE, (window, each)
        by_chance = 4 * sqrt(each.density * (1 - each.density) / window.calls)
        assert abs(window.density - each.density) <= by_chance + 0.01, (window, each)


class TestWindows:
    @pytest.mark.parametrize("seed", [1, 27])
    def test_of_shops_are_found_at_the_shops_alone(self, tmp_path: Path, seed: int) -> None:
        found = of_log(tmp_path, SyncLog(seed, SHOP_WINDOWS))
        assert_found(found.windows, SHOP_WINDOWS)
        assert all(len(window.job_runs) > 4 for window in found.windows)

    @pytest.mark.parametrize("seed", [1, 2])
    def test_of_job_runs_are_found_at_the_runs_alone(self, tmp_path: Path, seed: int) -> None:
        found = of_log(tmp_path, SyncLog(seed, RUN_WINDOWS))
        assert_found(found.windows, RUN_WINDOWS)
        assert all(len(window.shops) > 4 for window in found.windows)

    @pytest.mark.parametrize("seed", [3, 28])
    def test_of_both_in_one_log(self, tmp_path: Path, seed: int) -> None:
        planted = [*SHOP_WINDOWS, *RUN_WINDOWS]
        assert_found(of_log(tmp_path, SyncLog(seed, planted)).windows, planted)

    @pytest.mark.parametrize("scope", ["shop", "job_run"])
    def test_the_broader_of_equally_dense_ones_is_meant(self, tmp_path: Path, scope: str) -> None:
        """A log of one shop: each of its runs is refused as often as the shop, give or take chance."""
        planted = Planted(scope, "only", after(20), after(40))
        alone = {"shops" if scope == "shop" else "job_runs": ("only",)}
        log = SyncLog(20, [planted], hours=1, **alone)
        assert_found(of_log(tmp_path, log).windows, [planted])

    @pytest.mark.parametrize("stray", [0.0, 0.01, 0.03])
    def test_stray_refusals_are_none(self, tmp_path: Path, stray: float) -> None:
        log = SyncLog(4, stray_refusals=stray, hours=8)
        found = of_log(tmp_path, log)
        assert found.windows == ()
        assert (found.totals.refused > 0) == (stray > 0)

    def test_one_refused_call_of_many_rows_is_none(self, tmp_path: Path) -> None:
        """Two hundred lines of one refused call weigh one call."""
        log = SyncLog(5, rows_per_call=200, calls_per_minute=30, hours=1, stray_refusals=0.02)
        found = of_log(tmp_path, log)
        assert found.totals.refused >= 200
        assert found.windows == ()

    def test_in_a_quiet_log_few_calls_make_one(self, tmp_path: Path) -> None:
        planted = Planted("shop", "only", after(60), after(75), density=1.0)
        log = SyncLog(6, [planted], ("only",), ("run",), calls_per_minute=4, stray_refusals=0.0)
        first, second = of_log(tmp_path, log).windows
        assert_found([first], [planted])
        assert (second.scope.value, second.job_runs) == ("job_run", ("run",))

    def test_a_log_that_is_refused_throughout_is_one_window(self, tmp_path: Path) -> None:
        log = SyncLog(7, stray_refusals=1.0, hours=0.2, shops=("only",), job_runs=("run",))
        shop, run = of_log(tmp_path, log).windows
        assert (shop.others, run.others, shop.refused) == (0, 0, run.refused)


class TestFigures:
    def test_equal_a_count_line_by_line(self, tmp_path: Path) -> None:
        log = SyncLog(8, [*SHOP_WINDOWS, *RUN_WINDOWS], rows_per_call=3, hours=2)
        assert_counted(of_log(tmp_path, log), list(log.lines()))

    @settings(
        max_examples=40,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(
        st.lists(
            st.fixed_dictionaries(
                {
                    "id": st.sampled_from("abcd"),
                    "shop_id": st.sampled_from(["shop-a", "shop-b"]),
                    "job_run_id": st.sampled_from([None, "run-1", "run-2"]),
                    "attempt": st.integers(1, 5),
                    "scope": st.sampled_from(["decisions", "facts"]),
                    "rows": st.integers(1, 3),
                    "status": st.sampled_from(["ok", "retry", "dead", "stopped"]),
                    "http_status": st.sampled_from([None, 201, 429, 503]),
                    "code": st.sampled_from([None, "PGRST204"]),
                    "latency_ms": st.integers(0, 5000),
                    "retry_after_s": st.sampled_from([None, 0.5, 30.0]),
                    "will_retry_at": st.one_of(
                        st.none(), st.integers(0, 900).map(lambda s: iso_utc(_later(s)))
                    ),
                    "at": st.integers(0, 8000).map(lambda s: iso_utc(_later(s))),
                }
            ),
            min_size=1,
            max_size=30,
        )
    )
    def test_equal_a_count_of_whatever_is_told(
        self, tmp_path: Path, lines: list[dict[str, Any]]
    ) -> None:
        write_lines(tmp_path / "log.ndjson", lines)
        assert_counted(analyzed(tmp_path, tmp_path / "log.ndjson"), lines)

    def test_of_several_files_are_those_of_one(self, tmp_path: Path) -> None:
        lines = list(SyncLog(9, hours=0.1).lines())
        files = [tmp_path / "a.ndjson", tmp_path / "b.ndjson"]
        write_lines(files[0], lines[:500])
        write_lines(files[1], lines[500:])
        assert_counted(analyzed(tmp_path, *files), lines)

    def test_of_one_shop_and_day(self, tmp_path: Path) -> None:
        lines = list(SyncLog(10, hours=1).lines())
        write_lines(tmp_path / "log.ndjson", lines)
        chosen = Chosen("shop-2", since=after(15), until=after(30))
        mine = [
            line
            for line in lines
            if line["shop_id"] == "shop-2"
            and after(15) <= datetime.fromisoformat(line["at"]) < after(30)
        ]
        assert len(mine) > 50
        assert_counted(analyzed(tmp_path, tmp_path / "log.ndjson", chosen=chosen), mine)


class TestBrokenLines:
    WHOLE: Mapping[str, Any] = next(SyncLog(11).lines())

    def read(self, folder: Path, *lines: bytes) -> tuple[int, int, int]:
        whole = b"".join(_line(self.WHOLE) for _ in range(3))
        (folder / "log.ndjson").write_bytes(whole + b"".join(lines))
        found = analyzed(folder, folder / "log.ndjson")
        return found.lines, found.unreadable, found.totals.attempts

    @pytest.mark.parametrize(
        "broken",
        [
            b'{"id":"b","shop_id":"s","job_run\n',
            b"[1,2]\n",
            b"null\n",
            b"42\n",
            b'{"event":"sync_completed","at":"2026-11-20T10:00:00Z"}\n',
            b"\x00\x00\x00\x00\n",
            b"\xff\xfe{\n",
            b'{"id":',
            b'{"x":"' + b"a" * 20_000_000 + b'"}\n',
        ],
        ids=["torn", "list", "null", "number", "other", "nul", "bytes", "last", "endless"],
    )
    def test_are_counted_and_never_fatal(self, tmp_path: Path, broken: bytes) -> None:
        assert self.read(tmp_path, broken) == (4, 1, 3)

    @pytest.mark.parametrize(
        ("name", "value"),
        [("attempt", "first"), ("attempt", 0), ("status", "fine"), ("at", "yesterday")]
        + [(name, None) for name in ("id", "shop_id", "attempt", "status", "at")],
    )
    def test_so_is_what_says_no_attempt(self, tmp_path: Path, name: str, value: Any) -> None:
        assert self.read(tmp_path, _line({**self.WHOLE, name: value})) == (4, 1, 3)

    def test_a_line_after_a_torn_one_is_read(self, tmp_path: Path) -> None:
        assert self.read(tmp_path, b'{"id":"b","sh\n', _line(self.WHOLE)) == (5, 1, 4)

    def test_fields_of_a_later_version_do_no_harm(self, tmp_path: Path) -> None:
        told = {**self.WHOLE, "colour": {"deep": [1]}}
        assert self.read(tmp_path, _line(told)) == (4, 0, 4)


def test_an_empty_log_has_nothing_to_tell(tmp_path: Path) -> None:
    (tmp_path / "log.ndjson").touch()
    found = analyzed(tmp_path, tmp_path / "log.ndjson")
    assert (found.lines, found.totals.attempts, found.by_hour, found.windows) == (0, 0, (), ())
    assert found.totals.failure_rate is None


def test_a_log_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"no\.ndjson"):
        analyzed(tmp_path, tmp_path / "no.ndjson")


def test_nothing_of_it_stays(tmp_path: Path) -> None:
    of_log(tmp_path, SyncLog(12, hours=0.05))
    assert [path.name for path in tmp_path.iterdir()] == ["log.ndjson"]


def assert_counted(found: Analysis, told: Sequence[Mapping[str, Any]]) -> None:
    lines = list(told)
    assert asdict(found.totals) == counted.counted_totals(lines)
    fates = {name: number for name, number in asdict(found.fates).items() if number}
    assert fates == counted.counted_fates(lines)
    codes = {(e.http_status, e.code): (e.attempts, e.ids, e.recovered) for e in found.by_code}
    assert codes == counted.counted_codes(lines)
    assert {e.hour: astuple(e)[1:] for e in found.by_hour} == counted.counted_hours(lines)
    assert {e.attempt: astuple(e)[1:] for e in found.by_attempt} == counted.counted_attempts(lines)
    waited = found.waited.median, found.waited.p95, found.waited.longest
    assert waited == (counted.counted_waits(lines) or (None, None, None))
    assert [(each.id, each.failed) for each in found.worst] == counted.counted_worst(lines)
    shops = {each.key: astuple(each)[1:] for each in found.by_shop}
    assert shops == counted.counted_keys(lines, "shop_id")
    runs = {each.key: astuple(each)[1:] for each in found.by_job_run}
    named: list[Mapping[str, Any]] = [
        {**line, "job_run_id": line["job_run_id"] or ""} for line in lines
    ]
    assert runs == counted.counted_keys(named, "job_run_id")


def _later(seconds: int) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def _line(told: Mapping[str, Any]) -> bytes:
    return orjson.dumps(dict(told), option=orjson.OPT_APPEND_NEWLINE)
