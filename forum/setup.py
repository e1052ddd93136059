"""What every forum starts with, planted once: the vocabulary of needs and the space Commons."""

from forum.core.db import transaction
from forum.spaces.actions import plant_commons
from forum.tags.actions import plant_vocabulary


def plant() -> None:
    """Add what is missing; what people changed since stays as it is."""
    with transaction():
        plant_vocabulary()
        plant_commons()
