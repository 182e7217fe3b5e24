"""hotdash metrics list|show|query|explain|compare|decide|growth"""

from datetime import date, datetime, timedelta
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from hotdash.base.clock import local_day
from hotdash.base.errors import HotdashError
from hotdash.entrypoints.cli import metric_tables as tables
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.wiring import Installation, migrated_installation
from hotdash.insights.metrics.period import Range
from hotdash.insights.metrics.query.explain import explain as explained
from hotdash.insights.metrics.query.query import query as answered
from hotdash.insights.metrics.query.question import Against, MetricName, Question
from hotdash.insights.metrics.query.trial import try_policy
from hotdash.insights.metrics.registry import registry
from hotdash.insights.operations.growth import load_growth
from hotdash.jobs.decide_policy import decide_policy
from hotdash.storage.appdb.repositories.shops import get_shop, list_shops

Name = Annotated[
    str, typer.Argument(help="A metric, such as revenue, or a version of it, revenue@1.")
]
Shop = Annotated[str | None, typer.Option(help="Whose; not needed where there is only one.")]
Shops = Annotated[
    list[str] | None, typer.Option("--shop", help="Whose, once per shop; all if none is named.")
]
Spans = Annotated[
    Range | None, typer.Option("--range", help="Full days up to yesterday; 30d if not told.")
]
First = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day, with --to.")
]
Last = Annotated[
    datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day, with --from.")
]

commands = typer.Typer(
    help="See how metrics are defined, ask for them, explain and decide them.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="metrics")


@commands.command("list")
def list_(json: Json = False) -> None:
    """List every metric with its unit, its dimensions and where it is read."""
    with told_errors(json):
        metrics = [*registry()]
    if json:
        say_json({"metrics": [metric.model_dump(mode="json") for metric in metrics]})
        return
    table = Table(Column("metric", no_wrap=True), "title", "unit", "dimensions", "read from")
    for metric in metrics:
        source = ", ".join(metric.marts) or f"the app ({metric.statement})"
        table.add_row(metric.label, metric.title, metric.unit, ", ".join(metric.dimensions), source)
    out.print(table)


@commands.command()
def show(metric: Name, json: Json = False) -> None:
    """Show how a metric is defined: formula, components, decisions, edge cases, history."""
    with told_errors(json):
        asked = MetricName.parse(metric)
        found = registry().get(asked.name, asked.version)
    if json:
        say_json(found.model_dump(mode="json"))
    else:
        tables.show_definition(found)


@commands.command()
def query(
    context: typer.Context,
    metrics: Annotated[list[str], typer.Argument(help="Metrics, such as revenue or aov@1.")],
    shop: Shops = None,
    by: Annotated[
        list[str] | None,
        typer.Option(help="Split by shop, day, week, month, quarter or a metric's own dimension."),
    ] = None,
    span: Spans = None,
    first: First = None,
    last: Last = None,
    compare: Annotated[Against, typer.Option(help="What to put beside it.")] = Against.NONE,
    filter_: Annotated[
        list[str] | None,
        typer.Option("--filter", help="Only these rows, such as country:DE; once per value."),
    ] = None,
    currency: Annotated[
        str | None,
        typer.Option(
            help="Money of all shops in this currency, such as EUR, by the imported rates."
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="The attribution model that credits, such as linear; last_click if none."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Ask for metrics, split and filtered, beside the days they are compared with."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        question = Question.parse(
            shops=shop or _every_shop(house),
            metrics=metrics,
            by=by or (),
            range=span,
            first=_day(first),
            last=_day(last),
            compare=compare,
            filters=filter_ or (),
            currency=currency,
            model=model,
        )
        with house.database.snapshot() as session:
            answer = answered(session, question, house.clock.now())
    if json:
        say_json(answer.as_json())
    else:
        tables.show_answer(answer)


@commands.command()
def explain(
    context: typer.Context,
    metric: Name,
    day: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Which day of the shop.")],
    shop: Shop = None,
    json: Json = False,
) -> None:
    """List the orders (or other rows) and components that add up to one day's number."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        whose = shop or only_shop(house)
        with house.database.snapshot() as session:
            found = explained(session, metric, whose, day.date(), house.clock.now())
    if json:
        say_json(found.as_json())
    else:
        tables.show_explanation(found)


@commands.command()
def compare(
    context: typer.Context,
    policy: Annotated[
        str, typer.Option(help="The decision to try out, such as include_taxes=true.")
    ],
    metrics: Annotated[
        list[str] | None, typer.Argument(help="Which metrics; revenue if none.")
    ] = None,
    shop: Shop = None,
    span: Spans = Range.MONTHS_12,
    first: First = None,
    last: Last = None,
    json: Json = False,
) -> None:
    """Show by month what another decision would have changed; nothing is decided by asking."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        name, value = _pair(policy)
        question = Question.parse(
            shops=[shop or only_shop(house)],
            metrics=metrics or ["revenue"],
            by=["month"],
            range=None if first or last else span,
            first=_day(first),
            last=_day(last),
        )
        with house.database.snapshot() as session:
            trial = try_policy(session, question, name, value, house.clock.now())
    if json:
        say_json(trial.as_json())
    else:
        tables.show_trial(trial)


@commands.command()
def decide(
    context: typer.Context,
    policy: Annotated[str, typer.Argument(help="The policy, such as include_taxes.")],
    value: Annotated[str, typer.Argument(help="What is decided, such as true.")],
    reason: Annotated[str, typer.Option(help="Why; it is kept with the decision.")],
    shop: Shop = None,
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="Since which day; today if not told."),
    ] = None,
    json: Json = False,
) -> None:
    """Decide how a shop's metrics count from a day on; who, why and what held before are kept."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        decided = decide_policy(
            house.database,
            shop or only_shop(house),
            policy,
            value,
            effective_from=_day(first),
            actor=operator(),
            reason=reason,
            clock=house.clock,
        )
    if json:
        say_json(decided)
        return
    told = (
        f"{decided.policy} of {decided.shop_id} is {decided.value} from {decided.effective_from} on"
    )
    then = " The next run computes what it changes." if decided.acts_in_models else ""
    out.print(escape(f"{told}; it was {decided.before}.{then}"))


@commands.command()
def growth(
    context: typer.Context,
    shop: Shop = None,
    day: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="As of which day; yesterday if not told."),
    ] = None,
    json: Json = False,
) -> None:
    """Show how far a shop is on its way to its target, the growth it needs, and when it arrives."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        whose = shop or only_shop(house)
        with house.database.snapshot() as session:
            yesterday = house.clock.now() - timedelta(days=1)
            last = _day(day) or local_day(yesterday, get_shop(session, whose).timezone)
            found = load_growth(session, whose, last)
        if found is None:
            raise HotdashError(
                f"Nothing is known of how {whose} grew until {last}.",
                hint="Publish the first numbers with `hotdash run`, or name a later day with --day.",
                field="day" if day else "shop",
            )
    if json:
        say_json({"shop": whose, **found.as_json()})
    else:
        tables.show_growth(whose, found)


def _day(instant: datetime | None) -> date | None:
    return instant.date() if instant else None


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise HotdashError(
            f"{text!r} is no decision.", hint="Write it like include_taxes=true.", field="policy"
        )
    return name, value


def _every_shop(house: Installation) -> list[str]:
    with house.database.jobs() as session:
        found = [shop.shop_id for shop in list_shops(session)]
    if not found:
        raise HotdashError(
            "No shop is connected.", hint="Run `hotdash connect shopify`.", field="shop"
        )
    return found


def only_shop(house: Installation) -> str:
    found = _every_shop(house)
    if len(found) > 1:
        raise HotdashError(
            f"There are {len(found)} shops.",
            hint=f"Name one with --shop: {', '.join(found)}.",
            field="shop",
        )
    return found[0]
