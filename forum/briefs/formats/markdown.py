"""A brief as Markdown."""

import re
from functools import singledispatch

from markdownify import ATX, MarkdownConverter

from forum.briefs.document import (
    Block,
    Document,
    Facts,
    Heading,
    Items,
    Paragraph,
    Prose,
    Quotation,
    Table,
)

_MARKS = re.compile(r"[\\`*_\[\]<>|]")
_AT_START = re.compile(r"(?m)^([#+-]|[0-9]+[.)])(?=\s)")


def to_markdown(document: Document) -> str:
    """The document, blocks apart by a blank line, ending with a newline."""
    parts = [f"# {_escaped(document.title)}", *map(_written, document.blocks)]
    return "\n\n".join(part for part in parts if part) + "\n"


@singledispatch
def _written(block: Block) -> str:
    raise TypeError(f"no block: {block!r}")


@_written.register
def _(block: Heading) -> str:
    return f"{'#' * block.level} {_escaped(block.text)}"


@_written.register
def _(block: Paragraph) -> str:
    text = _escaped(block.text)
    return f"**{text}**" if block.kind == "note" else text


@_written.register
def _(block: Prose) -> str:
    return _of_html(block.html)


@_written.register
def _(block: Quotation) -> str:
    return _quotation(block)


@_written.register
def _(block: Items) -> str:
    return "\n".join(_listed(_linked(item.text, item.url), item.quote) for item in block.items)


@_written.register
def _(block: Facts) -> str:
    return "\n".join(f"- **{_escaped(term)}:** {_escaped(value)}" for term, value in block.pairs)


@_written.register
def _(block: Table) -> str:
    return _table(block)


def _linked(text: str, url: str) -> str:
    if not url:
        return _escaped(text)
    return _escaped(text) if text == url else f"{_escaped(text)} <{url}>"


def _listed(text: str, quote: Quotation | None) -> str:
    if quote is None:
        return f"- {text}"
    inside = _quotation(quote).replace("\n", "\n  ")
    return f"- {text}\n\n  {inside}\n"


def _quotation(quote: Quotation) -> str:
    lines = [
        *((f"**{_escaped(quote.warning)}**", "") if quote.warning else ()),
        *_of_html(quote.html).split("\n"),
        "",
        f"\N{EM DASH} {_escaped(quote.by)}, #{quote.number} <{quote.url}>",
    ]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _table(table: Table) -> str:
    rows = [table.heads, tuple("---" for _head in table.heads), *table.rows]
    lines = [
        f"| {' | '.join(cell if cell == '---' else _escaped(cell) for cell in row)} |"
        for row in rows
    ]
    return f"{_escaped(table.caption)}:\n\n" + "\n".join(lines)


def _escaped(text: str) -> str:
    return _AT_START.sub(r"\\\1", _MARKS.sub(r"\\\g<0>", " ".join(text.split())))


def _of_html(html: str) -> str:
    converter = MarkdownConverter(heading_style=ATX, bullets="-", strip=["script", "style"])
    return re.sub(r"\n{3,}", "\n\n", converter.convert(html)).strip()
