"""One case: what it is about, and everything that whoever handles it does with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from forum.cases.models import CaseState
from forum.cases.words import SHORT_REASONS
from forum.core.actor import Actor
from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.core.i18n import _, language
from forum.moderation import actions, policy
from forum.moderation.actions import DecisionDraft
from forum.moderation.forms.deciding import AnswerForm, DecisionForm, HandForm, NoteForm, UndoForm
from forum.moderation.models import Outcome
from forum.moderation.queries.cases import get_case
from forum.moderation.queries.page import CasePage, active_reasons, case_page, events_since
from forum.moderation.views.blueprint import blueprint
from forum.moderation.views.desk import Desk, desk, rules
from forum.moderation.words import LANES, RESTRAINTS, STATES, VERDICTS
from forum.posts.models import PostState
from forum.web.access import SIGNED_IN, access
from forum.web.forms import Form, refusals
from forum.web.login import current_actor
from forum.web.templating import page

_LARGEST = 2**31 - 1


@dataclass(slots=True)
class _Forms:
    """The forms of a case's page; one of them may have come back."""

    decide: DecisionForm | None = None
    hand: HandForm | None = None
    say: NoteForm | None = None
    undo: UndoForm | None = None
    plain: Form | None = None  # a form without fields, that was refused

    @property
    def refused(self) -> Form | None:
        forms: tuple[Form | None, ...] = (
            self.decide, self.hand, self.say, self.undo, self.plain,
        )  # fmt: skip
        return next((form for form in forms if form is not None and form.is_refused), None)


@blueprint.get("/moderation/cases/<id:case_id>")
@access(SIGNED_IN)
def case(case_id: int) -> Response:
    """The page of a case, its text covered."""
    return _page(desk(), case_id, _Forms())


@blueprint.post("/moderation/cases/<id:case_id>/text")
@access(SIGNED_IN)
def show_text(case_id: int) -> Response:
    """The same page with its text open; this is counted, so that a person can stop in time.

    It is the first look as well, if nobody did anything with the case before.
    """
    here = desk()
    with transaction():
        actions.look(here.actor, case_id)
        actions.count_opened_text(here.actor, case_id)
    return _page(here, case_id, _Forms(), is_text_open=True)


@blueprint.post("/moderation/cases/<id:case_id>/take")
@access(SIGNED_IN)
def take(case_id: int) -> Response:
    return _plain(case_id, actions.take)


@blueprint.post("/moderation/cases/<id:case_id>/release")
@access(SIGNED_IN)
def release(case_id: int) -> Response:
    return _plain(case_id, actions.release)


def _plain(case_id: int, act: Callable[[Actor, int, int], None]) -> Response:
    form = Form()
    return _done(case_id, _Forms(plain=form), form, lambda at: act(current_actor(), case_id, at))


@blueprint.post("/moderation/cases/<id:case_id>/hand-over")
@access(SIGNED_IN)
def hand_over(case_id: int) -> Response:
    """Give a case to somebody else who may decide about it."""
    form = HandForm()
    return _done(
        case_id, _Forms(hand=form), form,
        lambda at: actions.hand_over(
            current_actor(), case_id, at, form.hand_to.data or "", form.hand_note.data or ""
        ),
    )  # fmt: skip


@blueprint.post("/moderation/cases/<id:case_id>/note")
@access(SIGNED_IN)
def note(case_id: int) -> Response:
    form = NoteForm()
    return _done(
        case_id, _Forms(say=form), form,
        lambda _at: actions.add_note(current_actor(), case_id, form.text.data or ""),
    )  # fmt: skip


@blueprint.post("/moderation/cases/<id:case_id>/escalate")
@access(SIGNED_IN)
def escalate(case_id: int) -> Response:
    """Ask for a second person."""
    form = NoteForm()
    return _done(
        case_id, _Forms(say=form), form,
        lambda at: actions.escalate(current_actor(), case_id, at, form.text.data or ""),
    )  # fmt: skip


@blueprint.post("/moderation/cases/<id:case_id>/wait")
@access(SIGNED_IN)
def wait(case_id: int) -> Response:
    """Ask the author to change it."""
    form = NoteForm()
    return _done(
        case_id, _Forms(say=form), form,
        lambda at: actions.wait_for_author(current_actor(), case_id, at, form.text.data or ""),
    )  # fmt: skip


@blueprint.post("/moderation/cases/<id:case_id>/decide")
@access(SIGNED_IN)
def decide(case_id: int) -> Response:
    form = DecisionForm()
    _offer(form, case_id)
    return _done(
        case_id, _Forms(decide=form), form,
        lambda at: actions.decide(current_actor(), case_id, at, form.to_draft(), rules()),
        told=_("It is decided. You can undo it on this page."),
    )  # fmt: skip


@blueprint.post("/moderation/cases/<id:case_id>/accept")
@access(SIGNED_IN)
def accept(case_id: int) -> Response:
    """The author has mended it: one click brings it back."""
    form = Form()
    draft = DecisionDraft((Outcome.MENDED,))
    return _done(
        case_id, _Forms(plain=form), form,
        lambda at: actions.decide(current_actor(), case_id, at, draft, rules()),
        told=_("The edit is accepted, and everybody can read it again."),
    )  # fmt: skip


@blueprint.post("/moderation/cases/<id:case_id>/answer")
@access(SIGNED_IN)
def answer(case_id: int) -> Response:
    """Answer an appeal."""
    form = AnswerForm()
    _offer(form, case_id)

    def act(version: int) -> None:
        if not form.has_verdict:
            raise Invalid(_("Please choose what the appeal comes to."), "verdict")
        actions.answer(current_actor(), case_id, version, form.to_answer(), rules())

    return _done(case_id, _Forms(decide=form), form, act, told=_("The appeal is answered."))


@blueprint.post("/moderation/cases/<id:case_id>/decisions/<id:decision_id>/undo")
@access(SIGNED_IN)
def undo(case_id: int, decision_id: int) -> Response:
    """Take the latest decision back."""
    form = UndoForm()
    return _done(
        case_id, _Forms(undo=form), form,
        lambda at: actions.undo(
            current_actor(), case_id, at, decision_id, form.undo_note.data or ""
        ),
        told=_("Everything is as it was before."),
    )  # fmt: skip


@blueprint.post("/moderation/cases/<id:case_id>/decisions/<id:decision_id>/ask")
@access(SIGNED_IN)
def ask_seal(case_id: int, decision_id: int) -> Response:
    """Ask to read what was taken out: another moderator has to agree."""
    form = Form()
    return _done(
        case_id, _Forms(plain=form), form,
        lambda _at: actions.ask_to_open(current_actor(), case_id, decision_id),
        told=_("Another moderator can open it with you now."),
    )  # fmt: skip


@blueprint.post("/moderation/cases/<id:case_id>/decisions/<id:decision_id>/open")
@access(SIGNED_IN)
def open_seal(case_id: int, decision_id: int) -> Response:
    """Read what was taken out, as the second of two."""
    here = desk()
    with transaction():
        content = actions.open_seal(here.actor, case_id, decision_id)
    return page(
        "moderation/sealed.html",
        case_id=case_id,
        lanes=here.lanes(None, is_queue=False),
        title=content.get("title", ""),
        source=content.get("source", ""),
        question=content.get("question", ""),
    )


def _number(name: str) -> int:
    """A whole number that a form carries hidden; 0 for what is none."""
    text = request.form.get(name, "")
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(_LARGEST))
    return min(int(text), _LARGEST) if is_number else 0


def _done(
    case_id: int, forms: _Forms, form: Form, act: Callable[[int], Any], *, told: str = ""
) -> Response:
    """Act on the case as the form showed it; else the page again, with what was typed."""
    here = desk()
    get_case(here.actor, case_id)  # raises NotFound for whoever does not handle it
    if form.accepted():
        with refusals(form):
            with transaction():
                act(_number("version"))
            if told:
                flash(told)
            return redirect(url_for("moderation.case", case_id=case_id), 303)
    return _page(here, case_id, forms, is_text_open=bool(request.form.get("opened")))


def _offer(form: DecisionForm, case_id: int) -> None:
    """Give the form its choices, for a case that the actor handles."""
    actor = desk().actor
    found, facts = get_case(actor, case_id)
    shown = case_page(actor, found, facts, language=language(), day=actions.today(actor))
    form.offer(_possible(shown), active_reasons(language()))


def _possible(shown: CasePage) -> frozenset[Outcome]:
    return policy.outcomes_of(shown.case.subject_kind, shown.subject.state)


def _page(here: Desk, case_id: int, forms: _Forms, *, is_text_open: bool = False) -> Response:
    found, facts = get_case(here.actor, case_id)
    shown = case_page(here.actor, found, facts, language=language(), day=actions.today(here.actor))
    verdict = policy.may_decide(here.actor, facts)
    subject = shown.subject
    if forms.decide is None:
        forms.decide = (AnswerForm if facts.is_appealed else DecisionForm)(
            title=subject.title, source=subject.source, question=subject.question
        )
        forms.decide.offer(_possible(shown), active_reasons(language()))
    if not is_text_open:  # the words are in these fields
        for part in (forms.decide.title, forms.decide.source, forms.decide.question):
            part.data = ""
    refused = forms.refused
    is_conflict = refused is not None and refused.is_conflict
    return page(
        "moderation/case.html",
        form=refused,
        decide=forms.decide,
        hand=forms.hand or HandForm(),
        say=forms.say or NoteForm(),
        undo=forms.undo or UndoForm(),
        shown=shown,
        case=found,
        lanes=here.lanes(None, is_queue=False),
        is_text_open=is_text_open,
        possible=_possible(shown),
        meanwhile=events_since(shown.events, _number("seen")) if is_conflict else (),
        may_decide=bool(verdict),
        why_not="" if verdict or not found.is_open else str(verdict.reason),
        may_take=bool(policy.may_take(here.actor, facts)),
        may_see_reporters=bool(policy.may_see_reporters(here.actor)),
        may_accept=bool(verdict)
        and subject.state is PostState.WAITING
        and not facts.is_appealed
        and found.state is not CaseState.WAITING_FOR_AUTHOR,
        has_seen_much=shown.opened_today > current_app.config["EXPOSURE_PROMPT_AFTER"],
        words={
            "states": STATES, "lanes": LANES, "reasons": SHORT_REASONS,
            "restraints": RESTRAINTS, "verdicts": VERDICTS,
        },
    )  # fmt: skip
