"""Commands for translators: find the words in code and templates, and check the catalogues."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from forum import paths
from forum.core import i18n

_METHODS = [
    ("forum/**.py", "python"),
    ("templates/**.html", "jinja2"),
    ("templates/**.txt", "jinja2"),
]
_OPTIONS = {
    "templates/**.html": {"newstyle_gettext": "true", "trimmed": "true"},
    "templates/**.txt": {"newstyle_gettext": "true", "trimmed": "true"},
}
_KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
_NOTE = "Translators:"
_WIDTH = 100
PLACE = re.compile(r"%\(\w+\)[a-z]|%%")


@click.group("translations")
def translation_commands() -> None:
    """Words of the interface in other languages; see docs/translating.md."""


@translation_commands.command("update")
def update_command() -> None:
    """Bring each language's file up to date with the words in code and templates."""
    if not (paths.ROOT / "pyproject.toml").is_file():
        raise click.ClickException("Words are collected from a checkout only.")
    found = extract()
    for code in sorted(set(i18n.LANGUAGES) - {i18n.DEFAULT}):
        known = read(code)
        known.update(found, no_fuzzy_matching=True, update_creation_date=False)
        known.obsolete.clear()
        write(known, code)
        missing = sum(1 for message in known if message.id and not _is_whole(message))
        click.echo(f"{code}: {len(known)} texts, {missing} to translate")


@translation_commands.command("check")
def check_command() -> None:
    """Say what is missing, unsure or does not fit its English; ends with 1 if anything is."""
    wrong = [
        line
        for code in sorted(set(i18n.LANGUAGES) - {i18n.DEFAULT})
        for line in problems(code, read(code))
    ]
    for line in wrong:
        click.echo(line)
    if wrong:
        raise SystemExit(1)
    click.echo("All languages are complete.")


def extract() -> Catalog:
    """Every text that is wrapped in code and templates, in the order of files and lines."""
    found = Catalog(charset="utf-8")
    for name, line, text, notes, context in extract_from_dir(
        paths.ROOT,
        method_map=_METHODS,
        options_map=_OPTIONS,
        keywords=_KEYWORDS,
        comment_tags=(_NOTE,),
        directory_filter=_is_ours,
        strip_comment_tags=True,
    ):
        found.add(text, None, [(name, line)], auto_comments=notes, context=context)
    return found


def _is_ours(folder: str) -> bool:
    return Path(folder).name not in {"tests", "bench", "docs", "instance", ".venv", ".git"}


def file_of(code: str) -> Path:
    return paths.TRANSLATIONS / code / "LC_MESSAGES" / "messages.po"


def read(code: str) -> Catalog:
    file = file_of(code)
    if not file.is_file():
        return Catalog(locale=code)
    with file.open("rb") as source:
        return read_po(source, locale=code)


def write(catalog: Catalog, code: str) -> None:
    """Without line numbers: they would make every change of code a change of every language."""
    file = file_of(code)
    file.parent.mkdir(parents=True, exist_ok=True)
    name = i18n.LANGUAGES[code]
    catalog.header_comment = f"# Common Thread: {name}. How to change it: docs/translating.md."
    catalog.project, catalog.version, catalog.fuzzy = "Common Thread", "", False
    catalog.msgid_bugs_address = catalog.last_translator = catalog.language_team = ""
    catalog.revision_date = catalog.creation_date
    with file.open("wb") as target:
        write_po(
            target,
            catalog,
            width=_WIDTH,
            include_lineno=False,
            sort_by_file=True,
            omit_header=False,
        )


def problems(code: str, catalog: Catalog) -> Iterator[str]:
    """One line for each text that cannot be shown as it is."""
    for message in catalog:
        if not message.id:
            continue
        english = message.id if isinstance(message.id, str) else message.id[0]
        if message.fuzzy:
            yield f"{code}: marked as unsure: {english!r}"
        elif not _is_whole(message):
            yield f"{code}: not translated: {english!r}"
        elif not _fits(message):
            yield f"{code}: other placeholders than in English: {english!r}"


def _is_whole(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, tuple) else bool(message.string)


def _fits(message: Message) -> bool:
    """Whether a translation asks for the values that the English has.

    The form for one may leave the number out ("one comment"), as it may in English.
    """
    if isinstance(message.id, str):
        return _values(str(message.string)) == _values(message.id)
    known = set(_values(" ".join(message.id)))
    needed = set(_values(message.id[0])) & set(_values(message.id[1]))
    forms = [set(_values(form)) for form in message.string or ()]
    return all(needed <= form <= known for form in forms)


def _values(text: str) -> list[str]:
    return sorted(place for place in PLACE.findall(text) if place != "%%")
