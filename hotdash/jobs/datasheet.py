"""What a training set is, for whoever gets it into their hands without us."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from hotdash.base.clock import iso_utc

FILE_OF_LINES, FILE_OF_SHEET = "training.jsonl", "datasheet.md"
FIELDS = {
    "example": "pseudonym of the answer",
    "shop": "pseudonym of the shop",
    "day": "day of the answer, UTC",
    "about": "pseudonym of what it is about; the same one may be asked about several times",
    "context": "what was known when it was shown, in words of fixed choice",
    "options": "what could be chosen; the first is what was recommended",
    "place": "its place in the queue when it was answered",
    "shown_order": "pseudonyms (as `asked`) of everything shown beside it, in order; empty where not told",
    "asked": "pseudonym of the recommendation",
    "trial": "whether it stood in the third place to be learnt from",
    "foretold": "probability of approval that was kept when it was shown; null before there was a model",
    "choice": "approved, edited (changed first, then approved), rejected, or ignored (passed unanswered)",
    "option": "which option was chosen, where one was named",
    "edits": "what was changed before approving: numbers as they are, words only as changed",
    "seconds": "from when it was shown to the answer",
    "by": "pseudonym of who answered; null where nobody did",
    "rationale": "why, masked",
    "outcome": "the figure before and afterwards, its baseline, and whether it worked; null before its time",
}


def datasheet(lines: Sequence[Mapping[str, Any]], made_at: datetime) -> str:
    choices = Counter(str(line["choice"]) for line in lines)
    kinds = Counter(str(line["context"].get("kind")) for line in lines)
    days = [str(line["day"]) for line in lines]
    span = f"{min(days)} to {max(days)}" if days else "no day"
    outcomes = sum(line["outcome"] is not None for line in lines)
    trials = sum(bool(line["trial"]) for line in lines)
    return "\n".join(
        [
            "# Datasheet: answers to recommendations",
            "",
            f"Made {iso_utc(made_at)}. {len(lines)} lines, {span}; {outcomes} with an outcome, "
            f"{trials} shown to learn.",
            "",
            f"- Choices: {_counted(choices)}.",
            f"- Kinds: {_counted(kinds)}.",
            "",
            "## What it is",
            "Each line is one recommendation of one shop and how it ended: answered by a person, or "
            "passed without an answer. All of a shop's answers since contexts are kept are in it, "
            "none was chosen. What was put off is not in it.",
            "",
            "## How it came about",
            "Rules propose; people see the first three on Today and all in the queue. The order is "
            "the probability of approval times money times urgency once 20 answers were given, before "
            "that money times urgency. The third place is drawn among what waits below the first two "
            "(`trial`), so it is not a choice at random: weigh by it with care. People see the order, "
            "so what stands first is answered more often.",
            "",
            "## Privacy",
            "No names, addresses or numbers of orders. Pseudonyms are of a key that was thrown away: they "
            "hold within this file and nowhere else. In rationales e-mail addresses, telephone numbers, "
            "numbers of seven digits and more, and the names of everybody who signs in are masked. "
            "Whoever writes another name into a rationale writes it into the log: `hotdash privacy "
            "erase` takes it out there, and out of every later export.",
            "",
            "## Fields",
            *(f"- `{name}`: {told}." for name, told in FIELDS.items()),
            "",
            "## What it is not good for",
            "It says what the people of one shop wanted, not what was right. `worked` compares with what "
            "was left alone, which nobody chose at random: it is no proof of cause.",
            "",
        ]
    )


def _counted(found: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(found.items())) or "none"
