"""The kinds of values that stand in addresses; what does not fit is no page."""

from typing import Any

from flask import Flask
from typing_extensions import override
from werkzeug.routing import BaseConverter, Map, ValidationError

_LARGEST = 2**31 - 1  # of an id column on PostgreSQL


class IdConverter(BaseConverter):
    """A positive number in ASCII digits that fits an id column."""

    regex = r"[0-9]{1,10}"

    @override
    def to_python(self, value: str) -> int:
        number = int(value)
        if number > _LARGEST:
            raise ValidationError
        return number


class ThreadConverter(IdConverter):
    """`12-any-words`, or `12` alone: the number counts, the words are for people."""

    regex = r"[0-9]{1,10}(?:-[^/]*)?"

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:  # noqa: A002 - werkzeug's name
        super().__init__(map, *args, **kwargs)

    @override
    def to_python(self, value: str) -> int:
        return super().to_python(value.partition("-")[0])


class NameConverter(BaseConverter):
    """A user name, slug or tag: one path segment of sane length without control characters."""

    regex = r"[^/\x00-\x20\x7f]{1,120}"


def init_app(app: Flask) -> None:
    app.url_map.converters.update(id=IdConverter, thread=ThreadConverter, name=NameConverter)
