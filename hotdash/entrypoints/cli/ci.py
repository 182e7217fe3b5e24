"""hotdash ci changed|check|baseline|build|message|follow-ups|timing: what a fork's CI asks and says"""

from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from rich.markup import escape

from hotdash.base.clock import SystemClock, parse_iso
from hotdash.base.paths import metrics_folder
from hotdash.entrypoints.cli import ci_build, ci_files
from hotdash.entrypoints.cli.ci_impact import Impact, impact_of
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import FAILED, err, out, say_json, told_errors
from hotdash.entrypoints.cli.progress import shown_progress
from hotdash.entrypoints.wiring import open_installation
from hotdash.governance.changes import messages, timing
from hotdash.governance.changes.change import Change, Problem
from hotdash.governance.changes.changelog import added_entries
from hotdash.governance.changes.git import Repository
from hotdash.governance.changes.overrides import follow_ups
from hotdash.governance.changes.people import people_of
from hotdash.governance.changes.rules import judge
from hotdash.insights.metrics.changes import ungoverned
from hotdash.insights.metrics.registry import load_registry, parse_metric
from hotdash.jobs.trace_lineage import lineage_in
from hotdash.pipeline.transform.dbt import DbtProject
from hotdash.storage.warehouse.factory import open_warehouse

Base = Annotated[str, typer.Option(help="The commit or branch the change is held against.")]
State = Annotated[Path, typer.Option(help="The folder of the project as it was.")]
JsonIn = Annotated[Path | None, typer.Option(help="What the code host told, as JSON.")]
JsonOut = Annotated[Path | None, typer.Option(help="Also write a JSON file for the code host.")]

commands = typer.Typer(
    help="Hold a change of this project to its rules, and build what it touches.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="ci")


@commands.command()
def changed(context: typer.Context, base: Base = "origin/main", json: Json = False) -> None:
    """Tell which models a change touches, and which marts, metrics and tiles follow."""
    with told_errors(json):
        invocation(context)
        change = _repository().since(base)
        with TemporaryDirectory() as folder:
            warehouse = open_warehouse("duckdb", home=Path(folder), memory_mb=256, url=None)
            try:
                project = DbtProject(warehouse, Path(folder) / "dbt")
                graph = lineage_in(project)
            finally:
                warehouse.close()
        impact = impact_of(change, project.manifest, load_registry(), graph)
        if json:
            say_json(impact)
        else:
            _show_impact(impact)


@commands.command()
def check(
    context: typer.Context,
    base: Base = "origin/main",
    event: JsonIn = None,
    reviews: JsonIn = None,
    results: JsonIn = None,
    write: JsonOut = None,
    comment: JsonOut = None,
    link: Annotated[str, typer.Option(help="Where the run can be looked at.")] = "",
    json: Json = False,
) -> None:
    """Ask every rule of a change; exit code 1 where something lacks.

    Without --reviews nobody knows who agreed, and the rule of approvals is not asked.
    """
    with told_errors(json):
        invocation(context)
        repository = _repository()
        told_event: Any = ci_files.read_json(event) if event else None
        change = repository.since(
            ci_files.base_in(told_event) or base,
            author=ci_files.author_in(told_event),
            approved_by=ci_files.approved_by(ci_files.read_json(reviews)) if reviews else None,
        )
        failed = ci_build.read_failed(results, within="failed") if results else []
        today = SystemClock().now().date()
        problems = [
            *_ungoverned(repository, ci_files.base_in(told_event) or base, change),
            *judge(change, today, failed),
        ]
        document = ci_files.problems_document(problems)
        ci_files.write_json(write, document)
        if comment:
            ci_files.write_json(comment, {"body": messages.report(problems, link)})
        say_json(document) if json else _show_problems(problems)
        if not document["passed"]:
            raise SystemExit(FAILED)


@commands.command()
def baseline(context: typer.Context, state: State, json: Json = False) -> None:
    """Keep the project as it is, and what fails with it, to hold a change against."""
    with (
        told_errors(json),
        open_installation(invocation(context).settings()) as house,
        shown_progress(err, silent=json) as progress,
    ):
        failed = ci_build.keep_baseline(house, state, progress)
    if json:
        say_json({"failed": [asdict(each) for each in failed]})
    else:
        out.print(f"Kept in {state}; {len(failed)} checks fail already.", markup=False)


@commands.command()
def build(context: typer.Context, state: State, write: JsonOut = None, json: Json = False) -> None:
    """Build the models that differ from the baseline and what follows, then ask every check."""
    with (
        told_errors(json),
        open_installation(invocation(context).settings()) as house,
        shown_progress(err, silent=json) as progress,
    ):
        document = ci_build.build_modified(house, state, progress)
    ci_files.write_json(write, document)
    say_json(document) if json else _show_build(document)


@commands.command()
def message(
    context: typer.Context,
    commit: Annotated[str, typer.Option(help="At which CI fails.")],
    link: Annotated[str, typer.Option(help="Where the run can be looked at.")],
    failed_at: Annotated[str, typer.Option(help="Since when, such as 2026-11-26T09:00:00Z.")],
    problems: JsonIn = None,
    said: Annotated[Path | None, typer.Option(help="What was said of it until now.")] = None,
    comment: JsonOut = None,
    slack: JsonOut = None,
    json: Json = False,
) -> None:
    """Write the message that is due about a failure: to its committer, after an hour to the team,
    after two with a revert; nothing where it was said already."""
    with told_errors(json):
        invocation(context)
        repository = _repository()
        since = parse_iso(failed_at)
        before = said.read_text() if said and said.is_file() else ""
        stage = messages.due(since, SystemClock().now(), before)
        found = _problems_in(problems)
        committer = repository.committer_of(commit)
        failure = messages.Failure(link, commit, committer, since, tuple(found))
        team = people_of(repository.since(commit)).team
        if stage is not None:
            body = messages.message(failure, stage, team)
            ci_files.write_json(comment, {"body": body})
            ci_files.write_json(slack, {"text": messages.slack_text(failure, stage, team)})
        if json:
            say_json({"stage": stage.value if stage else None})
        else:
            out.print(f"Due: {stage.value if stage else 'nothing'}.")


@commands.command("follow-ups")
def follow_ups_(
    context: typer.Context,
    folder: Annotated[Path, typer.Option(help="Where one JSON file per entry is written.")],
    base: Base = "HEAD^1",
    json: Json = False,
) -> None:
    """Write an entry for every override that a change adds, so that it is not forgotten."""
    with told_errors(json):
        invocation(context)
        entries = follow_ups(_repository().since(base))
        ci_files.write_issues(folder, entries)
    if json:
        say_json([asdict(each) for each in entries])
    else:
        out.print(f"{len(entries)} to follow up.")


@commands.command("timing")
def timing_(
    context: typer.Context,
    started: Annotated[str, typer.Option(help="When the run began, as seconds since 1970.")],
    json: Json = False,
) -> None:
    """Flag a run that took twelve minutes; the code host stops it at fifteen."""
    with told_errors(json):
        invocation(context)
        clock = SystemClock()
        problems = [*timing.slow(timing.instant(started), clock.now())]
    say_json(ci_files.problems_document(problems)) if json else _show_problems(problems)
    if any(each.blocks for each in problems):
        raise SystemExit(FAILED)


def _repository() -> Repository:
    return Repository(Path.cwd())


def _ungoverned(repository: Repository, base: str, change: Change) -> list[Problem]:
    """A definition is changed by a new version or told as a fix; see insights/metrics/changes."""
    folder = repository.root / metrics_folder().name
    if not folder.is_dir():
        return []
    start = repository.start(base)
    names = [name for name in repository.files_at(start, folder.name) if name.endswith(".yml")]
    before = [
        parse_metric(Path(name).name, repository.text_at(start, name) or "") for name in names
    ]
    sentences = ungoverned(
        {(each.name, each.version): each for each in before},
        {(each.name, each.version): each for each in load_registry(folder)},
        added_entries(change),
    )
    return [
        Problem("metrics", f"{folder.name}/", sentence, "See docs/guides/add-a-metric.md.")
        for sentence in sentences
    ]


def _problems_in(file: Path | None) -> list[Problem]:
    told = ci_files.problems_in(file) if file and file.is_file() else []
    found = [each for each in told if each.blocks]
    unknown = "A step failed before the rules were asked."
    return found or [Problem("run", "this run", unknown, "The run's log has the error.")]


def _show_impact(impact: Impact) -> None:
    for name, found in asdict(impact).items():
        if name != "files":
            told = ", ".join(found) or "none"
            out.print(f"[bold]{name.replace('_', ' ')}[/] ({len(found)}): {escape(told)}")


def _show_problems(problems: list[Problem]) -> None:
    for each in problems:
        style = "red" if each.blocks else "yellow"
        out.print(f"[{style}]{each.rule}[/] {escape(each.where)}: {escape(each.sentence)}")
        out.print("  " + escape(each.mend), style="dim")
    if not any(each.blocks for each in problems):
        out.print("[green]✓[/] Nothing lacks.")


def _show_build(document: dict[str, Any]) -> None:
    for each in document["built"]:
        out.print(f"{each['seconds']:>8.2f} s  {each['name']} {each['status']}", markup=False)
    for each in document["failed"]:
        told = f"{each['severity']}: {each['name']}: {each['sentence']}"
        out.print(told, style="red" if each["severity"] == "blocking" else "yellow", markup=False)
