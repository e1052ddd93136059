"""SECURITY.md 43: no post costs more than 0.3 s; what would is refused."""

from contextlib import suppress

import pytest

from forum.core.errors import Invalid
from forum.core.markup import MAX_LENGTH, Links, mentioned_names, redact_quotes, render
from tests.support.pace import quickest

UNITS = [
    ">", "> ", "- ", "-\n", "- a\n", "1. ", "*a ", "*a **b ", "*a*", "**", "_", "a_", "~~", "~~a~~",
    "[", "![", "[]", "[a](", "[a](b)", "[a](/b)", "[a](http://b.c)", "![a](/b)", "![[]()", "[[[](",
    "](", "[a][b] ", "[a]: /b\n", "[a]: /b 'c\n", "<", "<a", "<a@b.co>", "<http://a>", "<!--",
    "<![CDATA[", "<?", "</a", "`", "`a", "`a`", "``a`", "@", "@ab", "@ab ", "@a.", "#", "#7", "#7 ",
    "# a\n", "https://", "https://a ", "https://a@", "https://a)", "https://a((", "://a", "http:",
    "\\", "\\@", "&", "&amp;", "&#1;", "|", "|-|\n", "a|b\n-|-\n", "a\n-|-\n", "\n", "  \n",
    "a  \n", "\ta", "    a\n", "> a\n", "> #7:\n", "> #7:\n> a\n\n", "```\n", "~~~\n", "a\n=\n",
    "a\n---\n", "* * *\n", "(", "\u0000", "\u202e", "\u0301\u0316", "e\u0301", "\U0001f469\u200d",
    "word and ",
]  # fmt: skip
SHAPES = {
    "wide-table": "|" + "a|" * 100 + "\n|" + "-|" * 100 + "\n" + "|\n" * 9_000,
    "many-tables": "a|b|c\n-|-|-\n\n" * 1_400,
    "quotes-then-lines": ">" * 10_000 + "\n" * 10_000,
    "nested-marks": "*a " * 4_000 + "a* " * 2_600,
    "growing-backticks": " ".join("`" * n for n in range(1, 195)),
    "quotes-up-and-down": "".join(">" * (n % 19) + " a\n" for n in range(1_600)),
    "lists-up-and-down": "".join(" " * (2 * (n % 9)) + "- a\n" for n in range(1_400)),
    "one-definition-many-uses": "[a]: /b\n\n" + "[a] " * 4_900,
    "many-definitions": "".join(f"[{n}]: /b\n" for n in range(1_000)) + "\n" + "[7] " * 2_000,
    "one-word": "a" * MAX_LENGTH,
}
LIMIT = 0.3  # seconds of processor time
LINKS = Links(people={"ab": "ab"}, thread_id=1)


def cost(act, source, *, limit=LIMIT):
    """Seconds of processor time to do it or to refuse it."""

    def once():
        with suppress(Invalid):
            act(source)

    return quickest(once, enough=limit)


@pytest.mark.parametrize("unit", UNITS)
def test_a_post_of_one_thing_repeated_is_cheap_or_refused(unit):
    source = (unit * (MAX_LENGTH // len(unit) + 1))[:MAX_LENGTH]
    assert cost(lambda text: render(text, links=LINKS), source) < LIMIT


@pytest.mark.parametrize("shape", SHAPES)
def test_a_post_in_a_hostile_shape_is_cheap_or_refused(shape):
    assert cost(lambda text: render(text, links=LINKS), SHAPES[shape][:MAX_LENGTH]) < LIMIT


@pytest.mark.parametrize("unit", ["@ab ", "@a.", "> #7:\n> a\n\n", "> #7:\n", "> "])
def test_looking_for_names_and_quotes_is_cheap_too(unit):
    source = unit * (MAX_LENGTH // len(unit))
    assert cost(mentioned_names, source) < LIMIT
    assert cost(lambda text: redact_quotes(text, 7), source) < LIMIT


def test_a_megabyte_is_refused_at_once():
    source = "a\u0301\u0316*[`" * 200_000
    with pytest.raises(Invalid):
        render(source)
    assert cost(render, source, limit=1) < 1


def test_an_ordinary_comment_takes_a_few_milliseconds_at_most():
    source = "Somebody asked @ab about work, see #7 and https://a.example for more. " * 5
    assert cost(lambda text: render(text, links=LINKS), source, limit=0.05) < 0.05
