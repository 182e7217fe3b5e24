"""The import rule is held by import-linter; this shows that the linter itself is in force."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_import_contracts_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_floor_stands_in_the_layers() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(c for c in contracts["contracts"] if c["type"] == "layers")
    named = {
        name.strip(" ()")
        for layer in layers["layers"]
        for name in layer.replace("|", ":").split(":")
    }
    floors = {
        folder.name for folder in (ROOT / "hotdash").iterdir() if (folder / "__init__.py").is_file()
    }
    assert layers["exhaustive"] is True
    assert floors <= named
