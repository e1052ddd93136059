"""The form of a report."""

from wtforms import RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired, Length

from forum.cases.models import NOTE_LENGTH, ReportReason, SubjectKind
from forum.cases.words import REASONS
from forum.core.i18n import lazy
from forum.moderation.actions.reporting import Statement
from forum.web.forms import Form

# What happens, beside what a reason means: of posts, the first and the others.
_AT_ONCE = lazy("It is out of sight as soon as you send this, until somebody has looked at it.")
_CARE = lazy("Nothing is hidden. Somebody who has time for them looks at it soon.")
_SEVERAL = lazy("Somebody looks at it; if several people report it, it is out of sight until then.")
_LOOKED_AT = lazy("Somebody looks at it; nothing is hidden before.")
# What cannot be said of a person, of suggested tags, and of what stands beneath posts.
_NOT_OF = {
    SubjectKind.POST: frozenset[ReportReason](),
    SubjectKind.MEMBER: frozenset({ReportReason.GRAPHIC, ReportReason.OFF_TOPIC}),
    SubjectKind.SUGGESTION: frozenset({ReportReason.GRAPHIC}),
    SubjectKind.CONTEXT_NOTE: frozenset({ReportReason.WORRIED, ReportReason.GRAPHIC}),
    SubjectKind.CLAIM: frozenset({ReportReason.WORRIED, ReportReason.GRAPHIC}),
    SubjectKind.ANSWER: frozenset({ReportReason.WORRIED, ReportReason.GRAPHIC}),
    SubjectKind.SERVICE: frozenset(
        {
            *(ReportReason.WORRIED, ReportReason.BLAMES, ReportReason.GRAPHIC),
            *(ReportReason.HARASSES, ReportReason.OFF_TOPIC),
        }
    ),
}
# Where a reason means something else than of a post.
_MEANS = {
    SubjectKind.CONTEXT_NOTE: {
        ReportReason.OTHER: lazy(
            "What it says is wrong, or its source does not say it; please say what."
        ),
    },
    SubjectKind.CLAIM: {ReportReason.OTHER: lazy("What it says is wrong; please say what.")},
    SubjectKind.ANSWER: {ReportReason.OTHER: lazy("What it says is wrong; please say what.")},
    SubjectKind.SERVICE: {
        ReportReason.OTHER: lazy(
            "Something in it is wrong or out of date, or it exists no more; please say what."
        ),
        ReportReason.IDENTIFIES: lazy(
            "It puts people at risk: it names a person, or a place that has to stay unknown."
        ),
        ReportReason.RECRUITS: lazy("It is not what it says: it exploits or deceives people."),
        ReportReason.SPAM: lazy("It is advertising, or there twice."),
    },
}


class ReportForm(Form):
    main_field = "reason"
    reason = RadioField(
        lazy("What is wrong?"),
        validators=[InputRequired(lazy("Please choose what is wrong."))],
    )
    note = TextAreaField(
        lazy("Anything that helps to understand it"),
        description=lazy("At most 1,000 characters. Needed for “something else” alone."),
        validators=[Length(max=NOTE_LENGTH)],
        render_kw={"rows": 4},
    )

    def to_statement(self) -> Statement:
        return Statement(ReportReason(self.reason.data), self.note.data or "")


def report_form(kind: SubjectKind) -> ReportForm:
    """The form for a subject of this kind, with the reasons that can be given."""
    form = ReportForm()
    meanings = {**_MEANS.get(kind, {}), **REASONS} | _MEANS.get(kind, {})  # its own ones first
    left_out = _NOT_OF.get(kind, frozenset())
    form.reason.choices = [
        SelectChoice(reason.value, meaning)
        for reason, meaning in meanings.items()
        if reason not in left_out
    ]
    return form


def after_reporting(kind: SubjectKind) -> dict[str, str]:
    """What happens after a report, by the reason's value."""
    return {reason.value: _after(kind, reason) for reason in ReportReason}


def _after(kind: SubjectKind, reason: ReportReason) -> str:
    if reason is ReportReason.WORRIED:
        return _CARE
    if kind is not SubjectKind.POST:
        return _LOOKED_AT
    return _AT_ONCE if reason is ReportReason.IDENTIFIES else _SEVERAL
