"""A WordPress export becomes threads with their approved comments in place."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from forum.core.errors import Invalid
from forum.imports.formats import PARSERS
from forum.imports.wordpress import parse_wordpress

DATA = Path(__file__).parent / "data"
SOURCE = (DATA / "hillside.wordpress.xml").read_text()


def parse(source):
    return parse_wordpress(io.BytesIO(source.encode()))


def export(items, version="1.2"):
    return (
        "<rss xmlns:content='http://purl.org/rss/1.0/modules/content/'"
        " xmlns:dc='http://purl.org/dc/elements/1.1/'"
        f" xmlns:wp='http://wordpress.org/export/{version}/'><channel>"
        f"<link>https://x.example</link><wp:wxr_version>{version}</wp:wxr_version>"
        f"{items}</channel></rss>"
    )


def item(more="", *, status="publish", kind="post"):
    return (
        "<item><title>Rooms</title><content:encoded>Text</content:encoded><wp:post_id>1</wp:post_id>"
        f"<wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type>{more}</item>"
    )


@pytest.fixture(scope="module")
def hillside():
    return PARSERS["wordpress"](io.BytesIO(SOURCE.encode()))


@pytest.fixture(scope="module")
def papers(hillside):
    return hillside.threads[1]


def test_published_posts_and_pages_become_threads(hillside):
    assert [thread.title for thread in hillside.threads] == ["About us", "Work & papers"]


def test_drafts_and_posts_behind_a_password_are_left_out(hillside):
    assert hillside.warnings[0] == "2 drafts or private posts were left out."


def test_only_approved_comments_come_and_no_pingbacks(hillside, papers):
    assert [c.source_key.rpartition("-")[2] for c in papers.comments] == ["31", "32", "33", "36"]
    assert hillside.warnings[1].startswith("2 comments that were not approved")


def test_replies_keep_their_place(papers):
    assert papers.comments[1].parent_key == papers.comments[0].source_key


def test_a_reply_to_a_comment_that_is_left_out_stands_below_the_post(hillside, papers):
    assert papers.comments[3].parent_key is None
    assert hillside.warnings[2].startswith("1 reply answers a comment that is not in the file")


def test_categories_and_tags_become_labels(papers):
    assert papers.labels == ("Employment", "papers")


def test_the_question_stands_apart_from_the_background(papers):
    assert papers.question == "Which of them should a programme talk to first?"
    assert not papers.is_untitled


def test_newlines_break_lines_and_captions_lose_their_brackets(papers):
    assert papers.markdown == (
        "Some employers ask for papers on the first day.  \nOthers wait a week.\n\n"
        "[A desk](https://hillside.example/desk.jpg)"
    )
    assert papers.comments[0].markdown == "First line  \nsecond line"


def test_newlines_of_the_block_editor_break_no_lines(hillside):
    assert hillside.threads[0].markdown == "We meet\non Fridays."


def test_dates_are_those_of_the_world_clock(papers):
    assert papers.created_at == datetime(2012, 5, 2, 7, tzinfo=UTC)
    assert papers.comments[0].created_at == datetime(2012, 5, 2, 8, tzinfo=UTC)


def test_a_post_without_a_date_of_its_own_takes_that_of_the_feed(hillside):
    assert hillside.threads[0].created_at == datetime(2012, 5, 1, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "feed_date", ["Wed, 30 Nov -0001 00:00:00 +0000", "Monday", "", "Sat, 01 Jan 10000 00:00:00"]
)
def test_the_blogs_own_clock_is_the_last_resort(feed_date):
    more = f"<pubDate>{feed_date}</pubDate><wp:post_date>2012-05-02 09:00:00</wp:post_date>"
    found = parse(export(item(more)))
    assert found.threads[0].created_at == datetime(2012, 5, 2, 9, tzinfo=UTC)


def test_a_writer_is_the_same_person_in_posts_and_comments(papers):
    assert papers.author.name == "Gwendal Ros"
    assert papers.comments[1].author == papers.author


def test_commenters_of_one_name_with_two_mailboxes_are_two_people(papers):
    first, second = papers.comments[0].author, papers.comments[2].author
    assert first.name == second.name
    assert first.key != second.key


def test_no_e_mail_address_is_kept(hillside):
    assert "one.example" not in repr(hillside)
    assert "gwen@" not in repr(hillside)


def test_an_unknown_name_in_spanish_names_nobody(papers):
    assert papers.comments[3].author.name is None


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_each_version_of_the_format_is_read(version):
    assert parse(export(item(), version)).threads[0].source_key == "https://x.example#post-1"


@pytest.mark.parametrize("status", ["draft", "private", "pending", "future", "trash"])
def test_what_is_not_published_is_left_out(status):
    assert parse(export(item(status=status))).threads == ()


@pytest.mark.parametrize("kind", ["attachment", "nav_menu_item", "revision"])
def test_what_is_no_post_is_ignored_in_silence(kind):
    found = parse(export(item() + item(kind=kind)))
    assert (len(found.threads), found.warnings[1:]) == (1, ())


def test_a_category_without_a_domain_counts_once():
    more = "<category>Housing</category><category domain='category'>Housing</category>"
    assert parse(export(item(more))).threads[0].labels == ("Housing",)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        pytest.param(
            "<feed xmlns='http://www.w3.org/2005/Atom'/>",
            "This looks like a Blogger file; use forum import blogger",
            id="Blogger",
        ),
        pytest.param("<rss><channel/></rss>", "without WordPress's own entries", id="plain RSS"),
        pytest.param("<rss/>", "This is not a WordPress export", id="no channel"),
        pytest.param("<a/>", "This is not a WordPress export", id="other XML"),
        pytest.param(export("", "9.9"), "without WordPress's own entries", id="version"),
    ],
)
def test_another_format_is_refused(source, message):
    with pytest.raises(Invalid, match=message):
        parse(source)
