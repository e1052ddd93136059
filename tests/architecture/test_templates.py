"""Templates: each parses, imports only what it uses, and holds no code, style or raw HTML."""

import re
from pathlib import Path

import pytest
from flask import Flask

from forum import paths
from forum.app import create_app
from tests.conftest import SETTINGS

TEMPLATES = sorted(file for file in paths.TEMPLATES.rglob("*") if file.suffix in {".html", ".txt"})
PAGES = [file for file in TEMPLATES if file.suffix == ".html"]
COMPONENTS = sorted((paths.TEMPLATES / "components").glob("*.html"))
IMPORT = re.compile(r"{%-?\s*from\s+\"[^\"]+\"\s+import\s+(.+?)(?:\s+with(?:out)? context)?\s*-?%}")
STORED = re.compile(r"([\w.]+)\s*\|\s*stored_html")
# A token of its own, or from one of the macros that write it.
TOKEN = re.compile(r"csrf_token|\bcsrf\(|\bhidden\(|caller\(\)")
INLINE = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "style element": re.compile(r"<style", re.IGNORECASE),
    "style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "javascript: link": re.compile(r"javascript:", re.IGNORECASE),
}


def name(file: Path) -> str:
    return str(file.relative_to(paths.TEMPLATES))


@pytest.fixture(scope="module")
def bare_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = str(tmp_path_factory.mktemp("instance"))
    return create_app({**SETTINGS, "DATABASE_URL": "sqlite://", "INSTANCE_PATH": folder})


def test_every_template_parses(bare_app: Flask):
    for file in PAGES:
        bare_app.jinja_env.get_template(name(file))


def test_templates_use_what_they_import():
    assert [(name(file), word) for file in PAGES for word in unused_imports(file)] == []


def unused_imports(file: Path) -> list[str]:
    text = file.read_text()
    body = IMPORT.sub("", text)
    brought = [word for found in IMPORT.findall(text) for word in found.split(",")]
    known_as = [word.split(" as ")[-1].strip() for word in brought]
    return [word for word in known_as if not re.search(rf"\b{re.escape(word)}\b", body)]


def test_no_template_marks_anything_as_safe():
    unsafe = re.compile(r"\|\s*safe\b|autoescape")

    assert [name(file) for file in PAGES if unsafe.search(file.read_text())] == []


def test_stored_html_is_what_the_renderer_made():
    values = [(name(file), value) for file in PAGES for value in STORED.findall(file.read_text())]

    assert [found for found in values if not found[1].endswith("html")] == []


@pytest.mark.parametrize("kind", INLINE)
def test_no_template_holds_what_the_content_security_policy_blocks(kind: str):
    assert [name(file) for file in PAGES if INLINE[kind].search(file.read_text())] == []


def test_forms_that_post_carry_a_token():
    without = [
        name(file)
        for file in PAGES
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", file.read_text(), re.DOTALL)
        if not TOKEN.search(form)
    ]

    assert without == []


def test_components_ask_for_nobody():
    """Whatever a component shows comes in as a parameter; only its caller knows the viewer."""
    asking = re.compile(r"\b(current_user|request|session|config|g)\.")

    assert [name(file) for file in COMPONENTS if asking.search(file.read_text())] == []


def test_every_template_is_used(bare_app: Flask):
    views = "\n".join(file.read_text() for file in (paths.ROOT / "forum").rglob("*.py"))
    others = {file: file.read_text() for file in PAGES}
    unused = [
        name(file)
        for file in PAGES
        if f'"{name(file)}"' not in views
        and not any(f'"{name(file)}"' in text for other, text in others.items() if other != file)
        and not name(file).startswith(("errors/", "components/"))  # named by status; a library
    ]

    assert unused == []
