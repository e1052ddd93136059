"""The formats that can be imported, by the name that commands and pages use."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import BinaryIO

from forum.imports import blogger, wordpress
from forum.imports.parsed import ParsedFile

PARSERS: Mapping[str, Callable[[BinaryIO], ParsedFile]] = MappingProxyType(
    {
        blogger.FORMAT: blogger.parse_blogger,
        wordpress.FORMAT: wordpress.parse_wordpress,
    }
)
