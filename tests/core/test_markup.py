"""Markdown to HTML: names, numbers, quotes, links, headings, tables and what is refused."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.core import markup
from forum.core.errors import Invalid
from forum.core.markup import (
    MAX_LENGTH,
    MAX_NESTING,
    TAKEN_BACK,
    Links,
    excerpt,
    excerpt_of_html,
    mentioned_names,
    plain_text,
    quote,
    quoted_numbers,
    redact_quotes,
    render,
)

LINKS = Links(
    people={"amina": "amina", "jo.l": "Jo.L", "мария": "мария"},
    thread_id=12,
    own_hosts=frozenset({"forum.example", "localhost:8000"}),
)
FOREIGN = ' rel="nofollow ugc noopener"'


def html(source, links=LINKS):
    return str(render(source, links=links).html)


def link(href, text=None, rel=FOREIGN):
    return f'<a href="{href}"{rel}>{text or href}</a>'


def mention(name, path=None):
    return f'<a class="mention" href="/u/{path or name}">@{name}</a>'


REF_7 = '<a class="ref" href="/t/12/c/7">#7</a>'


# Names


@pytest.mark.parametrize(
    ("source", "names"),
    [
        pytest.param("@amina", ("amina",), id="alone"),
        pytest.param("I agree with @amina, @jo.l and @sam.", ("amina", "jo.l", "sam"), id="three"),
        pytest.param("@Amina and @AMINA", ("amina",), id="once-whatever-the-case"),
        pytest.param("@\uff21mina", ("amina",), id="compatibility-forms"),
        pytest.param("(@amina's) **@sam**", ("amina", "sam"), id="in-punctuation"),
        pytest.param("@a_b-c.d", ("a_b-c.d",), id="signs-inside"),
        pytest.param("@amina- @sam. @jo..", ("amina", "sam", "jo"), id="signs-at-the-end"),
        pytest.param("@мария", ("мария",), id="cyrillic"),
        pytest.param("a@b.example", (), id="e-mail"),
        pytest.param("@amina@social.example", (), id="address-elsewhere"),
        pytest.param("@a", (), id="too-short"),
        pytest.param("@" + "a" * 31, (), id="too-long"),
        pytest.param("@" + "a" * 30, ("a" * 30,), id="longest"),
        pytest.param("`@amina`", (), id="code"),
        pytest.param("```\n@amina\n```", (), id="fence"),
        pytest.param("[@amina](https://a.example)", (), id="link"),
        pytest.param("https://a.example/@amina", (), id="address"),
        pytest.param("\\@amina", (), id="escaped"),
        pytest.param("no names", (), id="none"),
    ],
)
def test_names_are_found_where_people_are_addressed(source, names):
    assert mentioned_names(source) == names


def test_a_known_name_links_to_the_person():
    assert html("Thanks @amina!") == f"<p>Thanks {mention('amina')}!</p>"


def test_a_name_is_shown_as_the_person_writes_it():
    assert html("@JO.L") == f"<p>{mention('Jo.L')}</p>"


def test_a_name_in_another_script_has_an_encoded_address():
    path = "%D0%BC%D0%B0%D1%80%D0%B8%D1%8F"
    assert html("@мария") == f"<p>{mention('мария', path)}</p>"


@pytest.mark.parametrize("source", ["@nobody", "\\@amina", "&#64;amina", "a@amina.example"])
def test_what_addresses_nobody_stays_text(source):
    assert "<a" not in html(source)


def test_only_known_people_outside_quotes_are_mentioned():
    source = "> #7 @amina:\n> yes @jo.l\n\nI agree with @nobody and @мария"
    assert render(source, links=LINKS).mentions == ("мария",)


def test_somebody_quoted_and_addressed_is_mentioned():
    assert render("> #7 @amina:\n> yes\n\nYes @amina", links=LINKS).mentions == ("amina",)


def test_a_name_in_an_ordinary_block_quote_is_a_mention():
    assert render("> ask @amina", links=LINKS).mentions == ("amina",)


def test_more_names_than_anybody_can_mean_are_refused():
    source = " ".join(f"@name{n}" for n in range(51))
    with pytest.raises(
        Invalid, match="mention at most 50 people in one post; this one mentions 51"
    ):
        mentioned_names(source)
    with pytest.raises(Invalid):
        render(source)


# Numbers


@pytest.mark.parametrize("source", ["see #7", "(#7)", "#7, then", "**#7**", "#7."])
def test_a_number_links_to_its_comment(source):
    assert REF_7 in html(source)


@pytest.mark.parametrize(
    "source",
    ["PR#7", "#7th", "##7", "#1234567", "`#7`", "\\#7", "&#7;", "[#7](/x)", "https://a.example/#7"],
)
def test_other_uses_of_the_number_sign_stay_text(source):
    assert 'class="ref"' not in html(source)


def test_numbers_stay_text_where_there_is_no_thread():
    assert html("see #7", Links()) == "<p>see #7</p>"


# Quotes


def test_a_quote_names_its_origin():
    assert html("> #7 @amina:\n> a *word*\n\nYes.") == (
        '<blockquote class="quote">\n'
        '<p class="quote-from"><a href="/t/12/c/7">@amina in #7</a></p>\n'
        "<p>a <em>word</em></p>\n</blockquote>\n<p>Yes.</p>"
    )


def test_a_quote_without_a_name_shows_the_number():
    assert '<p class="quote-from"><a href="/t/12/c/7">#7</a></p>' in html("> #7:\n> a word")


def test_a_quote_of_an_unknown_person_keeps_the_name_as_text():
    assert '<a href="/t/12/c/7">@nobody in #7</a>' in html("> #7 @nobody:\n> a word")


def test_a_quote_where_there_is_no_thread_is_not_linked():
    assert '<p class="quote-from">@amina in #7</p>' in html("> #7 @amina:\n> a", Links())


def test_a_head_without_words_below_is_still_a_quote():
    assert html("> #7:").endswith("#7</a></p>\n</blockquote>")


@pytest.mark.parametrize(
    "source", ["> words", "> #7", "> see #7:", "#7:\n> words", "> #7 amina:\n> a"]
)
def test_another_block_quote_is_no_quote_of_a_comment(source):
    assert 'class="quote"' not in html(source)
    assert quoted_numbers(source) == ()


def test_quoted_numbers_come_once_in_order():
    source = "> #9:\n> a\n>\n> > #7 @amina:\n> > b\n\n> #9:\n> c\n\n```\n> #5:\n> d\n```"
    assert quoted_numbers(source) == (9, 7)
    assert render(source).quotes == (9, 7)


def test_quoting_marks_every_line():
    assert quote("one\n\ntwo", number=7, username="amina") == "> #7 @amina:\n> one\n>\n> two\n\n"


def test_quoting_without_a_name():
    assert quote("one", number=7) == "> #7:\n> one\n\n"


@pytest.mark.parametrize("first", ["===", "---", "    code", "\tcode", "- item"])
def test_quoting_keeps_the_head_apart_from_a_first_line_with_a_meaning(first):
    source = quote(f"{first}\nmore", number=7)
    assert quoted_numbers(source) == (7,)
    assert '<p class="quote-from">' in html(source)


def test_a_quote_can_be_quoted():
    inner = quote("first words", number=3, username="amina") + "and mine"
    assert quoted_numbers(quote(inner, number=7)) == (7, 3)


def test_the_answer_below_a_quote_is_outside_of_it():
    assert html(quote("theirs", number=7) + "mine").endswith("</blockquote>\n<p>mine</p>")


LINES = st.lists(
    st.text(alphabet="abc *_`>#-=1.[]()|\t~", max_size=20).map(lambda line: line + "\u2603"),
    min_size=1,
    max_size=6,
)


@given(LINES, st.text(alphabet="xyz >-#1.\n", max_size=40))
def test_nothing_of_a_quote_is_left_when_its_words_are_taken_back(body, around):
    # \u2603 is in every quoted line and nowhere else.
    source = f"{around}\n\n{quote(chr(10).join(body), number=7)}mine\n{around}"
    redacted = redact_quotes(source, 7)
    assert "\u2603" not in redacted
    assert redacted.startswith(f"{around}\n\n> #7:\n> {TAKEN_BACK}\n\n")
    assert redacted.endswith(f"\n\nmine\n{around}")


@given(LINES, LINES)
def test_words_taken_back_disappear_from_quotes_of_quotes(inner, own):
    first = quote("\n".join(inner), number=3) + "\n".join(own).replace("\u2603", "\u2604")
    redacted = redact_quotes(quote(first, number=7) + "mine", 3)
    assert "\u2603" not in redacted
    assert redacted.count("\u2604") == len(own)
    assert redacted.endswith("mine")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("> #7:\n> a\nb\n\nc", f"> #7:\n> {TAKEN_BACK}\n\nc", id="lazy-line"),
        pytest.param("> #7:\n> a\n>\nc", f"> #7:\n> {TAKEN_BACK}\n>\nc", id="answer-right-below"),
        pytest.param("> #7:\n> a\n- c", f"> #7:\n> {TAKEN_BACK}\n>\n- c", id="list-right-below"),
        pytest.param("- > #7:\n  > a\n", f"- > #7:\n  > {TAKEN_BACK}\n", id="in-a-list"),
        pytest.param(
            "> #9:\n> > #7:\n> > a\n>\n> b\n",
            f"> #9:\n> > #7:\n> > {TAKEN_BACK}\n>\n> b\n",
            id="nested",
        ),
        pytest.param(
            "> #7:\n> > #7:\n> > a\n> b", f"> #7:\n> {TAKEN_BACK}", id="nested-in-its-own-quote"
        ),
        pytest.param("> #7:\n", "> #7:\n", id="nothing-quoted"),
        pytest.param("> #8:\n> a", "> #8:\n> a", id="another-number"),
        pytest.param("`> #7:`\n", "`> #7:`\n", id="code"),
    ],
)
def test_taking_back_changes_the_quote_and_nothing_else(source, expected):
    assert redact_quotes(source, 7) == expected


def test_taking_back_never_makes_a_post_too_long_to_store():
    source = "> #7:\n> ab\n\n" * 200
    source += "x" * (MAX_LENGTH - len(source))
    redacted = redact_quotes(source, 7)
    assert "ab" not in redacted
    render(redacted)


# Links


@pytest.mark.parametrize(
    ("source", "address", "after"),
    [
        pytest.param("https://a.example", "https://a.example", "", id="alone"),
        pytest.param("https://a.example.", "https://a.example", ".", id="full-stop"),
        pytest.param("https://a.example/x?!", "https://a.example/x", "?!", id="marks"),
        pytest.param("https://a.example/b_(c)_d", "https://a.example/b_(c)_d", "", id="balanced"),
        pytest.param("https://a.example/b)", "https://a.example/b", ")", id="unbalanced"),
        pytest.param("https://a.example/*b*_c_", "https://a.example/*b*_c", "_", id="asterisks"),
        pytest.param("HTTP://A.example/", "HTTP://A.example/", "", id="capitals"),
    ],
)
def test_a_bare_address_becomes_a_link(source, address, after):
    assert html(source) == f"<p>{link(address)}{after}</p>"


def test_a_bare_address_ends_with_its_emphasis():
    assert html("*https://a.example*") == f"<p><em>{link('https://a.example')}</em></p>"


@pytest.mark.parametrize(
    "source",
    ["www.a.example", "ftp://a.example", "xhttps://a.example", "https://", "https:// a", "http\\://a.example",
     "https://bank.example@evil.example", "`https://a.example`", "https://\u2764"],
)  # fmt: skip
def test_other_text_with_colons_stays_text(source):
    assert "<a" not in html(source)


def test_an_address_in_a_link_label_opens_no_second_link():
    assert html("[https://a.example](https://b.example)") == (
        f"<p>{link('https://b.example', 'https://a.example')}</p>"
    )


def test_an_automatic_link_in_a_label_opens_no_second_link():
    assert html("[<https://a.example>](https://b.example)") == (
        f"<p>{link('https://b.example', 'https://a.example')}</p>"
    )


@pytest.mark.parametrize(
    "href",
    ["https://a.example/x", "http://a.example", "mailto:a@b.example", "/help", "/", "/t/12?a=1#c7"],
)
def test_allowed_addresses_are_linked(href):
    assert f'<a href="{href}"' in html(f"[x]({href})")


@pytest.mark.parametrize(
    "href",
    ["javascript:alert(1)", "JavaScript:x", "data:text/html,x", "vbscript:x", "file:///x", "ftp://a.b",
     "tel:112", "//a.example", "/\\a.example", "\\\\a.example", "https:\\\\a.example", "/&#9;/a.b",
     "java&#10;script:x", "&#1;javascript:x", "#top", "page", "../up", "https:a.example", "https://",
     "https://me:pw@a.example", "http://[::1]/", "mailto:", "///a.example", "&#92;&#92;a.example"],
)  # fmt: skip
def test_other_addresses_are_not_linked(href):
    assert "<a" not in html(f"[x]({href})")


def test_a_link_to_elsewhere_says_so_to_the_browser():
    assert html("[x](https://a.example)") == f"<p>{link('https://a.example', 'x')}</p>"


@pytest.mark.parametrize(
    "href",
    [
        "https://forum.example/x",
        "https://FORUM.example",
        "http://localhost:8000/",
        "/x",
        "mailto:a@b.example",
    ],
)
def test_a_link_to_the_forum_itself_is_an_ordinary_one(href):
    assert "rel=" not in html(f"[x]({href})")


@pytest.mark.parametrize("href", ["https://forum.example.evil.example", "http://localhost:9000/"])
def test_a_host_that_only_looks_like_ours_is_foreign(href):
    assert FOREIGN in html(f"[x]({href})")


def test_a_link_has_no_title():
    assert html('[x](/help "Click now")') == '<p><a href="/help">x</a></p>'


def test_a_link_without_an_address_is_its_text():
    assert html("[x]()") == "<p>x</p>"


def test_an_image_becomes_a_link_to_it():
    assert html("![a *chart*](https://a.example/c.png)") == (
        f"<p>{link('https://a.example/c.png', 'a chart')}</p>"
    )


def test_an_image_without_words_shows_its_address():
    assert html("![](https://a.example/c.png)") == f"<p>{link('https://a.example/c.png')}</p>"


def test_an_image_in_a_link_is_its_words():
    assert html("[![chart](/c.png)](/x)") == '<p><a href="/x">chart</a></p>'


# Structure


@pytest.mark.parametrize(
    ("source", "tag"),
    [
        ("# a", "h3"),
        ("## a", "h4"),
        ("### a", "h5"),
        ("#### a", "h6"),
        ("###### a", "h6"),
        ("a\n=", "h3"),
    ],
)
def test_headings_start_below_those_of_the_page(source, tag):
    assert html(source) == f"<{tag}>a</{tag}>"


def test_columns_are_aligned_by_classes():
    found = html("a|b|c|d\n:-|:-:|-:|-\n1|2|3|4")
    for side in ("start", "center", "end"):
        assert f'<th class="align-{side}">' in found
        assert f'<td class="align-{side}">' in found
    assert "<td>4</td>" in found
    assert "style" not in found


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("~~a~~", "<p><s>a</s></p>", id="strikethrough"),
        pytest.param("3. a", '<ol start="3">\n<li>a</li>\n</ol>', id="list-start"),
        pytest.param(
            "```c++\nx\n```", '<pre><code class="language-c++">x\n</code></pre>', id="language"
        ),
        pytest.param('```a"b\nx\n```', "<pre><code>x\n</code></pre>", id="no-language"),
        pytest.param("a  \nb", "<p>a<br>\nb</p>", id="line-break"),
        pytest.param("---", "<hr>", id="rule"),
        pytest.param("<b>a</b>", "<p>&lt;b&gt;a&lt;/b&gt;</p>", id="no-html"),
        pytest.param("\\<\\&", "<p>&lt;&amp;</p>", id="escapes"),
        pytest.param("a\u202eb\x00", "<p>ab</p>", id="scrubbed"),
        pytest.param("", "", id="empty"),
    ],
)
def test_markdown_becomes_html(source, expected):
    assert html(source) == expected


# Limits


def test_a_post_that_is_too_long_is_refused_with_its_length():
    with pytest.raises(Invalid, match=r"under 20,000 characters; this one has 20,431\."):
        render("x" * 20_431)


def test_a_post_of_the_allowed_length_is_rendered():
    assert len(html("x" * MAX_LENGTH)) == MAX_LENGTH + 7


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(">" * (MAX_NESTING + 1) + " deep", id="quotes"),
        pytest.param("- " * MAX_NESTING + "deep", id="lists"),
        pytest.param("> - " * 10 + "deep", id="both"),
        pytest.param("*a **b " * 10 + "c** d*" * 10, id="marks"),
    ],
)
def test_what_is_nested_too_deep_is_refused_and_never_dropped(source):
    with pytest.raises(Invalid, match="levels"):
        render(source)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(">" * MAX_NESTING + " deep", id="quotes"),
        pytest.param("- " * (MAX_NESTING // 2) + "deep", id="lists"),
        pytest.param("[" * 200 + "deep" + "]" * 200, id="brackets"),
    ],
)
def test_what_is_nested_as_deep_as_allowed_is_whole(source):
    assert "deep" in html(source)


def test_a_huge_table_written_in_a_few_characters_is_refused():
    with pytest.raises(Invalid, match="smaller"):
        render("a|" * 50 + "\n" + "-|" * 50 + "\n" + "|\n" * 50)


def test_a_post_of_thousands_of_list_items_is_refused():
    with pytest.raises(Invalid, match="split"):
        render("- a\n" * 2_000)


def test_numbers_count_as_links():
    with pytest.raises(Invalid, match="split"):
        render("#7 " * 2_000, links=LINKS)


# Plain words


def test_plain_text_is_the_words_alone():
    source = "# One\n\n*two* [three](/x) ![four](/y)\nfive  \nsix\\*\n\n```\nseven\n```\n\n- eight"
    assert plain_text(source) == "One\n\ntwo three four five\nsix*\n\nseven\n\neight"


def test_an_excerpt_is_cut_at_a_word():
    assert excerpt("# One\n\n**two** three four", 12) == "One two…"


def test_an_excerpt_shows_the_authors_own_words():
    assert excerpt("> #7 @amina:\n> theirs\n\nmine", 50) == "mine"


@pytest.mark.parametrize(
    "text",
    [
        "Some *own* words, [a link](https://example.org/a?b=1&c=2) & \\<b> `code`.",
        "> Not mine.\n>\n> > Nor this.\n\nMine.\n\n- one\n- two\n\n" + "word " * 40,
        "A | B\n--|--\n1 | 2\n\n# Heading\n\n```\n<p>code</p>\n```",
        "".join(f"[{'x' * 9}](https://example.org/{'y' * 90})" for _ in range(60)),
        "",
    ],
    ids=["inline", "quotes", "blocks", "links", "empty"],
)
def test_an_excerpt_of_html_says_what_an_excerpt_of_its_text_says(text):
    assert excerpt_of_html(html(text), 120) == excerpt(text, 120)


def test_an_excerpt_of_nothing_but_a_quote_shows_the_quote():
    assert excerpt("> #7:\n> theirs", 50) == "theirs"


# Threads


def test_each_thread_renders_with_a_parser_of_its_own():
    parsers = [markup._parser()]
    thread = threading.Thread(target=lambda: parsers.append(markup._parser()))
    thread.start()
    thread.join()
    assert parsers[0] is not parsers[1]
    assert parsers[0] is markup._parser()
