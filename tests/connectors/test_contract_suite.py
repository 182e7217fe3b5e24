"""Every connector that brings a contract case passes the suite, run as another package would run it."""

import subprocess
import sys
from pathlib import Path

import pytest

from hotdash.connectors.registry import OURS

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CASES = sorted(file.parent.name for file in HERE.glob("*/contract_case.py"))


def examine(name: str, *more: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pytest", "-q", "--hotdash-connector", name, *more]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=250
    )


@pytest.mark.parametrize("vendor", CASES)
def test_passes(vendor: str) -> None:
    done = examine(f"tests.connectors.{vendor}.contract_case")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert " passed" in done.stdout


def test_every_vendor_of_ours_brings_a_case() -> None:
    assert {spec.vendor for spec in OURS} == set(CASES)
