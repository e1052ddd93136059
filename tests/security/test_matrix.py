"""Who reaches which route: the table in matrix.csv, row by row, and no route without a row.

Everything belongs to a private space of which new, member, author, facilitator and suspended are
members; the outsider runs another space. "yes" is any answer that the route itself gives, "no" is
403, "none" is 404 as for what does not exist, "sign-in" is what nobody signed in gets.
"""

import csv
from pathlib import Path

import pytest

from tests.security.scene import FORMS, PEOPLE, UNSAFE, routes
from tests.support.breadth import is_turn, wide

TABLE = Path(__file__).with_name("matrix.csv")
_WORDS = {401: "sign-in", 403: "no", 404: "none"}


def _table() -> dict[tuple[str, str, str], dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row["endpoint"], row["rule"], row["method"]): row for row in csv.DictReader(file)}


def _word(response) -> str:
    if response.status_code == 303 and response.location.startswith("/sign-in?"):
        return "sign-in"
    return _WORDS.get(response.status_code, "yes" if response.status_code < 500 else "error")


def test_every_route_has_a_row_and_every_row_a_route(site):
    found = {(rule.endpoint, rule.rule, method) for method, rule in routes(site, "GET", *UNSAFE)}
    assert found == set(_table())


@wide
@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_reaches_what_the_table_says(scene, name):
    person, table, wrong = scene.person(name), _table(), []
    for method, rule in routes(scene.app, "GET", *UNSAFE):
        if not is_turn(scene.app, f"{method} {rule.rule}", PEOPLE.index(name)):
            continue
        with scene.undone():
            path = scene.path(rule)
            form = FORMS.get(rule.endpoint)
            word = _word(person.get(path) if method == "GET" else person.post(path, form))
        expected = table[rule.endpoint, rule.rule, method][name]
        if word != expected:
            wrong.append(f"{method} {path}: {word}, not {expected}")
    assert not wrong


def test_a_route_that_declares_nothing_is_not_there(scene):
    scene.app.view_functions["threads.home"], kept = (
        _undeclared,
        scene.app.view_functions["threads.home"],
    )
    try:
        assert scene.person("administrator").get("/").status_code == 404
    finally:
        scene.app.view_functions["threads.home"] = kept


def _undeclared() -> str:
    return "open to all by mistake"
