"""What a connector says of itself before it is opened: credentials, scopes, tables, freshness; and how it is opened."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from hotdash.base.clock import Clock
from hotdash.base.errors import HotdashError
from hotdash.base.http import CallObserver, RetryPolicy, unobserved
from hotdash.base.reach import Reach
from hotdash.connectors.breaker import Breaker
from hotdash.connectors.contract import Connector, RawTable
from hotdash.connectors.webhooks import Webhooks

# Stands among the fields of a credential whose address was said by a page, and not at the machine.
ADDRESS_OF_PAGE = "address_of_page"
REACH_OF_PAGE = "reach_of_page"


@dataclass(frozen=True)
class CredentialField:
    """One thing a person has to enter; what is secret is asked for without an echo."""

    name: str
    label: str
    help: str
    secret: bool = False
    required: bool = True
    default: str | None = None
    # A path or a command: who says it by a page would read and run what is not theirs.
    at_the_machine: bool = False
    # Where the secrets go: another address gets none that was stored for this one.
    is_address: bool = False
    # A new one ends what the vendor gave beside the old one, a refresh token for instance.
    ends_tokens: bool = False
    # What it may lead to when a page says it; raises where it leads elsewhere.
    check_of_page: "CheckOfPage | None" = None

    @property
    def usual(self) -> str:
        return self.default or ""


class CheckOfPage(Protocol):
    def __call__(self, told: str, stored: str, reach: Reach) -> None: ...


@dataclass(frozen=True)
class Scope:
    """A permission the vendor grants, and what stays empty without it."""

    name: str
    costs: str


class TokenKeeper(Protocol):
    """Where credentials that change by being used are kept: one refresh at a time, over all processes."""

    def exchange(
        self, is_fresh: Callable[[Mapping[str, str]], bool], renew: "Renew"
    ) -> Mapping[str, str]:
        """The stored fields as they are now; renewed under a lock where they are not fresh."""
        ...


Renew = Callable[[Mapping[str, str]], Mapping[str, str]]


@dataclass
class HeldFields:
    """A keeper for one process: what was entered, renewed in memory."""

    fields: Mapping[str, str] = field(repr=False)

    def exchange(
        self, is_fresh: Callable[[Mapping[str, str]], bool], renew: Renew
    ) -> Mapping[str, str]:
        if not is_fresh(self.fields):
            self.fields = renew(self.fields)
        return self.fields


@dataclass(frozen=True)
class Access:
    """How to reach one shop's account with a vendor. `options` are settings, `stores` what of ours it reads."""

    shop_id: str
    fields: Mapping[str, str] = field(repr=False)
    clock: Clock
    timezone: str = "UTC"
    currency: str = "USD"
    tokens: TokenKeeper | None = None
    observe: CallObserver = unobserved
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    sleep: Callable[[float], None] = time.sleep
    breaker: Breaker = field(default_factory=Breaker)
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    stores: Mapping[str, Any] = field(default_factory=dict[str, Any])
    workdir: Path | None = None

    @property
    def keeper(self) -> TokenKeeper:
        return self.tokens or HeldFields(self.fields)

    @property
    def reach(self) -> Reach:
        """What was said at the machine may lie in its network; what a page said may not."""
        if not self.fields.get(ADDRESS_OF_PAGE):
            return Reach.ANYWHERE
        return Reach(self.options.get(REACH_OF_PAGE, Reach.PUBLIC))

    def base_url(self, vendors_own: str) -> str:
        """The vendor's own address unless the credentials name another, a simulator's for instance."""
        return (self.fields.get("base_url") or vendors_own).rstrip("/")


@dataclass(frozen=True)
class ConnectorSpec:
    vendor: str
    title: str
    tables: Sequence[RawTable]
    open: Callable[[Access], Connector]
    fields: Sequence[CredentialField] = ()
    scopes: Sequence[Scope] = ()
    fresh_soft: timedelta = timedelta(hours=1)
    fresh_hard: timedelta = timedelta(hours=24)
    # How long after it was last asked a source is asked again; what rests is left to rest.
    sync_every: timedelta = timedelta(minutes=15)
    webhooks: Webhooks | None = None
    # In words, where the names of the tables do not say it.
    brings: Sequence[str] = ()

    @property
    def is_at_the_machine(self) -> bool:
        """Whether nothing of it can be said elsewhere."""
        return bool(self.fields) and all(each.at_the_machine for each in self.fields)

    def require_fields(self, fields: Mapping[str, str]) -> None:
        for each in self.fields:
            if each.required and not fields.get(each.name):
                raise HotdashError(
                    f"{self.title} needs {each.name} ({each.label}), and it is empty.",
                    hint=each.help,
                    field=each.name,
                )

    def missing(self, granted: Sequence[str]) -> list[Scope]:
        return [scope for scope in self.scopes if scope.name not in granted]
