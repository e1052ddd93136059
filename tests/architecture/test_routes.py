"""Addresses: each declares who reaches it, keeps to one form, and stands in routes.txt.

When an address was added or changed on purpose, write the list again:
FORUM_TEST_WRITE_ROUTES=1 .venv/bin/pytest -n0 tests/architecture/test_routes.py
"""

import os
import re
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from forum.app import create_app
from forum.web.access import PUBLIC, SIGNED_IN, declared
from tests.conftest import SETTINGS

STORED = Path(__file__).with_name("routes.txt")
WORDS = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
PARAMETER = re.compile(r"^<(id|thread|name|path):[a-z_]+>$")
# Where programs look for them, by the standards that name them.
FILE = re.compile(r"^(robots\.txt|sitemap(-[a-z]+(-<id:[a-z_]+>)?)?\.xml|[a-z]+\.(csv|json|svg))$")
# Verbs that change something stand under POST alone.
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
OPEN_FORMS = frozenset(
    {
        "sign-in",
        "register",
        "reset",
        "join",
        "confirm-address",
        "still-here",
        "sign-out",
        "suspended",
    }
)


@pytest.fixture(scope="module")
def bare_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application without a database: its addresses are known all the same."""
    folder = str(tmp_path_factory.mktemp("instance"))
    return create_app({**SETTINGS, "DATABASE_URL": "sqlite://", "INSTANCE_PATH": folder})


@pytest.fixture(scope="module")
def rules(bare_app: Flask) -> list[Rule]:
    return sorted(bare_app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def test_every_address_declares_who_reaches_it(bare_app: Flask, rules: list[Rule]):
    undeclared = [rule.endpoint for rule in rules if declared(bare_app, rule.endpoint) is None]

    assert undeclared == [], "put @access(...) under the route"


def test_addresses_are_words_with_hyphens_and_typed_parameters(rules: list[Rule]):
    odd = [
        rule.rule
        for rule in rules
        for part in rule.rule.strip("/").split("/")
        if part and not (WORDS.match(part) or PARAMETER.match(part) or FILE.match(part))
    ]

    assert odd == []


def test_no_address_ends_with_a_slash(rules: list[Rule]):
    assert [rule.rule for rule in rules if rule.rule != "/" and rule.rule.endswith("/")] == []


def test_only_forms_and_reads_are_used(rules: list[Rule]):
    used = {method for rule in rules for method in rule.methods or ()}

    assert used <= {"GET", "HEAD", "OPTIONS", "POST"}


def test_whoever_changes_something_is_signed_in(bare_app: Flask, rules: list[Rule]):
    """Apart from the forms that let people in."""
    open_ones = {
        rule.rule
        for rule in rules
        if (rule.methods or set()) & CHANGING
        and (found := declared(bare_app, rule.endpoint)) is not None
        and found.level is PUBLIC
    }

    assert {rule.strip("/").split("/")[0] for rule in open_ones} <= OPEN_FORMS


def test_pages_of_the_administration_ask_for_more_than_a_sign_in(
    bare_app: Flask, rules: list[Rule]
):
    weak = [
        rule.rule
        for rule in rules
        if rule.rule.startswith("/admin")
        and (found := declared(bare_app, rule.endpoint)) is not None
        and found.level <= SIGNED_IN
    ]

    assert weak == []


def test_the_list_of_addresses_is_the_stored_one(bare_app: Flask, rules: list[Rule]):
    lines = [_line(bare_app, rule) for rule in rules]
    if os.environ.get("FORUM_TEST_WRITE_ROUTES"):
        STORED.write_text("\n".join(lines) + "\n")

    assert lines == STORED.read_text().splitlines(), "see the top of this file"


def _line(app: Flask, rule: Rule) -> str:
    methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
    found = declared(app, rule.endpoint)
    who = found.level.name.lower() if found else "nobody"
    fresh = " (recent sign-in)" if found and found.is_delicate else ""
    return f"{rule.rule}  {methods}  {rule.endpoint}  {who}{fresh}"
