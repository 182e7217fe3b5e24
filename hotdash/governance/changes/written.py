"""YAML that people wrote, read as what it should be; what is something else reads as empty."""

from collections.abc import Mapping
from typing import Any, cast

import yaml


def read(text: str | None) -> Any:
    """None where it cannot be read: other rules and linters say so."""
    try:
        return yaml.safe_load(text or "")
    except yaml.YAMLError:
        return None


def mapping(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def listing(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []
