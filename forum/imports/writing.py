"""Turns a parsed file into threads, posts and placeholder members; a second run adds nothing."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import sqlalchemy as sa

from forum.accounts import names
from forum.accounts.models import User, UserState
from forum.core import clock
from forum.core.actor import SiteRole
from forum.core.db import db, transaction
from forum.core.errors import Invalid
from forum.core.markup import MAX_LENGTH
from forum.core.text import cut, scrub_line, slug
from forum.imports.models import ImportedItem
from forum.imports.parsed import ParsedAuthor, ParsedComment, ParsedFile, ParsedThread
from forum.imports.queries import known_items
from forum.posts import actions as posts
from forum.posts import paths
from forum.posts.actions import Origin, Place, Text
from forum.posts.models import Post
from forum.tags.queries import tags_by_word
from forum.threads.actions.counting import next_number, recount_after_move, touch
from forum.threads.actions.writing import QUESTION_LENGTH, TITLE_LENGTHS
from forum.threads.effects import index_posts
from forum.threads.models import TagSuggestion, Thread, ThreadKind

MOST_LABELS = 10
_LONGEST_NAME = 60
_LONGEST_WORD = 60
_INDENT = "    "

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Report:
    """What an import did, or would do."""

    threads: int = 0
    comments: int = 0
    authors: int = 0
    unknown_authors: int = 0
    suggestions: int = 0
    already_there: int = 0
    warnings: list[str] = field(default_factory=list)

    def as_values(self) -> dict[str, Any]:
        return asdict(self)


def foresee(parsed: ParsedFile, space_id: int) -> Report:
    """What `put` would do; writes nothing."""
    known = known_items(space_id, parsed.format)
    report = Report(warnings=list(parsed.warnings))
    named: set[str] = set()
    for thread in parsed.threads:
        items: tuple[ParsedThread | ParsedComment, ...] = (thread, *thread.comments)
        new = [item for item in items if item.source_key not in known]
        report.already_there += len(items) - len(new)
        report.threads += thread in new
        report.comments += len(new) - (thread in new)
        report.suggestions += thread in new and bool(thread.labels)
        for item in new:
            if item.author.name is None:
                report.unknown_authors += 1
            elif _author_key(item.author) not in known:
                named.add(item.author.key)
    report.authors = len(named)
    return report


def put(parsed: ParsedFile, space_id: int, progress: Progress) -> Report:
    """Write the file into a space, a transaction for each thread; `progress(done, total)`.

    An import that was cut short goes on where it stopped, because what is there is left alone.
    """
    report = Report(warnings=list(parsed.warnings))
    total = len(parsed.threads)
    for done, thread in enumerate(parsed.threads):
        progress(done, total)
        with transaction():
            _Writer(parsed.format, space_id, report).put(thread)
    progress(total, total)
    return report


class _Writer:
    """Writes one thread; holds what the items of the file are known as."""

    def __init__(self, file_format: str, space_id: int, report: Report) -> None:
        self._format = file_format
        self._space_id = space_id
        self._report = report
        self._known = known_items(space_id, file_format)

    def put(self, parsed: ParsedThread) -> None:
        opening = self._post_of(parsed.source_key)
        if opening is None:
            opening = self._open(parsed)
        else:
            self._report.already_there += 1
        is_changed = False
        for comment in parsed.comments:
            if comment.source_key in self._known:
                self._report.already_there += 1
            else:
                self._comment(comment, opening)
                is_changed = True
        if is_changed or parsed.source_key not in self._known:
            recount_after_move(opening.thread_id)
            touch(opening.thread_id)

    def _open(self, parsed: ParsedThread) -> Post:
        author_id = self._author(parsed.author)
        title = _title(parsed.title)
        thread = Thread(
            space_id=self._space_id,
            kind=ThreadKind.PROMPT if parsed.question else ThreadKind.DISCUSSION,
            title=title,
            slug=slug(title),
            author_id=author_id,
            created_at=parsed.created_at,
            last_activity_at=parsed.created_at,
            last_author_id=author_id,
        )
        db.session.add(thread)
        db.session.flush()  # its posts need the thread's id
        question = cut(scrub_line(parsed.question or ""), QUESTION_LENGTH)
        opening = self._write(
            Place(thread.id, 0, "", 0), author_id, parsed, Text(parsed.markdown, question)
        )
        self._suggest(thread.id, parsed.labels)
        self._report.threads += 1
        touch(thread.id)
        return opening

    def _comment(self, parsed: ParsedComment, opening: Post) -> None:
        parent = self._post_of(parsed.parent_key) if parsed.parent_key else None
        if parent is None or parent.thread_id != opening.thread_id:
            parent = opening
        thread_id = opening.thread_id
        number = next_number(thread_id)
        path = paths.below(paths.shallow(parent.path), number)
        parent_id = parent.id if parent.number else None
        place = Place(thread_id, number, path, paths.depth(path), parent_id)
        self._write(place, self._author(parsed.author), parsed, Text(parsed.markdown))
        self._report.comments += 1

    def _write(
        self,
        place: Place,
        author_id: int | None,
        parsed: ParsedThread | ParsedComment,
        text: Text,
    ) -> Post:
        if author_id is None:
            self._report.unknown_authors += 1
        origin = Origin(author_id, parsed.created_at, is_imported=True)
        try:
            post = posts.write(place, origin, text)
        except Invalid as refusal:
            self._report.warnings.append(
                f"{parsed.source_key}: kept as plain text. {refusal.message}"
            )
            post = posts.write(place, origin, Text(_as_plain(text.source), text.question))
        self._remember(parsed.source_key, post_id=post.id)
        index_posts(post.id)
        return post

    def _author(self, author: ParsedAuthor) -> int | None:
        """The placeholder of a named author, made when there is none yet; None for unknown ones."""
        if author.name is None:
            return None
        key = _author_key(author)
        item = self._known.get(key)
        if item is not None:
            return item.user_id
        placeholder = make_placeholder(author.name)
        self._remember(key, user_id=placeholder.id)
        self._report.authors += 1
        return placeholder.id

    def _suggest(self, thread_id: int, labels: tuple[str, ...]) -> None:
        words = [
            word
            for label in labels[:MOST_LABELS]
            if (word := cut(scrub_line(label), _LONGEST_WORD))
        ]
        if not words:
            return
        found = tags_by_word(words)
        db.session.add(
            TagSuggestion(
                thread_id=thread_id,
                tag_slugs=list(dict.fromkeys(tag.slug for tag in found.values())),
                new_words=[word for word in words if word not in found],
                note="Labels of the imported post",
                created_at=clock.now(),
            )
        )
        self._report.suggestions += 1

    def _remember(
        self, key: str, *, post_id: int | None = None, user_id: int | None = None
    ) -> None:
        item = ImportedItem(
            space_id=self._space_id,
            format=self._format,
            source_key=key,
            post_id=post_id,
            user_id=user_id,
        )
        db.session.add(item)
        db.session.flush()  # the same key again within this file must find it
        self._known[key] = item

    def _post_of(self, key: str) -> Post | None:
        item = self._known.get(key)
        if item is None or item.post_id is None:
            return None
        return db.session.get(Post, item.post_id)


def make_placeholder(name: str) -> User:
    """A member that nobody can sign in as, to carry the name of an imported author."""
    display_name = cut(scrub_line(name), _LONGEST_NAME) or "imported author"
    base = f"imported-{slug(display_name)}"[:24].rstrip("-.")
    username, suffix = base, 1
    while db.session.scalar(sa.select(User.id).where(User.username_key == names.key(username))):
        suffix += 1
        username = f"{base}-{suffix}"
    placeholder = User(
        username=username,
        username_key=names.key(username),
        username_skeleton=f"placeholder {username}",  # takes no name away from a real person
        display_name=display_name,
        role=SiteRole.MEMBER,
        state=UserState.PLACEHOLDER,
        created_at=clock.now(),
    )
    db.session.add(placeholder)
    db.session.flush()  # the posts need its id
    return placeholder


def _author_key(author: ParsedAuthor) -> str:
    return f"author:{author.key}"[:255]


def _title(title: str) -> str:
    shortest, longest = TITLE_LENGTHS
    title = cut(scrub_line(title), longest)
    return title if len(title) >= shortest else f"Imported: {title or 'untitled'}"


def _as_plain(source: str) -> str:
    """A text as a block of code: whatever stands in it, it is shown as typed."""
    lines = cut(source, MAX_LENGTH // 2).splitlines()
    return "\n".join(_INDENT + line for line in lines)[:MAX_LENGTH]
