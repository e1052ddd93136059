"""What follows from changes of the vocabulary: the index knows a tag by every word for it."""

from forum.index.actions import put_names
from forum.index.models import Named
from forum.tags.queries import words_for


def index_tags(*tag_ids: int) -> None:
    """Let these tags be found by the words that lead to them now; a merged one by none."""
    words = words_for(tag_ids)
    for tag_id in tag_ids:
        put_names(Named.TAG, tag_id, words.get(tag_id, ()))
