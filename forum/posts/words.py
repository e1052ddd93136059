"""What authors say of how their comments bear on a proposal, in words."""

from forum.core.i18n import lazy
from forum.posts.models import Bearing

BEARINGS = {
    Bearing.SUPPORTS: lazy("Supports"),
    Bearing.QUALIFIES: lazy("Qualifies"),
    Bearing.QUESTIONS: lazy("Questions"),
    Bearing.OPPOSES: lazy("Opposes"),
}
