"""Settings: read from config.py and FORUM_*, and refused when unknown, wrong or weak."""

import stat
from pathlib import Path
from typing import Any

import pytest

from forum import settings
from forum.settings import SettingsError, load

GOOD_KEY = "0123456789abcdefghijklmnopqrstuvwxyz"


def loaded(**environ: str) -> Any:
    return load(environ)


def test_without_anything_set_the_defaults_hold():
    assert loaded().REGISTRATION == "open"


def test_a_variable_of_another_program_is_none_of_ours():
    assert loaded(HOME="/root", FLASK_DEBUG="1").DEBUG is False


def test_settings_of_the_tests_are_left_to_them():
    assert loaded(FORUM_TEST_REQUIRE="browser").ENV == "development"


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("FORUM_REGISTRATON", "FORUM_REGISTRATION"),
        ("FORUM_SMPT_HOST", "FORUM_SMTP_HOST"),
        ("FORUM_SECRETKEY", "FORUM_SECRET_KEY"),
        ("FORUM_DATABASE_URI", "FORUM_DATABASE_URL"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_known_one(wrong: str, meant: str):
    with pytest.raises(SettingsError, match=f"{wrong} is not a setting. Did you mean {meant}"):
        loaded(**{wrong: "x"})


def test_an_unknown_override_is_refused_too():
    with pytest.raises(SettingsError, match="FORUM_NONSENSE is not a setting"):
        load({}, {"NONSENSE": 1})


@pytest.mark.parametrize("text", ["1", "true", "Yes", " on "])
def test_yes_is_said_in_four_ways(text: str):
    assert loaded(FORUM_SECURE_COOKIES=text).SECURE_COOKIES is True


@pytest.mark.parametrize("text", ["0", "false", "No", "off"])
def test_no_is_said_in_four_ways(text: str):
    assert loaded(FORUM_SMTP_STARTTLS=text).SMTP_STARTTLS is False


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("FORUM_SECURE_COOKIES", "maybe", "must be true or false"),
        ("FORUM_SMTP_PORT", "mail", "must be a whole number"),
        ("FORUM_GRACE_MINUTES", "-1", "cannot be below zero"),
        ("FORUM_ENV", "prod", "must be one of development, production"),
        ("FORUM_REGISTRATION", "shut", "must be one of open, invite, closed"),
        ("FORUM_DATABASE_URL", "mysql://host/name", "must start with sqlite"),
        ("FORUM_EMAIL_REQUIRED", "true", "needs FORUM_SMTP_HOST"),
    ],
)
def test_a_wrong_value_is_refused_in_a_sentence(name: str, value: str, message: str):
    with pytest.raises(SettingsError, match=message):
        loaded(**{name: value})


@pytest.mark.parametrize("key", ["", "short", "ab" * 40], ids=["missing", "short", "monotonous"])
def test_production_refuses_a_weak_key(key: str):
    with pytest.raises(SettingsError, match="FORUM_SECRET_KEY is missing or weak"):
        loaded(FORUM_ENV="production", FORUM_SECRET_KEY=key)


def test_a_weak_key_is_refused_elsewhere_too_when_one_is_given():
    with pytest.raises(SettingsError, match="FORUM_SECRET_KEY is missing or weak"):
        loaded(FORUM_SECRET_KEY="changeme")


def test_production_has_secure_cookies():
    assert loaded(FORUM_ENV="production", FORUM_SECRET_KEY=GOOD_KEY).SECURE_COOKIES is True


def test_production_refuses_debugging():
    with pytest.raises(SettingsError, match="FORUM_DEBUG"):
        loaded(FORUM_ENV="production", FORUM_SECRET_KEY=GOOD_KEY, FORUM_DEBUG="1")


def test_the_embedded_database_lies_in_the_instance_folder(tmp_path: Path):
    values = loaded(FORUM_INSTANCE_PATH=str(tmp_path))

    assert f"sqlite:///{tmp_path}/forum.sqlite3" == values.DATABASE_URL


def test_a_relative_folder_is_that_of_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    folder = loaded(FORUM_INSTANCE_PATH="here").INSTANCE_PATH
    assert folder == f"{tmp_path}/here"


def test_the_key_is_made_once_for_its_owner_only(tmp_path: Path):
    values = loaded(FORUM_INSTANCE_PATH=str(tmp_path))
    key = settings.secret_key(values)

    assert len(key) >= 32
    assert settings.secret_key(values) == key
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_a_key_file_that_was_emptied_stops_the_start(tmp_path: Path):
    (tmp_path / "secret-key").write_text("")

    with pytest.raises(SettingsError, match="missing or weak"):
        settings.secret_key(loaded(FORUM_INSTANCE_PATH=str(tmp_path)))


def test_a_given_key_is_used_and_none_is_made(tmp_path: Path):
    values = loaded(FORUM_INSTANCE_PATH=str(tmp_path), FORUM_SECRET_KEY=GOOD_KEY)

    assert settings.secret_key(values) == GOOD_KEY
    assert not (tmp_path / "secret-key").exists()
