"""The commands of translators: what they collect, and what they find fault with."""

import pytest
from babel.messages import Catalog
from click.testing import CliRunner

from forum import paths, translating


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "TRANSLATIONS", tmp_path)
    return tmp_path


def _run(*words: str):
    return CliRunner().invoke(translating.translation_commands, list(words))


def _add(catalog: Catalog, text, translated, **more) -> None:
    """As many forms as this Babel counts in the language: the last one stands for the others."""
    if isinstance(translated, tuple):
        others = max(0, catalog.num_plurals - len(translated))
        translated = (*translated, *[translated[-1]] * others)
    catalog.add(text, translated, **more)


def test_a_new_language_gets_a_file_with_everything_to_translate(folder):
    done = _run("update")
    assert done.exit_code == 0
    catalog = translating.read("es")
    assert catalog.get("Saved.").string == ""
    assert catalog.get("Leave", context="account") is not None
    assert catalog.get("%(num)s comment").string == ("",) * catalog.num_plurals


def test_what_was_translated_stays_and_what_is_gone_goes(folder):
    catalog = Catalog(locale="es")
    catalog.add("Saved.", "Guardado.")
    catalog.add("Nobody says this.", "Nadie lo dice.")
    translating.write(catalog, "es")
    _run("update")
    after = translating.read("es")
    assert after.get("Saved.").string == "Guardado."
    assert after.get("Nobody says this.") is None
    assert not after.obsolete


def test_running_it_twice_changes_nothing(folder):
    _run("update")
    first = translating.file_of("es").read_bytes()
    _run("update")
    assert translating.file_of("es").read_bytes() == first


@pytest.mark.parametrize(
    ("text", "translated", "flags", "fault"),
    [
        ("Saved.", "", (), "not translated"),
        ("Saved.", "Guardado.", ("fuzzy",), "unsure"),
        ("by %(name)s", "de %(nombre)s", (), "placeholders"),
        ("by %(name)s", "de", (), "placeholders"),
        (("%(num)s post", "%(num)s posts"), ("una", ""), (), "not translated"),
        (("%(num)s post", "%(num)s posts"), ("%(num)s una", "muchas"), (), "placeholders"),
    ],
)
def test_a_fault_is_named_and_ends_with_1(folder, text, translated, flags, fault):
    catalog = Catalog(locale="es")
    _add(catalog, text, translated, flags=flags)
    translating.write(catalog, "es")
    done = _run("check")
    assert done.exit_code == 1
    assert fault in done.output


def test_whole_languages_are_said_to_be(folder):
    catalog = Catalog(locale="es")
    catalog.add("by %(name)s, 100%%", "%(name)s, 100%%")
    _add(
        catalog,
        ("one post by %(name)s", "%(num)s posts by %(name)s"),
        ("una de %(name)s", "%(num)s de %(name)s"),
    )
    translating.write(catalog, "es")
    done = _run("check")
    assert done.exit_code == 0, done.output


def test_words_are_collected_from_a_checkout_only(folder, monkeypatch):
    monkeypatch.setattr(paths, "ROOT", folder)
    assert "checkout" in _run("update").output
