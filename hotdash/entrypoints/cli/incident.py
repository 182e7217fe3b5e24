"""hotdash incident start|status|close"""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from hotdash.decisions.evidence.create import Asked, create
from hotdash.decisions.incident import Incident, Incidents
from hotdash.entrypoints.cli.instants import in_utc
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.wiring import Installation, migrated_installation
from hotdash.entrypoints.wiring_evidence import surroundings
from hotdash.entrypoints.wiring_parity import parity_desk
from hotdash.jobs.gather_incident import gather
from hotdash.storage.appdb.repositories.audit import add_event
from hotdash.storage.appdb.repositories.evidence import Window

Topic = Annotated[str, typer.Argument(help="How it is called: small letters, digits, hyphens.")]

commands = typer.Typer(
    help="Gather what the analyzer and parity say twice a day, while an incident is open.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="incident")


@commands.command()
def start(context: typer.Context, topic: Topic, json: Json = False) -> None:
    """Open an incident and gather for the first time."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        incidents = Incidents(house.settings.home)
        incident = incidents.start(topic, operator(), house.clock.now())
        _audit(house, "incident.started", topic)
        folder = gather(parity_desk(house), house.settings.logs, incidents, topic)
    if json:
        say_json({"incident": incident, "gathered": str(folder)})
    else:
        out.print(f"{topic} is open; gathered into {folder}.", markup=False)


@commands.command()
def close(context: typer.Context, topic: Topic, json: Json = False) -> None:
    """Gather for the last time, close it, and pack its time with all that was gathered into a bundle."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        incidents = Incidents(house.settings.home)
        incident = incidents.close(topic, operator(), house.clock.now())
        _audit(house, "incident.closed", topic)
        folder = gather(parity_desk(house), house.settings.logs, incidents, topic)
        asked = Asked(topic, Window(None, incident.started_at, house.clock.now()))
        made = create(house.database, surroundings(house), asked, operator(), house.clock)
    if json:
        say_json({"incident": incident, "gathered": str(folder), "bundle": str(made.path)})
    else:
        out.print(f"{topic} is closed; its bundle is {made.path}.", markup=False)


@commands.command()
def status(context: typer.Context, json: Json = False) -> None:
    """List the incidents, open and closed, and how often was gathered."""
    with told_errors(json):
        incidents = Incidents(invocation(context).settings().home)
        known = [(each, incidents.gathered(each.topic)) for each in incidents.all()]
    if json:
        say_json({"incidents": [{"incident": each, "gathered": times} for each, times in known]})
        return
    table = Table("topic", "since", "closed", "gathered")
    for each, times in known:
        table.add_row(escape(each.topic), *_times(each), str(len(times)))
    out.print(table if known else "No incidents.")


def _times(incident: Incident) -> tuple[str, str]:
    return in_utc(incident.started_at), in_utc(incident.closed_at, "open")


def _audit(house: Installation, action: str, topic: str) -> None:
    with house.database.jobs() as session:
        add_event(
            session,
            shop_id=None,
            actor=operator(),
            action=action,
            subject=topic,
            at=house.clock.now(),
        )
