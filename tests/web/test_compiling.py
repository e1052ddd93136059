"""What templates compile to: the same pages as Jinja's own code, made in fewer steps."""

import pytest
from flask import Flask
from flask.templating import Environment
from jinja2 import DictLoader, UndefinedError
from markupsafe import Markup

from forum.web.compiling import QuickCode

_MACROS = """
{%- macro line(value, kind="plain") %}<p class="{{ kind }}">{{ value }}
{%- if caller is defined %}{{ caller() }}{% endif %}</p>{% endmacro -%}
"""
_PAGE = """
{%- from "macros" import line -%}
{% block title %}{{ row.title }}{% endblock %}|{{ self.title() }}|
{%- for one in row.many %}{{ line(one, kind=row.kind) }}{{ loop.index }}{% endfor %}
{%- call line(row.number) %} & {{ row.html }}{% endcall %}{{ row.items["class"] }}{{ row.nothing }}
"""


class Quick(Environment):
    code_generator_class = QuickCode


class Row:
    title = "<b>\"Rent\" & 'food'</b>"
    many = ("one", 2, 3.5, None, True, Markup("<i>kept</i>"), "é<")
    kind = 'a"b'
    number = 7
    html = Markup("<em>safe</em>")
    items = {"class": "<c>"}  # noqa: RUF012 - a row of this test alone
    nothing = ""


def _rendered(environment: type[Environment]) -> str:
    app = Flask(__name__)
    app.jinja_environment = environment
    app.jinja_env.loader = DictLoader({"macros": _MACROS, "page.html": _PAGE})
    app.jinja_env.autoescape = True
    return app.jinja_env.get_template("page.html").render(row=Row())


def test_quick_code_prints_what_jinjas_own_code_prints():
    page = _rendered(Quick)

    assert page == _rendered(Environment)
    assert "&lt;b&gt;&#34;Rent&#34; &amp; &#39;food&#39;&lt;/b&gt;" in page


def test_what_has_its_own_html_is_not_escaped_again(site):
    class Own(str):
        __slots__ = ()

        def __html__(self) -> str:
            return "<hr>"

    template = site.jinja_env.from_string("{{ one }}{{ many }}")
    assert template.render(one=Own("x<"), many=["<"]) == "<hr>[&#39;&lt;&#39;]"


def test_a_macro_of_a_plain_text_makes_plain_text():
    app = Flask(__name__)
    app.jinja_environment = Quick
    source = "{% macro line(x) %}{{ x }}{% endmacro %}{{ line('<a>') + ' & <b>' }}"
    app.jinja_env.loader = DictLoader({"mail.txt": source})
    assert app.jinja_env.get_template("mail.txt").render() == "<a> & <b>"


@pytest.mark.parametrize("source", ["{{ row.title }}", "{{ nobody }}", "{{ nobody.name }}"])
def test_a_value_that_is_missing_fails_the_page(site, source):
    with pytest.raises((AttributeError, UndefinedError)):
        site.jinja_env.from_string(source).render(row=object())
