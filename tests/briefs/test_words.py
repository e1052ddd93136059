"""No word of a comment enters a brief without its author's consent, or while it is out of sight."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

import docx
import pytest
import sqlalchemy as sa
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum.accounts.models import User
from forum.briefs import actions, views
from forum.briefs.formats import pdf as pdf_format
from forum.briefs.formats.markdown import to_markdown
from forum.briefs.formats.word import to_docx
from forum.briefs.models import Brief, QuoteConsent
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.errors import Conflict
from forum.core.markup import quote
from forum.posts.actions import Limits
from forum.posts.models import Bearing, Post
from forum.proposals.models import Proposal, ProposalState
from forum.proposals.parts import Parts, compose
from forum.stances.models import Condition
from forum.threads import actions as threads
from forum.threads.actions import CommentDraft, OpeningDraft
from forum.threads.queries import get_head
from tests import factories
from tests.briefs.scenes import Scene
from tests.support import required
from tests.support.breadth import examples, wide
from tests.support.pages import actor_of

LIMITS = Limits(posts=500, posts_of_newcomer=500, grace=timedelta(0))


@pytest.fixture(autouse=True)
def request_context(app):
    with app.test_request_context():
        yield


def everything(brief_id: int) -> str:
    """All that any format says."""
    db.session.expire_all()
    document = views._document(db.session.get_one(Brief, brief_id))
    word = docx.Document(io.BytesIO(to_docx(document)))
    texts = [paragraph.text for paragraph in word.paragraphs]
    texts += [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([to_markdown(document), views._printed(document), *texts])


FATES = ("stays", "edited", "taken back", "removed", "waits", "noted", "refused later")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(FATES),
            st.sampled_from(("not chosen", "asked", "given", "refused")),
            st.sampled_from((None, Bearing.SUPPORTS, Bearing.OPPOSES, Bearing.QUALIFIES)),
            st.integers(0, 2),
            st.booleans(),
        ),
        min_size=1,
        max_size=5,
    )
)
@wide
@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_only_words_with_consent_and_in_sight_enter_any_format(comments):
    scene = Scene()
    moderator = actor_of(factories.moderator())
    brief_id = scene.brief()
    made, allowed = [], {}
    for place, (fate, consent, bearing, adopted, is_before) in enumerate(comments):
        marker = f"marker{place}words"
        post = scene.comment(f"Some {marker} here.", bearing, adopted)
        if consent != "not chosen":
            scene.ask(brief_id, post)
        if consent in {"given", "refused"}:
            scene.answer(post, is_given=consent == "given")
        made.append((post.id, post.number, fate, is_before))
        allowed[marker] = consent == "given" and fate in {"stays", "noted"}
    for is_before in (True, False):
        for post_id, number, fate, when in made:
            if when is is_before:
                befall(scene, moderator, post_id, number, fate)
        if is_before:
            scene.publish(brief_id)
    text = everything(brief_id)
    for marker, is_allowed in allowed.items():
        assert (marker in text) is is_allowed, marker


def befall(scene, moderator, post_id, number, fate):
    thread_id = scene.proposal.id
    if fate == "refused later":
        if db.session.get(QuoteConsent, post_id) is not None:
            with transaction():
                actions.answer(scene.answering, post_id, is_given=False, revision=0)
        return
    with transaction():
        if fate == "edited":
            post = db.session.get_one(Post, post_id)
            draft = CommentDraft(post.source + " More.")
            threads.edit_comment(
                scene.answering, thread_id, number, draft, revision=post.revision, limits=LIMITS
            )
        elif fate == "taken back":
            threads.take_back(scene.answering, thread_id, number)
        elif fate == "removed":
            threads.remove_comment(moderator, thread_id, number, "It names a place.")
        elif fate in {"waits", "noted"}:
            values = {"state": "waiting"} if fate == "waits" else {"content_note": "violence"}
            db.session.execute(sa.update(Post).where(Post.id == post_id).values(**values))


def test_what_a_proposal_quotes_of_a_comment_stays_out():
    space = factories.space()
    scene = Scene(space)
    source = factories.comment(scene.proposal, scene.author, "Secretwords of mine.")
    quoted = quote("Secretwords of mine.", number=source.number, username=scene.author.username)
    made = factories.proposal(space, parts=Parts(f"{quoted}Beds for all."))
    brief_id = scene.brief(made.id)
    scene.publish(brief_id)
    text = everything(brief_id)
    assert "Beds for all." in text
    assert "Secretwords" not in text


def test_a_quote_says_nothing_of_what_it_quotes_itself():
    scene = Scene()
    first = scene.comment("Firstwords.")
    second = scene.comment(quote("Firstwords.", number=first.number) + "Secondwords.")
    brief_id = scene.brief()
    scene.ask(brief_id, second)
    scene.answer(second)
    scene.publish(brief_id)
    text = everything(brief_id)
    assert "Secondwords." in text
    assert "Firstwords" not in text


def test_a_condition_goes_with_the_comment_that_said_it():
    scene = Scene()
    post = scene.comment("Only if it is free.")
    condition = scene.condition("Conditionwords.")
    db.session.execute(
        sa.update(Condition).where(Condition.id == condition.id).values(post_id=post.id)
    )
    db.session.commit()
    brief_id = scene.brief()
    scene.publish(brief_id)
    assert "Conditionwords." in everything(brief_id)
    with transaction():
        threads.take_back(scene.answering, scene.proposal.id, post.number)
    assert "Conditionwords." not in everything(brief_id)


def test_a_claim_that_is_removed_goes_with_what_was_answered():
    scene = Scene()
    claim = scene.claim("Night desk", "Claimwords.", "Answerwords.")
    brief_id = scene.brief()
    scene.publish(brief_id)
    for words in ("Claimwords.", "Answerwords."):
        assert words in everything(brief_id)
    claim.removed_at = clock.now()
    db.session.commit()
    for words in ("Claimwords.", "Answerwords."):
        assert words not in everything(brief_id)
    assert "Night desk" in everything(brief_id)  # of the directory, and nobody's words


def test_a_proposal_reads_as_it_did_when_the_brief_was_published():
    scene = Scene()
    brief_id = scene.brief()
    scene.publish(brief_id)
    author = actor_of(db.session.get_one(User, scene.proposal.author_id))
    revision = get_head(author, scene.proposal.id).opening_revision
    draft = OpeningDraft("Other title", compose(Parts("Otherwords."), "en"), revision)
    with transaction():
        threads.edit_opening(author, scene.proposal.id, draft, LIMITS)
    text = everything(brief_id)
    assert "Beds for one night" in text
    assert "A bed for the first night." in text
    assert "Otherwords" not in text
    scene.publish(brief_id)
    assert "Otherwords" in everything(brief_id)


def test_a_proposal_that_its_authors_withdrew_leaves_a_line():
    scene = Scene()
    brief_id = scene.brief()
    scene.publish(brief_id)
    row = sa.update(Proposal).where(Proposal.thread_id == scene.proposal.id)
    db.session.execute(row.values(state=ProposalState.WITHDRAWN))
    db.session.commit()
    text = everything(brief_id)
    assert "This proposal was taken back or removed" in text
    assert "Beds for one night" not in text
    assert "A bed for the first night." not in text
    with pytest.raises(Conflict):
        scene.publish(brief_id)


def test_figures_stay_as_they_were_and_are_given_from_five_on():
    scene = Scene(of_proposal={"agree_count": 3, "disagree_count": 1})
    brief_id = scene.brief()
    scene.publish(brief_id)
    assert "Fewer than five people" in everything(brief_id)
    row = sa.update(Proposal).where(Proposal.thread_id == scene.proposal.id)
    db.session.execute(row.values(agree_count=9))
    db.session.commit()
    assert "Fewer than five people" in everything(brief_id)
    scene.publish(brief_id)
    assert "of 10 stances: disagree 1, concerned about somebody" in everything(brief_id)


@pytest.mark.parametrize("bearing", [Bearing.OPPOSES, Bearing.SUPPORTS, None])
def test_dissent_is_said_whenever_there_is_any(bearing):
    scene = Scene(of_proposal={})
    scene.comment("Words of dissent.", bearing)
    brief_id = scene.brief()
    scene.publish(brief_id)
    text = everything(brief_id)
    assert ("Comments that oppose it:" in text) is (bearing is Bearing.OPPOSES)
    assert ("No comment opposes it." in text) is (bearing is not Bearing.OPPOSES)


def test_the_same_brief_is_the_same_bytes_whenever_it_is_made():
    scene = Scene()
    author = scene.author
    badge = factories.badge(author)
    post = scene.comment("Hotels said **yes**.", Bearing.SUPPORTS, adopted=2)
    db.session.execute(sa.update(Post).where(Post.id == post.id).values(badge_id=badge.id))
    db.session.commit()
    scene.claim("Harbour House", "Ten beds.", "Only for women.")
    brief_id = scene.brief()
    scene.ask(brief_id, post)
    scene.answer(post)
    brief = scene.publish(brief_id)
    now = datetime.now(UTC)
    made = []
    for at in (now, now + timedelta(days=900, hours=7, seconds=3)):
        with time_machine.travel(at, tick=False):
            document = views._document(brief)
            printed = views._printed(document)
            files = [to_markdown(document), printed, to_docx(document)]
            made.append(files)
    assert made[0] == made[1]
    assert "Practitioner · Harbour Legal Aid" in made[0][0]


def test_nothing_in_a_word_file_tells_when_or_by_whom_it_was_made():
    scene = Scene()
    brief = scene.publish(scene.brief())
    body = to_docx(views._document(brief))
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = docx.Document(io.BytesIO(body)).core_properties
    assert (properties.author, properties.last_modified_by) == ("", "")


def test_a_pdf_of_the_same_page_has_the_same_bytes():
    required.pdf()
    made = []
    for at in (datetime(2026, 1, 1, tzinfo=UTC), datetime(2031, 6, 5, 4, 3, tzinfo=UTC)):
        with time_machine.travel(at, tick=False):
            pdf_format.to_pdf.cache_clear()
            made.append(pdf_format.to_pdf("<h1>Words</h1>", views._print_css()))
    assert made[0] == made[1]


def test_a_pdf_fetches_nothing(monkeypatch, tmp_path):
    required.pdf()
    asked = []
    monkeypatch.setattr(
        "urllib.request.OpenerDirector.open", lambda _opener, url: asked.append(url)
    )
    picture = tmp_path / "a.png"
    page = f'<img src="http://localhost:1/a.png"><img src="{picture.as_uri()}"><p>Words</p>'
    assert pdf_format.to_pdf(page, "body { background: url(/b.png) }").startswith(b"%PDF")
    assert asked == []


def test_words_of_markdown_and_html_are_only_words():
    scene = Scene()
    scene.condition("<script>alert(1)</script> [x](javascript:y) # | *z*")
    brief_id = scene.brief(title="A <b>bold</b> *title*")
    scene.publish(brief_id)
    document = views._document(db.session.get_one(Brief, brief_id))
    assert "<script>" not in views._printed(document)
    markdown = to_markdown(document)
    assert "# A \\<b\\>bold\\</b\\> \\*title\\*" in markdown
    assert "\\[x\\](javascript:y)" in markdown
