"""What backlog.yml may say: what is wanted and why. How far it is stands nowhere: it is looked at."""

from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self, cast

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from hotdash.base.errors import HotdashError
from hotdash.decisions.facts.types import FactType

FILE = Path(__file__).with_name("backlog.yml")
SCHEMA = Path(__file__).with_name("backlog.schema.json")

Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
OneOf = Annotated[tuple[Name, ...], Field(min_length=2)]


class Kind(StrEnum):
    METRIC = "metric"
    STUDY = "study"
    EVIDENCE = "evidence"


class Proof(StrEnum):
    """A bundle of `hotdash evidence create`, or the report that `hotdash validate --sign-off` signs."""

    BUNDLE = "bundle"
    VALIDATION = "validation"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Needs(_Strict):
    """Of a list within the sources any one will do."""

    sources: tuple[Name | OneOf, ...] = ()
    facts: tuple[FactType, ...] = ()
    metrics: tuple[Name, ...] = ()
    items: tuple[Name, ...] = ()


class Item(_Strict):
    """The name is that of the metric, of the study, or of the evidence; 1 is the highest priority."""

    name: Name
    kind: Kind
    title: Text
    why: Text
    owner: Text
    priority: int = Field(ge=1, le=3)
    needs: Needs = Needs()
    proof: Proof = Proof.BUNDLE
    topic: Text | None = None
    begun: date | None = None

    @model_validator(mode="after")
    def _says_what_proves_it(self) -> Self:
        if (self.kind is Kind.EVIDENCE and self.proof is Proof.BUNDLE) != (self.topic is not None):
            raise ValueError("a topic is that of an evidence bundle, and each such bundle has one")
        if self.name in self.needs.items:
            raise ValueError("it needs itself")
        return self


class Backlog(_Strict):
    items: tuple[Item, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        names = [item.name for item in self.items]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} stands there twice")
        for item in self.items:
            unknown = sorted(set(item.needs.items) - set(names))
            if unknown:
                raise ValueError(f"{item.name} needs {', '.join(unknown)}, which is no item")
        self._refuse_circles()
        return self

    def _refuse_circles(self) -> None:
        needs = {item.name: set(item.needs.items) for item in self.items}
        while needs:
            free = {name for name, needed in needs.items() if not needed & needs.keys()}
            if not free:
                raise ValueError(f"{', '.join(sorted(needs))} need each other")
            needs = {name: needed for name, needed in needs.items() if name not in free}


class BacklogError(HotdashError):
    code = "invalid_backlog"


@cache
def backlog() -> Backlog:
    return read_backlog(FILE)


def read_backlog(file: Path) -> Backlog:
    try:
        written: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
        return Backlog.model_validate(written)
    except yaml.YAMLError as error:
        raise BacklogError(f"{file.name} is not YAML: {error}", hint="Mend it there.") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in cast("tuple[Any, ...]", first["loc"])) or "the file"
        raise BacklogError(
            f"{file.name}: {place}: {first['msg']}.",
            hint=f"Compare it with the other items; {SCHEMA.name} says what may stand there.",
            field=place,
        ) from None


def json_schema() -> dict[str, Any]:
    """For editors that check the file while it is written."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Backlog.model_json_schema(),
    }
