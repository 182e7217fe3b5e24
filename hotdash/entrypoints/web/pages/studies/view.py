"""A study as its card and its page show it."""

from dataclasses import dataclass

from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.pages.studies.drawn import (
    Correlogram,
    Line,
    correlogram,
    line_of,
    rate_line,
)
from hotdash.insights.metrics.definition import Unit
from hotdash.insights.metrics.registry import registry
from hotdash.insights.tiles import wording
from hotdash.reports.packet import words
from hotdash.reports.studies import activation, sentences
from hotdash.reports.studies.contract import (
    Baseline,
    BaselineDay,
    Series,
    State,
    StudyAnswer,
    StudyDay,
    StudyOfPair,
)

NO_PUBLICATION = ["Read from what people did in the app as it stands now, and from no publication"]
STATES = {
    State.MISSING: ("empty", "Not connected"),
    State.TOO_FEW: ("stale", "Not enough yet"),
    State.FLAT: ("empty", "Never changes"),
    State.NO_LINK: ("empty", "No link"),
    State.UNSTABLE: ("degraded", "Not in both halves"),
    State.LINKED: ("ok", "Moves together"),
    State.BASELINE: ("ok", "Baseline"),
}


@dataclass(frozen=True, slots=True)
class Word:
    name: str
    word: str


@dataclass(frozen=True, slots=True)
class Card:
    title: str
    question: str
    url: str
    state: Word
    verdict: str
    sample: str


@dataclass(frozen=True, slots=True)
class Figure:
    title: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class Definition:
    title: str
    url: str
    note: str


@dataclass(frozen=True, slots=True)
class StatementView:
    sql: str
    asked: str
    digest: str


@dataclass(frozen=True, slots=True)
class Table:
    """The first column names the row."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class StudyPage:
    title: str
    question: str
    state: Word
    verdict: str
    sample: str
    figures: tuple[Figure, ...]
    weight: str
    correlogram: Correlogram | None
    lines: tuple[Line, ...]
    tables: tuple[Table, ...]
    definitions: tuple[Definition, ...]
    method: tuple[str, ...]
    caveat: str
    explore_url: str | None
    same: str
    statements: tuple[StatementView, ...]


def card(answer: StudyAnswer, url: str) -> Card:
    study = answer.study
    return Card(
        *(study.title, study.question, url, Word(*STATES[answer.state])),
        answer.verdict,
        answer.sample,
    )


def page(answer: StudyAnswer) -> StudyPage:
    found, study = answer.found, answer.study
    is_baseline = isinstance(found, Baseline)
    return StudyPage(
        title=study.title,
        question=study.question,
        state=Word(*STATES[answer.state]),
        verdict=answer.verdict,
        sample=answer.sample,
        figures=_baseline_figures(found) if is_baseline else _link_figures(found),
        weight="" if is_baseline else _weight(found),
        correlogram=None if is_baseline else correlogram(found),
        lines=_lines(found),
        tables=_baseline_tables(found) if is_baseline else _pair_tables(found),
        definitions=_definitions(answer),
        method=activation.METHOD if is_baseline else sentences.METHOD,
        caveat=study.caveat,
        explore_url=answer.query.url,
        same="The same day" if is_baseline else "The same publication",
        statements=tuple(
            StatementView(
                each.sql.strip(),
                "\n".join(f"{name} = {value}" for name, value in each.asked.items()),
                each.digest or "",
            )
            for each in answer.query.statements
        ),
    )


def _lines(found: StudyOfPair | Baseline) -> tuple[Line, ...]:
    if isinstance(found, Baseline):
        return (rate_line(found),) if found.days else ()
    if not found.days:
        return ()
    first = line_of(found.first, [(each.day, each.first) for each in found.days])
    second = line_of(found.second, [(each.day, each.second) for each in found.days])
    return first, second


def _link_figures(found: StudyOfPair) -> tuple[Figure, ...]:
    link = found.link
    if link is None:
        return ()
    halves = " and ".join(map(sentences.correlation, link.halves))
    where = sentences.leading(found, link) if link.effect else sentences.shift(link)
    return (
        Figure(
            "Correlation",
            sentences.correlation(link.correlation),
            f"{where}; of all shifts chance explains it least",
        ),
        Figure("In the two halves", halves, "a link shows in both"),
        Figure("Chance shows as much in", sentences.share(link.chance), "of such studies"),
        Figure(
            "Expected to be false",
            sentences.share(link.false_share),
            f"of what is told of {wording.counted(link.pairs_tested, 'pair')}; shown up to 5%",
        ),
    )


def _weight(found: StudyOfPair) -> str:
    link = found.link
    return sentences.weight(link.effect, link) if link and link.effect else ""


def _baseline_figures(found: Baseline) -> tuple[Figure, ...]:
    newest = next((each for each in reversed(found.days) if each.started_7d), None)
    return (
        Figure(
            "Of all within a year",
            formatting.percent(found.rate),
            f"{found.activated} of {found.started}",
        ),
        Figure(
            "Range of the true rate",
            f"{formatting.percent(found.low)} – {formatting.percent(found.high)}"
            if found.low is not None
            else formatting.MISSING,
            "95 of 100 times",
        ),
        Figure(
            "Newest seven days with a start",
            formatting.percent(newest.rate_7d) if newest else formatting.MISSING,
            _of_week(newest),
        ),
    )


def _of_week(newest: BaselineDay | None) -> str:
    if newest is None:
        return "no shop has started yet"
    return (
        f"{newest.activated_7d} of {newest.started_7d}, to {formatting.day_with_year(newest.day)}"
    )


def _baseline_tables(found: Baseline) -> tuple[Table, ...]:
    heads = ("First session", "Shops", "Activated", "Shops in 7 days", "Activated", "Share")
    rows = tuple(
        (
            *(formatting.day_with_year(each.day), str(each.started), str(each.activated)),
            *(str(each.started_7d), str(each.activated_7d), formatting.percent(each.rate_7d)),
        )
        for each in reversed(found.days)
        if each.started
    )
    return (Table("Shops by the day they started", heads, rows),) if rows else ()


def _pair_tables(found: StudyOfPair) -> tuple[Table, ...]:
    if not found.days:
        return ()
    days = Table(
        "Both series by day",
        ("Day", found.first.title, found.second.title),
        tuple(_day_row(each, found.first, found.second) for each in reversed(found.days)),
    )
    if found.link is None:
        return (days,)
    lags = Table(
        "Correlation by shift",
        (f"{found.second.title} later by", "Correlation", "Pairs of days"),
        tuple(
            (
                f"{each.lag} d".replace("-", "−"),
                sentences.correlation(each.correlation, 3),
                str(each.pairs),
            )
            for each in found.link.lags
        ),
    )
    return lags, days


def _day_row(each: StudyDay, first: Series, second: Series) -> tuple[str, ...]:
    return (
        formatting.day_with_year(each.day),
        words.exact(each.first, first.unit),
        words.exact(each.second, second.unit),
    )


def _definitions(answer: StudyAnswer) -> tuple[Definition, ...]:
    found = answer.found
    if isinstance(found, Baseline):
        metric = registry().get(activation.METRIC)
        return (
            Definition(metric.title, f"/definitions/{metric.name}", f"version {metric.version}"),
        )
    return tuple(
        Definition(
            each.title,
            f"/definitions/{each.metric}",
            f"version {each.version}, {_unit(each.unit)}, {each.days_known} days known"
            + (f"; {each.left_out}" if each.left_out else ""),
        )
        for each in (found.first, found.second)
    )


def _unit(unit: str) -> str:
    return unit if unit in frozenset(Unit) else f"in {unit}"
