"""How soon a model knows what an operator wants: `python -m benchmarks.recommender --data DIR` for logs of others."""

import argparse
import csv
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import fmean

from benchmarks.figures import Figure
from benchmarks.operators import TASTES, Context, Operator, context, operator
from hotdash.decisions.recommendations.learning.context import EVERYTHING, columns_of
from hotdash.decisions.recommendations.learning.foretelling import Foretold, auc_of, quality_of
from hotdash.decisions.recommendations.learning.posterior import Posterior
from hotdash.decisions.recommendations.learning.prior import Prior
from hotdash.decisions.recommendations.learning.replay import Answered, Said, replay

AFTER = (20, 50, 100, 200, 400)
GOALS = {100: 0.70, 400: 0.75}
TRIED = "priors of half to twice the variance move it by 0.02 at most, and the other tastes back by as much"
EACH, JUDGED = 6, 600
COLUMNS = ("series", "time", "value", "label")
MANY_MINDS, MANY = "of many minds", 24
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Seen:
    """After so many answers, on contexts that the model has not seen."""

    taste: str
    after: int
    auc: float
    error: float
    best: float


def measure(_folder: Path, _orders: int) -> Iterable[Figure]:
    found = [
        seen
        for taste in TASTES
        for seed in range(EACH)
        for seen in learning_curve(taste, seed, AFTER, JUDGED)
    ]
    size = f"{len(TASTES)} tastes, {EACH} operators each; {JUDGED} fresh proposals"
    for after in AFTER:
        of_all = [seen for seen in found if seen.after == after]
        goal = GOALS.get(after)
        yield Figure(
            f"AUC after {after} decisions",
            size,
            f"{fmean(seen.auc for seen in of_all):.3f}",
            f"over {goal:.2f}" if goal else "–",
            f"{_by_taste(of_all)}; whoever knew the taste {fmean(seen.best for seen in of_all):.3f}",
        )
        yield Figure(
            f"calibration error (ECE) after {after} decisions",
            size,
            f"{fmean(seen.error for seen in of_all):.3f}",
            "–",
            f"at most {max(seen.error for seen in of_all):.3f}",
        )
    yield from _of_many_minds()
    yield _replayed(2000)


def _of_many_minds() -> Iterable[Figure]:
    """The taste that needs the most answers, beside a model that is told which columns it is made of."""
    told = [_told_the_columns(seed) for seed in range(MANY)]
    ours = [learning_curve(MANY_MINDS, seed, (100, 400), JUDGED) for seed in range(MANY)]
    for place, after in enumerate((100, 400)):
        yield Figure(
            f"AUC of many minds after {after} decisions",
            f"{MANY} operators; {JUDGED} fresh proposals",
            f"{fmean(each[place].auc for each in ours):.3f}",
            "–",
            f"whoever is told which columns count {fmean(each[place] for each in told):.3f}, "
            f"whoever knew the taste {fmean(each[place].best for each in ours):.3f}; {TRIED}",
        )


def _told_the_columns(seed: int) -> tuple[float, float]:
    """It knows of each column how far it may differ from nought, and nothing of which way."""
    chance = Random(f"{MANY_MINDS} {seed}")
    whom = operator(MANY_MINDS, chance)
    model = Posterior(Prior(variance=dict.fromkeys(whom.weights, 1.0)))
    fresh = [_that_count(whom, context(chance), chance) for _ in range(JUDGED)]
    found: list[float] = []
    for number in range(1, 401):
        columns, wanted = _that_count(whom, context(chance), chance)
        model.learn(columns, wanted=wanted)
        if number in (100, 400):
            told = [Foretold(model.belief(each).probability, said) for each, said in fresh]
            found.append(auc_of(told) or 0.0)
    return found[0], found[1]


def _that_count(whom: Operator, told: Context, chance: Random) -> tuple[Sequence[str], bool]:
    return [each for each in columns_of(told) if each in whom.weights], whom.answer(told, chance)


def learning_curve(
    taste: str, seed: int, after: Sequence[int] = AFTER, judged: int = JUDGED
) -> list[Seen]:
    chance = Random(f"{taste} {seed}")
    whom, model = operator(taste, chance), Posterior()
    fresh = [context(chance) for _ in range(judged)]
    answers = [whom.answer(each, chance) for each in fresh]
    best = auc_of(
        [Foretold(whom.probability(told), said) for told, said in zip(fresh, answers, strict=True)]
    )
    found: list[Seen] = []
    for number in range(1, max(after) + 1):
        told = context(chance)
        model.learn(columns_of(told), wanted=whom.answer(told, chance))
        if number in after:
            quality = quality_of(
                [
                    Foretold(model.belief(columns_of(each)).probability, said)
                    for each, said in zip(fresh, answers, strict=True)
                ]
            )
            if quality.auc is not None and quality.calibration_error is not None and best:
                found.append(Seen(taste, number, quality.auc, quality.calibration_error, best))
    return found


def _by_taste(found: Sequence[Seen]) -> str:
    return ", ".join(
        f"{taste} {fmean(seen.auc for seen in found if seen.taste == taste):.2f}"
        for taste in TASTES
    )


def _replayed(count: int) -> Figure:
    chance = Random(1)
    whom = operator(MANY_MINDS, chance)
    log = [_answered(whom, context(chance), place, chance) for place in range(count)]
    began = time.process_time()
    replay(log)
    spent = time.process_time() - began
    what = "a log is replayed from its first answer"
    return Figure(
        what, f"{count:,} answers", f"{spent:.2f} CPU s", "–", "once per publication and shop"
    )


def _answered(whom: Operator, told: Context, place: int, chance: Random) -> Answered:
    said = Said.APPROVED if whom.answer(told, chance) else Said.REJECTED
    return Answered(BEGAN + timedelta(hours=place), str(place), said, told)


def outside_logs(folder: Path) -> dict[str, list[tuple[tuple[str, ...], bool]]]:
    """Long format: a row per answer and feature; rows of one series and time are one answer, label 1 or 0."""
    logs: dict[str, dict[str, tuple[set[str], bool]]] = defaultdict(dict)
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            if not set(COLUMNS) <= set(rows.fieldnames or ()):
                raise SystemExit(f"{path} needs the columns {', '.join(COLUMNS)}.")
            for row in rows:
                wanted = float(row["label"]) > 0
                known, _ = logs[row["series"]].setdefault(row["time"], (set(), wanted))
                known.add(row["value"])
    if not logs:
        raise SystemExit(f"{folder} holds no CSV file with answers.")
    return {
        series: [
            ((EVERYTHING, *sorted(known)), wanted) for _, (known, wanted) in sorted(answers.items())
        ]
        for series, answers in sorted(logs.items())
    }


def foretold_log(answers: Iterable[tuple[tuple[str, ...], bool]]) -> list[Foretold]:
    """Each answer foretold from those before it, then learnt from."""
    model, told = Posterior(), list[Foretold]()
    for columns, wanted in answers:
        told.append(Foretold(model.belief(columns).probability, wanted))
        model.learn(columns, wanted=wanted)
    return told


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.recommender", description=__doc__)
    parser.add_argument("--data", type=Path, help="a folder of CSV files: series,time,value,label")
    asked = parser.parse_args()
    if asked.data is None:
        for figure in measure(Path(), 0):
            print(
                f"{figure.what} ({figure.size}): {figure.seen}; goal {figure.goal}; {figure.remark}"
            )
        return
    for series, answers in outside_logs(asked.data).items():
        quality = quality_of(foretold_log(answers))
        print(
            f"{series}: {quality.answers} answers, AUC {quality.auc}, ECE {quality.calibration_error}"
        )


if __name__ == "__main__":
    main()
