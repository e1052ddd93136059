"""What follows from writing in threads: the index says what can be read now, and nothing else."""

from collections.abc import Iterable

from forum.core.db import db
from forum.index import actions as index
from forum.threads.queries import Said, said_in, said_in_thread


def index_posts(*post_ids: int) -> None:
    """Bring the index up to what these posts say now. One statement to read, one to write."""
    if post_ids:
        db.session.flush()  # what is read here may not be written yet
        put_in_index(said_in(post_ids))


def index_thread(thread_id: int) -> None:
    """The same for everything in a thread, whether it was one before or not."""
    db.session.flush()
    index.remove_threads([thread_id])
    put_in_index(said_in_thread(thread_id))


def put_in_index(posts: Iterable[Said]) -> None:
    """Let what is to be found be found, and nothing of the rest."""
    posts = tuple(posts)
    comments = [post for post in posts if not post.is_opening]
    openings = [post for post in posts if post.is_opening]
    index.put_comments((post.post_id, post.text) for post in comments if post.is_found)
    index.remove_comments([post.post_id for post in comments if not post.is_found])
    index.put_threads((post.thread_id, post.title, post.text) for post in openings if post.is_found)
    index.remove_threads([post.thread_id for post in openings if not post.is_found])
