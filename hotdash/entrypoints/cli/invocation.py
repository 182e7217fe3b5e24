"""What one call of the command was told: the flags that are settings, read when a command needs them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from hotdash.base.errors import SettingsError, UnavailableError
from hotdash.base.logging import configure_logging
from hotdash.base.settings import Settings, load_settings

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of prose.")]


@dataclass(frozen=True)
class Invocation:
    pairs: tuple[str, ...]
    home: str | None

    @classmethod
    def from_flags(cls, pairs: Sequence[str], home: str | None) -> "Invocation":
        return cls(tuple(pairs), home)

    def settings(self, **flags: Any) -> Settings:
        """The settings of this call, and the log opened where they say."""
        given = {name: value for name, value in flags.items() if value is not None}
        settings = load_settings(**{**self._parsed(), **given})
        make_home(settings.home)
        configure_logging(settings.log_level, settings.log_file)
        return settings

    def flags(self) -> list[str]:
        """The same call again, for a child process."""
        home = [] if self.home is None else ["--home", self.home]
        return [*(part for pair in self.pairs for part in ("--set", pair)), *home]

    def _parsed(self) -> dict[str, str]:
        parsed = {} if self.home is None else {"home": self.home}
        for pair in self.pairs:
            name, equals, value = pair.partition("=")
            if not equals or name not in Settings.model_fields:
                raise SettingsError(
                    f"--set {pair} names no setting.",
                    hint="Write --set name=value with a name of docs/reference/settings.md.",
                    field=name,
                )
            parsed[name] = value
        return parsed


def make_home(home: Path) -> None:
    """Before anything else is written: what lies in it is for this user only."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(
            f"The folder {home} cannot be made: {error.strerror}.",
            hint="Set HOTDASH_HOME to a folder this user may write.",
            field="home",
        ) from None


def invocation(context: typer.Context) -> Invocation:
    assert isinstance(context.obj, Invocation)
    return context.obj
