"""What components show, through the templates themselves."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import html5lib
import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, HiddenField, PasswordField, RadioField, StringField
from wtforms.validators import DataRequired

from forum import paths
from forum.accounts.people import PersonName
from forum.core.diff import word_diff
from forum.posts.models import PostState
from forum.tags.queries import TagChip
from forum.threads.rows import CommentRow, PostRef, Powers
from forum.web.resume import Resume
from forum.web.templating import Language, iso, number, stored_html
from forum.web.translating import speak, teach

AT = datetime(2026, 3, 24, 18, 7, tzinfo=UTC)
MEMBER = Powers(reply=True, agree=True)
OWN = Powers(reply=True, edit=True, withdraw=True, mark_question=True)


@pytest.fixture(scope="module")
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(paths.TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(iso=iso, when=lambda at: f"{at:%d %b %Y, %H:%M}", stored_html=stored_html)
    made.filters.update(number=number)
    teach(made)
    speak(made, "en")
    made.globals.update(
        language=Language("en", "ltr", "{}"),
        asset=lambda name: f"/static/{name}",
        csrf_token=lambda: "token",
        site=SimpleNamespace(name="Here", leave_url="/elsewhere", registration="open"),
    )
    return made


@pytest.fixture
def macro(environment: Environment) -> Callable[[str], Any]:
    """A component's macro by "file.name" or by the file's own name."""

    def find(name: str) -> Any:
        file, _, inner = name.partition(".")
        module = environment.get_template(f"components/{file}.html").module
        return getattr(module, inner or file)

    return find


def _row(number: int = 7, **changes: Any) -> CommentRow:
    row = CommentRow(
        id=number,
        number=number,
        path=f"/t/12/c/{number}",
        author=PersonName("Amina", "amina", "/u/amina"),
        created_at=AT,
        is_edited=False,
        html="<p>Words.</p>",
        language="",
        state=PostState.PUBLISHED,
        stub="",
        agreement_count=0,
        agrees=False,
        is_question=False,
        answer=None,
        answers=None,
        in_reply_to=None,
        is_new=False,
        is_own=False,
        may=Powers(),
    )
    return replace(row, **changes)


def _text(html: str) -> str:
    return " ".join("".join(html5lib.parseFragment(html).itertext()).split())


def _elements(html: str, name: str) -> list[Any]:
    return list(
        html5lib.parseFragment(html, namespaceHTMLElements=False).iter(name),
    )


# -- Comments


def test_a_tree_nests_replies_in_the_item_that_they_answer(macro):
    rows = [
        _row(1, opens=1),
        _row(2, opens=1),
        _row(3, opens=1),
        _row(4, closes=1),
        _row(5, closes=1),
    ]
    tree = html5lib.parseFragment(macro("comment_tree")(rows, 1), namespaceHTMLElements=False).find(
        "div"
    )
    shape = {
        item.get("id"): [child.get("id") for child in item.findall("ol/li")]
        for item in tree.iter("li")
    }
    assert shape == {"c1": ["c2", "c4"], "c2": ["c3"], "c3": [], "c4": [], "c5": []}
    assert [item.get("id") for item in tree.findall("ol/li")] == ["c1", "c5"]


@pytest.mark.parametrize(
    ("count", "agrees", "words"),
    [
        pytest.param(0, False, "Agree", id="nobody"),
        pytest.param(2, False, "Agree (2)", id="others"),
        pytest.param(1, True, "You agree", id="me"),
        pytest.param(2, True, "You and 1 other agree", id="me and one"),
        pytest.param(4, True, "You and 3 others agree", id="me and three"),
    ],
)
def test_the_button_says_who_agrees(macro, count, agrees, words):
    html = macro("comment")(_row(agreement_count=count, agrees=agrees, may=MEMBER))
    (button,) = _elements(html, "button")
    assert "".join(button.itertext()) == words
    assert (button.get("aria-pressed") == "true") is agrees


def test_a_knot_is_filled_once_somebody_agrees(macro):
    open_knot, filled = macro("comment")(_row()), macro("comment")(_row(agreement_count=1))
    assert _elements(open_knot, "li")[0].get("class") == "knot"
    assert _elements(filled, "li")[0].get("class") == "knot agreed"


def test_a_visitor_sees_how_many_agree_and_no_button(macro):
    html = macro("comment")(_row(agreement_count=3))
    assert "3 agree" in _text(html)
    assert not _elements(html, "button")


def test_agreement_names_the_first_and_counts_the_others(macro):
    html = macro("comment")(_row(agreement_count=5, agreed_by=("Jo", "Lee", "Sam"), may=MEMBER))
    assert "by Jo, Lee, Sam and 2 more" in _text(html)


def test_a_post_without_its_words_shows_the_stub(macro):
    html = macro("comment")(_row(stub="Taken back by its author.", html=""))
    assert "Taken back by its author." in _text(html)
    assert "prose" not in html


def test_a_question_leads_to_its_answer(macro):
    html = macro("comment")(_row(is_question=True, answer=PostRef(9, "/t/12/c/9")))
    assert "Question, answered in #9" in _text(html)
    assert 'href="/t/12/c/9"' in html


def test_rarer_acts_stand_in_a_menu_only_for_those_who_have_them(macro):
    assert not _elements(macro("comment")(_row(may=MEMBER)), "details")
    assert _elements(macro("comment")(_row(may=OWN)), "details")


def test_a_name_stays_text_and_isolated(macro):
    author = PersonName("<b>\u05d0", "aleph", "/u/aleph")
    html = macro("comment")(_row(author=author)) + macro("member")(author)
    assert not _elements(html, "b")
    assert "<bdi>&lt;b&gt;\u05d0</bdi>" in html


def test_twenty_comments_of_a_member_weigh_less_than_20_kb(macro):
    rows = [
        _row(
            n, opens=int(n == 1), html="<p>" + "word " * 60 + "</p>", agreement_count=2, may=MEMBER
        )
        for n in range(1, 21)
    ]
    assert len(macro("comment_tree")(rows, 1).encode()) < 20_000


# -- Forms


class _Form(Form):
    message = ""
    name = StringField("User name", [DataRequired("Please choose a name.")], description="Letters.")
    password = PasswordField("Password")
    kind = RadioField("Kind", choices=["one", "two"], default="one")
    agreed = BooleanField("I have read the rules")
    submit_key = HiddenField(default="key")


@pytest.fixture
def refused() -> _Form:
    form = _Form(MultiDict({"name": ""}))
    form.validate()
    return form


def test_a_field_is_tied_to_its_label_hint_and_error(macro, refused):
    html = macro("field")(refused.name, autocomplete="username")
    (control,) = _elements(html, "input")
    assert control.get("aria-describedby") == "name-hint name-error"
    assert control.get("aria-invalid") == "true"
    assert control.get("autocomplete") == "username"
    assert _elements(html, "label")[0].get("for") == control.get("id")
    assert {node.get("id") for node in _elements(html, "p")} == {"name-hint", "name-error"}


def test_a_good_field_says_nothing_about_errors(macro):
    html = macro("field")(_Form().password)
    assert "aria-" not in html


@pytest.mark.parametrize("name", ["kind", "agreed"])
def test_every_choice_has_its_label(macro, name):
    html = macro("field")(_Form()[name])
    labelled = {node.get("for") for node in _elements(html, "label")}
    assert {node.get("id") for node in _elements(html, "input")} == labelled


def test_the_summary_leads_to_each_field_that_needs_a_look(macro, refused):
    refused.message = "Please wait two minutes."
    html = macro("error_summary")(refused)
    assert "Please wait two minutes." in _text(html)
    assert "#name" in {node.get("href") for node in _elements(html, "a")}


def test_no_summary_without_a_refusal(macro):
    assert not macro("error_summary")(_Form()).strip()


def test_hidden_fields_carry_no_ids(macro):
    (control,) = _elements(macro("form.hidden")(_Form()), "input")
    assert (control.get("name"), control.get("value"), control.get("id")) == (
        "submit_key",
        "key",
        None,
    )


def test_the_composer_offers_preview_and_post(macro, refused):
    html = macro("composer")(refused, refused.name, "/t/12/reply")
    assert [node.get("value") for node in _elements(html, "button")] == ["preview", "post"]


# -- The rest


def test_a_pager_without_neighbours_is_nothing(macro):
    assert not macro("pager")(SimpleNamespace(newer_path=None, older_path=None)).strip()


def test_a_need_differs_from_other_tags(macro):
    need, other = (
        TagChip(1, "housing", "/tags/housing", True),
        TagChip(2, "law", "/tags/law", False),
    )
    html = macro("tag.tags")([need, other])
    assert [node.get("class") for node in _elements(html, "a")] == ["tag need", "tag"]


def test_a_diff_marks_what_was_added_and_taken_out(macro):
    html = macro("diff")(word_diff("an old word", "a new word"))
    assert _elements(html, "ins")
    assert _elements(html, "del")


def test_kept_text_comes_back_to_the_letter(macro):
    text = "\n  first <line>\n\nlast"
    (area,) = _elements(macro("kept.kept_texts")((("source", text),)), "textarea")
    assert area.text == text


@dataclass(frozen=True)
class _Case:
    kept: tuple[tuple[str, str], ...]
    resume: Resume | None


CASES = {
    "a page": _Case((), None),
    "a form": _Case((("source", "My words"),), Resume("/t/12/reply", (("source", "My words"),))),
}
ERRORS = sorted(path.name for path in (paths.TEMPLATES / "errors").glob("*.html"))
BARE = ("500.html", "503.html")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("name", ERRORS)
def test_every_error_page_gives_back_what_was_typed(environment, name, case):
    context: dict[str, Any] = {
        "message": "A plain message.",
        "kept": case.kept,
        "resume": case.resume,
    }
    if name not in BARE:  # those two ask for no viewer
        context |= {
            "viewer": SimpleNamespace(theme="auto", is_signed_in=False),
            "flashes": [],
        }
    html = environment.get_template(f"errors/{name}").render(**context)
    given_back = [node.text for node in _elements(html, "textarea")]
    assert given_back == [text for _, text in case.kept]
    if name not in BARE:
        assert "A plain message." in html
