"""What one call of the command was told: the flags that are settings, read when a command needs them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from hotdash.base.errors import SettingsError
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
        configure_logging(settings.log_level, settings.log_file)
        return settings

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


def invocation(context: typer.Context) -> Invocation:
    assert isinstance(context.obj, Invocation)
    return context.obj
