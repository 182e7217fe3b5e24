"""hotdash retention plan|run"""

from collections.abc import Mapping

import typer
from rich.markup import escape
from rich.table import Table

from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.wiring import Installation, migrated_installation
from hotdash.governance.retention.policy import DEFAULT_POLICY, POLICY_FILE, KeptDays, load_policy
from hotdash.jobs.retention import RetentionDesk

commands = typer.Typer(
    help="See what is older than the policy keeps it, and let go of it.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="retention")


@commands.command()
def plan(context: typer.Context, json: Json = False) -> None:
    """Say of each store how many rows would go now; nothing is changed."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        _say(house, _desk(house).plan(), "would go", json)


@commands.command()
def run(context: typer.Context, json: Json = False) -> None:
    """Let go of what the plan shows; the worker does it every night."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        _say(house, _desk(house).run(), "went", json)


def _desk(house: Installation) -> RetentionDesk:
    return RetentionDesk(house.database, house.settings.home, house.clock)


def _say(house: Installation, told: Mapping[str, int], word: str, json: bool) -> None:
    own = house.settings.home / POLICY_FILE
    policy, kept = own if own.exists() else DEFAULT_POLICY, load_policy(house.settings.home)
    days = {name: getattr(kept, name) for name in KeptDays.model_fields}
    if json:
        say_json({"policy": str(policy), "kept_days": days, "rows": dict(told)})
        return
    table = Table("store", "kept for days", word)
    for name, rows in sorted(told.items()):
        table.add_row(name, str(days.get(name, "until it is over")), f"{rows:,}")
    out.print(table)
    out.print(
        f"Clicks, kept for {kept.clicks} days, go in the worker's night alone: the warehouse tells how "
        "far they were read. Sessions and sign-in links that are over are counted with "
        "sign_in_attempts.",
        style="dim",
    )
    out.print(f"The policy is {escape(str(policy))}.", style="dim", soft_wrap=True)
