"""Who may import whom: the contracts in pyproject.toml, and what they cannot say."""

import ast
import subprocess
import sys
from pathlib import Path

from forum import paths

PACKAGE = paths.ROOT / "forum"
MODULES = sorted(PACKAGE.rglob("*.py"))
SANITISERS = {"bleach", "nh3"}


def name(module: Path) -> str:
    return str(module.relative_to(paths.ROOT))


def imported(tree: ast.AST) -> set[str]:
    """The top-level packages that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_imports_keep_their_direction(tmp_path: Path):
    done = subprocess.run(  # noqa: S603 - a tool of ours
        [
            sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()",
            "--cache-dir", str(tmp_path),
        ],
        cwd=paths.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout


def test_only_the_renderer_knows_the_sanitisers():
    found = {name(m) for m in MODULES if imported(ast.parse(m.read_text())) & SANITISERS}

    assert found == {"forum/core/markup.py"}, "call forum.core.markup.render instead"


def test_words_come_from_one_place():
    found = {name(m) for m in MODULES if "flask_babel" in imported(ast.parse(m.read_text()))}

    assert found == {"forum/core/i18n.py", "forum/web/language.py"}, "import forum.core.i18n"


def test_one_place_commits():
    found = {name(m) for m in MODULES if ".commit(" in m.read_text()}

    assert found == {"forum/core/db.py"}, "open forum.core.db.transaction() instead"


def test_one_clock():
    """Naive times are found by ruff (DTZ); this finds a second clock that is lawful there."""
    found = {name(m) for m in MODULES if "datetime.now(" in m.read_text()}

    assert found == {"forum/core/clock.py"}, "call forum.core.clock.now() instead"


def test_no_import_stands_inside_a_function():
    found = [
        f"{name(module)}:{inner.lineno}"
        for module in MODULES
        for outer in ast.walk(ast.parse(module.read_text()))
        if isinstance(outer, ast.FunctionDef)
        for inner in ast.walk(outer)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]

    assert found == []


def test_models_subclass_base_and_not_the_extension():
    found = {name(m) for m in MODULES if "db.Model" in m.read_text() and m.stem == "models"}

    assert found == set()


def test_queries_use_select():
    """`Model.query` and `session.query` belong to the old interface."""
    found = {name(m) for m in MODULES if ".session.query(" in m.read_text()}

    assert found == set()


def test_every_module_says_in_a_sentence_what_it_owns():
    first_lines = {
        name(m): (ast.get_docstring(ast.parse(m.read_text())) or "").split("\n")[0] for m in MODULES
    }

    assert [module for module, line in first_lines.items() if not line.endswith(".")] == []
