"""Queueing and sending mail."""

from collections.abc import Callable, Mapping

HANDLERS: Mapping[str, Callable[..., None]] = {}
