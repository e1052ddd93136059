"""What people type is text wherever it is shown: no markup, no script, no template."""

import re

import html5lib
import pytest

from forum import paths
from forum.accounts import passwords
from tests import factories
from tests.security.scene import FORMS, routes
from tests.support.breadth import is_turn, turns, wide
from tests.support.pages import Browser

PAYLOAD = "\"'><svg/onload=alert(1)>{{9999*99}}${9999*99}{%x%}"
WORKED_OUT = "989901"  # what a template would make of it; no name or number of a test comes so far
CHOOSING = ("after", "show", "order", "at")
NAMES = ("q", "text", "code", "next", "space", "tag", "name",
         "verb", "kind", "id")  # fmt: skip
TEXT_FIELDS = {
    "source", "title", "question", "reason", "note", "words", "name", "description", "synonyms",
    "display_name", "about", "username", "code", "into", "slug", "submit_key",
}  # fmt: skip


def _elements(html: str) -> list[str]:
    """Elements of a page that only the payload could have made."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    return [
        f"{node.tag} {sorted(node.attrib)}"
        for node in root.iter()
        if isinstance(node.tag, str)
        and any(name.startswith("on") or name == "style" for name in node.attrib)
    ]


def _is_harmless(page) -> bool:
    if page.mimetype != "text/html" or "onload" not in page.text:
        return True
    return not _elements(page.text) and "<svg/onload" not in page.text


@wide
def test_no_parameter_comes_back_as_markup(scene):
    administrator, wrong = scene.person("administrator"), []
    for _, rule in routes(scene.app, "GET"):
        path = scene.path(rule)
        alone = [{name: PAYLOAD} for name in CHOOSING]
        for query in (dict.fromkeys(NAMES, PAYLOAD), *turns(rule.rule, alone)):
            page = administrator.get(path, query_string=query)
            said = page.get_data().decode(errors="replace")  # some are files, such as a PDF
            if page.status_code >= 500 or not _is_harmless(page) or WORKED_OUT in _near(said):
                wrong.append(f"{path} {query}")
    assert not wrong


def _near(html: str) -> str:
    """What a page says where the payload came back."""
    return " ".join(re.findall(r"onload=alert\(1\).{0,60}", html))


@wide
def test_no_field_comes_back_as_markup_where_it_was_sent(scene):
    """Shown again in the form that refuses it, or on the page that it leads to."""
    wrong = []
    # Both sign in first: what is undone lets go of the scene's rows.
    people = {name: scene.person(name) for name in ("author", "administrator")}
    for number, (name, person) in enumerate(people.items()):
        for _, rule in routes(scene.app, "POST"):
            form = FORMS.get(rule.endpoint, {})
            text = {field: PAYLOAD for field in form if field in TEXT_FIELDS}
            if not text or not is_turn(scene.app, rule.endpoint, number):
                continue
            with scene.undone():
                page = person.post(scene.path(rule), {**form, **text}, follow_redirects=True)
                if (
                    page.status_code >= 500
                    or not _is_harmless(page)
                    or WORKED_OUT in _near(page.text)
                ):
                    wrong.append(f"{rule.endpoint} as {name}: {page.status_code}")
    assert not wrong


@pytest.fixture
def written(browser) -> Browser:
    """A browser of somebody whose every word is the payload, in a space of such words."""
    space = factories.space(name=PAYLOAD, description_html="")
    person = factories.facilitator(space)
    person.display_name = PAYLOAD
    tag = factories.tag(name=PAYLOAD[:60], description=PAYLOAD)
    thread = factories.thread(space, person, title=PAYLOAD, source=PAYLOAD, tags=(tag.slug,))
    thread.closed_reason = PAYLOAD
    factories.agree(factories.comment(thread, person, PAYLOAD, is_question=True), factories.user())
    factories.comment(thread, person, f"> #1 @{person.username}:\n> {PAYLOAD}\n\n{PAYLOAD}")
    browser.sign_in(person)
    browser.paths = [
        "/", "/spaces", "/tags", f"/s/{space.slug}", f"/tags/{tag.slug}",
        f"/t/{thread.id}-{thread.slug}", f"/t/{thread.id}/c/1/reply", f"/t/{thread.id}/c/1/edit",
        f"/t/{thread.id}/c/1/quote", f"/t/{thread.id}/c/1/history",
        f"/t/{thread.id}/c/1/agreements",
        f"/t/{thread.id}/edit", f"/t/{thread.id}/tags", f"/t/{thread.id}/merge",
        f"/u/{person.username}", f"/u/{person.username}/comments", f"/s/{space.slug}/members",
        f"/s/{space.slug}/edit", f"/t/{thread.id}/c/1/split", "/threads/new",
    ]  # fmt: skip
    return browser


def test_stored_words_are_text_on_every_page(written):
    shown = 0
    for path in written.paths:
        page = written.get(path, follow_redirects=True)
        assert page.status_code == 200, path
        assert _is_harmless(page), path
        assert WORKED_OUT not in _near(page.text), path
        shown += "onload" in page.text
    assert shown > 15


def test_stored_words_are_text_for_visitors_too(written):
    visitor = Browser(written.app)
    for path in written.paths:
        page = visitor.get(path, follow_redirects=True)
        assert _is_harmless(page), path


def test_a_name_in_an_answer_for_scripts_is_only_ever_data(written):
    thread = next(path for path in written.paths if path.endswith("/merge"))
    answer = written.raw("GET", thread.replace("/merge", "/people?q="))
    assert answer.mimetype == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


TEMPLATES = sorted(paths.TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda p: str(p.relative_to(paths.TEMPLATES)))
def test_no_template_marks_anything_safe(template):
    source = template.read_text(encoding="utf-8")
    # JSON escapes what is markup; in an attribute it needs the quotes that it escapes, or all.
    source = re.sub(r"data-words='{{ WORDS\|tojson }}'|WORDS\|tojson\|forceescape", "", source)
    assert not re.search(r"\|\s*safe\b|autoescape\s+false|Markup|\|\s*tojson", source)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", source)
    assert not re.search(r"<script(?![^>]*\ssrc=)", source)
    # Without quotes around it, a value could end its attribute.
    assert not re.search(r"\s[a-z-]+=\{\{", source)


def test_stored_html_is_put_out_in_few_places_and_only_from_rendered_columns():
    uses = [
        (template.name, use)
        for template in TEMPLATES
        for use in re.findall(r"\{\{\s*([^}]*?)\|\s*stored_html", template.read_text("utf-8"))
    ]
    assert uses
    assert not [use for use in uses if not use[1].strip().endswith("html")]


# Where it is the project's own text: config.py, templates of mail, the server that is started.
OWN_TEXT = {
    r"\bexec\(": {"settings.py"},
    r"from_string\(": {"message.py"},
    r"subprocess|os\.system": {"serve.py"},
}


@pytest.mark.parametrize(
    "pattern",
    [r"render_template_string", r"\beval\(", r"\bexec\(", r"\bpickle\b", r"\byaml\b",
     r"\bmarshal\b", r"subprocess|os\.system", r"from_string\("],
)  # fmt: skip
def test_the_package_never_runs_what_it_reads(pattern):
    allowed = OWN_TEXT.get(pattern, set())
    package = paths.TEMPLATES.parent / "forum"
    found = [
        path.name
        for path in package.rglob("*.py")
        if re.search(pattern, path.read_text(encoding="utf-8")) and path.name not in allowed
    ]
    assert not found


def test_a_name_with_line_breaks_and_escapes_is_no_name(browser):
    data = {"username": "a\r\nINFO root: \x1b[31mb", "password": "four unrelated quiet words"}
    token = browser.token()  # not checked as a page: the field holds what was sent
    page = browser.raw("POST", "/register", data={**data, "csrf_token": token})
    assert page.status_code == 422


def test_a_password_is_in_no_log(browser, caplog):
    secret = "sentinel of a password 73"
    factories.user("amina", password_hash=passwords.hash_password("four unrelated quiet words"))
    browser.post("/sign-in", {"username": "amina", "password": secret})
    browser.post("/register", {"username": "moon", "password": secret})
    assert secret not in caplog.text
