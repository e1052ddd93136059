"""What words in templates compile to, also in languages whose plurals are not like English ones."""

import pytest
from babel.messages import Catalog
from jinja2 import Environment, StrictUndefined, TemplateAssertionError
from markupsafe import Markup

from forum import paths, translating
from forum.core import i18n
from forum.web import translating as templates

POLISH = {
    "Saved.": "Zapisano.",
    "It's": "To jest <b>to</b>",
    "by %(name)s, %(at)s": "%(at)s, %(name)s",
    "Hello %(name)s": "Witaj, %(nmae)s",
    ("%(count)s comment", "%(count)s comments"): (
        "%(count)s komentarz",
        "%(count)s komentarze",
        "%(count)s komentarzy",
    ),
    ("%(num)s reply", "%(num)s replies"): (
        "%(num)s odpowiedź",
        "%(num)s odpowiedzi",
        "%(num)s odpowiedzi wiele",
    ),
}
PLURAL = "{% trans count=n %}{{ count }} comment{% pluralize %}{{ count }} comments{% endtrans %}"


@pytest.fixture
def render(tmp_path, monkeypatch):
    """Renders a template in a language of the test's own."""
    monkeypatch.setattr(paths, "TRANSLATIONS", tmp_path)
    monkeypatch.setattr(i18n, "LANGUAGES", {**i18n.LANGUAGES, "pl": "Polski"})
    catalog = Catalog(locale="pl")
    for text, translated in POLISH.items():
        catalog.add(text, translated)
    catalog.add("Leave", "Wyjdź", context="account")
    translating.write(catalog, "pl")
    caches = (i18n.catalogue, templates._examples, templates._is_common)
    for cached in caches:
        cached.cache_clear()

    def made(source: str, code: str = "pl", **values: object) -> str:
        environment = Environment(autoescape=True, undefined=StrictUndefined)
        templates.teach(environment)
        templates.speak(environment, code)
        return environment.from_string(source).render(values)

    yield made
    for cached in caches:
        cached.cache_clear()


def test_words_are_those_of_the_language(render):
    assert render('{{ _("Saved.") }}') == "Zapisano."
    assert render('{{ _("Saved.") }}', "en") == "Saved."
    assert render("{% trans %}Saved.{% endtrans %}") == "Zapisano."
    assert render('{{ pgettext("account", "Leave") }}{{ _("Leave") }}') == "WyjdźLeave"


def test_a_block_is_html_and_its_values_are_escaped(render):
    source = "{% trans name=name %}by <b>{{ name }}</b>{% endtrans %}"
    assert render(source, name="<i>") == "by <b>&lt;i&gt;</b>"
    assert render(source, name=Markup("<i>x</i>")) == "by <b><i>x</i></b>"


def test_a_text_in_an_expression_is_escaped_as_any_text(render):
    assert render('{{ _("It\'s") }}') == "To jest &lt;b&gt;to&lt;/b&gt;"
    assert render('{{ _("a & %(b)s", b=b) }}', b=Markup("<i>")) == "a &amp; <i>"
    assert render('<p title="{{ _("say %(b)s", b=b) }}">', b='"') == '<p title="say &#34;">'


def test_values_stand_where_the_language_puts_them(render):
    source = "{% trans name=name, at=at %}by {{ name }}, {{ at }}{% endtrans %}"
    assert render(source, name="Wren", at="noon") == "noon, Wren"


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "komentarzy"), (1, "komentarz"), (2, "komentarze"), (5, "komentarzy"), (22, "komentarze")],
)
def test_a_language_with_three_forms_has_them_all(render, count, shown):
    assert render(PLURAL, n=count) == f"{count} {shown}"


@pytest.mark.parametrize(("count", "shown"), [(0, "comments"), (1, "comment"), (2, "comments")])
def test_english_has_two_forms(render, count, shown):
    assert render(PLURAL, "en", n=count) == f"{count} {shown}"


@pytest.mark.parametrize(("count", "shown"), [(1, "odpowiedź"), (3, "odpowiedzi")])
def test_plurals_stand_in_expressions_too(render, count, shown):
    source = '{{ ngettext("%(num)s reply", "%(num)s replies", n) }}'
    assert render(source, n=count) == f"{count} {shown}"


def test_what_is_counted_is_asked_for_once(render):
    asked = []

    def count() -> int:
        asked.append(1)
        return 2

    assert render(PLURAL.replace("count=n", "count=n()"), n=count) == "2 komentarze"
    assert len(asked) == 1


def test_a_translation_that_asks_for_what_is_not_given_is_not_used(render):
    source = "{% trans name=name %}Hello {{ name }}{% endtrans %}"
    assert render(source, name="Wren") == "Hello Wren"


def test_percent_signs_stay(render):
    assert render("{% trans n=n %}{{ n }} is 100%{% endtrans %}", n=1) == "1 is 100%"
    assert render("{% trans %}100% done{% endtrans %}") == "100% done"
    assert render('{{ _("100% done") }}') == "100% done"


def test_line_breaks_of_a_block_are_one_space(render):
    assert render("{% trans %}one\n    two{% endtrans %}") == "one two"


@pytest.mark.parametrize("call", ["_(word)", 'ngettext("a", word, 1)', '_("a" ~ word)', "_()"])
def test_only_constant_words_can_be_translated(render, call):
    with pytest.raises(TemplateAssertionError):
        render("{{ " + call + " }}", word="Saved.")


def test_words_next_to_each_other_are_written_in_one_piece():
    environment = Environment(autoescape=True)
    templates.teach(environment)
    templates.speak(environment, "es")
    code = environment.compile("<p>{% trans %}Saved.{% endtrans %} {{ _('Saved.') }}</p>", raw=True)
    assert "'<p>Guardado. Guardado.</p>'" in code
