"""Forms about threads."""

import re
from typing import Any

from typing_extensions import override
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import HiddenInput

from forum.badges.forms import BadgeField
from forum.core.errors import Invalid
from forum.core.i18n import _, lazy
from forum.drafts.forms import DraftFields
from forum.drafts.queries import Kept
from forum.posts.forms import ReasonForm
from forum.posts.models import Bearing
from forum.posts.words import BEARINGS
from forum.threads.actions import (
    CommentDraft,
    OpeningDraft,
    SlowDraft,
    SplitDraft,
    SuggestionDraft,
    ThreadDraft,
)
from forum.threads.models import ThreadKind
from forum.web.forms import Form, WritingForm

_LARGEST = 2**31 - 1
_THREAD_LINK = re.compile(r"(?:.*/t/)?([0-9]{1,9})(?:[-/?#].*)?", re.DOTALL)

_TITLE = {
    "label": lazy("Title"),
    "description": lazy("Say what it is about, in 3 to 150 characters."),
}
_QUESTION = {
    "label": lazy("The question"),
    "description": lazy("What should people answer? It is set apart from the background."),
}
_CONTENT_NOTE = {
    "label": lazy("Content note"),
    "description": lazy(
        "A few words that stand instead of your text until a reader opens it, such as"
        " “about violence at home”."
    ),
}


class TagsField(SelectMultipleField):
    """Slugs of the vocabulary, ticked; whether they exist is asked when they are used."""

    def pre_validate(self, form: Form) -> None:
        """Accept any slug here: the action says which word it does not know."""


class BearingField(SelectField):
    """How a comment bears on what its thread proposes; empty: not said."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [SelectChoice(bearing.value, name) for bearing, name in BEARINGS.items()]
        super().__init__(
            **{
                "label": lazy("What it does to the proposal"),
                "description": lazy("Others can then adopt it as a reason of their own."),
                "choices": [SelectChoice("", lazy("Not said")), *choices],
                **kwargs,
            }
        )

    @override
    def process_data(self, value: object) -> None:
        self.data = "" if value is None else str(value)

    @property
    def bearing(self) -> Bearing | None:
        return Bearing(self.data) if self.data else None


class CommentForm(WritingForm, DraftFields):
    source = TextAreaField(lazy("Your comment"))
    content_note = StringField(**_CONTENT_NOTE)
    badge = BadgeField()
    bearing = BearingField()
    is_question = BooleanField(lazy("This is a question that waits for an answer"))

    def to_draft(self, reply_to: int) -> CommentDraft:
        return CommentDraft(
            source=self.source.data or "",
            reply_to=reply_to,
            is_question=bool(self.is_question.data),
            submit_key=self.submit_key.data or None,
            language=self.language.data,
            content_note=self.content_note.data or "",
            badge_id=self.badge.badge_id,
            bearing=self.bearing.bearing,
        )


def comment_form(draft: Kept | None, language: str) -> CommentForm:
    """The form as it is opened: with what was written so far, if anything was kept."""
    if draft is None:
        return CommentForm(language=language)
    words = draft.words
    form = CommentForm(
        source=words.source,
        content_note=words.content_note,
        is_question=words.is_question,
        language=language,
    )
    form.look_at(draft)
    return form


class RevisingForm(WritingForm):
    """Changes a text; `revision` is the one that its author was looking at."""

    revision = IntegerField(
        widget=HiddenInput(), validators=[InputRequired(), NumberRange(0, _LARGEST)]
    )

    def look_at(self, revision: int) -> None:
        """Go on from another revision, as the form now shows that one."""
        self.revision.data = revision
        self.revision.raw_data = None  # else the number that was sent would be shown again


class EditForm(RevisingForm):
    source = TextAreaField(lazy("Your comment"))
    content_note = StringField(**_CONTENT_NOTE)
    badge = BadgeField()
    bearing = BearingField()

    def to_draft(self) -> CommentDraft:
        return CommentDraft(
            source=self.source.data or "",
            language=self.language.data,
            content_note=self.content_note.data or "",
            badge_id=self.badge.badge_id,
            bearing=self.bearing.bearing,
        )


class ThreadForm(WritingForm, DraftFields):
    space = SelectField(lazy("Space"))
    kind = RadioField(
        lazy("Kind"),
        choices=[
            SelectChoice(ThreadKind.DISCUSSION.value, lazy("Discussion: something to talk about")),
            SelectChoice(
                ThreadKind.PROMPT.value,
                lazy("Prompt: a question for everybody, with its background"),
            ),
        ],
        default=ThreadKind.DISCUSSION.value,
    )
    title = StringField(**_TITLE)
    source = TextAreaField(lazy("Your text"))
    content_note = StringField(**_CONTENT_NOTE)
    question = StringField(**_QUESTION)
    badge = BadgeField()
    tags = TagsField(lazy("Tags"), description=lazy("One to five. Needs come first."), choices=[])

    def to_draft(self, space_id: int) -> ThreadDraft:
        return ThreadDraft(
            space_id=space_id,
            kind=ThreadKind(self.kind.data),
            title=self.title.data or "",
            source=self.source.data or "",
            tags=tuple(self.tags.data or ()),
            question=self.question.data or "",
            submit_key=self.submit_key.data or None,
            language=self.language.data,
            content_note=self.content_note.data or "",
            draft_id=self.draft_id,
            badge_id=self.badge.badge_id,
        )


def thread_form(draft: Kept | None, space: str) -> ThreadForm:
    """The form as it is opened: with the draft in it, or in a space."""
    if draft is None:
        return ThreadForm(space=space)
    words = draft.words
    form = ThreadForm(
        space=words.space or space,
        kind=words.kind or ThreadKind.DISCUSSION.value,
        title=words.title,
        source=words.source,
        content_note=words.content_note,
        question=words.question,
        tags=list(words.tags),
    )
    form.look_at(draft)
    return form


class OpeningForm(RevisingForm):
    title = StringField(**_TITLE)
    source = TextAreaField(lazy("Your text"))
    content_note = StringField(**_CONTENT_NOTE)
    question = StringField(**_QUESTION)
    badge = BadgeField()

    def to_draft(self) -> OpeningDraft:
        return OpeningDraft(
            title=self.title.data or "",
            source=self.source.data or "",
            revision=self.revision.data or 0,
            question=self.question.data or "",
            language=self.language.data,
            content_note=self.content_note.data or "",
            badge_id=self.badge.badge_id,
        )


class MoveForm(ReasonForm):
    space = SelectField(lazy("Into which space"))


class MergeForm(ReasonForm):
    into = StringField(
        lazy("Into which thread"),
        description=lazy("Its address, or its number: 12 for /t/12-some-title."),
        validators=[Length(max=300)],
    )

    @property
    def into_id(self) -> int:
        """The number of the thread; raises Invalid when there is none."""
        found = _THREAD_LINK.fullmatch((self.into.data or "").strip())
        if found is None:
            raise Invalid(_("Please give the address or the number of a thread."), "into")
        return int(found[1])


class SlowForm(Form):
    main_field = "reason"
    minutes = RadioField(
        lazy("Between two posts of one person lie"),
        choices=[
            SelectChoice("5", lazy("5 minutes")),
            SelectChoice("15", lazy("15 minutes")),
            SelectChoice("60", lazy("an hour")),
        ],
        default="5",
    )
    hours = RadioField(
        lazy("It ends by itself after"),
        choices=[
            SelectChoice("1", lazy("an hour")),
            SelectChoice("6", lazy("6 hours")),
            SelectChoice("24", lazy("24 hours")),
        ],
        default="6",
    )
    reason = StringField(
        lazy("Reason"),
        description=lazy("Kept in the log of what moderators and facilitators do."),
        validators=[Length(max=500)],
    )

    def to_draft(self) -> SlowDraft:
        return SlowDraft(int(self.minutes.data), int(self.hours.data), self.reason.data or "")


class SplitForm(ReasonForm):
    title = StringField(**_TITLE)
    tags = TagsField(lazy("Tags"), description=lazy("One to five. Needs come first."), choices=[])

    def to_draft(self) -> SplitDraft:
        return SplitDraft(
            title=self.title.data or "",
            tags=tuple(self.tags.data or ()),
            reason=self.reason.data or "",
        )


class TagsForm(Form):
    main_field = "tags"
    tags = TagsField(lazy("Tags"), description=lazy("One to five. Needs come first."), choices=[])


class SuggestForm(TagsForm):
    words = StringField(
        lazy("Words that the list lacks"),
        description=lazy("Separated by commas. Moderators look after the list."),
        validators=[Length(max=300)],
    )
    note = StringField(lazy("Why"), validators=[Length(max=500)])

    def to_draft(self) -> SuggestionDraft:
        words = [word for word in re.split(r"[,;]", self.words.data or "") if word.strip()]
        return SuggestionDraft((*(self.tags.data or ()), *words), self.note.data or "")
