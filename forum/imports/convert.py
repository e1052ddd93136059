"""HTML from elsewhere to Markdown that says the same words, fits a post, and knows its question."""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from markdownify import MarkdownConverter

from forum.core.errors import Invalid
from forum.core.markup import MAX_LENGTH, plain_text
from forum.core.text import cut, first_question, scrub, scrub_line
from forum.imports import washing

QUESTION_LENGTH = 500
TITLE_LENGTH = 150
FIRST_WORDS_LENGTH = 80  # of a text without a question, as its title
CUT_LINE = "*The rest of this text was too long to be imported.*"

_CLOSING = "\"')]*_~\u2019\u201d\u00bb"
_FENCE = re.compile(r"[> +.0-9-]*(`{3,})")  # one class: nested repeats would backtrack for ever
_NO_PARAGRAPH = re.compile(r"[>#|]|[-+] |\d{1,9}[.)] |`{3}| {4}|-{3}")
_HAS_LINK = re.compile(r"\]\(|://")
_BLANK = re.compile(r"[>\s]*")

_ADDRESS = re.compile(r"(?<!\w)https?://[^\W_][^\s<>\[\]{}|\\^`\"]*", re.IGNORECASE)
_TRAILING = "*_~"  # left out of bare addresses by the rendering
_ANYWHERE = re.compile(
    r"[\\`*\[\]<]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # but not inside a word
    r"|~(?=~)|(?<=~)~"
    r"|&(?=#?\w)"
    r"|(?<!\w)#(?=[\d#\s]|$)"  # the number of a comment, or the end of a heading
    r"|(?<![\w@/+-])@(?=\w)"  # a name of somebody elsewhere is not a member's
)
_LINE_START = re.compile(
    r"^(?P<before>[ ]*)(?P<mark>[>|]|#(?=#{0,5}(?:\s|$))|[+-](?=[\s-]|$)|=(?==*[ ]*$)|:(?=-))"
    r"|^(?P<number>[ ]*\d{1,9})(?P<dot>[.)])(?=\s|$)",
    re.MULTILINE,
)
_UNSAFE_IN_ADDRESS = re.compile(r"[\s<>()\\\[\]`\"\x00-\x20\x7f]")


@dataclass(frozen=True, slots=True)
class Converted:
    """A text as Markdown that core.markup renders.

    question: plain text, when one was asked for and found; it is then not in the Markdown, unless
    it holds a link or is only the end of a long paragraph.
    is_cut: it was too long. is_plain: headings, lists and emphasis had to go.
    """

    markdown: str
    question: str | None = None
    is_cut: bool = False
    is_plain: bool = False


@dataclass(frozen=True, slots=True)
class _Split:
    background: str
    question: str | None = None
    removed: str = ""  # the words of the paragraph that went from the background


def to_markdown(source: str, *, line_breaks: bool = False, has_question: bool = False) -> Converted:
    """Markdown of an HTML fragment, with only as much formatting as keeps every word as typed.

    Formatting that comes out wrong when it is read back is tried again with less: without emphasis,
    as bare lines, in the end as they are. The price is one more parsing of each text.

    line_breaks: newlines in the text are line breaks. has_question: look for the question.
    """
    soup, is_html_cut = washing.parse(scrub(source))
    raw = soup.get_text("\n")
    bare: list[Callable[[], str]] = [lambda: _bare(raw), lambda: _verbatim(raw)]
    attempts: list[Callable[[], str]] = []
    try:
        washing.wash(soup, line_breaks=line_breaks)
    except washing.TooTangledError:
        words = raw
    else:
        words = soup.get_text()
        attempts = [lambda: _convert(soup), lambda: _convert(soup, strip=["strong", "em", "s"])]
    for number, attempt in enumerate([*attempts, *bare]):
        split = _split(scrub(attempt()), has_question=has_question)
        piece, is_cut = _fit(split.background, is_cut=is_html_cut)
        if _says(piece, split, words, is_cut=is_cut):
            return Converted(
                markdown=f"{piece}\n\n{CUT_LINE}" if is_cut else piece,
                question=split.question,
                is_cut=is_cut,
                is_plain=bool(number) or not attempts,
            )
    beginning = cut(raw.replace("`", "'"), MAX_LENGTH // 2)
    return Converted(f"{_verbatim(beginning)}\n\n{CUT_LINE}", is_cut=True, is_plain=True)


def to_plain(source: str) -> str:
    """The words of a short HTML text (a title, a label) on one line."""
    text = washing.parse(scrub(source))[0].get_text() if "<" in source else html.unescape(source)
    return scrub_line(text)


def name_thread(title: str, question: str | None, markdown: str) -> tuple[str, bool]:
    """A title of 3 to 150 characters, and whether it had to be found (question, first words)."""
    title = scrub_line(title)
    if len(title) >= 3:  # noqa: PLR2004 - as short as a title may be
        return cut(title, TITLE_LENGTH), False
    if question:
        return first_question(question) or cut(question, TITLE_LENGTH), True
    words = scrub_line(plain_text(markdown))
    return (cut(words, FIRST_WORDS_LENGTH) if len(words) >= 3 else "Untitled post"), True  # noqa: PLR2004


class _Converter(MarkdownConverter):
    """markdownify with links, lists, code and escapes that our rendering reads back as typed."""

    def __init__(self, *, strip: list[str] | None = None) -> None:
        super().__init__(heading_style="atx", autolinks=False, strip=strip)
        self._starts_line = True

    def process_text(self, el: NavigableString, parent_tags: set[str]) -> str:
        before, after = el.previous_sibling, el.next_sibling
        self._starts_line = not isinstance(before, Tag) or before.name in {"br", "div", "p"}
        text: str = super().process_text(el, parent_tags)  # type: ignore[misc]
        if text.endswith("!") and isinstance(after, Tag) and after.name == "a":
            return text[:-1] + "\\!"  # or the link would become a picture
        return text

    def escape(self, text: str, parent_tags: set[str]) -> str:
        escaped = "".join(_escaped(text, is_label="a" in parent_tags))
        if parent_tags & {"td", "th"}:
            escaped = escaped.replace("|", "\\|")
        elif self._starts_line:
            escaped = _LINE_START.sub(_escape_start, escaped)
        else:
            first, newline, rest = escaped.partition("\n")
            escaped = first + newline + _LINE_START.sub(_escape_start, rest)
        return escaped

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if "_noformat" in parent_tags:
            return text
        address = _UNSAFE_IN_ADDRESS.sub(_encoded, str(el.get("href", "")).strip())
        words = " ".join(text.split())
        if not words:
            return ""
        before = " " if text[:1].isspace() else ""
        after = " " if text[-1:].isspace() else ""
        return f"{before}[{words}]({address}){after}"

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002
        # The number is known already: counting the items before each one is quadratic.
        mark = f"{el['data-mark']} "
        lines = text.strip().split("\n")
        indent = " " * len(mark)
        return (
            "\n".join(
                [mark + lines[0], *(indent + line if line.strip() else "" for line in lines[1:])]
            ).rstrip(" ")
            + "\n"
        )

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002
        return "\n\n" + _fenced(el.get_text()) + "\n\n" if text.strip() else ""

    def convert_code(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        words = el.get_text()
        if "_noformat" in parent_tags or not words.strip():
            return text
        if "\n" in words.strip():
            return "\n\n" + _fenced(words) + "\n\n"
        return str(super().convert_code(el, text, parent_tags))  # type: ignore[misc]


def _convert(soup: BeautifulSoup, *, strip: list[str] | None = None) -> str:
    return _tidy(str(_Converter(strip=strip).convert_soup(soup)))


def _escaped(text: str, *, is_label: bool) -> Iterator[str]:
    """Special characters with a backslash, but not inside bare addresses, which stay links."""
    position = 0
    for address in () if is_label else _ADDRESS.finditer(text):
        end = address.start() + len(address[0].rstrip(_TRAILING))
        yield _ANYWHERE.sub(r"\\\g<0>", text[position : address.start()])
        yield text[address.start() : end]
        position = end
    yield _ANYWHERE.sub(r"\\\g<0>", text[position:])


def _escape_start(found: re.Match[str]) -> str:
    if found["dot"]:
        return f"{found['number']}\\{found['dot']}"
    return f"{found['before']}\\{found['mark']}"


def _encoded(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())


def _tidy(markdown: str) -> str:
    """Without the spaces on empty lines and the heaps of empty lines; code stays as it is."""
    lines: list[str] = []
    fence = ""
    for line in markdown.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and mark[1] == fence else fence
        elif mark:
            fence = mark[1]
        elif _BLANK.fullmatch(line):
            bare = line.rstrip()
            if lines:
                lines[-1] = lines[-1].rstrip()  # no line break before the end of a paragraph
            if not lines or lines[-1].strip() != bare.strip():
                lines.append(bare)
            continue
        lines.append(line)
    return "\n".join(lines).strip("\n").rstrip()


def _fenced(text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text.strip(chr(10)).rstrip()}\n{fence}"


def _bare(words: str) -> str:
    """Lines of words as paragraphs, with nothing that could be read as a mark."""
    lines = (" ".join(line.split()) for line in words.split("\n"))
    escaped = ("".join(_escaped(line, is_label=True)) for line in lines if line)
    return "\n\n".join(_LINE_START.sub(_escape_start, line) for line in escaped)


def _verbatim(words: str) -> str:
    """For a text that no other way can say whole, such as thousands of brackets."""
    return _fenced(words) if words.strip() else ""


def _blocks(markdown: str) -> list[str]:
    """Parts between blank lines; a block of code is one part."""
    blocks: list[list[str]] = [[]]
    fence = ""
    for line in markdown.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and mark[1] == fence else fence
        elif mark:
            fence = mark[1]
        elif not line.strip():
            blocks.append([])
            continue
        blocks[-1].append(line)
    return ["\n".join(block) for block in blocks if block]


def _split(markdown: str, *, has_question: bool) -> _Split:
    """Set the last paragraph that ends in a question mark apart from the rest."""
    blocks = _blocks(markdown) if has_question else []
    for index in range(len(blocks) - 1, -1, -1):
        block = blocks[index]
        if "?" not in block or _NO_PARAGRAPH.match(block) or len(block) > MAX_LENGTH:
            continue
        words = _read_back(block)
        line = scrub_line(words or "")
        if not line.rstrip(_CLOSING).endswith("?"):
            continue
        if len(line) > QUESTION_LENGTH:
            return _Split(markdown, cut(first_question(line) or line, QUESTION_LENGTH))
        if _HAS_LINK.search(block):
            return _Split(markdown, line)
        return _Split("\n\n".join(blocks[:index] + blocks[index + 1 :]), line, words or "")
    return _Split(markdown)


def _fit(markdown: str, *, is_cut: bool) -> tuple[str, bool]:
    """At most as long as a post with the line about the cut, ended after a whole paragraph."""
    if len(markdown) <= MAX_LENGTH and not is_cut:
        return markdown, False
    room = MAX_LENGTH - len(CUT_LINE) - 2
    kept: list[str] = []
    for block in _blocks(markdown):
        if len(block) > room:
            if not kept:
                kept.append(_shortened(block, room))
            break
        kept.append(block)
        room -= len(block) + 2
    return "\n\n".join(kept), True


def _shortened(block: str, room: int) -> str:
    fence = _FENCE.match(block)
    if fence:
        return block[: room - len(fence[1]) - 1].rpartition("\n")[0] + f"\n{fence[1]}"
    # An escape that lost its character would spoil the ellipsis.
    return cut(block, room).removesuffix("\u2026").rstrip("\\") + "\u2026"


def _says(piece: str, split: _Split, words: str, *, is_cut: bool) -> bool:
    """Whether the Markdown, read back, says the words of the source (or their beginning)."""
    said = _read_back(piece)
    if said is None or (is_cut and not said.strip()):
        return False
    expected = _squeezed(scrub(words))
    removed = _squeezed(split.removed)
    if removed:
        before, found, after = expected.rpartition(removed)
        if not found:
            return False
        expected = before + after
    squeezed = _squeezed(said).removesuffix("\u2026") if is_cut else _squeezed(said)
    return expected.startswith(squeezed) if is_cut else expected == squeezed


def _read_back(markdown: str) -> str | None:
    try:
        return plain_text(markdown)
    except Invalid:
        return None


def _squeezed(text: str) -> str:
    return "".join(text.split())
