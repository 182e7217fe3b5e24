"""The examination itself: each test is one promise that the pipeline builds on."""

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice
from math import ceil

import pyarrow as pa
import pytest

from hotdash.base.errors import HotdashError
from hotdash.base.http import Call
from hotdash.base.progress import SilentProgress
from hotdash.connectors.contract import Connector, Event, RawKind, Rewinds
from hotdash.connectors.contract_suite.case import Account, ContractCase
from hotdash.connectors.contract_suite.reading import (
    Read,
    State,
    day_column_of,
    gathered,
    read,
    state_of,
)
from hotdash.connectors.registry import registry

OURS = frozenset({"shop_id", "load_id", "fetched_at", "is_deleted", "_extra"})
STOPS_TRIED = 8
FAULTS = ("server_error", "reset", "too_many_requests")
SHARE = 0.2
# Over a handful of calls a fifth is a matter of luck.
ENOUGH_CALLS = 40


USES: tuple[Callable[[Connector], object], ...] = (lambda each: each.check(), read)


class StoppedError(BaseException):
    """Nothing in a connector may catch it, as nothing catches a kill."""


@dataclass
class Bench:
    """Opens the connector anew for every read, and notes what it does."""

    case: ContractCase
    account: Account
    calls: list[Call] = field(default_factory=list[Call])

    def connector(self, before_call: Callable[[int], None] = lambda _number: None) -> Connector:
        access = self.account.access()

        def observe(call: Call, /) -> None:
            self.calls.append(call)
            before_call(len(self.calls))

        self.calls.clear()
        self.case.spec.require_fields(access.fields)
        return self.case.spec.open(replace(access, observe=observe))

    def state(self, *reads: Read) -> State:
        """All that is told of the vendor; what is told of our own reading never is the same twice."""
        tables = self.case.spec.open(self.account.access()).tables
        state = state_of(tables, reads, self.case.told_apart)
        return {name: rows for name, rows in state.items() if name not in self.case.told_of_us}

    def break_off(self, stop: int) -> None:
        """A read that dies at that call; without calls, one that nobody listens to after that event."""
        if self.case.makes_calls:
            with pytest.raises(StoppedError):
                read(self.connector(_stop_at(stop)))
            assert len(self.calls) == stop, "nothing is called after the end"
        else:
            deque(islice(self.connector().read(None, SilentProgress()), stop), maxlen=0)

    @property
    def secrets(self) -> list[str]:
        fields = self.account.access().fields
        names = {each.name for each in self.case.spec.fields if each.secret}
        return [value for name, value in fields.items() if name in names and value]


@pytest.fixture
def bench(connector_case: ContractCase, started_account: Account) -> Iterator[Bench]:
    started_account.reset()
    yield Bench(connector_case, started_account)
    started_account.reset()


@pytest.fixture
def calling(bench: Bench) -> Bench:
    if not bench.case.makes_calls:
        pytest.skip("it makes no calls")
    return bench


@pytest.fixture
def looking(bench: Bench) -> Bench:
    if bench.case.makes_calls:
        pytest.skip("it makes calls")
    return bench


@pytest.fixture(scope="session")
def undisturbed(connector_case: ContractCase, started_account: Account) -> tuple[Read, int]:
    """A first read that nothing came between, and what it cost in calls."""
    started_account.reset()
    bench = Bench(connector_case, started_account)
    told = read(bench.connector())
    return told, len(bench.calls)


class TestSpec:
    def test_names_the_vendor_and_says_what_a_person_enters(
        self, connector_case: ContractCase
    ) -> None:
        spec = connector_case.spec
        assert re.fullmatch(r"[a-z][a-z0-9_]*", spec.vendor)
        assert spec.title
        assert all(each.label and each.help for each in spec.fields)
        assert all(each.name and each.costs for each in spec.scopes)
        assert len({each.name for each in spec.fields}) == len(spec.fields)
        assert timedelta() < spec.fresh_soft < spec.fresh_hard

    def test_declares_tables_that_both_warehouses_can_hold(
        self, connector_case: ContractCase
    ) -> None:
        tables = connector_case.spec.tables
        assert tables
        assert len({table.name for table in tables}) == len(tables)
        for table in tables:
            assert re.fullmatch(r"[a-z][a-z0-9_]*", table.name)
            assert table.key, table.name
            assert {*table.key, *table.personal, *table.required} <= set(table.schema.names)
            assert not OURS & set(table.schema.names), table.name
            for name, kind in zip(table.schema.names, table.schema.types, strict=True):
                assert _is_storable(kind), f"{table.name}.{name} is {kind}"
            if table.kind is RawKind.SLICE:
                day_column_of(table)


class TestConnection:
    def test_is_checked(self, bench: Bench) -> None:
        assert list(bench.connector().check()) == []

    def test_a_rejected_key_is_one_clear_error_after_one_call(self, calling: Bench) -> None:
        bench = calling
        for use in USES:
            bench.account.fault("access_denied")
            with pytest.raises(HotdashError) as refused:
                use(bench.connector())
            assert len(bench.calls) <= 1, "no retry storm"
            assert refused.value.hint
            for secret in bench.secrets:
                assert secret not in f"{refused.value} {refused.value!r}"
            bench.account.reset()

    def test_secrets_stand_in_no_words(self, bench: Bench) -> None:
        access, connector = bench.account.access(), bench.connector()
        for secret in bench.secrets:
            assert secret not in f"{access!r} {connector!r} {bench.case.spec!r}"

    def test_a_missing_field_is_named(self, bench: Bench) -> None:
        for each in bench.case.spec.fields:
            fields = {k: v for k, v in bench.account.access().fields.items() if k != each.name}
            if each.required:
                with pytest.raises(HotdashError, match=re.escape(each.name)):
                    bench.case.spec.require_fields(fields)


class TestReading:
    def test_the_connector_is_the_one_its_spec_promises(self, bench: Bench) -> None:
        connector = bench.connector()
        assert connector.vendor == bench.case.spec.vendor
        declared = list(bench.case.spec.tables)
        assert [each for each in connector.tables if each in declared] == declared
        others = [table for spec in registry().values() for table in spec.tables]
        for table in connector.tables:
            assert table in declared or table in others, f"nobody declares {table.name}"

    def test_a_first_read_tells_everything(
        self, bench: Bench, undisturbed: tuple[Read, int]
    ) -> None:
        told, calls = undisturbed
        assert told.rows
        assert told.unreadable == []
        assert told.drifts == []
        assert (calls > 0) == bench.case.makes_calls, "every call is told to access.observe"
        counts = told.counts()
        for table, expected in bench.account.expected().items():
            assert counts.get(table, 0) == expected, table
        assert told.reached is not None
        assert told.reached.complete_through <= bench.account.access().clock.now()

    def test_no_row_is_told_twice(self, bench: Bench, undisturbed: tuple[Read, int]) -> None:
        told, _ = undisturbed
        counts = told.counts()
        for table, rows in bench.state(told).items():
            assert len(rows) == counts.get(table, 0), table

    def test_what_changed_completes_what_was_read(self, bench: Bench) -> None:
        first = read(bench.connector())
        bench.account.advance()
        second = read(bench.connector(), first.cursor)
        whole = read(bench.connector())
        _require_all(bench.state(first, second), bench.state(whole))
        assert _is_some_of(second, whole)

    def test_nothing_new_is_no_trouble(self, bench: Bench) -> None:
        first = read(bench.connector())
        again = read(bench.connector(), first.cursor)
        assert bench.state(first, again) == bench.state(first)


class TestInterruption:
    def test_a_read_that_was_stopped_anywhere_is_read_again_in_full(
        self, bench: Bench, undisturbed: tuple[Read, int]
    ) -> None:
        told, calls = undisturbed
        steps = calls if bench.case.makes_calls else told.events
        for stop in _spread(steps, STOPS_TRIED):
            bench.account.reset()
            bench.break_off(stop)
            assert bench.state(read(bench.connector())) == bench.state(told), f"after step {stop}"

    def test_a_cursor_ahead_of_the_vendors_clock_loses_nothing(self, bench: Bench) -> None:
        first = read(bench.connector())
        connector = bench.connector()
        if not isinstance(connector, Rewinds):
            pytest.skip("its cursor is its own")
        ahead = connector.cursor_since(bench.account.access().clock.now() + timedelta(days=3))
        early = read(connector, ahead)
        assert early.reached is not None
        assert early.reached.complete_through <= bench.account.access().clock.now()
        bench.account.advance()
        late = read(bench.connector(), early.cursor)
        whole = read(bench.connector())
        _require_all(bench.state(first, early, late), bench.state(whole))


class TestTrouble:
    def test_throttling_is_waited_out(self, calling: Bench, undisturbed: tuple[Read, int]) -> None:
        told, ideal = undisturbed
        calling.account.fault("too_many_requests", times=3)
        throttled = read(calling.connector())
        assert len(calling.calls) == ideal + 3, "asked again once per refusal"
        assert calling.state(throttled) == calling.state(told)

    def test_a_fifth_of_all_calls_failing_costs_less_than_half_as_many_more(
        self, calling: Bench, undisturbed: tuple[Read, int]
    ) -> None:
        """A read of few calls is made several times, so that luck evens out."""
        told, ideal = undisturbed
        for kind in FAULTS:
            calling.account.fault(kind, share=SHARE / len(FAULTS))
        rounds, made = ceil(ENOUGH_CALLS / ideal), 0
        for _ in range(rounds):
            disturbed = read(calling.connector())
            made += len(calling.calls)
            assert calling.state(disturbed) == calling.state(told)
        assert rounds * ideal < made <= 1.5 * rounds * ideal

    def test_a_vendor_that_is_down_is_told_as_such(self, calling: Bench) -> None:
        calling.account.fault("server_error")
        with pytest.raises(HotdashError) as down:
            read(calling.connector())
        assert down.value.hint
        assert len(calling.calls) < 50


class TestTroubleInThePlace:
    """What faults of calls are to others: files that are not as they should be."""

    def test_a_missing_place_is_named(self, looking: Bench) -> None:
        for use in USES:
            looking.account.fault("no_place")
            with pytest.raises(HotdashError) as missing:
                use(looking.connector())
            assert missing.value.hint
            entered = [value for value in looking.account.access().fields.values() if value]
            assert any(value in str(missing.value) for value in entered)
            looking.account.reset()

    def test_what_cannot_be_read_is_told_and_read_once_it_can_be(
        self, looking: Bench, undisturbed: tuple[Read, int]
    ) -> None:
        looking.account.fault("unreadable")
        found = _as_far_as_it_goes(looking, looking.connector().read(None, SilentProgress()))
        assert found is None or found.unreadable
        _require_mended(looking, found, undisturbed[0])

    def test_what_vanishes_under_our_hands_is_read_once_it_is_back(
        self, looking: Bench, undisturbed: tuple[Read, int]
    ) -> None:
        told, _ = undisturbed
        for stop in _spread(told.events, STOPS_TRIED // 2):
            found = _as_far_as_it_goes(looking, _with_a_loss(looking, stop))
            _require_mended(looking, found, told)


def _with_a_loss(bench: Bench, stop: int) -> Iterator[Event]:
    events = bench.connector().read(None, SilentProgress())
    yield from islice(events, stop)
    bench.account.fault("vanished")
    yield from events


def _as_far_as_it_goes(bench: Bench, events: Iterator[Event]) -> Read | None:
    """The read, or nothing where it ended in words that a person can act on; no other error will do."""
    tables = bench.case.spec.open(bench.account.access()).tables
    try:
        return gathered(tables, events)
    except HotdashError as error:
        hint = error.hint
    assert hint
    return None


def _require_mended(bench: Bench, found: Read | None, whole: Read) -> None:
    bench.account.reset()
    mended = read(bench.connector(), found.cursor if found else None)
    reads = (mended,) if found is None else (found, mended)
    _require_all(bench.state(*reads), bench.state(whole))


def _is_storable(kind: pa.DataType) -> bool:
    """Text, whole numbers, flags, days, instants in UTC, decimals: never a float."""
    known = (pa.string(), pa.int64(), pa.bool_(), pa.date32(), pa.timestamp("us", tz="UTC"))
    return kind in known or pa.types.is_decimal128(kind)


def _stop_at(stop: int) -> Callable[[int], None]:
    def before_call(number: int) -> None:
        if number >= stop:
            raise StoppedError()

    return before_call


def _spread(calls: int, most: int) -> list[int]:
    """Every call, or as many as are tried, evenly from the first to the last."""
    if calls <= most:
        return list(range(1, calls + 1))
    return sorted({1 + round(place * (calls - 1) / (most - 1)) for place in range(most)})


def _require_all(found: State, wanted: State) -> None:
    for table, rows in wanted.items():
        missing = [key for key in rows if key not in found[table]]
        assert not missing, f"{table} lacks {missing[:3]} and {len(missing)} in all"
        stale = [key for key, row in rows.items() if found[table][key] != row]
        assert not stale, f"{table} has old versions of {stale[:3]} and {len(stale)} in all"


def _is_some_of(second: Read, whole: Read) -> bool:
    return len(second.rows) < len(whole.rows)
