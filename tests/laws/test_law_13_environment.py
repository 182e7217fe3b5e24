"""Law 13: settings know their environment, and production is what nobody has to say."""

from pathlib import Path

import pytest

from hotdash.base.errors import SettingsError
from hotdash.base.settings import Environment, load_settings

pytestmark = pytest.mark.law(13)


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("HOTDASH_ENVIRONMENT", raising=False)
    monkeypatch.chdir(tmp_path)


def test_production_is_the_default() -> None:
    assert load_settings().environment is Environment.PRODUCTION


@pytest.mark.parametrize("environment", Environment)
def test_each_environment_can_be_said(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "hotdash.toml").write_text(f'environment = "{environment.value}"\n')
    assert load_settings().environment is environment
    (tmp_path / "hotdash.toml").unlink()
    monkeypatch.setenv("HOTDASH_ENVIRONMENT", environment.value)
    assert load_settings().environment is environment


@pytest.mark.parametrize("typo", ["prod", "Production", ""])
def test_anything_else_is_refused_not_guessed(typo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTDASH_ENVIRONMENT", typo)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert refused.value.field == "environment"
    assert "development, staging or production" in str(refused.value)
