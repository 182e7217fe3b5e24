"""Weights as sentences: what makes an answer likelier here, and what less likely."""

from hotdash.decisions.recommendations.learning.context import KIND, parts_of

_KINDS = {
    "reorder": "Reorders",
    "reply": "Replies to waiting customers",
    "chase_carrier": "Chasing carriers",
    "assign_page": "Giving pages to somebody",
    "cut_campaign": "Cutting campaigns",
    "raise_campaign": "Spending more on campaigns",
    "fix_source": "Mending sources",
    "look_into": "Looking into what was out of the ordinary",
    "clear_stock": "Clearing stock",
}
_LEVELS = {
    "money=none": "with no money at risk",
    "money=tenth": "about less than a tenth of a day's sales",
    "money=day": "about less than a day's sales",
    "money=week": "about less than a week's sales",
    "money=more": "about a week's sales or more",
    "urgency=day": "due within a day",
    "urgency=three_days": "due within three days",
    "urgency=week": "due within a week",
    "urgency=later": "due later than in a week",
    "sure=high": "of high confidence",
    "sure=medium": "of medium confidence",
    "sure=low": "of low confidence",
    "before=never": "about something new",
    "before=approved": "about something approved the last time",
    "before=rejected": "about something rejected the last time",
    "before=expired": "about something that passed by itself the last time",
    "times=first": "asked for the first time",
    "times=second": "asked for the second time",
    "times=often": "asked for the third time or later",
    "evidence=six_hours": "on figures of the last six hours",
    "evidence=day": "on figures of the last day",
    "evidence=three_days": "on figures of the last three days",
    "evidence=older": "on figures older than three days",
    "cover=out": "for items out of stock",
    "cover=week": "for items with a week of stock or less",
    "cover=two_weeks": "for items with two weeks of stock or less",
    "cover=month": "for items with four weeks of stock or less",
    "cover=more": "for items with more than four weeks of stock",
    "chance=less": "for items that run out before a refill only if nobody orders for two weeks",
    "chance=likely": "for items that likely run out before a refill",
    "chance=sure": "for items that almost surely run out before a refill",
    "off=four": "about what was just beyond the ordinary",
    "off=five": "about what was far beyond the ordinary",
    "off=eight": "about what was very far beyond the ordinary",
}
_DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}


def kind_in_words(kind: str) -> str:
    return _KINDS.get(kind, kind.replace("_", " ").capitalize())


def about(column: str) -> str:
    """What a column is about: `Reorders due within a day`."""
    parts = dict(parts_of(column))
    kind = parts.pop(KIND, None)
    begun = kind_in_words(kind) if kind else "Proposals"
    told = [_level(name, level) for name, level in parts.items()]
    return " ".join([begun, *told]) if kind or told else "All proposals"


def sentence(column: str, mean: float) -> str:
    often = "more" if mean > 0 else "less"
    return f"{about(column)} are approved {often} often."


def _level(name: str, level: str) -> str:
    if name == "weekday":
        return f"shown on a {_DAYS.get(level, level)}"
    return _LEVELS.get(f"{name}={level}", f"with {name} {level}")
