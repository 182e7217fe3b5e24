"""Write docs/reference from the code, so that it cannot fall behind without a test saying so."""

import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import typer.main

from hotdash.base.environment import Environment
from hotdash.base.paths import metrics_folder
from hotdash.base.roles import MATRIX, Role
from hotdash.base.settings import PREFIX, Settings
from hotdash.entrypoints.cli.main import app
from hotdash.entrypoints.mcp.registry import TOOLS
from hotdash.insights.metrics.definition import json_schema
from hotdash.insights.metrics.registry import load_registry
from hotdash.pipeline.backfill.authorisation import ActorKind, demands
from hotdash.reports.backlog import items as backlog

FOLDER = Path(__file__).parent / "reference"
NOTE = "<!-- Written by `make docs` from the code: do not edit. -->\n"


def shown_default(value: Any) -> str:
    if value is None:
        return "unset"
    return f"`{value.value if isinstance(value, StrEnum) else value}`"


def settings_page() -> str:
    rows = [
        f"| `{name}` | `{PREFIX}{name.upper()}` | {shown_default(field.default)} "
        f"| {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            "From `hotdash.toml` in the folder where the command runs, the environment, and flags; "
            "the later wins. Any setting is a flag too: `hotdash --set port=9000 serve`. "
            "An unknown or invalid one is refused with its name, its value and the mend.",
            "",
            "| in hotdash.toml | in the environment | default | what it does |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def commands(group: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for name in sorted(group.list_commands(None)):
        command = group.get_command(None, name)
        if hasattr(command, "list_commands"):
            yield from commands(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}", command


def parameter_line(parameter: Any) -> str:
    described = getattr(parameter, "help", None) or ""
    names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
    return f"- {names}: {described}" if described else f"- {names}"


def cli_page() -> str:
    root = typer.main.get_command(app)
    lines = [
        "# Command line",
        "",
        "Every command takes `--json` and then prints one JSON document. Exit codes: 0 done, "
        "1 failed, 2 wrong use. `hotdash --install-completion` teaches your shell the names.",
        "",
    ]
    for name, command in commands(root, "hotdash"):
        lines += [f"## `{name}`", "", (command.help or "").strip(), ""]
        shown = [each for each in command.params if not getattr(each, "hidden", False)]
        lines += [parameter_line(parameter) for parameter in shown]
        lines.append("")
    return "\n".join(lines)


def roles_page() -> str:
    head = " | ".join(role.value for role in Role)
    rows = [
        f"| {permission.value} | "
        + " | ".join("yes" if role in roles else "–" for role in Role)
        + " |"
        for permission, roles in MATRIX.items()
    ]
    return "\n".join(
        [
            "# Roles",
            "",
            "Roles are held per shop. The matrix is `hotdash/base/roles.py`.",
            "",
            f"| may | {head} |",
            "|---|" + "---|" * len(Role),
            *rows,
            "",
        ]
    )


def backfill_page() -> str:
    spans = (1, 7, 8, 30, 31, 90, 91)
    head = " | ".join("1 day" if days == 1 else f"{days} days" for days in spans)
    lines = [
        "# Who may backfill what",
        "",
        "The table is `hotdash/pipeline/backfill/authorisation.py`, asked when a backfill is planned, "
        "requested and run. A role's own right comes first, then the cap of the environment, which "
        "binds every role. Programs (schedules, workers, tokens) are refused everywhere; a worker "
        "only carries out what a person asked for. Nobody approves their own; an owner with no other "
        "manager or owner confirms ten minutes later by typing the shop and the plan's hash, which is "
        "recorded as a deviation.",
        "",
    ]
    for environment in Environment:
        lines += [f"## In {environment.value}", "", f"| role | {head} |"]
        lines.append("|---|" + "---|" * len(spans))
        for role in Role:
            cells = [demands(role, environment, days, ActorKind.PERSON).demand for days in spans]
            lines.append(f"| {role.value} | " + " | ".join(cell.value for cell in cells) + " |")
        lines.append("")
    return "\n".join(lines)


def metrics_page() -> str:
    lines = ["# Metrics", "", "Defined in `metrics/`, one file each.", ""]
    for metric in load_registry():
        lines += [
            f"## {metric.title} (`{metric.name}`, version {metric.version})",
            "",
            metric.definition.strip(),
            "",
            f"- formula: `{metric.formula}`",
            f"- unit: {metric.unit}; grain: {metric.grain}; owner: {metric.owner}",
            f"- in force since {metric.effective_from}",
            "",
        ]
    return "\n".join(lines)


def mcp_page() -> str:
    lines = [
        "# Tools for agents",
        "",
        "Asked over the Model Context Protocol; [how](../guides/mcp.md). What is not listed is refused.",
        "",
    ]
    for tool in TOOLS:
        writes = "puts a proposal before a person" if tool.writes else "reads"
        lines += [f"## `{tool.name}`", "", tool.description, ""]
        lines += [f"Needs `{tool.needs.value}`; {writes}.", ""]
        for name, field in tool.asked.model_fields.items():
            needed = "needed" if field.is_required() else "optional"
            lines.append(f"- `{name}` ({needed}): {field.description}")
        lines.append("")
    return "\n".join(lines)


def pages() -> dict[str, str]:
    made = {
        "settings.md": settings_page(),
        "cli.md": cli_page(),
        "roles.md": roles_page(),
        "backfill-authorisation.md": backfill_page(),
        "metrics.md": metrics_page(),
        "mcp.md": mcp_page(),
    }
    return {name: NOTE + "\n" + text.rstrip() + "\n" for name, text in made.items()}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text)
    schema = json.dumps(json_schema(), indent=2, sort_keys=True)
    (metrics_folder() / "metric.schema.json").write_text(schema + "\n")
    schema = json.dumps(backlog.json_schema(), indent=2, sort_keys=True)
    backlog.SCHEMA.write_text(schema + "\n")


if __name__ == "__main__":
    main()
