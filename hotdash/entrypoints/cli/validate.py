"""hotdash validate"""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import FAILED, out, say_json, told_errors
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.entrypoints.wiring_parity import parity_desk
from hotdash.jobs.validate_launch import FOLDER, Validated, sign_all, write
from hotdash.jobs.validate_launch import validate as validated
from hotdash.pipeline.publish.served_days import SERVING
from hotdash.reports.validation.contract import Outcome
from hotdash.reports.validation.document import report_document, sha256_of
from hotdash.storage.appdb.repositories.shops import chosen_shops

_STYLES = {
    Outcome.PASSED: "green",
    Outcome.NOTED: "yellow",
    Outcome.FAILED: "bold red",
    Outcome.NOT_ASKED: "bold red",
    Outcome.NOT_HERE: "dim",
}
_SHOWN_FINDINGS = 20


def register(app: typer.Typer) -> None:
    app.command()(validate)


def validate(
    context: typer.Context,
    shop: Annotated[str | None, typer.Option(help="Only this shop; else each of them.")] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--out", help="Where to write the reports; else `validation` in the home."),
    ] = None,
    sign_off: Annotated[
        bool,
        typer.Option(
            "--sign-off",
            help="Sign them: the hash of each goes into the audit log. Refused where one may not be.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Answer what a merchant asks on the first day, as a report to sign; 1 when something stands against it."""
    with told_errors(json):
        with migrated_installation(invocation(context).settings()) as house:
            desk = parity_desk(house)
            with house.database.snapshot() as session:
                shops = [each.shop_id for each in chosen_shops(session, shop)]
            reports = [
                validated(house.database, house.clock, each, lambda one: desk.compare(SERVING, one))
                for each in shops
            ]
            by = operator()
            signed = sign_all(house.database, house.clock, reports, by) if sign_off else []
            place = folder or house.settings.home / FOLDER
            made = [
                write(place, report, signed[number] if signed else None)
                for number, report in enumerate(reports)
            ]
        if json:
            say_json({"validations": [_told(each) for each in made]})
        else:
            for each in made:
                _show(each)
        if not all(each.report.may_be_signed for each in made):
            raise SystemExit(FAILED)


def _told(each: Validated) -> dict[str, Any]:
    signed = each.sign_off
    return {
        "report": report_document(each.report),
        "sha256": sha256_of(each.report),
        "signed": {"by": signed.by, "at": signed.at} if signed else None,
        "files": [str(file) for file in each.files],
    }


def _show(each: Validated) -> None:
    report = each.report
    out.print(f"[bold]{escape(report.shop_name)}[/] {escape(report.shop_id)}")
    table = Table("outcome", "asked", "found", box=None)
    for item in report.items:
        style = _STYLES[item.outcome]
        table.add_row(f"[{style}]{item.outcome.value}[/]", item.name, escape(item.told))
    out.print(table)
    for item in report.items:
        for finding in item.findings[:_SHOWN_FINDINGS]:
            word = "noted" if finding.explained else "✕"
            out.print(f"  {word} {item.name}: {finding.told}", markup=False)
        if len(item.findings) > _SHOWN_FINDINGS:
            out.print(
                f"  {len(item.findings) - _SHOWN_FINDINGS:,} more of {item.name} in the report."
            )
    if each.sign_off:
        out.print(f"Signed by {each.sign_off.by}; SHA-256 {each.sign_off.sha256}.", markup=False)
    for file in each.files:
        out.print(str(file), markup=False)
