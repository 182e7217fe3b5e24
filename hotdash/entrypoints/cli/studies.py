"""hotdash studies list|show NAME"""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Column, Table
from sqlalchemy.orm import Session

from hotdash.base.errors import NotFoundError
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.insights.studies.catalog import study_called
from hotdash.insights.tiles import wording
from hotdash.reports.studies import sentences
from hotdash.reports.studies.answering import Shops, answer_studies, answer_study
from hotdash.reports.studies.contract import Baseline, StudyAnswer
from hotdash.reports.studies.document import as_json, blocked_of
from hotdash.storage.appdb.repositories.shops import list_shops

commands = typer.Typer(
    help="See whether series move together, and how many shops act on what they see.",
    no_args_is_help=True,
)
Shop = Annotated[
    str | None,
    typer.Option(help="The shop, by its id; without it the only one, and a baseline over all."),
]


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="studies")


@commands.command("list")
def list_(context: typer.Context, shop: Shop = None, json: Json = False) -> None:
    """List the studies with what each found, or what it lacks."""
    with (
        told_errors(json),
        migrated_installation(invocation(context).settings()) as house,
        house.database.snapshot() as session,
    ):
        shops = _shops(session, shop)
        found = answer_studies(session, _one(shops), shops, house.clock.now())
    if json:
        say_json({"shop": _one(shops), "studies": [_short(each) for each in found]})
        return
    out.print(_table(found))


@commands.command()
def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Which one, by the name that list shows.")],
    shop: Shop = None,
    json: Json = False,
) -> None:
    """Show one study: verdict, sample, method, query, and what it must not be taken for."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        study = study_called(name)
        with house.database.snapshot() as session:
            shops = _shops(session, shop)
            one = "" if study.pair is None else _one(shops)
            found = answer_study(session, study, one, shops, house.clock.now())
    if json:
        say_json({"study": as_json(found), "blocked": blocked_of(found)})
        return
    for line in _told(found):
        out.print(line, markup=False, soft_wrap=True)


def _shops(session: Session, shop: str | None) -> Shops:
    known = {each.shop_id: each.timezone for each in list_shops(session)}
    if not known:
        raise NotFoundError("There is no shop yet.", hint="Connect one first.", field="shop")
    if shop is None:
        return known
    if shop not in known:
        raise NotFoundError(
            f"There is no shop {shop!r}.", hint=f"Use one of {', '.join(known)}.", field="shop"
        )
    return {shop: known[shop]}


def _one(shops: Shops) -> str:
    if len(shops) > 1:
        raise NotFoundError(
            f"There are {len(shops)} shops.",
            hint=f"Name one with --shop: {', '.join(shops)}.",
            field="shop",
        )
    return next(iter(shops))


def _short(answer: StudyAnswer) -> dict[str, object]:
    return {
        "study": answer.study.name,
        "title": answer.study.title,
        "state": answer.state.value,
        "verdict": answer.verdict,
        "sample": answer.sample,
    }


def _table(found: Sequence[StudyAnswer]) -> Table:
    table = Table(Column("Study", no_wrap=True), "What it found", "Rests on", box=None)
    for each in found:
        table.add_row(each.study.name, each.verdict, each.sample)
    return table


def _told(answer: StudyAnswer) -> Sequence[str]:
    document = as_json(answer)
    return [
        f"{answer.study.title}: {answer.study.question}",
        answer.verdict,
        f"Rests on: {answer.sample}.",
        *_numbers(answer),
        *(f"Method: {each}" for each in document["method"]),
        f"Take care: {answer.study.caveat}",
        *_builds(answer),
        *(each.sql for each in answer.query.statements),
    ]


def _numbers(answer: StudyAnswer) -> Sequence[str]:
    found = answer.found
    if isinstance(found, Baseline):
        newest = [each for each in found.days if each.rate_7d is not None][-1:]
        return [
            f"Seven days to {wording.day(each.day)}: {each.activated_7d} of {each.started_7d}."
            for each in newest
        ]
    if found.link is None:
        return []
    return [
        sentences.numbers(found.link),
        *([sentences.weight(found.link.effect, found.link)] if found.link.effect else []),
    ]


def _builds(answer: StudyAnswer) -> Sequence[str]:
    standing = answer.standing
    if standing is None:
        return ["Read from what people did in the app, and from no publication."]
    builds = (f"{mart} {build}" for mart, build in standing.builds.items() if build)
    return [f"Builds: {', '.join(builds) or 'none'}."]
