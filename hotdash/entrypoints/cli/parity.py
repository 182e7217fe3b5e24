"""hotdash parity"""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from hotdash.base.errors import SettingsError
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import FAILED, out, say_json, told_errors
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.entrypoints.wiring_parity import parity_desk
from hotdash.jobs.parity import MIRROR, Checked, parity_document
from hotdash.pipeline.publish.served_days import SERVING


def register(app: typer.Typer) -> None:
    app.command()(parity)


def parity(
    context: typer.Context,
    target: Annotated[
        str | None,
        typer.Option(help=f"{SERVING} or {MIRROR}; unset, both where a mirror is connected."),
    ] = None,
    shop: Annotated[str | None, typer.Option(help="Only this shop.")] = None,
    json: Json = False,
) -> None:
    """Compare served rows with what was published, and the mirror's with ours; 1 when they differ."""
    with told_errors(json):
        _require_known(target)
        with migrated_installation(invocation(context).settings()) as house:
            desk = parity_desk(house)
            checked = [desk.check(each, shop) for each in ([target] if target else desk.targets())]
            at = house.clock.now()
        if json:
            say_json(
                {
                    "parity": [
                        {
                            **{
                                k: v
                                for k, v in parity_document(e.parity, at).items()
                                if k != "days"
                            },
                            "artifact": str(e.artifact),
                        }
                        for e in checked
                    ]
                }
            )
        else:
            for each in checked:
                _show(each)
        if any(each.parity.off for each in checked):
            raise SystemExit(FAILED)


def _require_known(target: str | None) -> None:
    if target not in (None, SERVING, MIRROR):
        raise SettingsError(
            f"There is no target {target!r}.",
            hint=f"Compare {SERVING} or {MIRROR}, or leave --target out.",
            field="target",
        )


def _show(checked: Checked) -> None:
    parity = checked.parity
    rows = sum(day.theirs.rows for day in parity.days.values())
    told = f"{len(parity.off)} days differ" if parity.off else "equal"
    out.print(f"{parity.target}: {rows:,} rows, {told}. {checked.artifact}", markup=False)
    if parity.off:
        table = Table("shop", "table", "day", "difference")
        for place, day in parity.off:
            table.add_row(*map(escape, (place.shop_id, place.table, place.day, day.told)))
        out.print(table)
