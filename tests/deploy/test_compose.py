"""The compose file as it is read: every service confined, every secret asked for, every setting known."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from hotdash.base.settings import Settings
from hotdash.entrypoints.cli.main import COMMANDS

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
OURS = ("migrate", "web", "worker")


@pytest.mark.parametrize("name", OURS)
def test_ours_may_nothing_but_what_they_need(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["user"] == "10001:10001"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert [mount.split(":")[1] for mount in service["volumes"]] == ["/data"]
    assert service["command"][0] in COMMANDS
    known = {f"HOTDASH_{field.upper()}" for field in Settings.model_fields}
    assert set(service["environment"]) <= known
    assert service["env_file"] == [{"path": "settings.env", "required": False, "format": "raw"}]


def test_tables_come_before_those_who_need_them() -> None:
    services = COMPOSE["services"]
    assert services["migrate"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert services["migrate"]["restart"] == "no"
    for name in ("web", "worker"):
        needed = services[name]["depends_on"]
        assert needed == {"migrate": {"condition": "service_completed_successfully"}}


def test_the_upgrade_as_written_stops_the_worker_before_the_tables_change() -> None:
    guide = (DEPLOY.parent / "docs/guides/deploy-containers.md").read_text()
    upgrade = guide.split("## Upgrade and back")[1]
    assert 0 < upgrade.index("stop worker") < upgrade.index("run --rm migrate")


def test_only_this_machine_reaches_the_pages_and_nobody_the_database() -> None:
    assert COMPOSE["services"]["web"]["ports"] == ["127.0.0.1:8700:8700"]
    assert "ports" not in COMPOSE["services"]["db"]


def test_what_is_asked_for_stands_in_the_example_and_has_no_value_of_its_own() -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    asked = set(re.findall(r"\$\{(\w+)", text))
    lines = (DEPLOY / "env.example").read_text().splitlines()
    example = dict(line.split("=", 1) for line in lines if line and line[0] != "#")
    assert asked == set(example)
    assert {name for name in example if "PASSWORD" in name and example[name]} == set()
    assert not re.search(r"\$\{\w+:?-", text), "a default password is a known one"


def test_the_database_begins_with_the_owner_that_the_settings_name() -> None:
    """Run for real where a container engine is; here that the shell takes it and the names agree."""
    file = DEPLOY / "postgres/owner.sh"
    subprocess.run(["sh", "-n", file], check=True)
    assert file.stat().st_mode & 0o111
    script = file.read_text()
    [url] = {COMPOSE["services"][name]["environment"]["HOTDASH_DATABASE_URL"] for name in OURS}
    user, database = re.fullmatch(r"postgresql://(\w+):.*@db:5432/(\w+)", url).groups()  # type: ignore[union-attr]
    assert f"create role {user} login createrole password" in script
    assert f"create database {database} owner {user}" in script
    health = COMPOSE["services"]["db"]["healthcheck"]["test"]
    assert [user, database] == [health[3], health[5]]
