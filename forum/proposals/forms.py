"""Forms about proposals: by parts, which become one text."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask import request
from typing_extensions import override
from wtforms import (
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import (
    Form as PlainForm,
)
from wtforms.form import BaseForm
from wtforms.validators import InputRequired

from forum.badges.forms import BadgeField
from forum.core.i18n import lazy
from forum.drafts.forms import DraftFields, DraftForm, hidden_number
from forum.drafts.queries import PROPOSAL, Kept, Words
from forum.places.forms import PlaceField
from forum.places.queries import PlaceOption
from forum.proposals.actions import AnswerDraft, ClaimDraft, ProposalDraft, Start, StateDraft
from forum.proposals.models import ProposalState
from forum.proposals.parts import TEXTS, Parts, compose, parse
from forum.proposals.queries import LIVE_ONES
from forum.proposals.words import PARTS, STATES
from forum.spaces.queries import SpaceRow
from forum.tags.queries import TagNode
from forum.threads.forms import RevisingForm, TagsField
from forum.web.forms import Form, WritingForm

_ROWS = 3  # empty ones for sources, and how many more a press brings
_MOST_ROWS = 30


class SourceFields(PlainForm):
    title = StringField(lazy("Title"))
    url = StringField(lazy("Link"))


def parts_of(form: BaseForm) -> Parts:
    """What the fields of a form tell of the parts of a proposal."""
    texts = {part: form[part].data or "" for part in TEXTS[1:]}
    pairs = [(entry.form.title.data or "", entry.form.url.data or "") for entry in form["sources"]]
    sources = tuple((title, url) for title, url in pairs if title.strip() or url.strip())
    return Parts(form["source"].data or "", **texts, sources=sources)


class _PartFields(Form):
    """The parts as fields; what is missing is `source`, which the scripts of composers know."""

    title = StringField(
        lazy("Title"), description=lazy("Say what should exist, in 3 to 150 characters.")
    )
    source = TextAreaField(PARTS["missing"], description=lazy("What people need and do not find."))
    serves = TextAreaField(PARTS["serves"])
    exists = TextAreaField(PARTS["exists"])
    how = TextAreaField(PARTS["how"])
    who = TextAreaField(PARTS["who"])
    risks = TextAreaField(PARTS["risks"])
    sources = FieldList(
        FormField(SourceFields), lazy("Sources"), min_entries=_ROWS, max_entries=_MOST_ROWS
    )
    content_note = StringField(
        lazy("Content note"),
        description=lazy(
            "A few words that stand instead of your text until a reader opens it, such as"
            " “about violence at home”."
        ),
    )
    tags = TagsField(
        lazy("Which need it answers"),
        description=lazy("One to five tags, and at least one need. Needs come first."),
        choices=[],
    )
    place = PlaceField(
        lazy("Where"), description=lazy("“Anywhere” where it is missing in more than one place.")
    )

    def fill(self, parts: Parts) -> None:
        """Show these parts."""
        self.source.data = parts.missing
        for part in TEXTS[1:]:
            self[part].data = parts.text(part)
        self.show_sources(parts.sources)

    def show_sources(self, sources: tuple[tuple[str, str], ...], rows: int = 0) -> None:
        """Show these, with empty rows for more."""
        while self.sources.entries:
            self.sources.pop_entry()
        count = max(len(sources) + (1 if sources else 0), rows, _ROWS)
        for title, url in (*sources, *[("", "")] * (count - len(sources)))[:_MOST_ROWS]:
            self.sources.append_entry({"title": title, "url": url})

    def add_rows(self) -> None:
        """Show more rows for sources than were sent."""
        sent = len(self.sources.entries)
        self.show_sources(parts_of(self).sources, sent + _ROWS)


class _ProposalForm(WritingForm, _PartFields):
    main_field = "source"

    def to_proposal(self, place_id: int | None) -> ProposalDraft:
        return ProposalDraft(
            title=self.title.data or "",
            parts=parts_of(self),
            tags=tuple(filter(None, self.tags.data or ())),
            place_id=place_id,
            language=self.language.data,
            content_note=self.content_note.data or "",
        )


class ProposalForm(_ProposalForm, DraftFields):
    space = SelectField(lazy("Space"))
    badge = BadgeField()
    raised_from = HiddenField()  # the comment that it comes from, by its id

    def to_start(self, space_id: int) -> Start:
        return Start(
            space_id=space_id,
            submit_key=self.submit_key.data or None,
            draft_id=self.draft_id,
            raised_from_id=self.raised_from_id,
            badge_id=self.badge.badge_id,
        )

    @property
    def raised_from_id(self) -> int | None:
        return hidden_number(self.raised_from.data)

    def go_on(self, draft: Kept) -> None:
        """Show what was kept."""
        words = draft.words
        self.fill(parse(words.source))
        self.title.data = words.title
        self.content_note.data = words.content_note
        self.tags.data = list(words.tags)
        self.place.data = words.place
        self.space.data = words.space or self.space.data
        self.raised_from.data = str(words.raised_from_id or "")
        self.look_at(draft)


class EditProposalForm(RevisingForm, _ProposalForm):
    """Changes the parts; `revision` is of the opening that its author was looking at."""


class ProposalDraftForm(DraftForm):
    """Takes what the form of a proposal sends, without asking whether it could be started."""

    serves = StringField()
    exists = StringField()
    how = StringField()
    who = StringField()
    risks = StringField()
    sources = FieldList(FormField(SourceFields), max_entries=_MOST_ROWS)
    place = StringField()
    raised_from = HiddenField()

    @override
    def to_words(self) -> Words:
        return Words(
            source=compose(parts_of(self), ""),
            title=self.title.data or "",
            content_note=self.content_note.data or "",
            space=self.space.data or "",
            kind=PROPOSAL,
            tags=tuple(self.tags.data or ()),
            place=self.place.data or "",
            raised_from_id=hidden_number(self.raised_from.data),
        )


class StateForm(Form):
    """Where a proposal is to be. `seen` is the state that the page showed."""

    main_field = "reason"
    state = RadioField(lazy("State"), validators=[InputRequired(lazy("Please choose a state."))])
    service = SelectField(
        lazy("Service"),
        description=lazy("For “exists already”: what exists."),
        validate_choice=False,
    )
    reason = StringField(
        lazy("Reason"), description=lazy("Everybody who can read the proposal will see it.")
    )
    seen = HiddenField()

    def offer(self, states: Iterable[ProposalState], services: Iterable[tuple[int, str]]) -> None:
        """Let these be chosen; services as (id, name)."""
        self.state.choices = [SelectChoice(state.value, STATES[state]) for state in states]
        self.service.choices = [
            SelectChoice("", lazy("None")),
            *(SelectChoice(str(id_), name) for id_, name in services),
        ]

    @property
    def offers_service(self) -> bool:
        return ProposalState.EXISTS.value in {choice.value for choice in self.state.choices}

    def look_at(self, state: ProposalState) -> None:
        """Go on from another state, as the page now shows that one."""
        self.seen.data = state.value
        self.seen.raw_data = None

    def to_draft(self) -> StateDraft:
        seen = self.seen.data
        return StateDraft(
            state=ProposalState(self.state.data),
            reason=self.reason.data or "",
            service_id=hidden_number(self.service.data),
            seen=ProposalState(seen) if seen in set(ProposalState) else None,
        )


class ClaimForm(Form):
    """A service by its id, among those that the page offers."""

    main_field = "service"
    service = StringField(lazy("Service"))
    note = StringField(
        lazy("Why you think so"),
        description=lazy("For whom it is there, and what it does. You can leave it empty."),
    )

    def to_draft(self) -> ClaimDraft:
        return ClaimDraft(hidden_number(self.service.data) or 0, self.note.data or "")


class AnswerClaimForm(Form):
    main_field = "reason"
    verdict = RadioField(
        lazy("Is it enough?"),
        choices=[
            SelectChoice("enough", lazy("Yes: what we propose exists")),
            SelectChoice("not_enough", lazy("No, it is not enough")),
        ],
        validators=[InputRequired(lazy("Please choose one."))],
    )
    reason = StringField(
        lazy("Why"), description=lazy("If it is not enough: what is missing all the same.")
    )

    @property
    def is_accepting(self) -> bool:
        return bool(self.verdict.data == "enough")


class AnswerForm(RevisingForm):
    """A practitioner's or facilitator's answer to a proposal."""

    source = TextAreaField(lazy("Your answer"))
    badge = BadgeField()

    @property
    def is_publishing(self) -> bool:
        return request.form.get("do") == "publish"

    def to_draft(self) -> AnswerDraft:
        return AnswerDraft(
            source=self.source.data or "",
            revision=self.revision.data or 0,
            badge_id=self.badge.badge_id,
            is_published=self.is_publishing,
        )


class InviteForm(Form):
    main_field = "name"
    name = StringField(
        lazy("User name"), description=lazy("As it stands after the @ beside their posts.")
    )


class FilterForm(PlainForm):
    """What a list of proposals is about; sent with GET, and so without a token."""

    state = SelectField(
        lazy("State"),
        choices=[
            SelectChoice("", lazy("Any")),
            SelectChoice(LIVE_ONES, lazy("Not settled yet")),
            *(SelectChoice(state.value, words) for state, words in STATES.items()),
        ],
    )
    need = SelectField(lazy("Need"))
    place = PlaceField(lazy("Where"), empty=lazy("No matter where"), anywhere=lazy("Anywhere"))
    space = SelectField(lazy("Space"))

    def offer(
        self,
        needs: Iterable[TagNode],
        places: Iterable[PlaceOption],
        spaces: Iterable[SpaceRow],
    ) -> None:
        """Let these be chosen."""
        self.need.choices = [SelectChoice("", lazy("Any")), *_with_children(needs)]
        self.place.offer(places)
        self.space.choices = [
            SelectChoice("", lazy("Any")),
            *(SelectChoice(space.slug, space.name) for space in spaces),
        ]


def _with_children(needs: Iterable[TagNode]) -> Iterator[SelectChoice]:
    for need in needs:
        yield SelectChoice(need.slug, need.name)
        for child in need.children:
            yield SelectChoice(child.slug, f"{need.name}: {child.name}")


def texts_of(words: Words) -> dict[str, str]:
    """What a draft holds, by the fields of the form."""
    parts = parse(words.source)
    texts: dict[str, Any] = {part: parts.text(part) for part in TEXTS[1:]}
    for number, (title, url) in enumerate(parts.sources):
        texts[f"sources-{number}-title"] = title
        texts[f"sources-{number}-url"] = url
    return {
        "source": parts.missing,
        "title": words.title,
        "content_note": words.content_note,
        **texts,
    }
