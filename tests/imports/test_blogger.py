"""A Blogger export becomes threads with their comments in place."""

import io
import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from forum.core.errors import Invalid
from forum.core.markup import render
from forum.imports.blogger import parse_blogger
from forum.imports.formats import PARSERS

DATA = Path(__file__).parent / "data"
ROOT = Path(__file__).parents[2]
COURSE = Path(
    os.environ.get(
        "FORUM_TEST_COURSE_EXPORT",
        ROOT.parent / "shared" / "data" / "course-blog-2011-03-24.blogger.xml",
    )
)
KIND = "http://schemas.google.com/blogger/2008/kind#"


def entry(number, kind="comment", *, at="2012-05-02T10:00:00Z", name="Vesna", text="x", more=""):
    return (
        f"<entry><id>tag:blogger.com,1999:blog-7.post-{number}</id><published>{at}</published>"
        f"<category scheme='http://schemas.google.com/g/2005#kind' term='{KIND}{kind}'/>"
        f"<content type='html'>{text}</content>"
        f"<author><name>{name}</name></author>{more}</entry>"
    )


def reply(number, *, to=None, post=1, **values):
    link = f"<link rel='related' href='http://x.example/comments/default/{to}'/>" if to else ""
    of = f"<thr:in-reply-to ref='tag:blogger.com,1999:blog-7.post-{post}'/>"
    return entry(number, more=of + link, **values)


def parse(*entries):
    feed = (
        "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:app='http://www.w3.org/2007/app'"
        f" xmlns:thr='http://purl.org/syndication/thread/1.0'>{''.join(entries)}</feed>"
    )
    return parse_blogger(io.BytesIO(feed.encode()))


def comments_of(*entries):
    return parse(entry(1, "post", at="2012-05-01T00:00:00Z"), *entries).threads[0].comments


def numbers(comments):
    return [int(comment.source_key.rpartition("-")[2]) for comment in comments]


def warnings_of(*entries):
    return parse(entry(1, "post"), *entries).warnings


@pytest.fixture(scope="module")
def riverside():
    with (DATA / "riverside.blogger.xml").open("rb") as file:
        return PARSERS["blogger"](file)


@pytest.fixture(scope="module")
def evening(riverside):
    return riverside.threads[1]


def test_posts_become_threads_in_time_order_without_settings_and_templates(riverside):
    assert [thread.title for thread in riverside.threads] == [
        "Reading list",
        "Who looks after the children in the meantime?",
    ]


def test_an_untitled_post_is_named_after_its_question(evening):
    assert evening.is_untitled
    assert evening.title == evening.question


def test_the_question_stands_apart_from_the_background(evening):
    assert evening.markdown.endswith("its **classes** are held in the evening.")


def test_a_post_without_a_question_has_none(riverside):
    assert riverside.threads[0].question is None


def test_labels_come_once_each(evening):
    assert evening.labels == ("Childcare", "evening classes")


def test_a_post_keeps_its_date_its_key_and_its_address(evening):
    assert evening.created_at == datetime(2012, 5, 2, 7, tzinfo=UTC)
    assert evening.source_key == "tag:blogger.com,1999:blog-77.post-500"
    assert evening.url == "http://riverside.example/2012/05/evenings.html"


def test_comments_come_in_time_order_below_what_they_answer(evening):
    assert numbers(evening.comments) == [501, 502, 503, 504]
    assert [c.parent_key and c.parent_key[-3:] for c in evening.comments] == [
        None, "501", "502", None,
    ]  # fmt: skip


def test_what_is_left_out_or_moved_is_said(riverside):
    assert riverside.warnings == (
        "1 draft or private post was left out.",
        "1 reply answers a comment that is not in the file; it stands below the post.",
    )


def test_an_author_with_a_profile_is_known_by_it(evening):
    assert evening.author == evening.comments[1].author
    assert evening.author.key == "http://www.blogger.com/profile/4711"


def test_an_author_without_a_profile_is_known_by_the_name_in_this_blog(evening):
    first, last = evening.comments[0].author, evening.comments[3].author
    assert first == last
    assert first.key == "tag:blogger.com,1999:blog-77/author/perpetua vann"


@pytest.mark.parametrize(
    "name",
    ["", "Unknown", "UNKNOWN", "Anonymous", " anonymous ", "noreply@blogger.com", "Desconocido",
     "desconocida", "An\u00f3nimo", "An\u00f3nima", "Anonimo", "Autor desconocido"],
)  # fmt: skip
def test_a_name_for_nobody_is_an_unknown_author(name):
    author = comments_of(reply(2, name=name))[0].author
    assert (author.key, author.name) == ("", None)


def test_an_e_mail_address_as_a_name_loses_its_domain():
    assert comments_of(reply(2, name="vesna@mail.example"))[0].author.name == "vesna"


def test_names_that_differ_in_case_only_are_one_person():
    first, second = comments_of(reply(2, name="VESNA"), reply(3, name="Vesna"))
    assert first.author.key == second.author.key


def test_a_reply_that_is_older_than_what_it_answers_comes_after_it():
    found = comments_of(
        reply(2, to=3, at="2012-05-02T10:00:00Z"), reply(3, at="2012-05-02T11:00:00Z")
    )
    assert numbers(found) == [3, 2]


@pytest.mark.parametrize(
    ("answers", "below_the_post"),
    [
        pytest.param({2: 2}, [2], id="itself"),
        pytest.param({2: 3, 3: 2}, [2, 3], id="each other"),
        pytest.param({2: 3, 3: 4, 4: 2, 5: 2}, [2, 3, 4], id="three, and one who joins"),
    ],
)
def test_comments_that_answer_in_a_circle_stand_below_the_post(answers, below_the_post):
    found = comments_of(*(reply(number, to=to) for number, to in answers.items()))
    assert numbers(c for c in found if c.parent_key is None) == below_the_post


def test_a_reply_to_a_comment_of_another_post_stands_below_its_own():
    found = parse(entry(1, "post"), entry(9, "post"), reply(2), reply(3, to=2, post=9))
    assert [c.parent_key for t in found.threads for c in t.comments] == [None, None]


def test_a_long_chain_of_replies_is_read():
    found = comments_of(*(reply(number, to=number - 1 or None) for number in range(3_000, 1, -1)))
    assert numbers(found) == list(range(2, 3_001))


def test_comments_of_a_draft_are_left_out_with_it():
    draft = "<app:control><app:draft>yes</app:draft></app:control>"
    found = parse(entry(1, "post", more=draft), reply(2))
    assert found.threads == ()
    assert found.warnings == (
        "1 draft or private post was left out.",
        "There is no published post in this file.",
    )


@pytest.mark.parametrize(
    ("more", "warning"),
    [
        pytest.param(
            reply(2, post=8),
            "1 comment belongs to a post that is not imported; it was left out.",
            id="no post",
        ),
        pytest.param(
            reply(2) + reply(2),
            "1 entry is in the file twice; the first one counts.",
            id="twice",
        ),
        pytest.param(reply(2, text=" "), "1 comment without any text was left out.", id="no text"),
        pytest.param(
            reply(2, text="word " * 5_000),
            "1 text was longer than a post can be; its end is missing, as a line there says.",
            id="too long",
        ),
        pytest.param(
            reply(2, at="someday"),
            "1 entry has no date that can be right; it got that of the nearest one.",
            id="no date",
        ),
    ],
)
def test_a_finding_is_told_in_a_sentence(more, warning):
    assert warnings_of(more) == (warning,)


@pytest.mark.parametrize("at", ["0000-00-00", "1901-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"])
def test_a_comment_without_a_possible_date_takes_that_of_its_post(at):
    assert comments_of(reply(2, at=at))[0].created_at == datetime(2012, 5, 1, tzinfo=UTC)


def test_a_date_to_come_is_now(time_machine):
    time_machine.move_to(datetime(2015, 1, 1, tzinfo=UTC), tick=False)
    found = comments_of(reply(2, at="2031-01-01T00:00:00Z"))
    assert found[0].created_at == datetime(2015, 1, 1, tzinfo=UTC)


def test_a_page_is_imported_like_a_post():
    assert len(parse(entry(1, "page")).threads) == 1


def test_a_plain_text_comment_shows_its_marks_as_typed():
    link = "<thr:in-reply-to ref='tag:blogger.com,1999:blog-7.post-1'/>"
    comment = entry(2, more=link, text="a &lt;b&gt; c").replace("'html'", "'text'")
    assert comments_of(comment)[0].markdown == "a \\<b> c"


def test_a_wordpress_file_is_told_apart():
    source = io.BytesIO((DATA / "hillside.wordpress.xml").read_bytes())
    with pytest.raises(Invalid, match="This is a WordPress file; use forum import wordpress"):
        parse_blogger(source)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        pytest.param("<rss><channel/></rss>", "This is an RSS feed", id="RSS"),
        pytest.param("<a/>", "This is not a Blogger export", id="other XML"),
        pytest.param(
            "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>urn:1</id></entry></feed>",
            "This is not a Blogger export",
            id="other Atom",
        ),
    ],
)
def test_another_format_is_refused(source, message):
    with pytest.raises(Invalid, match=message):
        parse_blogger(io.BytesIO(source.encode()))


def test_reading_twice_gives_the_same(riverside):
    with (DATA / "riverside.blogger.xml").open("rb") as file:
        assert parse_blogger(file) == riverside


@pytest.fixture(scope="module")
def course():
    if not COURSE.is_file():
        pytest.skip("the export of the course blog is not here (FORUM_TEST_COURSE_EXPORT)")
    with COURSE.open("rb") as file:
        return parse_blogger(file)


def test_the_course_blog_is_one_prompt_with_eight_comments(course):
    assert course.warnings == ()
    (thread,) = course.threads
    assert thread.is_untitled
    assert thread.title == thread.question
    assert len(thread.labels) == 1
    assert numbers(thread.comments) == list(range(101, 109))


def test_the_course_blog_keeps_its_two_nested_replies(course):
    nested = {
        comment.source_key[-3:]: comment.parent_key[-3:]
        for comment in course.threads[0].comments
        if comment.parent_key
    }
    assert nested == {"102": "101", "103": "102"}


def test_the_course_blog_names_nobody_for_its_unknown_authors(course):
    (thread,) = course.threads
    names = Counter(comment.author.name is None for comment in thread.comments)
    assert thread.author.name is None
    assert names == {True: 3, False: 5}


def test_the_course_blog_keeps_its_dates(course):
    (thread,) = course.threads
    assert thread.created_at == datetime(2011, 3, 24, 23, tzinfo=UTC)
    assert [c.created_at.minute for c in thread.comments] == [7, 14, 21, 28, 35, 42, 49, 56]


def test_the_course_blog_can_be_rendered_whole(course):
    (thread,) = course.threads
    for markdown in (thread.markdown, *(comment.markdown for comment in thread.comments)):
        assert render(markdown).html
