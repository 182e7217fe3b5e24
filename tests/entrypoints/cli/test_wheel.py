"""The wheel alone, in an environment that never saw the checkout, shows the demo."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.free_ports import free_port
from tests.fixtures.processes import RunningDemo, clean_environment, hotdash
from tests.journeys.test_demo import revenue_of, signed_in

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[3]


def run(*command: str | Path, cwd: Path) -> None:
    done = subprocess.run(
        command,
        cwd=cwd,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment with the locked requirements and nothing but the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    run(
        *(sys.executable, "-m", "build", "--wheel", "--no-isolation"),
        *("--outdir", folder, ROOT),
        cwd=folder,
    )
    run(sys.executable, "-m", "venv", folder / "env", cwd=folder)
    python = folder / "env/bin/python"
    install = (python, "-m", "pip", "install", "--quiet")
    run(*install, "--require-hashes", "-r", ROOT / "requirements/run.txt", cwd=folder)
    run(*install, "--no-deps", *folder.glob("*.whl"), cwd=folder)
    return python


@pytest.mark.timeout(900)
def test_the_wheel_shows_the_demo(python: Path, tmp_path: Path) -> None:
    demo = RunningDemo(tmp_path, free_port(), "--orders", "300", python=str(python))
    try:
        with signed_in(demo) as client:
            assert revenue_of(client, "hot-rod-an")
    finally:
        demo.interrupt()
        hotdash(tmp_path, "demo", "--reset", "--no-start", python=str(python))


def test_the_wheel_carries_the_project(python: Path, tmp_path: Path) -> None:
    told = (
        "from hotdash.base.paths import contracts_folder, dbt_project_folder, metrics_folder, runbooks_folder;"
        "assert (dbt_project_folder() / 'dbt_project.yml').is_file();"
        "assert list(metrics_folder().glob('*.yml'));"
        "assert list(contracts_folder().glob('*/*.odcs.yaml'));"
        "assert list(runbooks_folder().glob('checks/*.md'));"
        "import hotdash; print(hotdash.__file__)"
    )
    done = subprocess.run(
        [python, "-c", told], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert str(ROOT) not in done.stdout
