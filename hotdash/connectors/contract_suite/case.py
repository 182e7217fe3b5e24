"""What a connector brings along to be examined: its spec, and a vendor's account whose world it can move."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from hotdash.connectors.spec import Access, ConnectorSpec


class Account(Protocol):
    """One account at a server that speaks as the vendor does; every examination finds it as it was at first."""

    def access(self) -> Access:
        """As the connector is opened with; short waits, please."""
        ...

    def advance(self) -> None:
        """Time goes by at the vendor: something comes, something changes."""
        ...

    def fault(self, kind: str, *, times: int | None = None, share: float = 1.0) -> None:
        """From now on: server_error, reset, too_many_requests or access_denied, so often or that share.

        Where no calls are made: `unreadable` (a file holds something else), `vanished` (a file
        is gone) or `no_place` (all of it is).
        """
        ...

    def reset(self) -> None:
        """No faults, and the time and all that lies there as it was."""
        ...

    def expected(self) -> Mapping[str, int]:
        """By table how many rows a first read tells; tables that are not named may tell any number."""
        ...


class ContractCase(Protocol):
    @property
    def spec(self) -> ConnectorSpec: ...

    @property
    def told_apart(self) -> frozenset[str]:
        """Tables whose rows come and go without the table that their key begins with."""
        ...

    @property
    def told_of_us(self) -> frozenset[str]:
        """Tables that tell of our own reading, as what is left of a quota: each read tells them anew."""
        ...

    @property
    def makes_calls(self) -> bool:
        """False where files or a store of ours are read: other things go wrong there."""
        ...

    def started(self) -> AbstractContextManager[Account]:
        """The server lives as long as the context."""
        ...
