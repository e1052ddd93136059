"""Trees of comments for tests: made in two statements, ordered and nested by a naive reference."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from forum.core.actor import Actor
from forum.core.db import db, transaction
from forum.posts import paths
from forum.posts.models import Post, PostState
from forum.threads.models import Thread
from forum.threads.queries import comments_page, get_head
from forum.threads.rows import CommentRow, Comments, Order
from tests import factories

START = datetime(2026, 1, 5, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Node:
    """A comment as the reference knows it; `parent` 0 answers the thread."""

    number: int
    parent: int
    path: str
    agreed: int
    at: datetime

    @property
    def depth(self) -> int:
        return paths.depth(self.path)


def plant(
    parents: Sequence[int],
    agreed: Sequence[int] = (),
    *,
    minutes: Sequence[int] = (),
    in_thread: Thread | None = None,
    states: Sequence[PostState] = (),
) -> tuple[Thread, list[Node]]:
    """A thread whose comment n answers parents[n - 1], is agreed with, and written that late."""
    thread = in_thread or factories.thread(at=START)
    author = factories.user()
    nodes: dict[int, Node] = {}
    for number, parent in enumerate(parents, start=1):
        above = nodes[parent].path if parent else ""
        late = minutes[number - 1] if minutes else number
        nodes[number] = Node(
            number=number,
            parent=parent,
            path=paths.below(above, number),
            agreed=agreed[number - 1] if agreed else 0,
            at=START + timedelta(minutes=late),
        )
    _insert(thread.id, author.id, list(nodes.values()), states)
    return thread, list(nodes.values())


def _insert(
    thread_id: int, author_id: int, nodes: Sequence[Node], states: Sequence[PostState]
) -> None:
    with transaction():
        for nodes_of_depth in _by_depth(nodes):
            rows = db.session.execute(
                sa.select(Post.number, Post.id).where(Post.thread_id == thread_id)
            )
            ids = dict(rows.all())
            db.session.execute(
                sa.insert(Post),
                [
                    {
                        "thread_id": thread_id,
                        "number": node.number,
                        "author_id": author_id,
                        "parent_id": ids[node.parent] if node.parent else None,
                        "path": node.path,
                        "depth": node.depth,
                        "source": f"Text {node.number}",
                        "question": "",
                        "html": f"<p>Text {node.number}</p>",
                        "render_version": 1,
                        "state": states[node.number - 1] if states else PostState.PUBLISHED,
                        "agreement_count": node.agreed,
                        "created_at": node.at,
                        "written_in_id": thread_id,
                    }
                    for node in nodes_of_depth
                ],
            )
        db.session.execute(
            sa.update(Thread)
            .where(Thread.id == thread_id)
            .values(last_number=len(nodes), comment_count=len(nodes))
        )
    db.session.expire_all()


def _by_depth(nodes: Sequence[Node]) -> list[list[Node]]:
    levels: dict[int, list[Node]] = {}
    for node in nodes:
        levels.setdefault(node.depth, []).append(node)
    return [levels[depth] for depth in sorted(levels)]


def expected(nodes: Sequence[Node], order: Order) -> list[int]:
    """The numbers in the order that a reader expects, by walking the tree."""
    if order is Order.TIME:
        return [node.number for node in sorted(nodes, key=lambda node: (node.at, node.number))]
    roots = [node for node in nodes if node.parent == 0]
    if order is Order.NEWEST:
        roots.sort(key=lambda node: -node.number)
    if order is Order.AGREED:
        roots.sort(key=lambda node: (-node.agreed, node.number))
    found: list[int] = []

    def walk(node: Node) -> None:
        found.append(node.number)
        for child in nodes:
            if child.parent == node.number:
                walk(child)

    for root in roots:
        walk(root)
    return found


def walk(viewer: Actor, thread: Thread, order: Order) -> list[Comments]:
    """Every page of a thread, from the first to the last."""
    head = get_head(viewer, thread.id)
    pages = [comments_page(viewer, head, order=order)]
    while pages[-1].next is not None:
        assert len(pages) < 100, "the pages never end"
        pages.append(comments_page(viewer, head, order=order, cursor=pages[-1].next))
    return pages


@dataclass
class Item:
    """A comment in the nested lists that `opens` and `closes` describe."""

    row: CommentRow
    inside: "Item | None"
    level: int


def nested(page: Comments) -> list[Item]:
    """The page's rows in nested lists, as a template would write them; fails when unbalanced.

    A row that opens a list stands inside the row before it; any other row follows a sibling.
    """
    lists: list[Item | None] = []  # of each open list, the item that was added last
    items = []
    for row in page.rows:
        for _ in range(row.closes):
            assert lists, "closes a list that is not open"
            lists.pop()
        lists.extend([None] * row.opens)
        assert lists, "stands in no list"
        item = Item(row, lists[-2] if len(lists) > 1 else None, len(lists))
        assert len(lists) == 1 or item.inside is not None, "a list inside nothing"
        lists[-1] = item
        items.append(item)
    assert page.tail_closes == len(lists), "the end leaves lists open"
    return items
