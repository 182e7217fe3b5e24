"""The thirteen laws of the data, and that each has tests marked as its proof."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
# A number or an instant in itself proves nothing about the data that is made of them.
BASE = TESTS / "base"
MARK = re.compile(r"pytest\.mark\.law\((\d+)\)")

LAWS = {
    1: "two kinds of raw tables, both append-only",
    2: "only committed loads exist",
    3: "one process owns the DuckDB file",
    4: "the unit of work is the affected partition",
    5: "the gate is per shop and per mart",
    6: "publication is immutable parts plus a pointer",
    7: "a rollback pins",
    8: "parity has two halves",
    9: "money is numeric(20,4)",
    10: "days have an owner",
    11: "policies are data",
    12: "personal data lives in one place",
    13: "settings know their environment",
}


@cache
def proofs() -> Counter[int]:
    return Counter(
        int(number)
        for path in TESTS.rglob("test_*.py")
        if path != Path(__file__) and BASE not in path.parents
        for number in MARK.findall(path.read_text())
    )


@pytest.mark.parametrize("law", LAWS, ids=lambda law: f"{law}: {LAWS[law]}")
def test_has_a_proof(law: int) -> None:
    assert proofs()[law], f"mark the test that fails without it: @pytest.mark.law({law})"


def test_no_test_proves_a_law_there_is_not() -> None:
    assert set(proofs()) <= set(LAWS)
