"""Words: none is left unwrapped, and every language has all of them with the same places."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from forum import translating
from forum.core import i18n
from forum.web.translating import TranslatedBlocks
from tests.architecture.test_templates import TEMPLATES as ALL
from tests.architecture.test_templates import name

TEMPLATES = [file for file in ALL if file.parent.name != "styleguide"]  # that one is for builders
OTHERS = sorted(set(i18n.LANGUAGES) - {i18n.DEFAULT})
WORD = re.compile(r"[^\W\d_]{2,}")
TAG = re.compile(r"<(?:\"[^\"]*\"|[^<>\"])*>")
SHOWN = re.compile(r"\b(?:aria-label|title|placeholder|alt|label|summary)=\"([^\"]*)\"")
ENTITY = re.compile(r"&#?\w+;")
JINJA = "\0"  # what stands in the text for anything that Jinja fills in
WRAPPERS = frozenset({"_", "gettext", "ngettext", "pgettext"})
# A sentence, or a label: begins with a capital, or has three words or more.
SAID = re.compile(r"[A-Z][\w-]*[a-z](?:\W|$)(?<!Field)|[a-z]+ [a-z]+ [a-z]+")
READER = Environment(extensions=[TranslatedBlocks], autoescape=True)
NOT_SAID = frozenset({"Subject: "})
PACKAGE = Path(translating.__file__).parent
# What these are given first, somebody reads.
TELLING = frozenset({"flash", "refuse", "Conflict", "Forbidden", "Invalid", "NotFound", "TooMany"})


def test_every_text_of_a_template_is_wrapped():
    assert [(name(file), text) for file in TEMPLATES for text in unwrapped(file.read_text())] == []


def test_every_text_in_an_expression_of_a_template_is_wrapped():
    assert [(name(file), text) for file in TEMPLATES for text in unwrapped_in_code(file)] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Words</p>", ["Words"]),
        ("<p>{{ name }} wrote</p>", ["wrote"]),
        ('<a title="More">{{ _("x") }}</a>', ["More"]),
        ('<a title="{{ _("More") }}" class="quiet">{% trans %}Words{% endtrans %}</a>', []),
        ("{# a comment #}<b>·</b> &nbsp; @{{ name }} #{{ number }}", []),
        ('{% if a > b %}<a href="{{ c }}/words">{% endif %}', []),
    ],
)
def test_unwrapped_texts_are_found(source, found):
    assert list(unwrapped(source)) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('{{ button("Save") }}', ["Save"]),
        ('{{ "one more reply" if x else "" }}', ["one more reply"]),
        ('{{ button(_("Save"), kind="quiet small") }}{{ f.type == "BooleanField" }}', []),
    ],
)
def test_unwrapped_texts_in_expressions_are_found(source, found):
    assert list(texts_in_code(source)) == found


def unwrapped(source: str) -> Iterator[str]:
    """Texts with letters that a reader would see, outside of blocks that translate."""
    visible = _without_jinja(source).removeprefix("Subject: ")
    for text in TAG.split(visible):
        if WORD.search(ENTITY.sub(" ", text)):
            yield text.replace(JINJA, "").strip()
    for tag in TAG.findall(visible):
        yield from (value for value in SHOWN.findall(tag) if WORD.search(value))


def _without_jinja(source: str) -> str:
    kept: list[str] = []
    in_block = in_trans = False
    block: list[str] = []
    for _, kind, value in READER.lex(source):
        if kind in {"block_begin", "variable_begin", "comment_begin"}:
            in_block, block = True, []
        elif kind in {"block_end", "variable_end", "comment_end"}:
            in_block = False
            words = "".join(block).split()
            if kind == "block_end" and words[:1] in (["trans"], ["endtrans"]):
                in_trans = words[0] == "trans"
            kept.append(JINJA)
        elif in_block:
            block.append(value)
        elif kind == "data" and not in_trans:
            kept.append(value)
    return "".join(kept)


def unwrapped_in_code(file: Path) -> Iterator[str]:
    return texts_in_code(file.read_text())


def texts_in_code(source: str) -> Iterator[str]:
    tree = READER.parse(source)
    return (text for text in _constants(tree) if SAID.match(text) and text not in NOT_SAID)


def _constants(node: nodes.Node) -> Iterator[str]:
    is_call = isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name)
    if is_call and node.node.name in WRAPPERS:
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    for child in node.iter_child_nodes():
        yield from _constants(child)


@pytest.mark.parametrize(
    "file",
    [file for file in sorted(PACKAGE.rglob("*.py")) if "demo" not in file.parts],
    ids=lambda file: str(file.relative_to(PACKAGE)),
)
def test_no_refusal_or_message_is_said_in_one_language_alone(file: Path):
    """Say it as `_("...")`, or where a module is read `lazy("...")`; numbers as `%(name)s`."""
    assert list(unwrapped_refusals(file.read_text())) == []


def unwrapped_refusals(source: str) -> Iterator[str]:
    """What is told to somebody as a text or an f-string that no catalogue can know."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call) or not call.args:
            continue
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        (told, *_rest) = call.args
        is_text = isinstance(told, ast.Constant) and isinstance(told.value, str)
        is_mixed = isinstance(told, ast.JoinedStr) and any(
            isinstance(part, ast.Constant) and SAID.match(str(part.value)) for part in told.values
        )
        if name in TELLING and (is_text or is_mixed):
            yield ast.unparse(told)


@pytest.mark.parametrize(
    "source", ["raise Invalid('No.')", "flash('Done')", "refuse(f'At most {most} of them')"]
)
def test_a_refusal_in_one_language_alone_is_found(source: str):
    assert list(unwrapped_refusals(source))


@pytest.mark.parametrize(
    "source",
    ["raise Invalid(_('No.'))", "flash(told)", "refuse(lazy('No.'))", "Conflict(f'{a} {b}')"],
)
def test_a_refusal_in_every_language_is_fine(source: str):
    assert not list(unwrapped_refusals(source))


def test_every_language_has_every_text():
    """Run `forum translations update`, then fill in what is empty."""
    found = translating.extract()
    needed = {message.id for message in found if message.id}
    for code in OTHERS:
        catalog = translating.read(code)
        known = {message.id for message in catalog if message.id}
        assert needed - known == set(), f"{code}: not in the catalogue"
        assert known - needed == set(), f"{code}: no longer in the forum"
        assert list(translating.problems(code, catalog)) == []
