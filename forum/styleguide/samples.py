"""What the style page shows: made-up rows in every state, from empty to overfull."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from forum.accounts.people import PersonName
from forum.badges.models import BadgeKind
from forum.badges.queries import BadgeChip
from forum.context_notes.queries import NoteRow, Source
from forum.core.diff import Span, word_diff
from forum.core.markup import render
from forum.drafts.queries import Kept, Words
from forum.posts.models import Bearing, PostState
from forum.search.queries import FoundPost
from forum.search.queries import Span as Piece
from forum.stances.queries.points import PointRow
from forum.tags.queries import TagChip
from forum.threads.models import Attention, ThreadKind
from forum.threads.rows import CommentRow, PostRef, Powers, ThreadRow, comment_ref, stub
from forum.web.forms import Form
from forum.web.pages import Pages

# Long ago, so that no script tells it from now: pictures of the page stay the same.
AT = datetime(2024, 3, 24, 18, 7, tzinfo=UTC)
LONG_WORD = "Wiedereingliederungsunterstützungsmaßnahmenkatalogsentwurf" * 2
LONG_NAME = "Maria Guadalupe Hernández de la Cruz y Villanueva-Oyelaran of the Riverside House"

FORMER = PersonName("former member")
AMINA = PersonName("Amina", "amina", "/u/amina")
LONG = PersonName(LONG_NAME, "guadalupe.hernandez-de-la-cruz", "/u/guadalupe")
NIGHT = PersonName("ليلى النجار", "layla", "/u/layla")

HOUSING = TagChip(1, "Housing", "/tags/housing", is_need=True)
WORK = TagChip(2, "Employment", "/tags/employment", is_need=True)
LAW = TagChip(3, "Law", "/tags/law", is_need=False)
LONG_TAG = TagChip(4, "Family reunification and mediation", "/tags/family", is_need=True)

_MEMBER = Powers(reply=True, agree=True)
_OWN = Powers(reply=True, edit=True, withdraw=True, mark_question=True)
_FACILITATOR = Powers(reply=True, agree=True, remove=True, split=True, mark_answer=True)

SOURCE = """
Words of a member, with a [link](/tags), **bold**, *stressed*, `code`, and a comment, #2. A line
holds some seventy letters, so that the eye finds the next one without looking for it.

# A heading

- a point
    - a point below
- another

1. first
2. second

> Somebody else's words.

```
what is typed as it is
```

| Where | Beds |
|---|---:|
| North | 4 |
"""


@dataclass(frozen=True, slots=True)
class Samples:
    """Everything that templates/styleguide/show.html takes apart from its texts."""

    html: str
    preview_html: str
    people: tuple[PersonName, ...]
    badges: tuple[BadgeChip, ...]
    tags: tuple[TagChip, ...]
    rows: tuple[ThreadRow, ...]
    found: tuple[FoundPost, ...]
    comments: tuple[CommentRow, ...]
    notes: tuple[NoteRow, ...]
    points: tuple[PointRow, ...]
    draft: Kept
    form: "SampleForm"
    refused: "SampleForm"
    composed: "ComposerForm"
    spans: tuple[Span, ...]
    pages: Pages
    at: datetime


class SampleForm(Form):
    """One field of each kind; sent nowhere."""

    class Meta:
        csrf: ClassVar[bool] = False

    name = StringField("User name", [DataRequired("Please choose a name.")], description="A hint.")
    password = PasswordField("Password", [Length(min=8, message="Please use eight characters.")])
    text = TextAreaField("Your text")
    zone = SelectField("Time zone", choices=["UTC", "Europe/Berlin"], default="UTC")
    kind = RadioField("Kind", choices=["Discussion", "Prompt"], default="Prompt")
    agreed = BooleanField("I have read what this place is for", default=True)


class ComposerForm(Form):
    class Meta:
        csrf: ClassVar[bool] = False

    source = TextAreaField("Your comment")
    is_question = BooleanField("This is a question that waits for an answer")


def samples() -> Samples:
    refused = SampleForm(MultiDict({"password": "short", "text": LONG_WORD}), prefix="refused-")
    refused.validate()
    return Samples(
        html=str(render(SOURCE).html),
        preview_html=str(render("What it will look like.").html),
        people=(AMINA, LONG, NIGHT, FORMER),
        tags=(HOUSING, LAW, LONG_TAG),
        badges=(
            BadgeChip(BadgeKind.PRACTITIONER, "Harbour Legal Aid"),
            BadgeChip(BadgeKind.FACILITATOR, "Night House", is_past=True),
            BadgeChip(BadgeKind.PRACTITIONER, LONG_WORD),
        ),
        rows=_rows(),
        found=_found(),
        comments=_comments(),
        notes=_notes(),
        points=_points(),
        draft=Kept(1, None, 0, 1, AT, Words("Words that nobody else has seen.")),
        form=SampleForm(MultiDict(), prefix="good-", data={"name": "amina"}),
        refused=refused,
        composed=ComposerForm(MultiDict(), prefix="composed-"),
        spans=word_diff("a bed for the first night", "a bed for the first two weeks"),
        pages=Pages(newer_path="/", older_path="/"),
        at=AT,
    )


def _rows() -> tuple[ThreadRow, ...]:
    plain = ThreadRow(
        id=1,
        title="Where does anybody sleep on the first Monday?",
        path="/t/1",
        kind=ThreadKind.DISCUSSION,
        space_name="Commons",
        space_path="/s/commons",
        tags=(HOUSING,),
        author=AMINA,
        created_at=AT,
        comment_count=5,
        new_count=None,
        is_new=False,
        unanswered_count=0,
        last_activity_at=AT,
        last_by=AMINA,
        is_pinned=False,
        is_closed=False,
        follow=None,
    )
    return (
        plain,
        replace(
            plain,
            kind=ThreadKind.PROMPT,
            is_pinned=True,
            is_closed=True,
            new_count=3,
            unanswered_count=1,
            follow=Attention.FOLLOW,
        ),
        replace(plain, comment_count=0, last_by=None, tags=(), is_new=True),
        replace(plain, comment_count=1, follow=Attention.MUTE),
        replace(
            plain,
            title=f"{LONG_WORD} and what it means for everybody who has to wait for it",
            space_name=f"Recovery and Return, {LONG_WORD}",
            tags=(HOUSING, WORK, LAW, LONG_TAG, LONG_TAG),
            author=LONG,
            last_by=LONG,
            comment_count=12_345,
            new_count=999,
            unanswered_count=120,
        ),
    )


def _found() -> tuple[FoundPost, ...]:
    """An opening, an open question, a comment behind its note, and one that is too long."""
    opening = FoundPost(
        id=1,
        thread_id=1,
        number=0,
        kind=ThreadKind.PROMPT,
        path="/t/1",
        thread_title="Where does anybody sleep on the first Monday?",
        title=(Piece("Where does anybody "), Piece("sleep", is_hit=True), Piece(" on Monday?")),
        snippet=(Piece("… a place to "), Piece("sleep", is_hit=True), Piece(" for two weeks …")),
        content_note="",
        author=AMINA,
        space_name="Commons",
        space_path="/s/commons",
        created_at=AT,
        agreement_count=4,
        is_question=False,
        is_answered=False,
    )
    comment = replace(opening, number=3, path="/t/1/c/3", agreement_count=0)
    return (
        opening,
        replace(comment, author=NIGHT, is_question=True),
        replace(comment, author=FORMER, content_note="about nights in the open", snippet=()),
        replace(
            comment,
            author=LONG,
            thread_title=f"{LONG_WORD} and what it means",
            snippet=(Piece(LONG_WORD, is_hit=True), Piece(f" {LONG_WORD}")),
            space_name=f"Recovery and Return, {LONG_WORD}",
            agreement_count=12_345,
        ),
    )


def _comments() -> tuple[CommentRow, ...]:
    """A tree with a comment in each state, and a long branch that is folded."""
    second = comment_ref(1, 2, LONG_NAME)
    rows = [
        _comment(1, opens=1, html=f"<p>{'Words that somebody wrote. ' * 9}</p>", may=_MEMBER),
        _comment(
            2,
            opens=1,
            author=LONG,
            agreement_count=12,
            agreed_by=(LONG_NAME, "Jo", "Lee"),
            may=_MEMBER,
            is_edited=True,
            html=f"<p>{LONG_WORD}</p>",
        ),
        _comment(
            3,
            opens=1,
            agreement_count=4,
            agrees=True,
            agreed_by=("Amina", "Jo", "Lee"),
            may=_MEMBER,
            is_new=True,
        ),
        _comment(
            4,
            opens=1,
            author=NIGHT,
            may=_FACILITATOR,
            is_question=True,
            language="ar",
            html="<p>من يساعد في الأسبوع الأول؟</p>",
        ),
        _comment(5, closes=3, in_reply_to=second, is_question=True, answer=PostRef(6, "/t/1/c/6")),
        _comment(
            6,
            answers=PostRef(5, "/t/1/c/5"),
            agreement_count=1,
            agreed_by=("Jo",),
            badge=BadgeChip(BadgeKind.PRACTITIONER, "Harbour Legal Aid"),
            bearing=Bearing.SUPPORTS,
        ),
        _comment(7, state=PostState.WITHDRAWN, author=FORMER),
        _comment(8, state=PostState.REMOVED, reason="It named a house."),
        _comment(9, may=_OWN, is_own=True, agreement_count=2, agreed_by=("Jo", "Lee")),
        *(_comment(number, opens=int(number == 10)) for number in range(10, 18)),  # noqa: PLR2004
        _comment(18, closes=1, ends_fold=True),
    ]
    rows[9].folds = 8
    return tuple(rows)


def _notes() -> tuple[NoteRow, ...]:
    badge = BadgeChip(BadgeKind.PRACTITIONER, "Harbour Legal Aid")
    agreed = NoteRow(
        id=1,
        path="/t/1/c/3/context/1",
        author=AMINA,
        badge=badge,
        text="The permit lasts a year, and can be renewed twice.",
        sources=(Source("The law in plain words", "https://example.org/law"),),
        answer="Thank you, I did not know that.",
        created_at=AT,
        confirmed=2,
        disputed=0,
    )
    disputed = replace(agreed, id=2, author=LONG, text=LONG_WORD, answer="", disputed=1)
    return (agreed, disputed)


def _points() -> tuple[PointRow, ...]:
    point = PointRow(
        number=3,
        path="/t/1/c/3",
        author=AMINA,
        badge=None,
        bearing=Bearing.SUPPORTS,
        excerpt="It has worked in another town for four years.",
        language="en",
        content_note="",
        count=4,
        is_adopted=True,
        may_adopt=True,
    )
    noted = replace(
        point, number=4, bearing=Bearing.OPPOSES, content_note="about a raid", is_adopted=False
    )
    return (point, noted)


def _comment(
    number: int, *, state: PostState = PostState.PUBLISHED, reason: str = "", **changes: Any
) -> CommentRow:
    row = CommentRow(
        id=number,
        number=number,
        path=f"/t/1/c/{number}",
        author=AMINA,
        created_at=AT,
        is_edited=False,
        html="<p>Words that somebody wrote.</p>",
        state=state,
        stub=stub(state, reason),
        agreement_count=0,
        agrees=False,
        is_question=False,
        answer=None,
        answers=None,
        in_reply_to=None,
        is_new=False,
        is_own=False,
        language="",
        may=Powers(),
    )
    return replace(row, **changes)
