"""What several pages say alike: a state as shape and word, and what goes on without the reader."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StateView:
    """As tiles carry theirs: a shape by its name, and a word."""

    name: str
    word: str


@dataclass(frozen=True, slots=True)
class ProgressView:
    """percent is none as long as it only waits; the script looks again unless the state is dead."""

    title: str
    told: str
    percent: int | None
    state: str


def in_line(what: str, since: str, *, has_worker: bool) -> ProgressView:
    told = (
        "A worker takes it when what is before it has ended."
        if has_worker
        else "No worker is running, so nobody takes it: start one with `hotdash worker`."
    )
    return ProgressView(f"{what} in line since {since}.", told, None, "queued")
