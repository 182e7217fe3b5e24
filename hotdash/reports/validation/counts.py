"""Whether raw, staged and published are the same rows, and nothing else blocks."""

from collections.abc import Iterator
from datetime import date

from hotdash.reports.validation.asked import BLOCKING, Asked, judged
from hotdash.reports.validation.contract import Finding, Item
from hotdash.storage.appdb.repositories.publications import PARITY_CHECK, outcomes_of
from hotdash.storage.appdb.repositories.standings import load_blocks

RAW_IS_BUILT = (
    "orders_have_one_version",
    "order_ids_are_unique",
    "assert_no_duplicate_orders",
    "assert_orders_have_their_lines",
    "lines_add_up_to_orders",
    "revenue_adds_up_to_orders",
)


def raw_is_built(asked: Asked) -> Item:
    answers = asked.answers(RAW_IS_BUILT)
    missing = sorted(set(RAW_IS_BUILT) - {each.check_name for each in answers})
    not_asked = f"Nobody asked {', '.join(missing)} yet: `hotdash run`." if missing else None
    return judged(
        "raw_is_built",
        "Is every order that was read in the marts once, and do its lines and days add up?",
        asked.failures(answers),
        "Each order once, with its lines; lines, orders and days add up to the last digit.",
        rests_on=RAW_IS_BUILT,
        mend="Run `hotdash run --full`; if it stays, report it with the rows of `hotdash checks show`.",
        not_asked=not_asked,
    )


def built_is_served(asked: Asked) -> Item:
    """Staged rows were held against the candidate before the pointer moved, serving is held now."""
    answers = asked.answers((PARITY_CHECK,))
    findings = [*asked.failures(answers), *_off(asked)]
    rows = sum(day.theirs.rows for day in asked.parity.days.values())
    return judged(
        "built_is_served",
        "Are the staged rows those that were built, and the served rows those that were published?",
        findings,
        f"{rows:,} rows of {len(asked.editions)} marts: counts and hashes equal.",
        rests_on=(PARITY_CHECK, "hotdash parity --target serving"),
        mend="`hotdash parity` names the rows; the next run publishes them anew.",
        not_asked=_why_not(asked),
    )


def _why_not(asked: Asked) -> str | None:
    """Each publication holds its staged rows against its candidate, and writes down only where they differ."""
    if asked.pointer is None:
        return "Nothing is published for this shop yet: `hotdash run`."
    build = asked.checked_build
    if build is None or not outcomes_of(asked.session, asked.shop.shop_id, build):
        return "The newest checked build was not published yet: `hotdash run`."
    return None


def _off(asked: Asked) -> Iterator[Finding]:
    for place, day in asked.parity.off:
        if place.shop_id == asked.shop.shop_id:
            what = f"{place.table}: {day.told}"
            try:
                yield Finding(place.shop_id, what, date.fromisoformat(place.day))
            except ValueError:
                # Undated tables have buckets, and what nobody has any more is named by its month.
                yield Finding(place.shop_id, f"{place.table} {place.day}: {day.told}")


def nothing_blocks(asked: Asked) -> Item:
    answers = [each for each in asked.checks.values() if each.severity == BLOCKING]
    blocked = load_blocks(asked.session, [asked.shop.shop_id], sorted(asked.editions))
    findings = asked.failures(sorted(answers, key=lambda each: each.check_name))
    for mart, block in sorted(blocked.get(asked.shop.shop_id, {}).items()):
        findings.append(asked.finding(f"{mart} is kept at an older build: {block.told}"))
    if asked.pointer is not None and asked.pointer.pin is not None:
        pin = asked.pointer.pin
        findings.append(asked.finding(f"the publication is held at an older one: {pin.reason}"))
    return judged(
        "nothing_blocks",
        "Did every blocking check pass, and is the newest build what is shown?",
        findings,
        f"{len(answers)} blocking checks passed; nothing is held back.",
        rests_on=("every blocking check", "publication outcomes"),
        mend="`hotdash checks list` says what failed and how to mend it.",
        not_asked=None if answers else "No build was checked yet: `hotdash run`.",
    )
