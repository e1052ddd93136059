"""Writing what was imported."""

from collections.abc import Callable, Mapping

HANDLERS: Mapping[str, Callable[..., None]] = {}
