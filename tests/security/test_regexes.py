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
SLOW = 0.05  # seconds for a tenth of the text: no need to wait for the rest
ANCHORED = {"match", "fullmatch"}
SCANNING = {"search", "sub", "subn", "split", "findall", "finditer"}


def _calls():
    """Each `something.match(...)` in the package: its name, the method, its first argument."""
    for path in Path(forum.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value
                name = getattr(owner, "id", getattr(owner, "attr", None))
                yield name, node.func.attr, getattr(next(iter(node.args), None), "value", None)


def _patterns():
    """Every pattern of the package, with the methods that are called on it (none known: all)."""
    used = {}
    found = {}
    for name, method, argument in _calls():
        if method in ANCHORED | SCANNING:
            used.setdefault(name, set()).add(method)
            if name == "re" and isinstance(argument, str):
                found.setdefault(argument, (re.compile(argument), set()))[1].add(method)
    for module in pkgutil.walk_packages(forum.__path__, "forum."):
        if not module.name.endswith("__main__"):
            for name, value in vars(importlib.import_module(module.name)).items():
                for pattern in _inside(value):
                    methods = used.get(name, ANCHORED | SCANNING)
                    found.setdefault(pattern.pattern, (pattern, set()))[1].update(methods)
    return list(found.values())


def _inside(value):
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, (dict, list, tuple, set, frozenset)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _inside(one)


PATTERNS = {f"{n}-{p.pattern[:40]!a}": (p, methods) for n, (p, methods) in enumerate(_patterns())}


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


def _cost(pattern, methods, text):
    started = time.process_time()
    if methods & ANCHORED:
        pattern.match(text)
        pattern.fullmatch(text)
    if methods & SCANNING:
        pattern.sub("", text)
    return time.process_time() - started


def _growth(pattern, methods, unit):
    """How much longer twice the input takes: 2 is linear, 4 quadratic; 0 where both are quick."""
    if _cost(pattern, methods, (unit * LONG)[: LONG // 10] + "\x01") > SLOW:
        return float("inf")
    texts = [(unit * length)[:length] + "\x01" for length in (SHORT, LONG)]
    # In turns, and the best of three: the machine has other work too.
    rounds = [[_cost(pattern, methods, text) for text in texts] for _ in range(3)]
    short, long = (min(costs) for costs in zip(*rounds, strict=True))
    return long / short if long > FLOOR else 0


@pytest.mark.parametrize(("pattern", "methods"), PATTERNS.values(), ids=PATTERNS)
def test_a_pattern_is_linear(pattern, methods):
    for family, unit in _families(pattern):
        assert any(_growth(pattern, methods, unit) < 3 for _ in range(2)), family


def test_a_quadratic_pattern_would_be_found():
    assert any(_growth(re.compile(r"a+b"), SCANNING, "a") >= 3 for _ in range(3))


def test_the_patterns_of_the_package_are_found():
    assert len(PATTERNS) >= 10
