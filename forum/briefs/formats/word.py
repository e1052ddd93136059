"""A brief as DOCX."""

import io
import zipfile
from datetime import UTC, datetime
from functools import singledispatch

import docx
from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag
from docx.document import Document as WordDocument
from docx.shared import Cm
from docx.text.paragraph import Paragraph as WordParagraph

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

_INDENT = Cm(1)
_START = datetime(2011, 3, 24, tzinfo=UTC)  # the date of what is not published
_LISTS = {"ul": "List Bullet", "ol": "List Number"}
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # that a ZIP file can name


def to_docx(document: Document) -> bytes:
    """The document as a file of Word; its dates are those of the brief."""
    made = docx.Document()
    made.add_heading(document.title, 0)
    for block in document.blocks:
        _add(block, made)
    _describe(made, document)
    return _with_fixed_times(made)


@singledispatch
def _add(block: Block, _made: WordDocument) -> None:
    raise TypeError(f"no block: {block!r}")


@_add.register
def _(block: Heading, made: WordDocument) -> None:
    made.add_heading(block.text, block.level - 1)


@_add.register
def _(block: Paragraph, made: WordDocument) -> None:
    run = made.add_paragraph().add_run(block.text)
    run.bold = block.kind == "note"
    run.italic = block.kind == "stub"


@_add.register
def _(block: Prose, made: WordDocument) -> None:
    _add_html(made, block.html)


@_add.register
def _(block: Quotation, made: WordDocument) -> None:
    _add_quotation(made, block)


@_add.register
def _(block: Items, made: WordDocument) -> None:
    for item in block.items:
        text = f"{item.text} ({item.url})" if item.url not in {"", item.text} else item.text
        made.add_paragraph(text, style="List Bullet")
        if item.quote is not None:
            _add_quotation(made, item.quote)


@_add.register
def _(block: Facts, made: WordDocument) -> None:
    for term, value in block.pairs:
        paragraph = made.add_paragraph()
        paragraph.add_run(f"{term}: ").bold = True
        paragraph.add_run(value)


@_add.register
def _(block: Table, made: WordDocument) -> None:
    made.add_paragraph(block.caption, style="Caption")
    rows = made.add_table(rows=0, cols=len(block.heads), style="Table Grid")
    for number, row in enumerate((block.heads, *block.rows)):
        for cell, text in zip(rows.add_row().cells, row, strict=True):
            cell.paragraphs[0].add_run(text).bold = number == 0


def _add_quotation(made: WordDocument, quote: Quotation) -> None:
    if quote.warning:
        note = made.add_paragraph()
        note.paragraph_format.left_indent = _INDENT
        note.add_run(quote.warning).bold = True
    _add_html(made, quote.html, style="Quote")
    by = made.add_paragraph(f"\N{EM DASH} {quote.by}, #{quote.number} ({quote.url})")
    by.paragraph_format.left_indent = _INDENT


def _add_html(made: WordDocument, html: str, style: str | None = None) -> None:
    """Text that markup.render() made, block by block; what is nested deeper follows its block."""
    _add_blocks(made, BeautifulSoup(html, "html.parser"), style)


def _add_blocks(made: WordDocument, parent: Tag, style: str | None) -> None:
    for node in parent.children:
        if not isinstance(node, Tag):
            continue
        if node.name in _LISTS:
            for item in node.find_all("li", recursive=False):
                _add_runs(made.add_paragraph(style=style or _LISTS[node.name]), item)
                _add_blocks(made, _nested(item), style or _LISTS[node.name])
        elif node.name == "blockquote":
            _add_blocks(made, node, "Quote")
        elif node.name == "table":
            for row in node.find_all("tr"):
                cells = [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])]
                made.add_paragraph(" | ".join(cells), style=style)
        elif node.name == "h4":
            made.add_heading(node.get_text(" ", strip=True), 3)
        elif node.name != "hr":
            _add_runs(made.add_paragraph(style=style), node)


def _nested(item: Tag) -> Tag:
    """The lists and quotes inside a list item."""
    holder = BeautifulSoup("", "html.parser")
    for child in item.find_all(["ul", "ol", "blockquote"], recursive=False):
        holder.append(child.extract())
    return holder


def _add_runs(
    paragraph: WordParagraph, node: Tag, *, is_bold: bool = False, is_italic: bool = False
) -> None:
    for child in node.children:
        if isinstance(child, NavigableString):
            run = paragraph.add_run(str(child))
            run.bold, run.italic = is_bold, is_italic
        elif isinstance(child, Tag) and child.name == "br":
            paragraph.add_run().add_break()
        elif isinstance(child, Tag) and child.name not in {"ul", "ol", "blockquote"}:
            _add_runs(
                paragraph,
                child,
                is_bold=is_bold or child.name == "strong",
                is_italic=is_italic or child.name == "em",
            )
            href = str(child.get("href", ""))
            if href and href != child.get_text():
                paragraph.add_run(f" ({href})")


def _describe(made: WordDocument, document: Document) -> None:
    at = (document.published_at or _START).astimezone(UTC).replace(microsecond=0, tzinfo=None)
    properties = made.core_properties
    properties.title = document.title
    properties.author = ""
    properties.last_modified_by = ""
    properties.comments = document.url
    properties.language = document.language
    properties.created = properties.modified = at
    properties.revision = 1


def _with_fixed_times(made: WordDocument) -> bytes:
    """The file with the same time for everything in it: else no two would be the same bytes."""
    written, fixed = io.BytesIO(), io.BytesIO()
    made.save(written)
    with (
        zipfile.ZipFile(written) as source,
        zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, date_time=_EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return fixed.getvalue()
