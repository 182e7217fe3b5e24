"""How an anomaly stands, and which answers people may give to it."""

from enum import StrEnum

from hotdash.storage.appdb.repositories import anomalies as kept


class State(StrEnum):
    NEW = kept.NEW
    ACKNOWLEDGED = kept.ACKNOWLEDGED
    ASSIGNED = kept.ASSIGNED
    EXPLAINED = kept.EXPLAINED
    FALSE_ALARM = kept.FALSE_ALARM

    @property
    def is_over(self) -> bool:
        return self in (State.EXPLAINED, State.FALSE_ALARM)

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


ANSWERS = tuple(each for each in State if each is not State.NEW)
