"""The image as its file says it: no root, asked for its health, made of named parts, nothing fetched from elsewhere."""

import ast
import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from hotdash.base.settings import Settings
from hotdash.entrypoints.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "deploy/Dockerfile"


@dataclass(frozen=True)
class Instruction:
    word: str
    value: str


def parsed(text: str) -> list[list[Instruction]]:
    """Instructions per stage; what stands before the first is a stage of its own."""
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    joined = re.sub(r"\\\n\s*", " ", lines)
    stages: list[list[Instruction]] = [[]]
    for line in filter(None, map(str.strip, joined.splitlines())):
        word, _, value = line.partition(" ")
        if word == "FROM":
            stages.append([])
        stages[-1].append(Instruction(word, value.strip()))
    return stages


STAGES = parsed(FILE.read_text())
LAST = STAGES[-1]


def values(word: str, stage: list[Instruction] = LAST) -> list[str]:
    return [each.value for each in stage if each.word == word]


def variables() -> dict[str, str]:
    pairs = re.findall(r"(\w+)=(\S+)", " ".join(values("ENV")))
    return dict(pairs)


def test_it_never_runs_as_root() -> None:
    assert values("USER") == ["10001:10001"]
    after = LAST[[each.word for each in LAST].index("USER") :]
    assert not {each.word for each in after} & {"RUN", "COPY", "ADD"}, (
        "nothing is made as root later"
    )


def test_it_asks_itself_how_it_is() -> None:
    [told] = values("HEALTHCHECK")
    command = json.loads(told[told.index("[") :])
    assert command[:2] == ["python", "-c"]
    ast.parse(command[2])
    assert "/healthz" in command[2]
    assert f":{values('EXPOSE')[0]}/" in command[2]


def test_it_starts_a_command_that_there_is() -> None:
    assert json.loads(values("ENTRYPOINT")[0]) == ["hotdash"]
    assert json.loads(values("CMD")[0])[0] in COMMANDS


def test_its_settings_are_settings() -> None:
    told = {name for name in variables() if name.startswith("HOTDASH_")}
    assert told == {"HOTDASH_HOME", "HOTDASH_HOST"}
    assert {name.removeprefix("HOTDASH_").lower() for name in told} <= set(Settings.model_fields)


def test_all_that_it_writes_lies_in_its_volume() -> None:
    [volume] = json.loads(values("VOLUME")[0])
    told = variables()
    assert told["HOTDASH_HOME"].startswith(f"{volume}/")
    assert told["HOME"] == volume
    assert values("WORKDIR") == [volume]
    assert told["PYTHONDONTWRITEBYTECODE"] == "1"


def test_it_rests_on_one_base_and_names_no_other_place() -> None:
    bases = [stage[0].value.split()[0] for stage in STAGES[1:]]
    assert set(bases) == {"${PYTHON}"}
    [base] = values("ARG", STAGES[0])
    assert re.fullmatch(r"PYTHON=python:3\.\d+-slim-\w+", base)
    told = FILE.read_text().replace("http://127.0.0.1:8700", "")
    assert "://" not in told
    assert not re.search(r"--(extra-)?index-url|apt-get|curl|wget", told)


def test_its_libraries_are_locked() -> None:
    installs = [value for value in values("RUN", STAGES[1]) if "pip install" in value]
    locked, storage, own = installs
    assert "--require-hashes -r requirements/run.txt" in locked
    assert 'if [ -n "$BACKUP_STORAGE" ]' in storage
    assert "pip freeze > /tmp/locked.txt" in storage
    assert "--constraint /tmp/locked.txt $BACKUP_STORAGE" in storage
    assert values("ARG", STAGES[1]) == ["BACKUP_STORAGE="]
    assert "--no-deps" in own


@pytest.mark.parametrize("copied", ["requirements/run.txt", "."])
def test_what_is_copied_is_there(copied: str) -> None:
    assert copied in {value.split()[0] for value in values("COPY", STAGES[1])}
    assert (ROOT / copied).exists()


def test_what_comes_in_is_named_and_enough_for_the_wheel() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    named = {rule[1:] for rule in rules if rule.startswith("!")}
    needed = {"pyproject.toml", "README.md", "LICENSE", "requirements/run.txt", "hotdash"}
    assert needed | {"warehouse", "metrics", "contracts", "docs/runbooks", "docs/guides"} == named
    assert all((ROOT / name).exists() for name in named)


@pytest.mark.slow
@pytest.mark.skipif(
    shutil.which("docker") is None
    or subprocess.run(["docker", "info"], capture_output=True, check=False).returncode != 0,
    reason="no container engine runs on this machine",
)
def test_it_is_built_and_starts_with_a_read_only_root() -> None:
    tag = "hotdash:of-a-test"
    build = ["docker", "build", "--quiet", "--tag", tag, "--file", str(FILE), str(ROOT)]
    subprocess.run(build, check=True, timeout=1200)
    run = ["docker", "run", "--rm", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL"]
    told = subprocess.check_output([*run, tag, "version", "--json"], timeout=120)
    assert json.loads(told)["hotdash"]
