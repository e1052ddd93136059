"""The pages of briefs: making one, being quoted, reading it, and its files."""

import io

import docx
import pytest

from forum.briefs.formats import pdf as pdf_format
from forum.briefs.models import Brief
from forum.core.db import db
from forum.posts.models import Bearing
from forum.spaces.models import Visibility
from forum.stances.models import ConditionState
from tests import factories
from tests.briefs.scenes import Scene
from tests.support import required
from tests.support.pages import Browser


@pytest.fixture
def scene(app):
    return Scene()


@pytest.fixture
def maker(app, scene):
    return Browser(app).sign_in(scene.facilitator)


def full(scene):
    """A published brief with one of everything."""
    supporting = scene.comment("Hotels said yes.", Bearing.SUPPORTS, adopted=3)
    scene.comment("It will be *watched*.", Bearing.OPPOSES, adopted=1)
    scene.comment("I was there once.")
    scene.condition("It is free.", ConditionState.ADOPTED)
    scene.condition("Open by day.", ConditionState.DECLINED, "No staff.")
    scene.claim("Harbour House", "Ten beds.", "Only for women.")
    brief_id = scene.brief()
    scene.ask(brief_id, supporting)
    scene.answer(supporting)
    return scene.publish(brief_id)


def path_of(brief):
    return f"/briefs/{brief.id}-{brief.slug}"


def test_a_visitor_reads_all_that_a_brief_tells(app, browser, scene):
    brief = full(scene)
    text = browser.get(path_of(brief)).text
    for words in (
        "What is missing at night", "For the city.", "A bed for the first night.",
        "People who leave at once.", "Shelters are full.", "<li>Ask hotels</li>",
        "A shelter.", "https://example.org/study", "Harbour House", "Only for women.",
        "Hotels said yes.", "Amina Author", "Comment #2, a reason of 1 member", "It is free.",
        "Why it was declined: No staff.", "of 10 stances: disagree 1", "Adopted in a brief",
    ):  # fmt: skip
        assert words in text, words
    assert "I was there once." not in text
    assert "watched</em>" not in text


def test_the_address_leads_to_the_one_with_its_words(browser, scene):
    brief = full(scene)
    response = browser.get(f"/briefs/{brief.id}-old-words")
    assert (response.status_code, response.location) == (301, path_of(brief))


def test_the_proposal_leads_to_the_brief_that_adopted_it(browser, scene):
    brief = full(scene)
    text = browser.get(f"/t/{scene.proposal.id}", follow_redirects=True).text
    assert f'<a href="/briefs/{brief.id}-">It stands in brief {brief.id}</a>' in text
    assert browser.get(f"/briefs/{brief.id}-").location == path_of(brief)


def test_a_brief_is_made_ordered_and_published_without_script(app, scene, maker, browser):
    other = factories.proposal(scene.space, title="A lawyer who calls back")
    new = maker.post("/briefs/new", {"title": "At night", "introduction": "", "language": "en"})
    assert new.status_code == 303
    assert maker.get(new.location).status_code == 200
    ids = [str(scene.proposal.id), str(other.id)]
    assert maker.post(new.location, {"proposals": ids}).status_code == 303
    base = new.location.removesuffix("/proposals")
    page = maker.get(f"{base}/edit").text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    data = {"title": "At night", "introduction": "", "language": "en", "seen": seen}
    assert maker.post(f"{base}/edit", {**data, "do": f"up-{other.id}"}).status_code == 303
    brief = db.session.get_one(Brief, int(base.rpartition("/")[2]))
    assert brief.thread_ids == [other.id, scene.proposal.id]
    assert browser.get(base).status_code == 404
    preview = maker.get(f"{base}/preview").text
    assert "not published yet" in preview
    seen = preview.split('name="seen" value="')[1].split('"')[0]
    published = maker.post(f"{base}/publish", {"seen": seen})
    text = browser.get(published.location).text
    assert text.index("A lawyer who calls back") < text.index("Beds for one night")
    assert "At night" in browser.get("/briefs").text


def test_typed_positions_put_proposals_in_order(scene, maker):
    others = [factories.proposal(scene.space).id for _ in range(2)]
    brief_id = scene.brief(scene.proposal.id, *others)
    page = maker.get(f"/briefs/{brief_id}/edit").text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    data = {
        "title": "At night", "introduction": "", "language": "en", "seen": seen,
        f"position-{others[1]}": "1", f"position-{others[0]}": "no number",
    }  # fmt: skip
    assert maker.post(f"/briefs/{brief_id}/edit", data).status_code == 303
    assert db.session.get_one(Brief, brief_id).thread_ids == [
        others[1], scene.proposal.id, others[0],
    ]  # fmt: skip


def test_two_windows_lose_nothing(scene, maker):
    brief_id = scene.brief()
    data = {"title": "Late words", "introduction": "", "language": "en", "seen": "before"}
    late = maker.post(f"/briefs/{brief_id}/edit", data)
    assert late.status_code == 409
    assert "Late words" in late.text
    seen = late.text.split('name="seen" value="')[1].split('"')[0]
    assert maker.post(f"/briefs/{brief_id}/edit", {**data, "seen": seen}).status_code == 303


def test_a_title_that_is_none_is_refused_beside_its_field(maker):
    refused = maker.post("/briefs/new", {"title": "x", "introduction": "Kept.", "language": "en"})
    assert refused.status_code == 422
    assert "Kept." in refused.text


def test_proposals_are_found_by_words_need_and_place(scene, maker):
    factories.proposal(scene.space, title="A lawyer who calls back", needs=("legal-status",))
    brief_id = scene.brief()
    found = maker.get(f"/briefs/{brief_id}/proposals?q=LAWYER&need=legal-status").text
    assert "A lawyer who calls back" in found
    assert "Beds for one night" not in found
    assert "No proposal fits" in maker.get(f"/briefs/{brief_id}/proposals?place=nowhere").text


def test_an_author_is_asked_answers_and_takes_it_back(app, scene, maker, browser):
    post = scene.comment("Hotels said yes.")
    brief_id = scene.brief()
    page = maker.get(f"/briefs/{brief_id}/quotes").text
    assert f"/briefs/{brief_id}/quotes/{post.id}/ask" in page
    assert maker.post(f"/briefs/{brief_id}/quotes/{post.id}/ask").status_code == 303
    author = Browser(app).sign_in(scene.author)
    assert "Somebody asks whether they may quote you" in author.get("/notifications").text
    asked = author.get("/quotes").text
    assert "Hotels said yes." in asked
    assert author.post(f"/quotes/{post.id}/give", {"revision": "1"}).status_code == 303
    brief = scene.publish(brief_id)
    assert "Hotels said yes." in browser.get(path_of(brief)).text
    assert author.post(f"/quotes/{post.id}/refuse").status_code == 303
    assert "Hotels said yes." not in browser.get(path_of(brief)).text
    assert "does not want to be quoted" in maker.get(f"/briefs/{brief_id}/quotes").text


def test_files_are_offered_and_say_the_same(browser, scene):
    brief = full(scene)
    base = f"/briefs/{brief.id}"
    page = browser.get(path_of(brief)).text
    markdown = browser.raw("GET", f"{base}/markdown")
    assert markdown.mimetype == "text/markdown"
    assert f'href="{base}/docx"' in page
    word = docx.Document(io.BytesIO(browser.raw("GET", f"{base}/docx").data))
    text = "\n".join(paragraph.text for paragraph in word.paragraphs)
    for words in ("A bed for the first night.", "Hotels said yes.", "Only for women."):
        assert words in markdown.text
        assert words in text
    assert "I was there once." not in markdown.text + text


def test_a_pdf_is_offered_where_it_can_be_made(browser, scene):
    required.pdf()
    brief = full(scene)
    assert f'href="/briefs/{brief.id}/pdf"' in browser.get(path_of(brief)).text
    made = browser.raw("GET", f"/briefs/{brief.id}/pdf")
    assert made.mimetype == "application/pdf"
    assert made.data.startswith(b"%PDF")


def test_a_pdf_is_neither_offered_nor_there_where_it_cannot_be_made(browser, scene, monkeypatch):
    monkeypatch.setattr(pdf_format, "_weasyprint", lambda: None)
    brief = full(scene)
    assert "/pdf" not in browser.get(path_of(brief)).text
    assert browser.get(f"/briefs/{brief.id}/pdf").status_code == 404


def test_whoever_may_not_see_one_of_its_proposals_does_not_know_of_a_brief(app, browser):
    hidden = Scene(factories.space(visibility=Visibility.PRIVATE))
    open_to_all = factories.proposal()
    brief_id = hidden.brief(hidden.proposal.id, open_to_all.id)
    brief = hidden.publish(brief_id)
    stranger = Browser(app).sign_in(factories.user())
    for person in (browser, stranger):
        assert "What is missing at night" not in person.get("/briefs").text
        for end in (f"-{brief.slug}", "/markdown", "/docx", "/pdf"):
            assert person.get(f"/briefs/{brief.id}{end}").status_code == 404
    member = factories.user()
    factories.membership(hidden.space, member)
    assert Browser(app).sign_in(member).get(path_of(brief)).status_code == 200


def test_a_proposal_that_is_gone_leaves_a_line(app, browser, scene):
    brief = full(scene)
    moderator = Browser(app).sign_in(factories.moderator())
    moderator.post(f"/t/{scene.proposal.id}/take-back", {"reason": "It names a place."})
    text = browser.get(path_of(brief)).text
    assert "This proposal was taken back or removed" in text
    for words in (
        "Beds for one night",
        "A bed for the first night.",
        "Hotels said yes.",
        "No staff.",
    ):
        assert words not in text


def test_members_make_no_briefs(app, scene):
    member = Browser(app).sign_in(factories.user())
    assert member.get("/briefs/new").status_code == 403
    assert "/briefs/new" not in member.get("/briefs").text


def test_a_noted_quote_stands_behind_its_note(app, browser, scene):
    post = factories.comment(scene.proposal, scene.author, "He locked the door.")
    post.content_note = "violence"
    db.session.commit()
    brief_id = scene.brief()
    scene.ask(brief_id, post)
    scene.answer(post)
    brief = scene.publish(brief_id)
    page = browser.get(path_of(brief)).text
    assert '<details class="noted"><summary>Content note: violence</summary>' in page
    markdown = browser.raw("GET", f"/briefs/{brief.id}/markdown").text
    assert markdown.index("Content note: violence") < markdown.index("He locked the door.")
    maker = Browser(app).sign_in(scene.facilitator)
    assert "He locked the door." not in maker.get(f"/briefs/{brief_id}/quotes").text


def test_a_brief_is_deleted_with_its_address(browser, scene, maker):
    brief = full(scene)
    assert maker.get(f"/briefs/{brief.id}/delete").status_code == 200
    assert maker.post(f"/briefs/{brief.id}/delete").status_code == 303
    assert browser.get(path_of(brief)).status_code == 404
