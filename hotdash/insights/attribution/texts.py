"""What is said about attribution, on every door in the same words."""

LAST_CLICK = (
    "Last click gives the whole order to the latest visit that came from somewhere, if it was at most "
    "{days} days (each of 24 hours) before the order. A direct visit is kept in the journey and takes nothing."
)
DIRECTIONAL = (
    "Attribution is directional. Platforms count by windows and views of their own, so their figures may "
    "differ from these; the orders of the shop are the financial truth."
)
DEVICES = (
    "Visits of different devices are joined only where the shop knows the customer on both; "
    "nothing is guessed."
)
NO_VISITS = "No visit before this order is known, so it is Direct / None."
NO_CLICK = "No visit that came from somewhere lies within {days} days before this order, so it is Direct / None."
NOT_COUNTED = "This order does not count as revenue, so nobody is credited with it."
NOT_YET = "Shopify tells the visits of an order about half an hour after it; a late one is credited when it comes."

WON = "It is the latest click within {days} days, so last click gives it the order."
LOST_TO_LATER = "A later click, {winner}, takes the order."
LOST_DIRECT = "It came from nowhere in particular: a direct visit is no click."
LOST_TOO_OLD = "It is older than the {days} days of last click."
LOST_BEYOND = "It is older than the {days} days that any model looks back."

NAMED_BY = {
    "utm": "The link named it: utm_source and utm_medium.",
    "click id": "The link carried the click id of an ad platform.",
    "referrer": "The page it came from named it.",
    "direct": "Neither link nor referrer named a source; the own site and payment pages do not count.",
}
RULE = "Channel rule {rank} calls {source} / {medium} {channel}."
NO_RULE = "No channel rule knows {source} / {medium}."

MODELS = {
    "last_click": "The latest click within the window has it all.",
    "last_touch": "The latest visit within the window has it all, a direct one too.",
    "first_click": "The first click of the lookback has it all.",
    "linear": "Every click has the same.",
    "position": "The first and the last click have 40% each, those between share 20%.",
    "time_decay": "A click has half of what one a half-life later has.",
    "markov": (
        "Channels have what their removal would have cost the order's own month, or, until that is over, the "
        "newest closed month before; where nothing was learned of one, all have the same. The clicks of one share it."
    ),
    "shapley": "Every channel of the journey has the same; the clicks of one share it.",
}

COMPARISON = (
    "Shopify's orders are the financial truth; what Meta and Google report is directional. The usual "
    "reasons for a gap:",
    "Window: a platform credits a click for longer or shorter than {days} days.",
    "View-through: a platform also credits an ad that was only seen.",
    "Cross-device: a platform joins devices by its own accounts, which the shop cannot.",
    "Blockers and consent: visits that nobody could see are missing here, or there.",
    "Day: a platform counts a purchase on the day of the click in its own timezone, the shop on the order's.",
)
