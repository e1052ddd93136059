"""Forms about threads."""

import re

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

from forum.core.errors import Invalid
from forum.core.i18n import _, lazy
from forum.posts.forms import ReasonForm
from forum.threads.actions import (
    CommentDraft,
    OpeningDraft,
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


class TagsField(SelectMultipleField):
    """Slugs of the vocabulary, ticked; whether they exist is asked when they are used."""

    def pre_validate(self, form: Form) -> None:
        """Accept any slug here: the action says which word it does not know."""


class CommentForm(WritingForm):
    source = TextAreaField(lazy("Your comment"))
    is_question = BooleanField(lazy("This is a question that waits for an answer"))

    def to_draft(self, reply_to: int) -> CommentDraft:
        return CommentDraft(
            source=self.source.data or "",
            reply_to=reply_to,
            is_question=bool(self.is_question.data),
            submit_key=self.submit_key.data or None,
            language=self.language.data,
        )


class _RevisingForm(WritingForm):
    """Changes a text; `revision` is the one that its author was looking at."""

    revision = IntegerField(
        widget=HiddenInput(), validators=[InputRequired(), NumberRange(0, _LARGEST)]
    )

    def look_at(self, revision: int) -> None:
        """Go on from another revision, as the form now shows that one."""
        self.revision.data = revision
        self.revision.raw_data = None  # else the number that was sent would be shown again


class EditForm(_RevisingForm):
    source = TextAreaField(lazy("Your comment"))

    def to_draft(self) -> CommentDraft:
        return CommentDraft(source=self.source.data or "", language=self.language.data)


class ThreadForm(WritingForm):
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
    question = StringField(**_QUESTION)
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
        )


class OpeningForm(_RevisingForm):
    title = StringField(**_TITLE)
    source = TextAreaField(lazy("Your text"))
    question = StringField(**_QUESTION)

    def to_draft(self) -> OpeningDraft:
        return OpeningDraft(
            title=self.title.data or "",
            source=self.source.data or "",
            revision=self.revision.data or 0,
            question=self.question.data or "",
            language=self.language.data,
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
