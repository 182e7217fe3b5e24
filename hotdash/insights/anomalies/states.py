"""How an anomaly stands, and which answers people may give to it."""

from enum import StrEnum


class State(StrEnum):
    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    ASSIGNED = "assigned"
    EXPLAINED = "explained"
    FALSE_ALARM = "false_alarm"

    @property
    def is_over(self) -> bool:
        return self in (State.EXPLAINED, State.FALSE_ALARM)

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


ANSWERS = tuple(each for each in State if each is not State.NEW)
