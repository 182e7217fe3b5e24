"""Read retention.yml: what it names is kept so many days, and everything else as the defaults say."""

from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hotdash.base.errors import HotdashError

POLICY_FILE = "retention.yml"
DEFAULT_POLICY = Path(__file__).with_name("default_policy.yml")
_LONGEST = 36_500


class PolicyError(HotdashError):
    code = "invalid_retention"


class KeptDays(BaseModel):
    """The least is what the product itself still needs of each."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    api_calls: int = Field(ge=7, le=_LONGEST)
    jobs: int = Field(ge=7, le=_LONGEST)
    webhooks: int = Field(ge=1, le=_LONGEST)
    clicks: int = Field(ge=1, le=_LONGEST)
    sign_in_attempts: int = Field(ge=1, le=_LONGEST)
    known_requests: int = Field(ge=1, le=_LONGEST)
    # The database refuses to let go of what is younger.
    audit: int = Field(ge=180, le=_LONGEST)

    def of(self, name: str) -> timedelta:
        return timedelta(days=getattr(self, name))


def load_policy(home: Path) -> KeptDays:
    """Those of the installation over the default ones."""
    own = home / POLICY_FILE
    days = _read(DEFAULT_POLICY) | (_read(own) if own.exists() else {})
    try:
        return KeptDays.model_validate(days)
    except ValidationError as error:
        [first, *_] = error.errors()
        name = ".".join(str(part) for part in first["loc"])
        raise PolicyError(_slip(name, dict(first)), hint=_hint(), field=name) from None


def least_of(name: str) -> int:
    [least] = [limit.ge for limit in KeptDays.model_fields[name].metadata if hasattr(limit, "ge")]
    return least


def _place(error: Exception) -> str:
    """Where in the file, if it is the file's fault."""
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        return f": line {mark.line + 1} is no YAML"
    return ": it is no text" if isinstance(error, UnicodeDecodeError) else " by this user"


def _slip(name: str, first: dict[str, Any]) -> str:
    told, limits = first["input"], first.get("ctx", {})
    match first["type"]:
        case "extra_forbidden":
            return f"{POLICY_FILE} names {name}, and nothing called so is kept by days."
        case "greater_than_equal":
            return f"{POLICY_FILE} keeps {name} {told} days; the least is {limits['ge']}."
        case "less_than_equal":
            return f"{POLICY_FILE} keeps {name} {told} days; the most is {limits['le']:,}."
        case _:
            return f"{POLICY_FILE} says {name}: {told!r}, which is no whole number of days."


def _hint() -> str:
    """Every name with the least that may be said of it."""
    least = (f"{name} ({least_of(name)} or more)" for name in KeptDays.model_fields)
    return f"Known are {', '.join(least)}."


def _read(file: Path) -> dict[str, Any]:
    try:
        content: Any = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PolicyError(
            f"{file.name} cannot be read{_place(error)}.",
            hint="Mend it, or remove it: the defaults hold then.",
        ) from None
    named = cast("dict[str, Any]", content) if isinstance(content, dict) else {}
    if set(named) != {"kept_days"}:
        raise PolicyError(
            f"{file.name} has to hold kept_days and nothing else.",
            hint=f"Begin it with `kept_days:`, and indent what differs. {_hint()}",
        )
    days: Any = named["kept_days"] or {}
    if not isinstance(days, dict):
        raise PolicyError(
            f"{file.name} says kept_days: {days!r}, which is no list of names with days.",
            hint="Write one line for each, such as api_calls: 30.",
        )
    return cast("dict[str, Any]", days)
