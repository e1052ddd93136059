"""What every form shares: tokens, refusals, keys."""

import pytest
from wtforms import StringField

from forum.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, TooMany
from forum.threads.forms import EditForm
from forum.web.forms import Form, WritingForm, refusals


class SomeForm(Form):
    main_field = "words"
    words = StringField()
    reason = StringField()


@pytest.fixture
def form(app):
    with app.test_request_context("/", method="POST", data={"words": "Typed."}):
        yield SomeForm()


REFUSALS = [
    (Invalid("Not so.", "reason"), 422, "reason"),
    (Invalid("Not so."), 422, "words"),
    (Invalid("Not so.", "elsewhere"), 422, None),
    (Forbidden("Not so."), 403, None),
    (Conflict("Not so."), 409, None),
    (TooMany("Not so.", retry_after=90), 429, None),
    (DomainError("Not so."), 400, None),
]


@pytest.mark.parametrize(
    ("error", "status", "field"),
    REFUSALS,
    ids=["field", "main", "unknown", "forbidden", "conflict", "too-many", "other"],
)
def test_a_refusal_stands_where_it_belongs_and_the_text_stays(form, error, status, field):
    with refusals(form):
        raise error
    assert form.status == status
    wrong = {name: list(f.errors) for name, f in form._fields.items() if f.errors}
    assert wrong == ({field: ["Not so."]} if field else {})
    assert form.message == ("" if field else "Not so.")
    assert form.words.data == "Typed."


def test_a_limit_says_when_to_come_back(form):
    with refusals(form):
        raise TooMany("Not so.", retry_after=90)
    assert form.retry_after == 90


def test_what_is_not_there_has_no_form_to_come_back_to(form):
    with pytest.raises(NotFound), refusals(form):
        raise NotFound


def test_a_fault_is_no_refusal(form):
    with pytest.raises(ValueError, match="a fault"), refusals(form):
        raise ValueError("a fault")


def test_a_form_that_is_only_looked_at_is_not_accepted(app):
    with app.test_request_context("/"):
        form = SomeForm()
        assert not form.accepted()
        assert form.status == 200


def test_a_form_without_a_token_is_not_accepted(form):
    assert not form.accepted()
    assert form.status == 422


def test_every_new_form_has_a_key_of_its_own_and_a_sent_one_keeps_its_key(app):
    with app.test_request_context("/"):
        keys = {WritingForm().submit_key.data for _ in range(20)}
    assert len(keys) == 20
    with app.test_request_context("/", method="POST", data={"submit_key": "mine"}):
        assert WritingForm().submit_key.data == "mine"


def test_only_a_sent_form_can_be_a_preview(app):
    with app.test_request_context("/?do=preview"):
        assert not WritingForm().is_preview
    with app.test_request_context("/", method="POST", data={"do": "preview"}):
        assert WritingForm().is_preview


def test_a_form_that_goes_on_from_another_revision_shows_that_one(app):
    with app.test_request_context("/", method="POST", data={"source": "a", "revision": "1"}):
        form = EditForm()
        form.look_at(5)
        assert 'value="5"' in form.revision()
