"""HTML of other systems becomes Markdown that our rendering shows with the same words."""

import html

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from forum.core.markup import MAX_LENGTH, plain_text, render
from forum.imports.convert import CUT_LINE, QUESTION_LENGTH, name_thread, to_markdown, to_plain
from tests.support.pace import within

TAGS = (
    *"abpis",
    "strong",
    "em",
    "code",
    "div",
    "li",
    "ul",
    "ol",
    "blockquote",
    "h2",
    "pre",
    "q",
    "td",
)
SPECIAL = st.text(alphabet="ab1 \n*_~`[]()<>#-+=.:|\\!&;@{}\"'/?^$\u00e9", max_size=60)
PIECES = st.recursive(
    SPECIAL.map(html.escape),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
        st.sampled_from(TAGS),
        st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)


def squeezed(text):
    return "".join(text.split())


@pytest.mark.parametrize(
    ("source", "markdown"),
    [
        pytest.param("<h2>Rooms</h2><p>Two</p>", "## Rooms\n\nTwo", id="heading"),
        pytest.param("<ul><li>a<li>b</ul>", "- a\n- b", id="list without end tags"),
        pytest.param("<ol start=3><li>a</li><li>b</li></ol>", "3. a\n4. b", id="numbered list"),
        pytest.param(
            "<ul><li>a<ul><li>b</li></ul></li></ul>", "- a\n  - b", id="list in a list item"
        ),
        pytest.param("<ul><li>a</li><ul><li>b</li></ul></ul>", "- a\n- - b", id="list in a list"),
        pytest.param("<blockquote>a<br><br>b</blockquote>", "> a\n>\n> b", id="quotation"),
        pytest.param(
            '<a href="https://x.example/a b">here</a>',
            "[here](https://x.example/a%20b)",
            id="link",
        ),
        pytest.param("<b>a</b> <i>b</i> <s>c</s>", "**a** *b* ~~c~~", id="emphasis"),
        pytest.param("a<br />b", "a  \nb", id="line break"),
        pytest.param("a<br /><br />b", "a\n\nb", id="two line breaks"),
        pytest.param("<p>a<p>b", "a\n\nb", id="paragraphs without end tags"),
        pytest.param("<p>a</p><p>&nbsp;</p><p>b</p>", "a\n\nb", id="empty paragraph"),
        pytest.param("<pre>x\n\n\n ``` y</pre>", "````\nx\n\n\n ``` y\n````", id="code"),
        pytest.param(
            "<table><tr><th>a</th><th>b|</th></tr><tr><td>1</td><td>2</td></tr></table>",
            "| a | b\\| |\n| --- | --- |\n| 1 | 2 |",
            id="table",
        ),
        pytest.param("<table><tr><td>a</td></tr></table>", "a", id="table for layout"),
        pytest.param("a &amp; b &lt;3 &eacute;", "a & b \\<3 \u00e9", id="entities"),
        pytest.param("see https://x.example/a_b_c.", "see https://x.example/a_b_c.", id="address"),
    ],
)
def test_html_becomes_markdown(source, markdown):
    assert to_markdown(source).markdown == markdown


@pytest.mark.parametrize(
    "tag",
    ["script", "style", "iframe", "object", "noscript", "svg", "textarea", "title", "template"],
)
def test_scripts_and_the_like_go_with_what_they_hold(tag):
    assert to_markdown(f"<p>a<{tag}>gone</{tag}>b</p>").markdown == "ab"


@pytest.mark.parametrize(
    "source",
    ["a<!-- gone -->b", "a<!-- never closed", "a<![CDATA[gone]]>", "a<?php gone ?>", "a<!gone>"],
)
def test_comments_and_declarations_are_dropped(source):
    assert "gone" not in to_markdown(f"<p>{source}</p>").markdown


def test_a_picture_becomes_a_link_to_it():
    source = '<img src="https://x.example/a.jpg" alt="A desk">'
    assert to_markdown(source).markdown == "[A desk](https://x.example/a.jpg)"


def test_a_picture_in_a_link_becomes_the_words_of_the_link():
    source = '<a href="https://x.example/big.jpg"><img src="https://x.example/small.jpg"></a>'
    assert to_markdown(source).markdown == "[Image](https://x.example/big.jpg)"


def test_a_picture_held_in_the_text_itself_leaves_a_word():
    source = f'a <img src="data:image/png;base64,{"QUJD" * 100_000}" alt="plan"> b'
    found = to_markdown(source)
    assert (found.markdown, found.is_cut) == ("a plan b", False)


@pytest.mark.parametrize(
    "attributes",
    [
        'src="https://x.example/p.gif" width="1" height="1"',
        'src="https://x.example/p.gif" style="display: none"',
        'src="https://blogger.googleusercontent.com/tracker/77-1"',
        'src="https://pixel.wp.com/b.gif?v=noscript"',
    ],
)
def test_a_picture_that_counts_readers_is_dropped(attributes):
    assert to_markdown(f"a<img {attributes}>").markdown == "a"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "/local", "data:text/html,x", "", "#x"])
def test_a_link_that_leads_nowhere_safe_becomes_its_words(address):
    assert to_markdown(f'<a href="{address}">words</a>').markdown == "words"


@pytest.mark.parametrize(
    "line",
    ["# a", "- a", "+ a", "1. a", "2) a", "> a", "---", "===", "```", "~~~", "    a", "| a |"],
)
def test_what_looks_like_a_mark_at_the_start_of_a_line_is_shown_as_typed(line):
    rendered = render(to_markdown(f"x<br>{html.escape(line)}<br>y").markdown).html
    assert rendered.count("<") == 4  # one paragraph and two line breaks
    assert line.strip() in html.unescape(rendered)


def test_a_name_in_an_imported_text_calls_no_member():
    assert "\\@zora" in to_markdown("thanks @zora").markdown


def test_a_number_in_an_imported_text_points_to_no_comment():
    assert "\\#7" in to_markdown("the #7 bus").markdown


@given(SPECIAL)
@example("a!<")
def test_plain_text_is_shown_as_typed(text):
    found = to_markdown(html.escape(text))
    assert not found.is_plain
    assert squeezed(plain_text(found.markdown)) == squeezed(text)


@given(PIECES, st.booleans(), st.booleans())
def test_whatever_the_html_its_markdown_can_be_rendered(source, line_breaks, has_question):
    found = to_markdown(source, line_breaks=line_breaks, has_question=has_question)
    render(found.markdown)


def test_newlines_break_lines_only_where_the_format_says_so():
    assert to_markdown("a\nb", line_breaks=True).markdown == "a  \nb"
    assert to_markdown("a\nb").markdown == "a\nb"


def test_bold_around_paragraphs_becomes_plain_words():
    assert to_markdown("<b>a<br><br>b</b>").markdown == "a\n\nb"


def test_quotations_nested_too_deep_for_a_post_are_flattened():
    source = "<blockquote>" * 40 + "deep" + "</blockquote>" * 40
    assert to_markdown(source).markdown == "> " * 6 + "deep"


def test_hidden_direction_marks_and_control_characters_go():
    assert to_markdown("a\u202eb&#8238;c\x08").markdown == "abc"


def test_a_long_text_is_cut_at_a_paragraph_and_says_so():
    found = to_markdown("".join(f"<p>{n} {'word ' * 50}</p>" for n in range(200)))
    assert found.is_cut
    assert len(found.markdown) <= MAX_LENGTH
    assert found.markdown.endswith(f"word\n\n{CUT_LINE}")


def test_one_endless_paragraph_is_cut_at_a_word():
    found = to_markdown("word " * 10_000)
    assert found.markdown.endswith(f"word\u2026\n\n{CUT_LINE}")
    assert len(found.markdown) <= MAX_LENGTH


def test_a_text_with_too_many_marks_keeps_its_words():
    found = to_markdown("<b>a</b> " * 2_000)
    assert found.is_plain
    assert squeezed(plain_text(found.markdown)) == "a" * 2_000


@pytest.mark.parametrize(
    "piece",
    ["<b>", "<p>", "<!--", "<!x", "<a ", '<a x="', "<", "x<br>", " ", "`", "[", "<ul><li>"],
)
def test_hostile_html_is_read_in_bounded_time(piece):
    source = (piece * 200_000)[:200_000]
    with within(5):
        found = to_markdown(source)
    assert len(found.markdown) <= MAX_LENGTH


def test_deeply_indented_code_is_read_in_bounded_time():
    with within(1):
        found = to_markdown(f"<pre>a\n{' ' * 5_000}b</pre><p>c</p>")
    assert found.markdown.endswith("b\n```\n\nc")


def test_the_last_paragraph_that_asks_becomes_the_question():
    found = to_markdown("<p>Why?</p><p>a</p><p><b>What</b> now?</p><p>z</p>", has_question=True)
    assert (found.question, found.markdown) == ("What now?", "Why?\n\na\n\nz")


@pytest.mark.parametrize(
    "source",
    ["<p>No question.</p>", "<ul><li>Why?</li></ul>", "<blockquote>Why?</blockquote>",
     "<h2>Why?</h2>", "<pre>Why?</pre>", "<p>Why? Because.</p>", ""],
)  # fmt: skip
def test_without_a_paragraph_that_asks_there_is_no_question(source):
    assert to_markdown(source, has_question=True).question is None


def test_a_question_with_a_link_stays_in_the_background_too():
    found = to_markdown('<p>Is <a href="https://x.example">this</a> it?</p>', has_question=True)
    assert found.question == "Is this it?"
    assert found.markdown == "Is [this](https://x.example) it?"


def test_of_a_long_paragraph_only_its_last_sentence_is_the_question():
    found = to_markdown(f"<p>{'Word. ' * 200}And what now?</p>", has_question=True)
    assert found.question == "And what now?"
    assert found.markdown.endswith("And what now?")
    assert len(found.question) <= QUESTION_LENGTH


def test_the_question_of_a_text_that_is_cut_is_kept():
    found = to_markdown(
        f"{'<p>' + 'word ' * 50 + '</p>'}" * 200 + "<p>What now?</p>", has_question=True
    )
    assert (found.question, found.is_cut) == ("What now?", True)


def test_a_title_stays_and_is_cut_at_a_word():
    assert name_thread("  Rooms \n and meals ", "Why?", "a") == ("Rooms and meals", False)
    title, is_found = name_thread("word " * 60, None, "")
    assert len(title) <= 150
    assert title.endswith("word\u2026")
    assert not is_found


@pytest.mark.parametrize(
    ("question", "markdown", "title"),
    [
        pytest.param("It is late. Who stays?", "a", "Who stays?", id="question"),
        pytest.param(None, "The **first** words", "The first words", id="first words"),
        pytest.param(None, "", "Untitled post", id="nothing"),
    ],
)
def test_an_untitled_post_is_named_after_its_question_or_its_first_words(question, markdown, title):
    assert name_thread("", question, markdown) == (title, True)


def test_a_title_with_entities_and_tags_becomes_words():
    assert to_plain("Q&#038;A <em>now</em>") == "Q&A now"
