"""Writes of the vocabulary."""


def plant_vocabulary() -> None:
    """Make the thirteen needs that every forum starts with, unless they are there."""
