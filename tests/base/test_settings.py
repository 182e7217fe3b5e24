"""Each wrong setting is refused with the field, the value and the mend."""

from pathlib import Path

import pytest

from hotdash.base.errors import SettingsError
from hotdash.base.settings import Environment, Settings, load_settings


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_flags_beat_environment_beats_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hotdash.toml").write_text('port = 9001\nhost = "127.0.0.9"\nsession_hours = 3\n')
    monkeypatch.setenv("HOTDASH_PORT", "9002")
    monkeypatch.setenv("HOTDASH_HOST", "127.0.0.8")
    settings = load_settings(port=9003)
    assert (settings.port, settings.host, settings.session_hours) == (9003, "127.0.0.8", 3)


def test_home_is_where_the_command_runs(tmp_path: Path) -> None:
    assert load_settings().home == tmp_path / ".hotdash"


@pytest.mark.law(13)
def test_an_installation_is_in_production_unless_it_says_otherwise() -> None:
    assert load_settings().environment is Environment.PRODUCTION


def test_an_unknown_variable_is_refused_with_the_nearest_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOTDASH_PROT", "9000")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert refused.value.field == "HOTDASH_PROT"
    assert "HOTDASH_PORT" in refused.value.hint


def test_an_unknown_name_in_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "hotdash.toml").write_text("prot = 9000\n")
    with pytest.raises(SettingsError, match="prot") as refused:
        load_settings()
    assert refused.value.field == "prot"


def test_broken_toml_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "hotdash.toml").write_text("port = \n")
    with pytest.raises(SettingsError, match=r"hotdash\.toml.*line 1"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "0"),
        ("port", "eighty"),
        ("environment", "prod"),
        ("log_level", "loud"),
        ("shopify_api_version", "newest"),
        ("warehouse_engine", "sqlite"),
    ],
)
def test_an_invalid_value_is_named_with_its_mend(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"HOTDASH_{name.upper()}", value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert refused.value.field == name
    assert value in refused.value.message
    assert f"HOTDASH_{name.upper()}" in refused.value.hint


def test_a_wrong_database_url_is_refused_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOTDASH_DATABASE_URL", "mysql://me:hunter2@db/x")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert refused.value.field == "database_url"
    assert "hunter2" not in str(refused.value)


def test_a_url_is_never_shown() -> None:
    settings = load_settings(database_url="postgresql://me:hunter2@db/x")
    assert "hunter2" not in repr(settings)


def test_the_hard_limit_is_not_below_the_soft_one() -> None:
    with pytest.raises(SettingsError, match="orders_fresh_hard_minutes"):
        load_settings(orders_fresh_soft_minutes=100, orders_fresh_hard_minutes=50)


@pytest.mark.parametrize(
    "wrong",
    [
        {"public_url": "http://dash.example.com"},
        {"public_url": "dash.example.com"},
        {"public_url": "https://dash.example.com/hotdash"},
        {"host": "0.0.0.0"},
    ],
)
def test_sign_ins_that_others_could_read_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"public_url|encrypted"):
        load_settings(**wrong)


def test_a_public_address_is_https_or_this_machine() -> None:
    assert load_settings(public_url="https://dash.example.com/").base_url == (
        "https://dash.example.com"
    )
    assert load_settings(host="0.0.0.0", public_url="https://dash.example.com").host == "0.0.0.0"
    assert load_settings(host="0.0.0.0", environment="development").host == "0.0.0.0"


def test_every_setting_has_one_sentence() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name
