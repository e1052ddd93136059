"""What cases are about, locked: what a decision does to each, and how that is brought back."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import sqlalchemy as sa

from forum.accounts import actions as accounts
from forum.accounts.models import User
from forum.cases.models import SubjectKind
from forum.context_notes import actions as notes
from forum.context_notes.models import ContextNote, ContextNoteState
from forum.core import clock, versions
from forum.core.db import db
from forum.core.errors import Invalid, NotFound
from forum.core.i18n import _
from forum.core.text import scrub, scrub_line
from forum.moderation.models import Outcome
from forum.moderation.queries.subjects import claim_revision, profile_revision
from forum.posts.models import NOTE_LENGTH, Post, PostState
from forum.proposals.actions import reviewing as said
from forum.proposals.models import Answer, AnswerState, ServiceClaim
from forum.proposals.queries import facts_of_answer, facts_of_claim
from forum.services import actions as services
from forum.services.models import Service, ServiceState
from forum.threads.actions import reviewing
from forum.threads.actions.reviewing import Standing, Words
from forum.threads.actions.writing import checked_title
from forum.threads.models import SuggestionState, TagSuggestion, Thread, ThreadKind


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to become of a subject; `reason` stands where others see that it is gone."""

    outcomes: Collection[Outcome]
    by_id: int
    reason: str
    content_note: str = ""
    words: Words | None = None


@dataclass(slots=True)
class Changed:
    """What was changed, as JSON holds it, and apart from it the words that were taken out."""

    changes: dict[str, Any] = field(default_factory=dict)
    taken_out: dict[str, Any] | None = None


class Subject(Protocol):
    """Something that a case is about, locked until the commit."""

    @property
    def revision(self) -> int:
        """Of its words; an edit counts up."""

    @property
    def state(self) -> PostState | None:
        """Of a post."""

    def apply(self, wish: Wish) -> Changed:
        """Let the decision take place; Invalid or Conflict when it cannot."""

    def bring_back(self, changed: Changed) -> None:
        """Everything as it was, where nobody else has changed it since."""

    def make_stale(self) -> None:
        """Last of all: pages that show it are made anew."""


def hold_subject(kind: SubjectKind, subject_id: int) -> Subject:
    """What a case is about, locked. Called before the case is locked; NotFound."""
    hold = _HOLDING.get(kind)
    if hold is None:
        raise NotFound
    return hold(subject_id)


def _locked(table: type[Any], row_id: int) -> Any:  # noqa: ANN401 - a row of that table
    row = db.session.scalar(
        sa.select(table)
        .where(table.id == row_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


@dataclass(slots=True)
class HeldPost:
    thread: Thread
    post: Post
    _stale_ids: tuple[int, ...] = ()

    @property
    def revision(self) -> int:
        return self.post.revision

    @property
    def state(self) -> PostState | None:
        return self.post.state

    def apply(self, wish: Wish) -> Changed:
        if self.post.state is PostState.WITHDRAWN and Outcome.CLOSE not in wish.outcomes:
            return Changed()
        done = Changed()
        before = reviewing.standing(self.thread, self.post)
        wanted = self._wanted(wish, before)
        remover_id = self.thread.deleted_by_id
        if Outcome.REDACT in wish.outcomes:
            done.taken_out = self._redact(wish)
        if wanted != before:
            self._stand(wanted, wish.by_id if Outcome.REMOVE in wish.outcomes else remover_id)
            done.changes["standing"] = {"before": before.plain(), "after": wanted.plain()}
            done.changes["remover_id"] = remover_id
        return done

    def _wanted(self, wish: Wish, before: Standing) -> Standing:
        wanted = before
        if Outcome.CLOSE in wish.outcomes and before.closed_at is None:
            wanted = replace(wanted, closed_at=clock.now(), closed_reason=wish.reason)
        if self.post.state is PostState.WITHDRAWN:
            return wanted
        if Outcome.NOTE in wish.outcomes:
            wanted = replace(wanted, content_note=_checked_note(wish.content_note))
        if Outcome.HIDE in wish.outcomes:
            return replace(wanted, state=PostState.WAITING, reason=wish.reason)
        if Outcome.REMOVE in wish.outcomes:
            return replace(wanted, state=PostState.REMOVED, reason=wish.reason)
        if before.state is PostState.WAITING:  # it was looked at, and nothing says that it must go
            return replace(wanted, state=PostState.PUBLISHED, reason="")
        return wanted

    def _redact(self, wish: Wish) -> dict[str, Any]:
        words = self._checked(wish.words)
        before = reviewing.redact(self.thread, self.post, words, is_last=False)
        self._stale_ids += reviewing.quoting(before)
        return before

    def _checked(self, words: Words | None) -> Words:
        if words is None:
            raise Invalid(_("Please write what shall stand there."), "source")
        source = scrub(words.source).strip("\n")
        if not source.strip() and self.thread.kind is not ThreadKind.PROMPT:
            raise Invalid(_("Please write what shall stand there."), "source")
        title = checked_title(words.title) if self.post.number == 0 else ""
        question = scrub_line(words.question) if self.post.question else ""
        if self.post.question and not question:
            raise Invalid(_("A prompt asks a question. Please write it here."), "question")
        now = (self.post.source, self.post.question, self.thread.title if title else "")
        if now == (source, question, title):
            raise Invalid(_("This is what stands there already."), "source")
        return Words(source, question, title)

    def bring_back(self, changed: Changed) -> None:
        if changed.taken_out is not None and self.post.state is not PostState.WITHDRAWN:
            reviewing.unredact(self.thread, self.post, changed.taken_out, is_last=False)
            self._stale_ids += reviewing.quoting(changed.taken_out)
        if "standing" not in changed.changes:
            return
        before, after = (
            Standing.of(changed.changes["standing"][when]) for when in ("before", "after")
        )
        now = reviewing.standing(self.thread, self.post)
        wanted = now
        for part in ("content_note", "closed_at", "closed_reason"):
            if getattr(now, part) == getattr(after, part):
                wanted = replace(wanted, **{part: getattr(before, part)})
        if (now.state, now.reason) == (after.state, after.reason):
            wanted = replace(wanted, state=before.state, reason=before.reason)
        if now.state is after.state is not before.state:
            wanted = replace(wanted, answers=before.answers)
        self._stand(wanted, changed.changes["remover_id"])

    def _stand(self, wanted: Standing, by_id: int | None) -> None:
        if self.post.state is PostState.WITHDRAWN:  # its words are gone; its thread is still there
            self.thread.closed_at = wanted.closed_at
            self.thread.closed_reason = wanted.closed_reason
            db.session.flush()
        else:
            self._stale_ids += reviewing.stand(
                self.thread, self.post, wanted, by_id=by_id, is_last=False
            )

    def make_stale(self) -> None:
        reviewing.make_stale(self.thread.id, *self._stale_ids)


@dataclass(slots=True)
class HeldMember:
    user: User

    @property
    def revision(self) -> int:
        return profile_revision(self.user.display_name, self.user.about_source)

    @property
    def state(self) -> PostState | None:
        return None

    def apply(self, wish: Wish) -> Changed:
        """Of a profile, the shown name and the words about oneself can be replaced."""
        if Outcome.REDACT not in wish.outcomes:
            return Changed()
        if wish.words is None:
            raise Invalid(_("Please write what shall stand there."), "title")
        before = {"title": self.user.display_name, "source": self.user.about_source}
        accounts.replace_profile(self.user, wish.words.title, wish.words.source)
        after = {"title": self.user.display_name, "source": self.user.about_source}
        if before == after:
            raise Invalid(_("This is what stands there already."), "title")
        return Changed(taken_out={"before": before, "after": after})

    def bring_back(self, changed: Changed) -> None:
        if changed.taken_out is None:
            return
        now = {"title": self.user.display_name, "source": self.user.about_source}
        before, after = changed.taken_out["before"], changed.taken_out["after"]
        words = {
            part: before[part] if now[part] == after[part] else now[part]
            for part in ("title", "source")
        }
        accounts.replace_profile(self.user, words["title"], words["source"])

    def make_stale(self) -> None:
        accounts.make_names_stale()


@dataclass(slots=True)
class HeldSuggestion:
    row: TagSuggestion

    @property
    def revision(self) -> int:
        return 0

    @property
    def state(self) -> PostState | None:
        return None

    def apply(self, wish: Wish) -> Changed:
        if Outcome.REMOVE not in wish.outcomes or self.row.state is not SuggestionState.OPEN:
            return Changed()
        self.row.state = SuggestionState.DECLINED
        self.row.decided_at = clock.now()
        self.row.decided_by_id = wish.by_id
        return Changed({"suggestion": SuggestionState.DECLINED.value})

    def bring_back(self, changed: Changed) -> None:
        if self.row.state.value != changed.changes.get("suggestion"):
            return
        self.row.state = SuggestionState.OPEN
        self.row.decided_at = self.row.decided_by_id = None

    def make_stale(self) -> None:
        """Suggestions stand on no finished page."""


@dataclass(slots=True)
class HeldService:
    row: Service

    @property
    def revision(self) -> int:
        return self.row.version

    @property
    def state(self) -> PostState | None:
        return None

    def apply(self, wish: Wish) -> Changed:
        """An entry that is removed is retired: those who keep the directory still see it."""
        if Outcome.REMOVE not in wish.outcomes or self.row.state is ServiceState.RETIRED:
            return Changed()
        before = self.row.state
        services.set_state(self.row, ServiceState.RETIRED, wish.by_id, wish.reason)
        return Changed({"service": before.value})

    def bring_back(self, changed: Changed) -> None:
        before = changed.changes.get("service")
        if before is not None and self.row.state is ServiceState.RETIRED:
            services.set_state(self.row, ServiceState(before), None, "")

    def make_stale(self) -> None:
        versions.touch(versions.DIRECTORY)


@dataclass(slots=True)
class HeldNote:
    row: ContextNote
    thread_id: int

    @property
    def revision(self) -> int:
        return 0

    @property
    def state(self) -> PostState | None:
        return None

    def apply(self, wish: Wish) -> Changed:
        if Outcome.REMOVE not in wish.outcomes or self.row.state is not ContextNoteState.PUBLISHED:
            return Changed()
        notes.put_note_state(self.row, ContextNoteState.REMOVED, wish.reason)
        return Changed({"context_note": ContextNoteState.REMOVED.value})

    def bring_back(self, changed: Changed) -> None:
        if self.row.state.value == changed.changes.get("context_note"):
            notes.put_note_state(self.row, ContextNoteState.PUBLISHED, "")

    def make_stale(self) -> None:
        reviewing.make_stale(self.thread_id)


@dataclass(slots=True)
class HeldClaim:
    """A service shown on a proposal. One that is removed leaves the proposal's state as it is."""

    row: ServiceClaim

    @property
    def revision(self) -> int:
        return claim_revision(self.row)

    @property
    def state(self) -> PostState | None:
        return None

    def apply(self, wish: Wish) -> Changed:
        if Outcome.REMOVE not in wish.outcomes or not facts_of_claim(self.row).is_there:
            return Changed()
        said.remove_claim(self.row, wish.reason)
        return Changed({"claim": "removed"})

    def bring_back(self, changed: Changed) -> None:
        if "claim" in changed.changes and self.row.removed_at is not None:
            said.bring_claim_back(self.row)

    def make_stale(self) -> None:
        reviewing.make_stale(self.row.thread_id)


@dataclass(slots=True)
class HeldAnswer:
    row: Answer

    @property
    def revision(self) -> int:
        return self.row.revision

    @property
    def state(self) -> PostState | None:
        return None

    def apply(self, wish: Wish) -> Changed:
        if Outcome.REMOVE not in wish.outcomes or not facts_of_answer(self.row).is_there:
            return Changed()
        said.remove_answer(self.row, wish.reason)
        return Changed({"answer": AnswerState.REMOVED.value})

    def bring_back(self, changed: Changed) -> None:
        if self.row.state.value == changed.changes.get("answer"):
            said.bring_answer_back(self.row)

    def make_stale(self) -> None:
        reviewing.make_stale(self.row.thread_id)


_HOLDING: Mapping[SubjectKind, Callable[[int], Subject]] = {
    SubjectKind.POST: lambda id_: HeldPost(*reviewing.hold_post(id_)),
    SubjectKind.MEMBER: lambda id_: HeldMember(_locked(User, id_)),
    SubjectKind.SUGGESTION: lambda id_: HeldSuggestion(_locked(TagSuggestion, id_)),
    SubjectKind.SERVICE: lambda id_: HeldService(services.hold(id_)),
    SubjectKind.CONTEXT_NOTE: lambda id_: HeldNote(*notes.hold_note(id_)),
    SubjectKind.CLAIM: lambda id_: HeldClaim(said.hold_claim(id_)),
    SubjectKind.ANSWER: lambda id_: HeldAnswer(said.hold_answer(id_)),
}


def _checked_note(note: str) -> str:
    note = scrub_line(note)
    if not note:
        raise Invalid(_("Please write the content note."), "content_note")
    if len(note) > NOTE_LENGTH:
        raise Invalid(
            _("Please keep the note under %(limit)s characters.", limit=NOTE_LENGTH),
            "content_note",
        )
    return note
