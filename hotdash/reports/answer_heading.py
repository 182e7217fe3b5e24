"""What stands above the rows of a file: of which shop, days, filters, versions and build they are."""

from collections.abc import Iterator

from hotdash.base.clock import iso_utc
from hotdash.insights.metrics.definition import DayOwner
from hotdash.insights.metrics.period import Window
from hotdash.insights.metrics.query.answer import Answer, AnsweredMetric, ShopProvenance
from hotdash.insights.metrics.query.question import Against, Question

Fact = tuple[str, ...]
"""A name and what there is to say under it."""

_DAYS_OF = {
    DayOwner.SHOP: "of the shop",
    DayOwner.AD_ACCOUNT: "of the ad account",
    DayOwner.PROPERTY: "of the GA4 property",
    DayOwner.PACIFIC: "of Search Console, Pacific time",
}
_AGAINST = {Against.PREVIOUS: "Previous period", Against.YEAR: "Same days last year"}


def facts_of(answer: Answer, question: Question) -> list[Fact]:
    return [*_of_question(answer, question), *_of_shops(answer), *_of_answer(answer)]


def _of_question(answer: Answer, question: Question) -> Iterator[Fact]:
    for each in answer.metrics:
        yield ("Metric", each.metric.title, versions_of(each), *_credited(each))
    yield "Split by", *(answer.by or ("nothing",))
    for name, values in question.filters.items():
        yield "Filter", name, *(value or "(none)" for value in values)
    yield "Currency", answer.currency or "of each shop"


def versions_of(each: AnsweredMetric) -> str:
    """revenue v1, or revenue v1, v2 since 2026-10-01 where several were in force."""
    first, *later = each.versions
    told = [first[0].label, *(f"v{metric.version} since {since}" for metric, since in later)]
    return ", ".join(told)


def _credited(each: AnsweredMetric) -> Iterator[str]:
    if each.model:
        yield f"credited by {each.model}"


def _of_shops(answer: Answer) -> Iterator[Fact]:
    owners = {each.metric.day_owner for each in answer.metrics}
    days = " and ".join(_DAYS_OF[owner] for owner in sorted(owners))
    for shop in answer.shops:
        yield "Shop", shop.name, shop.shop_id
        yield ("Period", *_days(shop.window))
        if shop.base_window is not None:
            yield ("Compared with", _AGAINST[answer.against], *_days(shop.base_window))
        yield "Days", days, shop.timezone
        yield from _of_publication(shop)


def _of_publication(shop: ShopProvenance) -> Iterator[Fact]:
    yield "Publication", str(shop.manifest) if shop.manifest else "nothing published"
    for mart, build in sorted(shop.builds.items()):
        if build is not None:
            yield "Build", mart, str(build)
    for source, at in sorted(shop.as_of.items()):
        yield "Complete through", source, iso_utc(at)
    if shop.last_complete is not None:
        yield "Last complete day", shop.last_complete.isoformat()
    if shop.held is not None:
        yield "Held", shop.held
    for mart, block in sorted(shop.blocked.items()):
        yield "Blocked", mart, iso_utc(block.since), block.told


def _of_answer(answer: Answer) -> Iterator[Fact]:
    if answer.provisional:
        yield "Provisional", "some of these days are not complete yet"
    for note in answer.notes:
        yield "Note", note
    for notice in answer.notices:
        yield "Notice", notice.sentence


def _days(window: Window) -> Fact:
    return window.first.isoformat(), window.last.isoformat()
