"""Where the dbt project, the metric definitions, the data contracts, the runbooks and the guides lie: in a checkout beside the package, in a wheel inside it."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def project_folder(name: str) -> Path:
    beside = _PACKAGE.parent / name
    if (_PACKAGE.parent / "pyproject.toml").is_file() and beside.is_dir():
        return beside
    return _PACKAGE / "_project" / name


def dbt_project_folder() -> Path:
    return project_folder("warehouse")


def metrics_folder() -> Path:
    return project_folder("metrics")


def contracts_folder() -> Path:
    return project_folder("contracts")


def runbooks_folder() -> Path:
    """In a checkout they are part of the docs."""
    is_checkout = (_PACKAGE.parent / "pyproject.toml").is_file()
    return _PACKAGE.parent / "docs/runbooks" if is_checkout else project_folder("runbooks")


def guides_folder() -> Path:
    is_checkout = (_PACKAGE.parent / "pyproject.toml").is_file()
    return _PACKAGE.parent / "docs/guides" if is_checkout else project_folder("guides")
