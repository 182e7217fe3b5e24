"""The suite is worth what it finds: connectors broken in one way each fail where they are broken."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

BROKEN = '''
from dataclasses import dataclass, replace
from datetime import timedelta
import pyarrow as pa
from hotdash.base.http import RetryPolicy
from hotdash.connectors.contract import Reached, Rows
from hotdash_postcards import client
from hotdash_postcards.connector import PostcardsConnector
from hotdash_postcards.contract_case import CONTRACT_CASE, Case
from hotdash_postcards.spec import SPEC

class Forgetful(PostcardsConnector):
    """The last rows of what changed are lost."""
    def read(self, cursor, progress):
        for event in super().read(cursor, progress):
            if cursor and isinstance(event, Rows):
                event = replace(event, data=event.data.slice(0, 1))
            yield event

class Dreamer(PostcardsConnector):
    """Its cursor follows whoever set it, also ahead of the clock."""
    def read(self, cursor, progress):
        for event in super().read(cursor, progress):
            if isinstance(event, Reached) and cursor:
                event = Reached(max([cursor, event.cursor], key=lambda c: c["since"]), event.complete_through)
            yield event

class Endless(PostcardsConnector):
    """It never says how far it came."""
    def read(self, cursor, progress):
        return (e for e in super().read(cursor, progress) if not isinstance(e, Reached))

class Twice(PostcardsConnector):
    """Every row is told twice."""
    def read(self, cursor, progress):
        for event in super().read(cursor, progress):
            yield event
            if isinstance(event, Rows) and event.table.name == "postcards_cards":
                yield event

class Talker(PostcardsConnector):
    """It shows its key."""
    def __init__(self, access):
        super().__init__(access)
        self.key = access.fields["api_key"]
    def __repr__(self):
        return f"Talker({self.key})"

class Stubborn(PostcardsConnector):
    """A refused key is tried again and again."""
    def check(self):
        for _ in range(5):
            try:
                return super().check()
            except client.VendorAccessError as error:
                last = error
        raise last

class Bent(PostcardsConnector):
    """Money becomes a float."""
    def read(self, cursor, progress):
        for event in super().read(cursor, progress):
            if isinstance(event, Rows) and "price" in event.data.column_names:
                place = event.data.column_names.index("price")
                column = event.data.column("price").cast(pa.float64())
                event = replace(event, data=event.data.set_column(place, "price", column))
            yield event

@dataclass(frozen=True)
class Broken(Case):
    kind: type = PostcardsConnector
    @property
    def spec(self):
        return replace(SPEC, open=self.kind)

CASES = {kind.__name__.lower(): Broken(kind) for kind in (Forgetful, Dreamer, Endless, Twice, Talker, Stubborn, Bent)}
globals().update(CASES)
'''

FAILS_AT = {
    "forgetful": "test_what_changed_completes_what_was_read",
    "dreamer": "test_a_cursor_ahead_of_the_vendors_clock_loses_nothing",
    "endless": "test_a_first_read_tells_everything",
    "twice": "test_no_row_is_told_twice",
    "talker": "test_secrets_stand_in_no_words",
    "stubborn": "test_a_rejected_key_is_one_clear_error_after_one_call",
    "bent": "test_a_first_read_tells_everything",
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """All of them in one run, before the examiners that they are for."""
    folder = tmp_path_factory.mktemp("broken")
    (folder / "broken_postcards.py").write_text(BROKEN)
    options = [
        part for name in FAILS_AT for part in ("--hotdash-connector", f"broken_postcards:{name}")
    ]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-rfE",
            "-k",
            " or ".join({*FAILS_AT.values()}),
            *options,
        ],
        cwd=folder,
        env={
            "PYTHONPATH": f"{folder}:{ROOT / 'tests/example_connector'}:{ROOT}",
            "PATH": "/usr/bin",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr[-2000:]
    return done.stdout


@pytest.mark.parametrize(("name", "test"), FAILS_AT.items())
def test_is_found_out(report: str, name: str, test: str) -> None:
    failed = [
        line
        for line in report.splitlines()
        if line.startswith(("FAILED", "ERROR")) and f"[broken_postcards:{name}]" in line
    ]
    assert any(f"::{test}[" in line for line in failed), failed
