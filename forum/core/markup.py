"""Markdown from people to HTML that is safe to show; the only file that makes or cleans HTML.

The order is fixed: scrub, limits, Markdown with raw HTML off, links and names, bleach, nh3. All of
it happens once, when a text is written; pages show the stored result.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from itertools import chain, pairwise
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import urlsplit

import nh3
from bleach.sanitizer import Cleaner
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import table as table_rule
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup

from forum.core.errors import Invalid
from forum.core.i18n import _, language, number
from forum.core.links import comment_path, member_path
from forum.core.text import cut, scrub

RENDERER_VERSION = 1  # raise it when the HTML changes; `forum doctor --rerender` then catches up
MAX_LENGTH = 20_000  # characters after scrubbing
MAX_NESTING = 19  # quotes, lists and list items inside each other; also emphasis in emphasis
MAX_MENTIONS = 50  # different names; each may become a notification
MAX_ELEMENTS = 1_500  # HTML elements: parsing and cleaning take some 0.1 ms for each
# "[" may open a link and is followed 20 levels deep; "<" and "&" are bleach's dearest characters.
MAX_COSTLY = 6_000
MAX_CELLS = 1_000  # of tables: empty ones cost nothing to write, 65,000 fit into 2 kB
TAKEN_BACK = "[taken back by its author]"
OUT_OF_SIGHT = "[out of sight]"
TAKEN_OUT = "[details were taken out]"

_TAGS = frozenset({
    "a", "blockquote", "br", "code", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre",
    "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
})  # fmt: skip
_REL = "nofollow ugc noopener"
_ATTRIBUTES: dict[tuple[str, str], re.Pattern[str]] = {
    ("a", "class"): re.compile(r"mention|ref"),
    ("a", "rel"): re.compile(_REL),
    ("blockquote", "class"): re.compile(r"quote"),
    ("code", "class"): re.compile(r"language-[\w+#.-]{1,30}", re.ASCII),
    ("ol", "start"): re.compile(r"[0-9]{1,9}"),
    ("p", "class"): re.compile(r"quote-from"),
    ("td", "class"): re.compile(r"align-(?:start|center|end)"),
    ("th", "class"): re.compile(r"align-(?:start|center|end)"),
}
_ALIGNMENTS = {
    "text-align:left": "align-start",
    "text-align:center": "align-center",
    "text-align:right": "align-end",
}
# The page's title is h1, the headings of its parts h2.
_HEADINGS = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6"}
_CONTAINERS = frozenset(
    {"blockquote_open", "list_item_open", "bullet_list_open", "ordered_list_open"}
)

_NAME = r"\w[\w.-]{0,28}\w"
# The mention has no name right after it (`@amina@example.org` is an address elsewhere) and nothing
# that could belong to an e-mail address or a path before it.
_MENTION_OR_REF = re.compile(
    rf"(?<![\w@/+-])@(?P<name>{_NAME})(?![\w@])|(?<![\w#&/])#(?P<number>[0-9]{{1,6}})(?!\w)"
)
_QUOTE_HEAD = re.compile(rf"#(?P<number>[0-9]{{1,6}})(?: @(?P<name>{_NAME}))?:[ \t]*")
_INLINE_TAG = re.compile(r"</?(?:a|code|em|s|strong)(?: [^<>]*)?>")
_OTHER_TAG = re.compile(r"</?[a-z][^<>]*>")
_NEEDS_A_GAP = re.compile(r"[\s=-]")
_SCHEME_BEFORE = re.compile(r"(?:^|[^\w])(?P<scheme>https?)\Z", re.IGNORECASE)
_BARE_LINK = re.compile(r"//[^\W_][^\s<>\[\]{}|\\^`\"]*")
_TRAILING = ".,;:!?'*_~\u2026\u2019\u201d\u00bb\u3001\u3002\uff0c\uff01\uff1f\uff1b\uff1a\uff09"
# Printable ASCII without the backslash, which browsers read as a slash.
_PRINTABLE = re.compile(r"[!-\[\]-~]+")
_FORBIDDEN_IN_LINKS = re.compile(r"[\x00-\x1f\x7f\\]")
# A host without credentials, which make one address look like another, and without brackets: no
# page that people share has an IPv6 address for its name.
_WEB_LINK = re.compile(r"https?://[^/?#@\[\]]+(?:[/?#].*)?", re.IGNORECASE)
_MAIL_LINK = re.compile(r"mailto:[^/].*", re.IGNORECASE)
_LOCAL_LINK = re.compile(r"/(?:[^/].*)?")


@dataclass(frozen=True, slots=True)
class Links:
    """What names, numbers and addresses in a text lead to.

    people: `name_key(name)` -> user name as it is to be shown; other names stay plain text.
    thread_id: the thread whose comments `#7` means; None leaves numbers as plain text.
    own_hosts: host names (with the port, if one) whose links get no `rel`.
    """

    people: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    thread_id: int | None = None
    own_hosts: frozenset[str] = frozenset()


PLAIN = Links()


@dataclass(frozen=True, slots=True)
class Rendered:
    """Safe HTML and what it points at.

    mentions: keys of the known people whom the text itself addresses, in order. Names inside a
    quote are links too, but quoting somebody's words calls nobody again.
    quotes: numbers of the quoted comments, in order, each once.
    """

    html: Markup
    mentions: tuple[str, ...]
    quotes: tuple[int, ...]
    version: int = RENDERER_VERSION


def name_key(name: str) -> str:
    """The form in which user names are compared: NFKC, case-folded, NFKC again."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return unicodedata.normalize("NFKC", folded)


def render(source: str, *, links: Links = PLAIN) -> Rendered:
    """Render Markdown; Invalid when the text is too long, too deep or too heavy to show whole."""
    parser = _parser()
    tokens = _parse(source)
    mentions, quotes = _names_and_quotes(tokens)
    for token in tokens:
        if token.children:
            token.children = list(_linked(token.children, links))
        elif token.type == "quote_from":
            _label_quote(token, links)
        elif token.tag in _HEADINGS:
            token.tag = _HEADINGS[token.tag]
        elif "style" in token.attrs:  # the strict Content-Security-Policy blocks style attributes
            token.attrs = {"class": _ALIGNMENTS[str(token.attrs["style"])]}
    _check_elements(tokens)  # once more, now with the links that names and numbers became
    html = cast("str", parser.renderer.render(tokens, parser.options, {}))
    return Rendered(
        html=Markup(_clean(html).strip()),  # noqa: S704 - cleaned by bleach and nh3 just now
        mentions=tuple(
            key for key, is_quoted in mentions.items() if key in links.people and not is_quoted
        ),
        quotes=quotes,
    )


def mentioned_names(source: str) -> tuple[str, ...]:
    """Keys of all names written as `@name` outside code and links, each once, in order.

    The names to look up for `Links.people`, quoted ones included. Invalid as for render().
    """
    if "@" not in source:
        return ()
    return tuple(_names_and_quotes(_parse(source))[0])


def quoted_numbers(source: str) -> tuple[int, ...]:
    """Numbers of the comments that a text quotes, each once, in order. Invalid as for render()."""
    if ">" not in source:
        return ()
    return _names_and_quotes(_parse(source))[1]


def quote(source: str, *, number: int, username: str | None = None) -> str:
    """Markdown that quotes `source` (a comment or a part of it), ready for an answer below it."""
    lines = scrub(source).strip("\n").split("\n")
    head = f"#{number} @{username}:" if username else f"#{number}:"
    if _NEEDS_A_GAP.match(lines[0]):
        # Right below the head this line would underline it as a heading, or lose its indent.
        lines.insert(0, "")
    return "\n".join(f"> {line}" if line else ">" for line in [head, *lines]) + "\n\n"


def redact_quotes(source: str, number: int, replacement: str = TAKEN_BACK) -> str:
    """`source` (as stored: scrubbed) with what it quotes of comment `number` replaced.

    The head of each quote stays, and so does every character outside of it. The parser itself says
    where quotes begin and end, so that lines which only continue one without a ">" go as well.
    """
    lines = scrub(source).split("\n")
    blocks = [
        (token.meta["line"], end)
        for token, end in _quote_blocks(_parse(source))
        if token.meta["number"] == number
    ]
    text = _redacted(lines, blocks, replacement)
    # A post full of one-word quotes must not grow past the limit: it could not be stored again.
    return text if len(text) <= MAX_LENGTH else _redacted(lines, blocks, "\u2026")


def _redacted(lines: Sequence[str], blocks: Sequence[tuple[int, int]], replacement: str) -> str:
    kept: list[str] = []
    position = 0
    for head, block_end in blocks:
        end = block_end
        while end > head + 1 and not lines[end - 1].strip():
            end -= 1  # blank lines at the end of the source belong to no quote
        if head < position or end == head + 1:
            continue  # inside a quote that is gone already, or nothing below the head
        prefix = _continuing(lines[head].partition("#")[0])
        kept += [*lines[position : head + 1], prefix + replacement]
        if end < len(lines) and lines[end].lstrip("> \t"):
            # Without this empty line the next paragraph would be read as a part of the quote.
            kept.append(prefix.rstrip())
        position = end
    return "\n".join([*kept, *lines[position:]])


def _continuing(prefix: str) -> str:
    """`- > ` opens a list item; the line below continues it as `  > `."""
    return "".join(mark if mark in "> \t" else " " for mark in prefix)


def plain_text(source: str) -> str:
    """The words of a Markdown text, blocks apart by a blank line. Invalid as for render()."""
    return "\n\n".join(_blocks(_parse(source), is_whole=True))


def spoken(html: str) -> str:
    """The words of HTML that render() made, blocks apart by a space: much cheaper than parsing."""
    return unescape(_OTHER_TAG.sub(" ", _INLINE_TAG.sub("", html)))


def excerpt(source: str, limit: int) -> str:
    """The first words of a text on one line, at most `limit` characters.

    Quotes are left out, for they are somebody else's words, unless there is nothing but quotes.
    """
    tokens = _parse(source)
    text = " ".join(_blocks(tokens, is_whole=False)) or " ".join(_blocks(tokens, is_whole=True))
    return cut(" ".join(text.split()), limit)


_QUOTES = re.compile(r"(</?blockquote\b[^<>]*>)")
# Cleaned HTML has no other angle brackets, neither in text nor in attributes.
_INLINE_TAG = re.compile(r"</?(?:a|code|em|s|strong)\b[^<>]*>")
_ANY_TAG = re.compile(r"<[^<>]*>")
_BEGINNING = 4_000  # characters of HTML, of which an excerpt takes the words


def excerpt_of_html(html: str, limit: int) -> str:
    """The first words of HTML that was made here, without quotes; nothing is parsed again."""
    beginning = html[:_BEGINNING]
    if beginning.rfind("<") > beginning.rfind(">"):
        beginning = beginning[: beginning.rfind("<")]
    depth, own = 0, []
    for part in _QUOTES.split(beginning):
        if part.startswith(("<blockquote", "</blockquote")):
            depth += -1 if part.startswith("</") else 1
        elif not depth:
            own.append(_ANY_TAG.sub(" ", _INLINE_TAG.sub("", part)))
    return cut(" ".join(unescape(" ".join(own)).split()), limit)


def _blocks(tokens: Sequence[Token], *, is_whole: bool) -> Iterator[str]:
    quotes = 0
    for token in tokens:
        if token.type.startswith("blockquote_"):
            quotes += token.nesting
        if quotes and not is_whole:
            continue
        text = token.content if token.type in {"fence", "code_block"} else _words(token.children)
        if text.strip():
            yield text.strip()


def _words(tokens: Sequence[Token] | None) -> str:
    """Inline tokens without their markup; of an image what it says it shows."""
    words = []
    for token in tokens or ():
        if token.type in {"text", "text_special", "code_inline"}:
            words.append(token.content)
        elif token.type == "image":
            words.append(_words(token.children))
        elif token.type == "softbreak":
            words.append(" ")
        elif token.type == "hardbreak":
            words.append("\n")
    return "".join(words)


# Parsing and its limits


class _Parser(MarkdownIt):
    """CommonMark with tables, strikethrough, bare web addresses and quotes of comments."""

    def __init__(self) -> None:
        super().__init__(
            "commonmark",
            # One level more than allowed: what the parser leaves out for depth always lies inside
            # a container at the last level, which _check_nesting then finds and refuses.
            {"html": False, "xhtmlOut": False, "maxNesting": MAX_NESTING + 1},
            renderer_cls=_Renderer,
        )
        self.enable(["table", "strikethrough"])
        # Escaped characters stay apart from the text, so that `\@name` mentions nobody.
        self.disable("text_join")
        self.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
        self.inline.ruler.push("bare_link", _bare_link)
        self.core.ruler.before("inline", "quotes", _quotes)
        self.core.ruler.before("inline", "limits", _check_blocks)

    def normalizeLink(self, url: str) -> str:  # type: ignore[explicit-override]  # noqa: N802
        # Encoded as %5C or %09 these would pass as harmless: leave them for validateLink to refuse.
        return url if _FORBIDDEN_IN_LINKS.search(url) else super().normalizeLink(url)

    def validateLink(self, url: str) -> bool:  # type: ignore[explicit-override]  # noqa: N802
        return _is_allowed_link(url)


class _Renderer(RendererHTML):
    """HTML for the token types of our own."""

    def quote_from(
        self,
        tokens: Sequence[Token],
        idx: int,
        options: OptionsDict,  # noqa: ARG002 - the signature of markdown-it's rules
        env: MutableMapping[str, Any],  # noqa: ARG002
    ) -> str:
        label, href = escape(tokens[idx].content), tokens[idx].attrs.get("href")
        inner = f'<a href="{escape(str(href))}">{label}</a>' if href else label
        return f'<p class="quote-from">{inner}</p>\n'

    def text_special(
        self,
        tokens: Sequence[Token],
        idx: int,
        options: OptionsDict,  # noqa: ARG002
        env: MutableMapping[str, Any],  # noqa: ARG002
    ) -> str:
        return escape(tokens[idx].content)


# Building a parser takes longer than a short post. Parsing keeps its state in objects of its own,
# but the ruler fills caches on first use: one parser for each thread needs no such reasoning.
_local = threading.local()


def _parser() -> _Parser:
    parser = getattr(_local, "parser", None)
    if not isinstance(parser, _Parser):
        parser = _local.parser = _Parser()
    return parser


def _parse(source: str) -> list[Token]:
    text = scrub(source)
    if len(text) > MAX_LENGTH:
        raise Invalid(
            _(
                "Please keep a post under %(most)s characters; this one has %(count)s.",
                most=number(MAX_LENGTH, language()),
                count=number(len(text), language()),
            )
        )
    tokens = _parser().parse(text, {})
    _check_inlines(tokens)
    return tokens


def _check_blocks(state: StateCore) -> None:
    """Refuse before the costly inline parsing, and never drop a word silently."""
    if any(token.level >= MAX_NESTING and token.type in _CONTAINERS for token in state.tokens):
        raise _too_deep()
    if sum(state.src.count(character) for character in "[<&") > MAX_COSTLY:
        raise _too_heavy()
    _check_elements(state.tokens)


def _check_inlines(tokens: Sequence[Token]) -> None:
    depth = 0
    for token in tokens:
        for child in token.children or ():
            depth += child.nesting
            if depth > MAX_NESTING:
                raise _too_deep()
    _check_elements(tokens)


def _check_elements(tokens: Sequence[Token]) -> None:
    children = (child for token in tokens for child in token.children or ())
    if (
        sum(token.tag != "" and token.nesting >= 0 for token in chain(tokens, children))
        > MAX_ELEMENTS
    ):
        raise _too_heavy()


def _too_heavy() -> Invalid:
    return Invalid(
        _(
            "Please split this post in two: it holds more links, list items and other marks than"
            " one post can carry."
        )
    )


def _too_deep() -> Invalid:
    return Invalid(
        _(
            "Please put fewer quotes, lists or marks inside each other: a post can hold "
            "%(max_nesting)s levels.",
            max_nesting=MAX_NESTING,
        )
    )


def _table(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: FBT001, N803
    """The table rule of markdown-it, refused before it fills a huge grid with empty cells."""
    if not table_rule(state, startLine, endLine, True):  # noqa: FBT003 - markdown-it's signature
        return False
    if silent:
        return True
    # Every delimiter cell has a dash; splitting at "|" counts at most two edges too many.
    columns = state.getLines(startLine + 1, startLine + 2, 0, False).count("|") + 1  # noqa: FBT003
    cells = state.env.get("cells", 0)
    for line in range(startLine, endLine):
        if state.isEmpty(line):
            break
        cells += columns
        if cells > MAX_CELLS:
            raise Invalid(
                _(
                    "Please make the table smaller: a post can hold %(most)s table cells.",
                    most=number(MAX_CELLS, language()),
                )
            )
    state.env["cells"] = cells
    return table_rule(state, startLine, endLine, False)  # noqa: FBT003


def _bare_link(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """`https://...` in running text, without the punctuation of the sentence around it.

    An inline rule rather than a pass over finished text: an address keeps its underscores and
    asterisks. Linear, for every attempt starts at a colon and consumes what it looked at; the
    linkify library is quadratic.
    """
    # In a link's label (which `silent` looks ahead over) the brackets bind more tightly.
    if silent or state.linkLevel or state.src[state.pos] != ":":
        return False
    scheme = _SCHEME_BEFORE.search(state.src, max(state.pos - 6, 0), state.pos)
    if scheme is None or not state.pending.endswith(scheme["scheme"]):
        return False
    found = _BARE_LINK.match(state.src, state.pos + 1, state.posMax)
    if found is None:
        return False
    start = scheme.start("scheme")
    end = found.start() + _without_punctuation(found[0])
    address = state.src[start:end]
    href = state.md.normalizeLink(address)
    if not state.md.validateLink(href):
        # Taken as text whole: colons inside it must not start the same search again.
        state.append_pending(state.src[state.pos : end])
        state.pos = end
        return True
    state.pending = state.pending[: -len(scheme["scheme"])]
    opening = state.push("link_open", "a", 1)
    opening.attrs = {"href": href}
    state.push("text", "", 0).content = address
    state.push("link_close", "a", -1)
    state.pos = end
    return True


def _without_punctuation(address: str) -> int:
    """Length of an address without trailing punctuation and unbalanced closing parentheses."""
    end = len(address)
    surplus = address.count(")") - address.count("(")
    while end > 0 and (address[end - 1] in _TRAILING or (address[end - 1] == ")" and surplus > 0)):
        surplus -= address[end - 1] == ")"
        end -= 1
    return end


def _quotes(state: StateCore) -> None:
    """Take the first line `#7 @name:` of a block quote as the head of a quoted comment."""
    tokens: list[Token] = []
    for index, token in enumerate(state.tokens):
        tokens.append(token)
        if [t.type for t in tokens[-3:]] != ["blockquote_open", "paragraph_open", "inline"]:
            continue
        first, _, rest = token.content.partition("\n")
        head = _QUOTE_HEAD.fullmatch(first)
        if head is None:
            continue
        block, opening = tokens[-3:-1]
        block.attrs = {"class": "quote"}
        line = token.map[0] if token.map else 0
        meta = {"number": int(head["number"]), "name": head["name"], "line": line}
        tokens.insert(-2, Token("quote_from", "p", 0, level=opening.level, block=True, meta=meta))
        token.content = rest
        opening.hidden = state.tokens[index + 1].hidden = not rest
    state.tokens = tokens


def _quote_blocks(tokens: Sequence[Token]) -> Iterator[tuple[Token, int]]:
    """The head of each quote and the number of the first source line after the quote."""
    for block, head in pairwise(tokens):
        if head.type == "quote_from" and block.map:
            yield head, block.map[1]


def _names_and_quotes(tokens: Sequence[Token]) -> tuple[dict[str, bool], tuple[int, ...]]:
    """Name keys in order (True: only inside quotes), and quoted numbers in order."""
    names: dict[str, bool] = {}
    numbers: dict[int, None] = {}
    quoted: list[bool] = []
    for token in tokens:
        if token.type == "blockquote_open":
            quoted.append("class" in token.attrs)
        elif token.type == "blockquote_close":
            quoted.pop()
        elif token.type == "quote_from":
            numbers[token.meta["number"]] = None
            if token.meta["name"]:
                names.setdefault(name_key(token.meta["name"]), True)
        for text in _unlinked_texts(token.children or ()):
            for found in _MENTION_OR_REF.finditer(text.content):
                if found["name"]:
                    key = name_key(found["name"])
                    names[key] = names.get(key, True) and any(quoted)
    if len(names) > MAX_MENTIONS:
        raise Invalid(
            _(
                "Please mention at most %(most)s people in one post; this one mentions %(count)s.",
                most=MAX_MENTIONS,
                count=len(names),
            )
        )
    return names, tuple(numbers)


def _unlinked_texts(tokens: Sequence[Token]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        if token.tag == "a":
            depth += token.nesting
        elif token.type == "text" and not depth:
            yield token


# From tokens to links


def _linked(tokens: Sequence[Token], links: Links) -> Iterator[Token]:
    """Inline tokens with mentions and numbers as links, images as links, and no link in a link."""
    opened: list[bool] = []  # for each link around here: was it let through?
    for token in tokens:
        if token.type == "link_open":
            href = str(token.attrs["href"])
            opened.append(bool(href) and not any(opened))
            if opened[-1]:
                yield _link(href, links)
        elif token.type == "link_close":
            if opened.pop():
                yield token
        elif token.type == "image":
            yield from _image_as_link(token, links, is_inside=any(opened))
        elif token.type == "text" and not any(opened):
            yield from _text_with_links(token.content, links)
        else:
            yield token


def _link(href: str, links: Links, *, kind: str | None = None) -> Token:
    attrs: dict[str, str | int | float] = {"href": href}
    if kind is not None:
        attrs = {"class": kind, "href": href}
    if _is_foreign(href, links.own_hosts):
        attrs["rel"] = _REL
    return Token("link_open", "a", 1, attrs=attrs)


def _anchor(href: str, text: str, links: Links, *, kind: str | None = None) -> Iterator[Token]:
    yield _link(href, links, kind=kind)
    yield Token("text", "", 0, content=text)
    yield Token("link_close", "a", -1)


def _image_as_link(image: Token, links: Links, *, is_inside: bool) -> Iterator[Token]:
    """No picture loads from elsewhere: that would tell its server who reads here."""
    href = str(image.attrs["src"])
    text = _words(image.children).strip() or href
    if href and not is_inside:
        yield from _anchor(href, text, links)
    else:
        yield Token("text", "", 0, content=text)


def _text_with_links(text: str, links: Links) -> Iterator[Token]:
    position = 0
    for found in _MENTION_OR_REF.finditer(text):
        if found["name"]:
            username = links.people.get(name_key(found["name"]))
            href = member_path(username) if username else None
            label, kind = f"@{username}", "mention"
        else:
            number = int(found["number"])
            href = comment_path(links.thread_id, number) if links.thread_id is not None else None
            label, kind = f"#{number}", "ref"
        if href is None:
            continue
        yield Token("text", "", 0, content=text[position : found.start()])
        yield from _anchor(href, label, links, kind=kind)
        position = found.end()
    yield Token("text", "", 0, content=text[position:])


def _label_quote(token: Token, links: Links) -> None:
    number, name = token.meta["number"], token.meta["name"]
    username = links.people.get(name_key(name), name) if name else None
    token.content = f"@{username} in #{number}" if username else f"#{number}"
    if links.thread_id is not None:
        token.attrs = {"href": comment_path(links.thread_id, number)}


def _is_foreign(href: str, own_hosts: frozenset[str]) -> bool:
    if not _WEB_LINK.fullmatch(href):
        return False
    parts = urlsplit(href)
    return own_hosts.isdisjoint({parts.netloc.lower(), parts.hostname or ""})


def _is_allowed_link(href: str) -> bool:
    """http, https or mailto, or a path here; nothing that a browser could read another way."""
    return _PRINTABLE.fullmatch(href) is not None and any(
        kind.fullmatch(href) for kind in (_WEB_LINK, _MAIL_LINK, _LOCAL_LINK)
    )


# The last two walls


def _is_allowed(tag: str, name: str, value: str) -> bool:
    if (tag, name) == ("a", "href"):
        return _is_allowed_link(value)
    allowed = _ATTRIBUTES.get((tag, name))
    return allowed is not None and allowed.fullmatch(value) is not None


def _is_allowed_by_bleach(tag: str, name: str, value: str) -> bool:
    # bleach shows attribute values as they are written, with their entities.
    return _is_allowed(tag, name, unescape(value))


def _value_for_nh3(tag: str, name: str, value: str) -> str | None:
    return value if _is_allowed(tag, name, value) else None


_NH3_ATTRIBUTES = {
    tag: {name for of, name in [("a", "href"), *_ATTRIBUTES] if of == tag} for tag, _ in _ATTRIBUTES
}
_SCHEMES = frozenset({"http", "https", "mailto"})


def _clean(html: str) -> str:
    # A Cleaner must not be shared between threads; a new one costs 0.02 ms.
    bleached = Cleaner(
        tags=_TAGS,
        attributes=_is_allowed_by_bleach,
        protocols=_SCHEMES,
        strip=True,
        strip_comments=True,
    ).clean(html)
    return _clean_again(bleached)


def _clean_again(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(_TAGS),
        attributes=_NH3_ATTRIBUTES,
        attribute_filter=_value_for_nh3,
        strip_comments=True,
        link_rel=None,
        url_schemes=set(_SCHEMES),
    )
