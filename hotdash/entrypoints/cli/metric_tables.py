"""Metrics, answers and explanations as tables on a terminal."""

from decimal import ROUND_HALF_UP, Decimal

from rich.markup import escape
from rich.table import Column, Table

from hotdash.entrypoints.cli.instants import in_utc
from hotdash.entrypoints.cli.output import out
from hotdash.insights.metrics.definition import Metric
from hotdash.insights.metrics.query.answer import Answer, Cell, rounded
from hotdash.insights.metrics.query.explain import Explanation
from hotdash.insights.metrics.query.question import Against
from hotdash.insights.metrics.query.trial import Trial
from hotdash.insights.operations.growth import PLANNED_MONTHS, Growth

_MOST_ROWS = 40


def show_definition(metric: Metric) -> None:
    out.print(f"[bold]{escape(metric.title)}[/] ({escape(metric.label)}, {metric.status})")
    out.print(escape(metric.definition.strip()))
    out.print(f"\n[bold]{escape(metric.name)}[/] = {escape(metric.formula.strip())}")
    for name, meaning in metric.components.items():
        out.print(f"  {escape(name)}: {escape(meaning)}")
    out.print(f"\nunit {metric.unit}; {', '.join(metric.dimensions)}; owner {escape(metric.owner)}")
    for switch in metric.policy:
        out.print(
            f"decided: {switch.switch} = {switch.written_default} unless a shop decides otherwise "
            f"({switch.offer}). " + escape(switch.reason)
        )
    if metric.models is not None:
        others = [name for name in metric.models.columns if name != metric.models.default]
        out.print(f"model: {metric.models.default}, or with --model {', '.join(others)}")
    for case in metric.edge_cases:
        out.print(f"- {escape(case)}")
    for change in metric.changelog:
        told = (
            f"v{change.version} {change.date}: {change.change} (approved by {change.approved_by})"
        )
        out.print(escape(told), style="dim")


def show_answer(answer: Answer) -> None:
    is_compared = answer.against not in (Against.NONE, Against.PLAN)
    columns = [Column(name, no_wrap=True) for name in answer.by]
    for each in answer.metrics:
        columns.append(Column(each.asked, justify="right"))
        if is_compared:
            columns += [Column("before", justify="right"), Column("change", justify="right")]
    table = Table(*columns, Column("note", no_wrap=True))
    reasons: dict[str, None] = {}
    tells_money = any(each.metric.unit == "money" for each in answer.metrics)
    for row in answer.rows:
        cells = ["–" if row.key[name] is None else escape(str(row.key[name])) for name in answer.by]
        for each in answer.metrics:
            cell = row.cells[each.asked]
            cells += _shown(cell, each.metric, row.currency, is_compared)
            reasons.update((why, None) for why in (cell.why, cell.why_no_base) if why)
        marks = (tells_money and row.currency, row.provisional and "provisional")
        table.add_row(*cells, " ".join(mark for mark in marks if mark))
    out.print(table)
    for notice in answer.notices:
        out.print(escape(notice.sentence), style="yellow")
    for note in (*answer.notes, *reasons):
        out.print(escape(note), style="dim")
    for shop in answer.shops:
        for mart, block in shop.blocked.items():
            told = f"{shop.shop_id}: {mart} is the last good build, blocked since {in_utc(block.since)}: "
            out.print(escape(told + block.told), style="yellow")
        read = ", ".join(f"{name} as of {in_utc(at)}" for name, at in shop.as_of.items())
        days = f"{shop.window.first} to {shop.window.last}, {shop.timezone} days"
        out.print(escape(f"{shop.shop_id}: {days}; {read or 'nothing published'}."), style="dim")


def show_explanation(found: Explanation, indent: str = "") -> None:
    value = _number(rounded(found.value, found.metric, found.currency))
    out.print(
        f"{indent}[bold]{escape(found.metric.label)}[/] of {escape(found.shop_id)} on {found.day}: "
        f"[bold]{value}[/] {found.currency if found.metric.unit == 'money' else found.metric.unit}"
    )
    if found.why:
        out.print(indent + escape(found.why), style="yellow")
    out.print(indent + escape(found.metric.formula.strip()), style="dim")
    for name, amount in found.components.items():
        out.print(f"{indent}  {escape(name)} {_number(amount)}")
    for name, is_on in found.switches.items():
        out.print(f"{indent}  {escape(name)} {is_on}")
    if found.rows:
        _show_rows(found)
    if found.adds_up is not None:
        said = "add up to it" if found.adds_up else "do NOT add up to it"
        out.print(
            f"{indent}{len(found.rows)} rows of {found.mart} {said}.",
            style="green" if found.adds_up else "bold red",
        )
    if found.note:
        out.print(indent + escape(found.note), style="dim")
    for each in found.made_of:
        show_explanation(each, indent + "  ")


def show_trial(trial: Trial) -> None:
    table = Table(
        "month", "metric", *(Column(name, justify="right") for name in _TRIED), "currency"
    )
    for each in trial.months:
        amounts = (each.decided, each.tried, each.change)
        shown = [_number(rounded(amount, each.metric, each.currency)) for amount in amounts]
        table.add_row(each.month, each.metric.name, *shown, each.currency or "")
    out.print(table)
    out.print(
        escape(f"With {trial.policy}={trial.value} of {trial.shop_id}; nothing was decided."),
        style="dim",
    )


def show_growth(shop_id: str, growth: Growth) -> None:
    told = growth.as_json()
    standing = growth.standing
    out.print(
        f"[bold]{escape(shop_id)}[/] on {standing.day}: {told['revenue_12m']} {standing.currency} "
        f"in {standing.days_in_12m} days, {_percent(growth.share)} of {told['target']}; "
        + (
            f"a year at the pace of the last quarter brings {told['run_rate']}."
            if told["run_rate"]
            else "no quarter is known yet to tell a year's pace by."
        )
    )
    present, needed = _percent(growth.present_monthly), _percent(growth.needed_monthly)
    out.print(
        f"It grows by {present} a month; to arrive within {PLANNED_MONTHS} months it needs {needed}."
    )
    if standing.is_reached:
        out.print("The target is reached.")
        return
    if growth.arrival is None:
        out.print("No day of arrival: there are no two quarters with sales to tell its growth by.")
        return
    arrival = growth.arrival
    out.print(
        f"At this rate it arrives on {arrival.day or 'no day'}; the earliest is "
        f"{arrival.earliest or 'never'}, the latest {arrival.latest or 'never'}."
    )


def _percent(share: Decimal | None) -> str:
    return "an unknown share" if share is None else f"{in_percent(share)}%"


def in_percent(share: Decimal) -> Decimal:
    return (share * 100).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


_TRIED = ("as decided", "as tried", "change")


def _show_rows(found: Explanation) -> None:
    first = found.rows[0]
    names = (*first.key, *first.components)
    table = Table(
        *(Column(name, justify="right") for name in names), Column("value", justify="right")
    )
    for row in found.rows[:_MOST_ROWS]:
        keys = [escape(str(value)) for value in row.key.values()]
        table.add_row(*keys, *map(_number, row.components.values()), _number(row.value))
    out.print(table)
    if len(found.rows) > _MOST_ROWS:
        out.print(f"{len(found.rows) - _MOST_ROWS} more; --json has them all.", style="dim")


def _shown(cell: Cell, metric: Metric, currency: str | None, is_compared: bool) -> list[str]:
    value = _number(rounded(cell.value, metric, currency))
    if not is_compared:
        return [value]
    share = "–" if cell.share is None else f"{in_percent(cell.share):+}%"
    return [value, _number(rounded(cell.base, metric, currency)), share]


def _number(value: Decimal | None) -> str:
    return "–" if value is None else f"{value:,f}"
