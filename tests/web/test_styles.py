"""Colours keep their contrast, and templates name only what is there."""

import re
from pathlib import Path

import pytest

from forum import paths
from forum.web.assets import BUNDLES

_NORMAL, _, _STRONG = (paths.STATIC / "css/tokens.css").read_text().partition("/* Stronger colours")
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


def _colours(tokens: str = _NORMAL) -> dict[str, tuple[str, str]]:
    """Each colour in light and in dark."""
    plain = dict(re.findall(r"--([\w-]+): (#\w{6});", tokens))
    both = {
        name: (light, dark)
        for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", tokens)
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


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back", "least"), PAIRS, ids=str)
def test_who_asks_for_more_contrast_gets_more(front, back, least, theme):
    colours, at = _colours() | _colours(_STRONG), THEMES.index(theme)
    needed = RUNNING_TEXT if least > LARGE_OR_SHAPE else TEXT
    assert _contrast(colours[front][at], colours[back][at]) >= needed


def test_browsers_without_light_dark_get_the_light_colours():
    plain = dict(re.findall(r"--([\w-]+): (#\w+);", _NORMAL))
    for name, light in re.findall(r"--([\w-]+): light-dark\((#\w+),", _NORMAL):
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


# Sides and axes of the screen; "inline" and "block" follow the direction of the text.
_PHYSICAL = re.compile(
    r"(?:^|[;{\s])((?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-)?"
    r"(?:left|right|top|bottom)(?:-[a-z-]+)?|(?:min-|max-)?(?:width|height)"
    r"|border-(?:top|bottom)-(?:left|right)-radius)\s*:"
    r"|(?:margin|padding|inset):(?:\s+[^\s;]+){4};"  # four sides, clockwise
    r"|(?:text-align|float|clear):\s*(?:left|right)\b",
    re.MULTILINE,
)
_SIZE = re.compile(r"font(?:-size)?:[^;]*\d(?:rem|px|pt)\b[^;]*;")


def _rules(sheet: Path) -> str:
    """A style without its comments and without what media queries ask."""
    return re.sub(r"/\*.*?\*/|@media[^{]*", "", sheet.read_text(), flags=re.DOTALL)


def _sheets() -> list[Path]:
    return sorted((paths.STATIC / "css").rglob("*.css"))


@pytest.mark.parametrize("sheet", _sheets(), ids=lambda sheet: sheet.name)
def test_styles_follow_the_direction_of_the_text(sheet: Path):
    assert [found[0].strip() for found in _PHYSICAL.finditer(_rules(sheet))] == []


def test_the_search_for_sides_finds_them():
    wrong = ("a{margin-left: 1px}", "a{left: 0}", "a {\n  width: 2px}", "a{text-align: right}",
             "a{border-top-left-radius: 1px}", "a{min-height: 1px;}",
             "a{padding: 1px 2px 3px 4px;}")  # fmt: skip
    right = ("a{margin-inline: 1px}", "a{border-width: 2px}", "a{stroke-width: 2}",
             "a{line-height: 1}", "a{vertical-align: top}")  # fmt: skip
    assert all(_PHYSICAL.search(rule) for rule in wrong)
    assert not [rule for rule in right if _PHYSICAL.search(rule)]


@pytest.mark.parametrize("sheet", _sheets(), ids=lambda sheet: sheet.name)
def test_sizes_of_type_come_from_the_scale(sheet: Path):
    if sheet.name != "tokens.css":
        assert _SIZE.findall(_rules(sheet).replace("font-size: 11pt", "")) == []  # of a printer
