"""XML from strangers: read within limits of bytes, depth and number, or refused in plain words."""

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers.expat import XMLParserType, errors

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from forum.core.errors import Invalid
from forum.core.i18n import _, language, lazy, number

MAX_BYTES = 50 * 1024 * 1024
MAX_DEPTH = 100  # Blogger and WordPress nest four deep
MAX_ELEMENTS = 300_000  # some 19,000 comments; building more takes over a second
# One tag, comment or instruction, in bytes. Expat before 2.6 reads an unfinished one again from its
# start with every chunk: a 10 MB attribute would cost seconds.
MAX_TOKEN = 256 * 1024
_CHUNK = 64 * 1024
_IN_MEMORY = 1024 * 1024  # bytes; larger files wait on disk while they are counted

_NOT_XML = lazy("This is not an XML file. Choose the .xml file that the blog's export gave you.")
_NOT_UTF8 = lazy(
    "This file is not written in UTF-8, as exports of blogs are. Export it again and try once more."
)
_DTD = lazy(
    "This file defines a document type or entities of its own, which exports of blogs never do and"
    " which is not safe to read. Choose the file that the blog's export gave you."
)
_ARCHIVE = lazy("This file is a compressed archive. Unpack it and choose the .xml file inside.")
_REFUSED_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", _ARCHIVE),  # gzip
    (b"PK\x03\x04", _ARCHIVE),
    (b"PK\x05\x06", _ARCHIVE),  # an empty zip
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ\x00", _ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (codecs.BOM_UTF16_LE, _NOT_UTF8),  # UTF-32 of the same order starts with it
    (codecs.BOM_UTF16_BE, _NOT_UTF8),
    (codecs.BOM_UTF32_BE, _NOT_UTF8),
)
_CUT_SHORT = {
    errors.codes[message]
    for message in (
        errors.XML_ERROR_NO_ELEMENTS,
        errors.XML_ERROR_UNCLOSED_TOKEN,
        errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
        errors.XML_ERROR_PARTIAL_CHAR,
    )
}


def read_tree(stream: BinaryIO, *, max_bytes: int = MAX_BYTES) -> Element:
    """The root element of an XML file in UTF-8, read from where `stream` stands.

    Raises Invalid with a sentence for the person who chose the file. All bytes are counted before
    the first one is parsed, so that a file which is too large costs neither time nor memory.
    """
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
        _copy(stream, spool, max_bytes)
        spool.seek(0)
        _refuse_by_start(spool.read(_CHUNK))
        spool.seek(0)
        return _parse(spool)


def _copy(stream: BinaryIO, spool: IO[bytes], max_bytes: int) -> None:
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > max_bytes:
            limit = max_bytes / (1024 * 1024)
            raise Invalid(
                _(
                    "This file is larger than %(limit)s MB. Export a part of the blog at a time.",
                    limit=f"{limit:g}",
                )
            )
        spool.write(chunk)


def _refuse_by_start(head: bytes) -> None:
    if not head.strip():
        raise Invalid(_("This file is empty. Export it again and try once more."))
    for start, message in _REFUSED_STARTS:
        if head.startswith(start):
            raise Invalid(message)
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if b"\x00" in text[:4]:  # UTF-16 or UTF-32 that does not say so
        raise Invalid(_NOT_UTF8)
    if text[:14].lower().startswith((b"<!doctype html", b"<html")):
        raise Invalid(
            _("This is a web page. Choose the .xml file that the blog's export gave you instead.")
        )


def _parse(spool: IO[bytes]) -> Element:
    target = _Target()
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    expat: XMLParserType = parser.parser
    expat.XmlDeclHandler = _check_encoding
    fed = 0
    with _plain_refusals(target):
        while chunk := spool.read(_CHUNK):
            parser.feed(chunk)
            fed += len(chunk)
            if fed - expat.CurrentByteIndex > MAX_TOKEN:
                raise Invalid(
                    _(
                        "This file holds a tag or comment that is far too long to come from a blog."
                        " Export it again and try once more."
                    )
                )
        root: Element = parser.close()
        return root


def _check_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding is not None and encoding.lower() not in {"utf-8", "utf8", "us-ascii", "ascii"}:
        raise Invalid(_NOT_UTF8)


@contextmanager
def _plain_refusals(target: "_Target") -> Iterator[None]:
    try:
        yield
    except DefusedXmlException as problem:
        raise Invalid(_DTD) from problem
    except ParseError as problem:
        raise Invalid(_reason(problem, target)) from problem


def _reason(problem: ParseError, target: "_Target") -> str:
    if target.element_count == 0:
        return _NOT_XML
    if problem.code in _CUT_SHORT:
        return _("This file ends in the middle. Export it again and try once more.")
    line = number(problem.position[0], language())
    if problem.code == errors.codes[errors.XML_ERROR_INVALID_TOKEN]:
        return _(
            "Line %(line)s of this file holds a character that XML does not allow. Export it again"
            " and try once more.",
            line=line,
        )
    return _(
        "Line %(line)s of this file is not correct XML. Export it again and try once more.",
        line=line,
    )


class _Target:
    """Builds the tree as far as the limits allow."""

    def __init__(self) -> None:
        self.element_count = 0
        self._depth = 0
        self._builder = TreeBuilder()
        self.data = self._builder.data
        self.close = self._builder.close

    def start(self, tag: str, attributes: dict[str, str]) -> Element:
        self.element_count += 1
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Invalid(
                _(
                    "This file nests its parts more than %(most)s deep, which no blog does. Export"
                    " it again and try once more.",
                    most=MAX_DEPTH,
                )
            )
        if self.element_count > MAX_ELEMENTS:
            raise Invalid(
                _(
                    "This file holds more than %(most)s parts."
                    " Export a part of the blog at a time.",
                    most=number(MAX_ELEMENTS, language()),
                )
            )
        return self._builder.start(tag, attributes)

    def end(self, tag: str) -> Element:
        self._depth -= 1
        return self._builder.end(tag)
