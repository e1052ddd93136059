"""Colours keep their contrast, and templates name only what is there."""

import re
from pathlib import Path

import pytest

from forum import paths
from forum.web.assets import BUNDLES

TOKENS = (paths.STATIC / "css/tokens.css").read_text()
THEMES = ("light", "dark")
TEXT, LARGE_OR_SHAPE = 4.5, 3.0
RUNNING_TEXT = 7.0
PAIRS = (
    ("ink", "paper", RUNNING_TEXT),
    ("ink", "card", RUNNING_TEXT),
    ("ink", "sunk", RUNNING_TEXT),
    ("ink", "teal-wash", RUNNING_TEXT),
    ("ink", "plum-wash", RUNNING_TEXT),
    ("soft", "paper", TEXT),
    ("soft", "card", TEXT),
    ("soft", "sunk", TEXT),
    ("soft", "plum-wash", TEXT),
    ("teal", "paper", TEXT),
    ("teal", "card", TEXT),
    ("teal", "sunk", TEXT),
    ("teal", "teal-wash", TEXT),
    ("ochre", "ochre-wash", TEXT),
    ("plum", "paper", TEXT),
    ("plum", "card", TEXT),
    ("plum", "plum-wash", TEXT),
    ("on-teal", "teal", TEXT),
    ("on-plum", "plum", TEXT),
    ("on-leave", "leave", TEXT),
    ("edge", "paper", LARGE_OR_SHAPE),
    ("edge", "card", LARGE_OR_SHAPE),
    ("edge", "sunk", LARGE_OR_SHAPE),
)


def _colours() -> dict[str, tuple[str, str]]:
    """Each colour in light and in dark."""
    plain = dict(re.findall(r"--([\w-]+): (#\w{6});", TOKENS))
    both = {
        name: (light, dark)
        for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", TOKENS)
    }
    return {name: (value, value) for name, value in plain.items()} | both


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back", "least"), PAIRS, ids=str)
def test_colours_that_meet_are_easy_to_tell_apart(front, back, least, theme):
    colours, at = _colours(), THEMES.index(theme)
    assert _contrast(colours[front][at], colours[back][at]) >= least


def test_browsers_without_light_dark_get_the_light_colours():
    plain = dict(re.findall(r"--([\w-]+): (#\w+);", TOKENS))
    for name, light in re.findall(r"--([\w-]+): light-dark\((#\w+),", TOKENS):
        assert plain[name] == light, name


def _templates() -> list[Path]:
    return sorted(paths.TEMPLATES.rglob("*.html"))


def test_every_static_file_that_a_template_names_is_there():
    named = {
        name
        for template in _templates()
        for call in re.findall(r"asset\(([^)]+)\)", template.read_text())
        for name in re.findall(r"""["']([^"']+)["']""", call)
    }
    files = {part for name in named for part in BUNDLES.get(name, (name,))}
    assert named & set(BUNDLES)
    assert not [name for name in sorted(files) if not (paths.STATIC / name).is_file()]


def test_every_icon_that_a_template_names_is_drawn():
    drawn = set(re.findall(r'id="(\w+)"', (paths.STATIC / "icons/sprite.svg").read_text()))
    source = "".join(template.read_text() for template in _templates())
    used = {
        *re.findall(r"sprite\.svg\"\) \}\}#(\w+)", source),
        *re.findall(r'icon\("(\w+)"', source),
    }
    assert used <= drawn


def test_every_colour_and_size_that_a_style_uses_is_defined():
    styles = "".join(sheet.read_text() for sheet in (paths.STATIC / "css").rglob("*.css"))
    defined = set(re.findall(r"(--[\w-]+):", styles))
    assert set(re.findall(r"var\((--[\w-]+)", styles)) <= defined


def test_colours_are_written_in_the_tokens_only():
    for sheet in (paths.STATIC / "css").rglob("*.css"):
        if sheet.name == "tokens.css":
            continue
        rules = re.sub(r"#000\b", "", sheet.read_text())  # ink of a printer, opacity of a mask
        assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{]*;)", rules), sheet.name
