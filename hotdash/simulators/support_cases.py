"""One support case from its first message to its last: who said what when, and how it was rated."""

from dataclasses import dataclass, field
from random import Random

from hotdash.simulators.business_hours import BusinessHours

MINUTE, HOUR, DAY = 60, 3_600, 86_400

WHERE_IS_MY_ORDER = "where-is-my-order"
LATE_CARRIER = "late-carrier"
WRONG_PART = "wrong-part"
FITTING_ADVICE = "fitting-advice"
# Topic, share of all cases, earliest and latest days after the order.
TOPICS: tuple[tuple[str, float, float, float], ...] = (
    (WHERE_IS_MY_ORDER, 0.42, 1.5, 8.0),
    (LATE_CARRIER, 0.14, 5.0, 12.0),
    (WRONG_PART, 0.16, 3.0, 10.0),
    (FITTING_ADVICE, 0.28, 0.05, 2.0),
)
_OPENERS = {
    WHERE_IS_MY_ORDER: "Hi, where is my order {order}? The tracking has not moved.",
    LATE_CARRIER: "My parcel for {order} should have been here days ago.",
    WRONG_PART: "I got a -8 elbow in {order} and ordered a -6.",
    FITTING_ADVICE: "Which fitting goes from -6 hose to an M14x1.5 port?",
}
_REPLIES = (
    "Thanks for writing, I am looking into it.",
    "It left our warehouse and the carrier has it.",
    "We send the right part today, keep the other one.",
)
_FOLLOW_UPS = (
    "Any news?",
    "Great, thank you!",
    "It is still not here.",
    "Will that fit PTFE hose?",
)


@dataclass(frozen=True, slots=True)
class Policy:
    """Thresholds in seconds of business time."""

    first_response: int
    next_response: int
    resolution: int


@dataclass(frozen=True, slots=True)
class Said:
    """kind is incoming, outgoing, activity or template; agent names who wrote, where an agent did."""

    at: int
    kind: str
    content: str
    agent: int | None = None
    private: bool = False
    content_type: str = "text"


@dataclass(frozen=True, slots=True)
class Turn:
    """A change of status; a snooze ends by itself with a later turn."""

    at: int
    status: str
    snoozed_until: int | None = None


@dataclass(frozen=True, slots=True)
class Rated:
    at: int
    rating: int
    feedback: str | None
    message: int


@dataclass(frozen=True, slots=True)
class Measure:
    """What Chatwoot writes down about a case: value counts from `starts_at` to `at`."""

    at: int
    name: str
    starts_at: int
    value: int
    in_business_hours: int
    agent: int | None


@dataclass(frozen=True, slots=True)
class Miss:
    """One threshold that passed unmet: frt, nrt or rt."""

    at: int
    kind: str


@dataclass(slots=True)
class Script:
    """A case in the making: everything is said in the order of time."""

    chance: Random
    hours: BusinessHours
    agent: int
    is_slow: bool
    said: list[Said] = field(default_factory=list[Said])
    turns: list[Turn] = field(default_factory=list[Turn])
    measures: list[Measure] = field(default_factory=list[Measure])
    assigned_at: int | None = None
    rated: Rated | None = None
    resolved_at: int | None = None

    def hear(self, at: int, content: str) -> None:
        self.said.append(Said(at, "incoming", content))

    def reply(self, waited_since: int, content: str) -> int:
        """The agent answers after a while of business time; an ordinary wait is minutes to hours."""
        usual = MINUTE * 4 + int(self.chance.random() ** 2.2 * 2.6 * HOUR)
        if self.is_slow:
            usual = 5 * HOUR + usual * 3
        at = self.hours.after(waited_since, usual)
        is_first = self.assigned_at is None
        if is_first:
            self.assigned_at = at - 30
            self.said.append(Said(at - 30, "activity", "Assigned to an agent"))
        if self.chance.random() < 0.2:
            self.said.append(
                Said(at - 15, "outgoing", "Checked with the carrier.", self.agent, True)
            )
        self.said.append(Said(at, "outgoing", content, self.agent))
        self._measure(at, "first_response" if is_first else "reply_time", waited_since)
        return at

    def resolve(self, at: int, asks_for_rating: bool) -> None:
        self.turns.append(Turn(at, "resolved"))
        self.said.append(Said(at, "activity", "Conversation was marked resolved"))
        self._measure(at, "conversation_resolved", self.said[0].at)
        self.resolved_at = at
        if asks_for_rating and self.rated is None:
            self.said.append(Said(at + 1, "template", "Please rate us", content_type="input_csat"))
            self._rate(at + 1, len(self.said) - 1)

    def reopen(self, at: int, content: str) -> None:
        self.hear(at, content)
        self.turns.append(Turn(at, "open"))
        self.said.append(Said(at, "activity", "Conversation was reopened"))
        self._measure(at, "conversation_opened", self.resolved_at or at)
        self.resolved_at = None

    def snooze(self, at: int) -> int:
        until = self.hours.after(at + 12 * HOUR, 1)
        self.turns += [Turn(at, "snoozed", until), Turn(until, "open")]
        self.said.append(Said(at, "activity", "Conversation was snoozed"))
        return until

    def _measure(self, at: int, name: str, since: int) -> None:
        worked = self.hours.between(since, at)
        self.measures.append(Measure(at, name, since, at - since, worked, self.agent))

    def _rate(self, asked_at: int, message: int) -> None:
        if self.chance.random() >= 0.45:
            return
        at = asked_at + 5 * MINUTE + int(self.chance.random() ** 2 * 3 * DAY)
        luck = self.chance.random()
        if self.is_slow:
            rating = 1 if luck < 0.5 else 2 if luck < 0.8 else 3
        else:
            rating = next(
                r
                for r, upto in ((5, 0.62), (4, 0.84), (3, 0.92), (2, 0.96), (1, 1.0))
                if luck <= upto
            )
        feedback = ("Quick and friendly", "Took far too long")[rating < 4]
        self.rated = Rated(at, rating, feedback if self.chance.random() < 0.4 else None, message)


def play(script: Script, topic: str, order_name: str, at: int) -> None:
    """A case of everyday life: heard, answered, talked about, resolved; some come back, some wait."""
    chance = script.chance
    starts_with_bot = chance.random() < 0.06
    script.turns.append(Turn(at, "pending" if starts_with_bot else "open"))
    script.hear(at, _OPENERS[topic].format(order=order_name))
    if starts_with_bot:
        script.turns.append(Turn(at + 2 * MINUTE, "open"))
    if chance.random() < 0.03:
        script.resolve(script.hours.after(at, 6 * HOUR), asks_for_rating=False)
        return
    last = script.reply(at, _pick(chance, _REPLIES))
    for _ in range(int(chance.random() * 3.4)):
        last = _exchange(script, last)
    if chance.random() < 0.07:
        last = _exchange(script, script.snooze(last + MINUTE))
    if chance.random() < 0.03:
        return
    script.resolve(script.hours.after(last, 10 * MINUTE + int(chance.random() * 5 * HOUR)), True)
    if chance.random() < 0.09 and script.resolved_at is not None:
        again = script.resolved_at + 4 * HOUR + int(chance.random() * 3 * DAY)
        script.reopen(again, "I have to come back to this.")
        last = script.reply(again, _pick(chance, _REPLIES))
        script.resolve(script.hours.after(last, HOUR), True)


def play_endless(script: Script, at: int, messages: int) -> None:
    """A club builds a car and tells support all about it: more messages than any page holds."""
    script.turns.append(Turn(at, "open"))
    script.hear(at, _OPENERS[FITTING_ADVICE])
    last = script.reply(at, _pick(script.chance, _REPLIES))
    for number in range(messages - len(script.said)):
        last += 90 + int(script.chance.random() * 40 * MINUTE)
        if number % 4 == 3:
            script.said.append(Said(last, "outgoing", _REPLIES[1], script.agent))
        else:
            script.hear(last, _FOLLOW_UPS[number % 2 + 2])


def misses_of(
    said: tuple[Said, ...], resolutions: tuple[int, ...], policy: Policy, hours: BusinessHours
) -> tuple[Miss, ...]:
    """Thresholds that passed unmet, each with the instant it did."""
    opened = said[0].at
    found = [
        *_response_misses(said, policy, hours),
        *_late("rt", opened, resolutions[0] if resolutions else None, policy.resolution, hours),
    ]
    return tuple(sorted(found, key=lambda miss: miss.at))


def _response_misses(said: tuple[Said, ...], policy: Policy, hours: BusinessHours) -> list[Miss]:
    misses: list[Miss] = []
    kind, threshold = "frt", policy.first_response
    waiting: int | None = None
    for each in said:
        if each.kind == "incoming" and waiting is None:
            waiting = each.at
        elif each.kind == "outgoing" and not each.private and waiting is not None:
            misses += _late(kind, waiting, each.at, threshold, hours)
            kind, threshold, waiting = "nrt", policy.next_response, None
    if waiting is not None and kind == "frt":
        misses += _late(kind, waiting, None, threshold, hours)
    return misses


def _late(
    kind: str, since: int, done: int | None, threshold: int, hours: BusinessHours
) -> list[Miss]:
    deadline = hours.after(since, threshold)
    return [Miss(deadline, kind)] if done is None or done > deadline else []


def _exchange(script: Script, last: int) -> int:
    at = last + 10 * MINUTE + int(script.chance.random() ** 2 * 20 * HOUR)
    script.hear(at, _pick(script.chance, _FOLLOW_UPS))
    return script.reply(at, _pick(script.chance, _REPLIES))


def _pick(chance: Random, texts: tuple[str, ...]) -> str:
    return texts[int(chance.random() * len(texts))]
