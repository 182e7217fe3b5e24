"""hotdash knowledge build|search|status|crawl"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.table import Column, Table

from hotdash.base.clock import iso_utc
from hotdash.base.errors import NotFoundError
from hotdash.base.roles import Permission
from hotdash.entrypoints.cli.instants import in_utc
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import err, out, say_json, told_errors
from hotdash.entrypoints.cli.progress import shown_progress
from hotdash.entrypoints.wiring import Installation, migrated_installation
from hotdash.entrypoints.wiring_knowledge import embedder_of, knowledge_desk
from hotdash.insights.knowledge.documents import Kind
from hotdash.insights.knowledge.passages import MOST as MOST_PASSAGES
from hotdash.insights.knowledge.search import (
    MOST,
    Reader,
    State,
    cut_titles,
    index_state,
    search,
)
from hotdash.jobs.build_knowledge import build_knowledge
from hotdash.jobs.crawl_sites import crawl_sites, require_read
from hotdash.pipeline.lease import Patience
from hotdash.storage.appdb.repositories.shops import list_shops
from hotdash.storage.appdb.repositories.site_pages import (
    CrawlRecord,
    PageRecord,
    last_crawl,
    missing_pages,
)

_MOST_MISSING = 200
# Of no shop: so the house's own is found before there is one.
_NO_SHOP = ""
Shops = Annotated[list[str] | None, typer.Option("--shop", help="Only this one; all if not told.")]

commands = typer.Typer(
    help="Search what was written down, and keep its index.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="knowledge")


@commands.command()
def build(context: typer.Context, shop: Shops = None, json: Json = False) -> None:
    """Bring the index up to its sources; only what changed is embedded again."""
    with (
        told_errors(json),
        migrated_installation(invocation(context).settings()) as house,
        shown_progress(err, silent=json) as progress,
        progress.task("Knowledge index") as task,
    ):
        built = build_knowledge(
            knowledge_desk(house),
            shops=shop,
            patience=Patience(timedelta(minutes=5)),
            told=task.advance,
        )
        state = _state(house)
    if json:
        say_json(state.as_json())
        return
    for each in built:
        out.print(
            f"{each.shop_id or 'The house'}: {each.documents} documents in {each.passages} passages, "
            f"{each.changed} changed, {each.removed} gone, {each.embedded} embedded.",
            markup=False,
        )
    _say_model(state)


@commands.command("search")
def search_(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="A sentence or a few words.")],
    shop: Shops = None,
    kind: Annotated[
        list[Kind] | None, typer.Option(help="Only these kinds; may be given many times.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="How many at most.")] = 5,
    json: Json = False,
) -> None:
    """Find the passages that answer a question, each with its source and its date."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        reader = _whoever_runs_it(house)
        _require_known(reader, shop or ())
        answer = search(
            house.database.snapshot,
            reader,
            question,
            embedder_of(house.settings, patient=False),
            shops=shop,
            kinds=kind or (),
            limit=limit,
        )
    if json:
        say_json(answer.as_json())
        return
    if not answer.passages:
        out.print("Nothing was found.")
    for each in answer.passages:
        out.print(each.where, style="bold", markup=False)
        of = f", {each.shop_id}" if each.shop_id else ""
        told = f"{each.kind.label}{of}, {each.dated_at:%Y-%m-%d}"
        out.print(f"{told}  {each.link or ''}".rstrip(), style="dim", markup=False)
        out.print(f"{each.text}\n", markup=False)
    _say_model(answer.state)


@commands.command()
def status(context: typer.Context, json: Json = False) -> None:
    """Show what is indexed, when, by which model, and how the last crawls went."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        state = _state(house)
        crawls = _crawls(house)
        cut = _cut(house)
    if json:
        told = [_crawl_document(crawl, missing) for crawl, missing in crawls]
        say_json(state.as_json() | {"cut_documents": cut, "crawls": told})
        return
    if not state.builds:
        out.print("Nothing is indexed yet: `hotdash knowledge build`.")
    table = Table("of", "documents", "passages", "built", Column("vectors of", overflow="fold"))
    for each in state.builds:
        table.add_row(
            each.shop_id or "the house",
            *(str(each.documents), str(each.passages)),
            in_utc(each.built_at),
            f"{each.model}{' (mock)' if each.is_mock else ''}",
        )
    if state.builds:
        out.print(table)
    for title in cut:
        out.print(f"{title}: only its first {MOST_PASSAGES} passages are found.", markup=False)
    for crawl, missing in crawls:
        out.print(_crawl_line(crawl), markup=False)
        for page in missing:
            out.print(f"  {page.status} {page.url}, linked from {page.linked_from}", markup=False)
    _say_model(state)


@commands.command()
def crawl(context: typer.Context, shop: Shops = None, json: Json = False) -> None:
    """Read the shops' own sites now, as the worker does at 00:30 UTC; build takes it in."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        desk = knowledge_desk(house)
        crawled = crawl_sites(desk, reach=house.reach_of_page, shops=shop)
        if not json:
            for each in crawled:
                out.print(_crawl_line(each), markup=False)
            if not crawled:
                out.print("No site is named: set knowledge_sites in hotdash.toml.")
        require_read(crawled)
    if json:
        say_json({"crawls": [_crawl_document(each, []) for each in crawled]})


def _whoever_runs_it(house: Installation) -> Reader:
    """At the machine everything lies open; row-level security is for whoever comes by a door."""
    with house.database.jobs() as session:
        shops = [each.shop_id for each in list_shops(session)]
    return Reader(dict.fromkeys(shops or [_NO_SHOP], frozenset(Permission)))


def _require_known(reader: Reader, shops: Sequence[str]) -> None:
    known = [each for each in reader.rights if each != _NO_SHOP]
    for each in shops:
        if each not in known:
            raise NotFoundError(
                f"There is no shop {each!r}.",
                hint=f"The shops here are {', '.join(known) or 'none'}.",
                field="shop",
            )


def _state(house: Installation) -> State:
    reader = _whoever_runs_it(house)
    with house.database.snapshot() as session:
        return index_state(session, reader, embedder_of(house.settings, patient=False))


def _cut(house: Installation) -> list[str]:
    reader = _whoever_runs_it(house)
    with house.database.snapshot() as session:
        return cut_titles(session, reader)


def _crawls(house: Installation) -> list[tuple[CrawlRecord, list[PageRecord]]]:
    with house.database.snapshot() as session:
        found = [(each, last_crawl(session, each.shop_id)) for each in list_shops(session)]
        return [
            (record, missing_pages(session, each.shop_id, _MOST_MISSING))
            for each, record in found
            if record is not None
        ]


def _say_model(state: State) -> None:
    if state.is_mock:
        out.print(
            "Vectors are mock: hashed words, no model. Set embeddings to find by meaning.",
            style="yellow",
        )
    else:
        out.print(f"Vectors of {state.model}, compared by {state.vectors}.", markup=False)


def _crawl_line(crawl: CrawlRecord) -> str:
    return (
        f"{crawl.shop_id}: {crawl.site} on {in_utc(crawl.ended_at)} ({crawl.stopped}): "
        f"{crawl.asked} asked, {crawl.unchanged} unchanged, {crawl.missing} missing, "
        f"{crawl.forbidden} closed by robots.txt, {crawl.failed} failed."
    )


def _crawl_document(crawl: CrawlRecord, missing: list[PageRecord]) -> dict[str, Any]:
    times = {"began_at": iso_utc(crawl.began_at), "ended_at": iso_utc(crawl.ended_at)}
    told = {name: getattr(crawl, name) for name in CrawlRecord.__dataclass_fields__}
    pages = [
        {"url": each.url, "status": each.status, "linked_from": each.linked_from}
        for each in missing
    ]
    return told | times | {"missing_pages": pages}
