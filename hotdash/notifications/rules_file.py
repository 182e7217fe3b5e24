"""Read alerts.yml: a mistake is told with its line, what stands there and the mend."""

import difflib
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import BaseModel, ValidationError

from hotdash.base.errors import HotdashError
from hotdash.base.logging import get_logger
from hotdash.notifications import rules as parts
from hotdash.notifications.rules import Rules

RULES_FILE = "alerts.yml"
DEFAULT_RULES = Path(__file__).with_name("default_rules.yml")
_LARGEST = 200_000

_log = get_logger(__name__)

_Place = tuple[int | str, ...]


class RulesError(HotdashError):
    code = "invalid_alert_rules"


def load_rules(home: Path) -> Rules:
    """Those of the installation, else the default ones."""
    own = home / RULES_FILE
    return read_rules(own if own.exists() else DEFAULT_RULES)


def rules_in_force(home: Path) -> Rules:
    """A slip in the rules must not keep the data from coming in, nor anybody from being told."""
    try:
        return load_rules(home)
    except RulesError as error:
        _log.error("alert_rules_refused", error=error.message, hint=error.hint)
        return read_rules(DEFAULT_RULES)


def read_rules(file: Path) -> Rules:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RulesError(
            f"{file.name} cannot be read: {getattr(error, 'strerror', None) or 'not text'}.",
            hint="Make it a text file that this user may read, or remove it: the defaults hold then.",
        ) from None
    return parse_rules(text, file.name)


def parse_rules(text: str, name: str = RULES_FILE) -> Rules:
    root, content = _read(text, name)
    try:
        return Rules.model_validate(content)
    except ValidationError as error:
        raise _explain(error, root, name) from None


def _read(text: str, name: str) -> tuple[yaml.Node, Any]:
    """With its nodes, for they know their lines."""
    if len(text) > _LARGEST:
        raise RulesError(
            f"{name} has {len(text)} characters; rules have a few hundred.",
            hint=f"Put less than {_LARGEST} characters into it.",
        )
    try:
        root = cast("yaml.Node | None", cast(Any, yaml).compose(text, Loader=yaml.SafeLoader))
        content: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"Line {mark.line + 1}" if mark else "It"
        raise RulesError(
            f"{name} is not YAML. {line}: {getattr(error, 'problem', None) or 'it breaks off'}.",
            hint="Mend the indentation or the quotes there.",
        ) from None
    except (ValueError, RecursionError) as error:
        raise RulesError(
            f"{name} is not YAML: {error}.", hint="Mend that value, or put it in quotes."
        ) from None
    if not isinstance(root, yaml.MappingNode):
        raise RulesError(
            f"{name} holds no rules.",
            hint="Begin with `hotdash alerts rules --default`, which prints the default ones.",
        )
    return root, content


def _explain(error: ValidationError, root: yaml.Node, name: str) -> RulesError:
    errors = error.errors(include_url=False, include_context=False)
    # A word that is not known is often the reason why another is missing.
    first = next((each for each in errors if each["type"] == "extra_forbidden"), errors[0])
    place = first["loc"]
    line = _line_of(root, place)
    path = ".".join(str(part) for part in place)
    if first["type"] == "extra_forbidden":
        known = _known_keys(place[:-1])
        near = difflib.get_close_matches(str(place[-1]), known, n=1)
        return RulesError(
            f"{name}, line {line}: there is no rule {str(place[-1])!r}.",
            hint=f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(known)}.",
            field=path,
        )
    if first["type"] == "missing":
        return RulesError(
            f"{name}, line {line}: {path} is missing.", hint=f"Add {place[-1]} there.", field=path
        )
    said = first["msg"].removeprefix("Value error, ")
    return RulesError(
        f"{name}, line {line}: {path} = {_shown(first['input'])} is not usable.",
        hint=f"{said[:1].upper()}{said[1:]}.",
        field=path,
    )


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _known_keys(place: _Place) -> list[str]:
    model: type[BaseModel] = Rules
    nested = {
        "quiet_hours": parts.Hours,
        "office_hours": parts.OfficeHours,
        "routes": parts.Route,
        "on_call": parts.OnCall,
        "clocks": parts.Clocks,
    }
    for part in place:
        model = nested.get(str(part), model)
    return [field.alias or name for name, field in model.model_fields.items()]


def _line_of(root: yaml.Node, place: _Place) -> int:
    """Of the deepest part of the place that the file has."""
    node, line = root, 1
    for part in place:
        if isinstance(node, yaml.MappingNode):
            pairs = cast("list[tuple[yaml.ScalarNode, yaml.Node]]", node.value)
            found = next((pair for pair in pairs if pair[0].value == str(part)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line
