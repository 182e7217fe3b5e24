"""Where the fields of credentials come from: flags, variables, files, standard input, a person; secrets never from flags."""

import json
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import typer
from rich.markup import escape

from hotdash.base.errors import HotdashError
from hotdash.connectors.spec import ADDRESS_OF_PAGE, ConnectorSpec, CredentialField
from hotdash.entrypoints.cli.output import err
from hotdash.jobs.secret_ends import RENEWS
from hotdash.storage.appdb.repositories.credentials import EXPIRES_AT

ADDRESS = "base_url"
HOW = "Give it by --secrets-stdin, --field-env or --field-file, or in a terminal, where it is asked for."


@dataclass(frozen=True)
class Given:
    """What the command line said, as it was written."""

    plain: Sequence[str] = ()
    variables: Sequence[str] = ()
    files: Sequence[str] = ()
    from_stdin: bool = False


@dataclass(frozen=True)
class FieldsOf:
    """Of one vendor. What is stored already stands in for what is not given anew."""

    spec: ConnectorSpec
    stored: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)

    def gather(self, given: Mapping[str, str], *, may_ask: bool) -> dict[str, str]:
        known = {**self._defaults(), **self.stored, **given}
        if may_ask:
            for each in self.spec.fields:
                if each.name not in given:
                    known[each.name] = self._asked(each, known.get(each.name, ""))
        self._require(known)
        if any(known.get(each) != self.stored.get(each) or each in given for each in self._leading):
            known.pop(ADDRESS_OF_PAGE, None)
        return {name: value for name, value in known.items() if value and self._holds(name, known)}

    def _holds(self, name: str, known: Mapping[str, str]) -> bool:
        """What a vendor gave with an old key, a refresh token for instance, goes with it; so does its end."""
        if name == EXPIRES_AT and RENEWS not in known:
            secrets = [each.name for each in self.spec.fields if each.secret]
            return all(known.get(each) == self.stored.get(each) for each in secrets)
        keys = [each.name for each in self.spec.fields if each.ends_tokens]
        is_new_key = any(known.get(each) != self.stored.get(each) for each in keys)
        return name in (*self._names, ADDRESS_OF_PAGE) or not is_new_key

    @property
    def _leading(self) -> list[str]:
        """What is said of these here may lie in the network around this machine."""
        return [each.name for each in self.spec.fields if each.is_address]

    @property
    def _names(self) -> list[str]:
        return list(dict.fromkeys([*(each.name for each in self.spec.fields), ADDRESS]))

    def one(self, name: str, *, may_ask: bool) -> str:
        """The one field on which the others depend."""
        [each] = [each for each in self.spec.fields if each.name == name]
        if not may_ask:
            raise self._missing(each)
        return self._asked(each, "")

    def given(self, told: Given) -> dict[str, str]:
        fields: dict[str, str] = {}
        if told.from_stdin:
            fields |= {self._known(name): text for name, text in _from_stdin().items()}
        for pair in told.plain:
            name, value = _pair(pair, "--field")
            fields[self._plain(name)] = value
        for pair in told.variables:
            name, variable = _pair(pair, "--field-env")
            fields[self._known(name)] = _variable(variable)
        for pair in told.files:
            name, path = _pair(pair, "--field-file")
            fields[self._known(name)] = _file(path)
        return fields

    def _defaults(self) -> dict[str, str]:
        return {each.name: each.default for each in self.spec.fields if each.default is not None}

    def _plain(self, name: str) -> str:
        if any(each.secret for each in self.spec.fields if each.name == self._known(name)):
            raise HotdashError(
                f"{name} is secret: on a command line others on this machine can read it.",
                hint=HOW,
                field=name,
            )
        return name

    def _known(self, name: str) -> str:
        if name not in self._names:
            raise HotdashError(
                f"{self.spec.title} has no field {name!r}.",
                hint=f"Its fields are {', '.join(self._names)}.",
                field=name,
            )
        return name

    def _asked(self, each: CredentialField, present: str) -> str:
        err.print(escape(each.help), style="dim")
        if not each.secret:
            shown = present if present or each.required is False else None
            return str(typer.prompt(each.label, default=shown, err=True)).strip()
        label = f"{each.label} (empty keeps the stored one)" if present else each.label
        empty = "" if present or not each.required else None
        told = typer.prompt(label, default=empty, hide_input=True, show_default=False, err=True)
        return str(told).strip() or present

    def _require(self, known: Mapping[str, str]) -> None:
        for each in self.spec.fields:
            if each.required and not known.get(each.name):
                raise self._missing(each)

    def _missing(self, each: CredentialField) -> HotdashError:
        how = HOW if each.secret else f"Give it as --field {each.name}=…"
        return HotdashError(
            f"{self.spec.title} needs {each.name}: {each.label}.",
            hint=f"{each.help} {how}",
            field=each.name,
        )


def given_pairs(told: Given, *, secret: Collection[str]) -> dict[str, str]:
    """Of what is no vendor of a shop: a secret never from a flag, the rest from anywhere."""
    fields = _from_stdin() if told.from_stdin else dict[str, str]()
    for pair in told.plain:
        name, value = _pair(pair, "--field")
        if name in secret:
            raise HotdashError(
                f"{name} is secret: on a command line others on this machine can read it.",
                hint=HOW,
                field=name,
            )
        fields[name] = value
    for pair in told.variables:
        name, variable = _pair(pair, "--field-env")
        fields[name] = _variable(variable)
    for pair in told.files:
        name, path = _pair(pair, "--field-file")
        fields[name] = _file(path)
    return fields


def _pair(text: str, flag: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        # What was written may be a secret somebody forgot the name of.
        raise HotdashError(f"{flag} needs a name and a value.", hint=f"Write {flag} name=value.")
    return name, value


def _variable(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise HotdashError(
            f"The environment variable {name} is empty.",
            hint="Set it for this command, without writing it into the shell's history.",
            field=name,
        )
    return value


def _file(path: str) -> str:
    try:
        return Path(path).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise HotdashError(
            f"The file {path} cannot be read: {getattr(error, 'strerror', None) or 'not text'}.",
            hint="Name a text file that this user may read.",
        ) from None


def _from_stdin() -> dict[str, str]:
    try:
        told: Any = json.loads(sys.stdin.read())
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise HotdashError(
            "Standard input is not one JSON object.",
            hint='Write the fields like {"name": "value"}; what came in is not shown.',
        )
    return {name: _as_text(value) for name, value in cast("dict[str, Any]", told).items()}


def _as_text(value: Any) -> str:
    """A key file is JSON itself, and may stand there as it is."""
    return value if isinstance(value, str) else json.dumps(value)
