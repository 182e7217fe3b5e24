"""The pytest plugin: `--hotdash-connector NAME` examines that connector beside whatever else is tested."""

from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from hotdash.connectors.contract_suite.case import ContractCase

_OPTION = "--hotdash-connector"
_CASE = "CONTRACT_CASE"
_ENTRY_POINTS = "hotdash.contract_cases"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("hotdash").addoption(
        _OPTION,
        action="append",
        default=[],
        metavar="NAME",
        help="Examine the connector of this module (or hotdash.contract_cases entry point), "
        f"whose {_CASE} says how it is opened; may be given many times.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Without files on the command line it means: nothing but the suite."""
    if _names(config):
        suite = str(Path(__file__).with_name("suite.py"))
        has_files = config.args_source is pytest.Config.ArgsSource.ARGS
        config.args = [*config.args, suite] if has_files else [suite]


def _names(config: pytest.Config) -> list[str]:
    return config.getoption(_OPTION) or []


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    names = _names(metafunc.config)
    if "connector_case" in metafunc.fixturenames and names:
        metafunc.parametrize("connector_case", names, indirect=True, scope="session")


@pytest.fixture(scope="session")
def connector_case(request: pytest.FixtureRequest) -> "ContractCase":
    """The connector to examine."""
    return found_case(request.param)


@pytest.fixture(scope="session")
def started_account(connector_case: "ContractCase") -> Iterator[Any]:
    with connector_case.started() as account:
        yield account


def found_case(name: str) -> "ContractCase":
    for point in entry_points(group=_ENTRY_POINTS):
        if point.name == name:
            return _made(point.load())
    module, _, attribute = name.partition(":")
    return _made(getattr(import_module(module), attribute or _CASE))


def _made(case: Any) -> "ContractCase":
    return case() if isinstance(case, type) else case
