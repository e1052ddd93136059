"""How long a text may be: one rule, and one way to say so beside its field."""

from forum.core.errors import Invalid
from forum.core.i18n import _


def fit(text: str, most: int, field: str) -> str:
    """The text; Invalid, beside the field, when it has more than `most` characters."""
    if len(text) > most:
        raise Invalid(_("Please use at most %(most)s characters.", most=most), field)
    return text
