"""Who sits at this terminal, proven: what asks for a person is not content with the name of a login."""

import sys
from dataclasses import dataclass
from typing import Annotated

import typer

from hotdash.entrypoints.wiring import Installation
from hotdash.governance.access.people import Person, prove_by_link, prove_by_password
from hotdash.governance.access.sign_in import WrongPasswordError

As = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="EMAIL",
        help="Who you are; the password is asked for, or read from standard input.",
    ),
]
Link = Annotated[
    str | None,
    typer.Option(metavar="LINK", help="A one-time sign-in link instead of the password."),
]


@dataclass(frozen=True, slots=True)
class Proof:
    email: str
    link: str | None

    def prove(self, house: Installation) -> Person:
        now = house.clock.now()
        if self.link is not None:
            return prove_by_link(house.database, self.email, self.link, now)
        try:
            return prove_by_password(house.database, self.email, self._password(), now)
        except WrongPasswordError as error:
            raise WrongPasswordError(
                error.message,
                hint="Check both; without a password yet, give a one-time link of `hotdash sign-in` with --link.",
                field=error.field,
            ) from error

    def _password(self) -> str:
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\r\n")
        return str(typer.prompt(f"Password of {self.email}", hide_input=True, err=True))
