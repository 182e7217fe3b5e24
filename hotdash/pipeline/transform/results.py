"""What became of one node of a command, whoever sent its statements."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NodeResult:
    unique_id: str
    name: str
    status: str
    seconds: float
    failures: int | None
    rows: int | None
    message: str | None
