"""What a form tells of a draft: the fields of both composers, whatever they hold as yet."""

from wtforms import BooleanField, HiddenField, SelectMultipleField, StringField

from forum.drafts.actions import Basis, Place
from forum.drafts.queries import Kept, Words
from forum.web.forms import Form

_LONGEST_NUMBER = 9  # digits


class DraftFields(Form):
    """For forms whose text can be kept as a draft: which draft they show, and its version."""

    draft = HiddenField()
    draft_version = HiddenField(default="0")

    def look_at(self, draft: Kept) -> None:
        """Go on from this draft."""
        self.draft.data = str(draft.id)
        self.draft_version.data = str(draft.version)

    @property
    def draft_id(self) -> int | None:
        return hidden_number(self.draft.data)


class DraftForm(DraftFields):
    """Takes what the composers send, without asking whether it could be posted."""

    source = StringField()
    title = StringField()
    question = StringField()
    content_note = StringField()
    is_question = BooleanField()
    space = StringField()
    kind = StringField()
    tags = SelectMultipleField(choices=[], validate_choice=False)
    submit_key = HiddenField()

    def to_words(self) -> Words:
        return Words(
            source=self.source.data or "",
            title=self.title.data or "",
            question=self.question.data or "",
            content_note=self.content_note.data or "",
            is_question=bool(self.is_question.data),
            space=self.space.data or "",
            kind=self.kind.data or "",
            tags=tuple(self.tags.data or ()),
        )

    def to_place(self, thread_id: int | None, reply_to: int) -> Place:
        return Place(thread_id, reply_to, self.draft_id)

    def to_basis(self) -> Basis:
        key = self.submit_key.data or ""
        return Basis(hidden_number(self.draft_version.data) or 0, key[:64])


def hidden_number(text: str | None) -> int | None:
    """A number that a hidden field holds; None for anything else."""
    if not text or not (text.isascii() and text.isdigit()) or len(text) > _LONGEST_NUMBER:
        return None
    return int(text)
