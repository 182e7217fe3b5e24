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

NOT_REACHED = "It is older than the {days} days that this model looks back."
WON_LAST_TOUCH = (
    "It is the latest visit within {days} days, direct or not, so last touch gives it the order."
)
WON_FIRST_CLICK = (
    "It is the first click of the {days} days looked back, so first click gives it the order."
)
LOST_TO_LATER_TOUCH = "A later visit, {winner}, takes the order."
LOST_TO_EARLIER = "An earlier click, {winner}, takes the order."
ONLY_CLICK = "It is the only click within {days} days, so it has the whole order."
LINEAR = "{clicks} clicks lie within {days} days, and each has the same."
POSITION_HALF = "Of two clicks each has half."
POSITION_END = "It is the {end} of {clicks} clicks; the first and the last have 40% each."
POSITION_BETWEEN = (
    "It stands between the first and the last click; the {between} between share 20%."
)
POSITION_ONE_BETWEEN = "It is the one click between the first and the last, and has 20%."
TIME_DECAY = "A click counts half for every {half_life} days of its age, measured against the {others} beside it."
MARKOV = (
    "Its channel {channel} has {share} of the order, by what its removal would have cost{shared}."
)
SHAPLEY = "{channels} channels led here, and each has the same{shared}."
SHAPLEY_ONE = "One channel alone led here{shared}."
SHARED = "; its {clicks} clicks share that"
NO_CREDIT_LEFT = "Nothing could be credited under this model, so the order is Direct / None."

NAMED_BY = {
    "utm": "The link named it: utm_source and utm_medium.",
    "click id": "The link carried the click id of an ad platform.",
    "referrer": "The page it came from named it.",
    "direct": "Neither link nor referrer named a source; the own site and payment pages do not count.",
}
RULE = "Channel rule {rank} calls {source} / {medium} {channel}."
NO_RULE = "No channel rule knows {source} / {medium}."

TITLES = {
    "last_click": "Last click",
    "last_touch": "Last touch",
    "first_click": "First click",
    "linear": "Linear",
    "position": "Position 40/20/40",
    "time_decay": "Time decay",
    "markov": "Markov",
    "shapley": "Shapley",
}
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

WINDOWED = (
    "A window of {days} days is a look beside what was decided ({decided} days): what is published, what "
    "alerts and what is decided by keeps the window that was decided."
)
