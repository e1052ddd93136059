"""SECURITY.md 42: every regular expression of our own takes time in proportion to its input."""

import ast
import importlib
import pkgutil
import re
import time
from pathlib import Path

import pytest

import forum

SHORT, LONG = 10_000, 20_000  # characters
FLOOR = 0.005  # seconds: below this the clock says nothing about the ratio
CALLS = {"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
PACKAGE = Path(forum.__file__).parent


def _at_module_level():
    for module in pkgutil.walk_packages(forum.__path__, "forum."):
        if not module.name.endswith("__main__"):
            for value in vars(importlib.import_module(module.name)).values():
                yield from _inside(value)


def _inside(value):
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _inside(one)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for one in value:
            yield from _inside(one)


def _written_in_place():
    """Patterns in calls such as `re.sub("...", ...)`, which leave no object behind."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in CALLS
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "re"
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and isinstance(node.args[0].value, str)
            ):
                yield re.compile(node.args[0].value)


PATTERNS = {
    f"{number}-{pattern.pattern[:40]!a}": pattern
    for number, pattern in enumerate(
        {p.pattern: p for p in [*_written_in_place(), *_at_module_level()]}.values()
    )
}


def _families(pattern):
    """Inputs that a careless pattern backtracks on; the ending makes the last step fail."""
    literals = "".join(dict.fromkeys(c for c in pattern.pattern if c.isprintable()))
    yield "letters", "a"
    yield "spaces", " \n\t"
    yield "digits-and-dots", "1.-_"
    yield "its-own-characters", literals or "a"
    yield "its-own-signs", "".join(c for c in literals if not c.isalnum()) or "@"
    for sign in literals:
        if not sign.isalnum():
            yield f"only-{ord(sign):x}", sign
            yield f"letters-and-{ord(sign):x}", f"a{sign}"


def _cost(pattern, text):
    started = time.process_time()
    pattern.fullmatch(text)
    pattern.sub("", text)
    return time.process_time() - started


def _growth(pattern, unit):
    """How much longer twice the input takes: 2 is linear, 4 quadratic; 0 where both are quick."""
    texts = [(unit * length)[:length] + "\x01" for length in (SHORT, LONG)]
    # In turns, and the best of three: the machine has other work too.
    rounds = [[_cost(pattern, text) for text in texts] for _ in range(3)]
    short, long = (min(costs) for costs in zip(*rounds, strict=True))
    return long / short if long > FLOOR else 0


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_a_pattern_is_linear(pattern):
    for family, unit in _families(pattern):
        assert any(_growth(pattern, unit) < 3 for _ in range(3)), family


def test_a_quadratic_pattern_would_be_found():
    assert any(_growth(re.compile(r"a+b"), "a") >= 3 for _ in range(3))


def test_the_patterns_of_the_package_are_found():
    assert len(PATTERNS) >= 10
