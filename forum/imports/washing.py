"""HTML of blogs made ready for Markdown: only what a post can show stays, in a shape it can take.

Old blog editors wrote HTML that no Markdown can say (bold around paragraphs, lists in lists without
an item, tables for layout). It is set right here, so that the conversion itself stays simple.
"""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from forum.core.text import scrub_line

MAX_HTML = 200_000  # characters of one text; only 20,000 of what it says can stay anyway
MAX_TAGS = 5_000
MAX_DEPTH = 60  # the conversion calls itself for each level
MAX_LISTS = 6  # quotes and lists in each other; a post holds 19 levels, a list takes two
MAX_SPACES = 40  # the conversion's patterns are quadratic in the length of a run of spaces

_DROPPED = frozenset({
    "applet", "audio", "button", "canvas", "embed", "frame", "frameset", "head", "iframe", "input",
    "link", "map", "math", "meta", "noscript", "object", "script", "select", "style", "svg",
    "template", "textarea", "title", "video",
})  # fmt: skip
_DIVISIONS = frozenset({
    "address", "article", "aside", "body", "center", "dd", "details", "dir", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "html", "label",
    "legend", "main", "menu", "nav", "section", "summary",
})  # fmt: skip
_BLOCKS = _DIVISIONS | {
    "blockquote", "caption", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
}  # fmt: skip
_EMPHASIS = {"b": "strong", "strong": "strong", "i": "em", "em": "em", "del": "s", "s": "s"}
_TABLE_PARTS = ("table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption")
# Pictures of one pixel or from these addresses only count readers.
_COUNTERS = re.compile(
    r"//(?:pixel\.wp\.com|stats\.wordpress\.com|feeds\.wordpress\.com/1\.0|feeds\.feedburner\.com"
    r"|feedads\.g\.doubleclick\.net|(?:www\.)?blogger\.com/img/blank|[a-z0-9.]*/tracker/)"
    r"|blogger\.googleusercontent\.com/tracker/",
    re.IGNORECASE,
)
_TINY = re.compile(r"\s*0*[01](?:px)?\s*", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|(?:width|height)\s*:\s*[01]px", re.IGNORECASE)
_PICTURE_DATA = re.compile(r"data:image/[a-z0-9.+-]{1,40};base64,[A-Za-z0-9+/=%]*", re.IGNORECASE)
_DECLARATION = re.compile(r"<[!?][^<>]*>")
_SPACES = re.compile(rf"[ \t]{{{MAX_SPACES},}}")
_SHORTCODE = re.compile(
    r"\[/?(?:caption|wp_caption|gallery|embed|audio|video|playlist)(?: [^\[\]<>]{0,300})?\]"
)
_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)


class TooTangledError(Exception):
    """More tags, or deeper, than can be converted in reasonable time; take the words alone."""


def parse(html: str) -> tuple[BeautifulSoup, bool]:
    """The tree of an HTML fragment, without comments, scripts and the like.

    Only the first 200,000 characters are read; True when there were more.
    """
    html = _PICTURE_DATA.sub("", html)
    soup = BeautifulSoup(_without_traps(html[:MAX_HTML]), "html.parser")
    for text in soup.find_all(string=lambda text: isinstance(text, PreformattedString)):
        text.extract()
    for tag in soup.find_all(sorted(_DROPPED - {"audio", "video"})):
        tag.decompose()
    return soup, len(html) > MAX_HTML


def _without_traps(html: str) -> str:
    """Without what makes html.parser slow: comments, declarations, tags that never end."""
    kept = []
    position = 0
    while (start := html.find("<!--", position)) >= 0:
        kept.append(html[position:start])
        end = html.find("-->", start + 4)
        position = len(html) if end < 0 else end + 3
    html = _DECLARATION.sub("", "".join([*kept, html[position:]]))
    html = html.replace("<!", "&lt;!").replace("<?", "&lt;?")
    last = html.rfind(">") + 1
    return html[:last] + html[last:].replace("<", "&lt;")


def wash(soup: BeautifulSoup, *, line_breaks: bool) -> None:
    """Bring a parsed fragment into shape, in place. TooTangledError when there is too much of it.

    line_breaks: newlines in the text are line breaks, as WordPress stores them.
    """
    if len(soup.find_all(limit=MAX_TAGS + 1)) > MAX_TAGS:
        raise TooTangledError
    for name in ("p", "li"):
        for tag in soup.find_all(name):
            if tag.parent is not None and tag.parent.name == name:
                tag.parent.insert_after(tag)  # neither can hold another: the end tag was left out
    _check_depth(soup)
    _wash_texts(soup, line_breaks=line_breaks)
    for tag in soup.find_all(["img", "video", "audio"]):
        _as_link(soup, tag)
    for tag in soup.find_all(sorted(_DIVISIONS - {"div"})):
        tag.name = "div"
    for tag in soup.find_all("q"):
        tag.name = "span"
        tag.insert(0, "\u201c")
        tag.append("\u201d")
    _wash_lists(soup)
    _wash_tables(soup)
    for link in soup.find_all("a"):
        _wash_link(link)
    for tag in soup.find_all(sorted(_EMPHASIS)):
        _wash_emphasis(tag)


def _check_depth(soup: BeautifulSoup) -> None:
    depths = {id(soup): 0}
    for node in soup.descendants:
        if isinstance(node, Tag):
            depth = depths[id(node)] = depths[id(node.parent)] + 1
            if depth > MAX_DEPTH:
                raise TooTangledError


def _wash_texts(soup: BeautifulSoup, *, line_breaks: bool) -> None:
    for text in list(soup.find_all(string=True)):
        words = str(text)
        if _inside(text, "pre"):
            continue
        if line_breaks and "[" in words:
            words = _SHORTCODE.sub("", words)
        words = _SPACES.sub(" ", words)
        if line_breaks and "\n" in words:
            if words.count("\n") > MAX_TAGS:
                raise TooTangledError
            text.replace_with(*_lines(soup, text, words))
        elif words != text:
            text.replace_with(NavigableString(words))


def _lines(soup: BeautifulSoup, text: NavigableString, words: str) -> Iterator[Tag | str]:
    """The text with a <br> for each newline but those that only lay out the source."""
    if _is_block(text.previous_sibling) or text.previous_sibling is None:
        words = words.lstrip("\n")
    if _is_block(text.next_sibling) or text.next_sibling is None:
        words = words.rstrip("\n")
    for index, line in enumerate(words.split("\n")):
        if index:
            yield soup.new_tag("br")
        yield NavigableString(line)


def _is_block(node: object) -> bool:
    return isinstance(node, Tag) and (node.name in _BLOCKS or node.name == "br")


def _as_link(soup: BeautifulSoup, tag: Tag) -> None:
    """A picture or film becomes a link to it; one that only counts readers goes."""
    address = _attribute(tag, "src")
    if not address and (source := tag.find("source")):
        address = _attribute(source, "src")
    if tag.name == "img" and _only_counts(tag, address):
        tag.decompose()
        return
    label = _attribute(tag, "alt") or _attribute(tag, "title")
    words = scrub_line(label) or {"img": "Image", "video": "Video", "audio": "Sound"}[tag.name]
    if any(_leads_out(parent) for parent in tag.parents if parent.name == "a"):
        tag.replace_with(NavigableString(words))
    elif _WEB.match(address):
        link = soup.new_tag("a", href=address)
        link.string = words
        tag.replace_with(link)
    else:
        tag.replace_with(NavigableString(words))


def _only_counts(tag: Tag, address: str) -> bool:
    return (
        any(_TINY.fullmatch(_attribute(tag, side)) for side in ("width", "height"))
        or _HIDDEN.search(_attribute(tag, "style")) is not None
        or _COUNTERS.search(address) is not None
    )


def _attribute(tag: Tag, name: str) -> str:
    value = tag.get(name)
    return value.strip() if isinstance(value, str) else ""


def _inside(node: Tag | NavigableString, *names: str) -> bool:
    return any(parent.name in names for parent in node.parents)


def _wash_lists(soup: BeautifulSoup) -> None:
    for tag in soup.find_all(["ul", "ol", "blockquote"]):
        if sum(parent.name in {"ul", "ol", "blockquote"} for parent in tag.parents) >= MAX_LISTS:
            tag.name = "div"
    for tag in soup.find_all(["ul", "ol"]):
        number = _start(tag)
        for child in list(tag.children):
            if isinstance(child, Tag) and child.name == "li":
                child["data-mark"] = "-" if tag.name == "ul" else f"{number}."
                number += 1
            elif isinstance(child, Tag) and child.name == "br":
                child.decompose()
            elif isinstance(child, Tag) or str(child).strip():
                item = child.wrap(soup.new_tag("li"))
                item["data-mark"] = "-" if tag.name == "ul" else f"{number}."
                number += 1
    for item in soup.find_all("li"):
        if item.parent is None or item.parent.name not in {"ul", "ol"}:
            item.name = "div"


def _start(tag: Tag) -> int:
    start = _attribute(tag, "start")
    return int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 1  # noqa: PLR2004


def _wash_tables(soup: BeautifulSoup) -> None:
    """Tables of data stay; those that only lay out the page are taken apart."""
    for table in soup.find_all("table"):
        rows = table.find_all("tr")
        is_layout = (
            _inside(table, "table", "li", "blockquote")
            or table.find(["table", "p", "div", "ul", "ol", "br", "pre", "blockquote"]) is not None
            or all(len(row.find_all(["td", "th"])) < 2 for row in rows)  # noqa: PLR2004
        )
        for part in [table, *table.find_all(_TABLE_PARTS)]:
            if is_layout:
                part.name = "div"
            elif part.name in {"thead", "tfoot"}:
                part.name = "tbody"
            for attribute in ("colspan", "rowspan"):
                del part[attribute]
    for part in soup.find_all(_TABLE_PARTS[1:]):
        if not _inside(part, "table"):
            part.name = "div"


def _wash_link(link: Tag) -> None:
    """A link stays on one line, and leads to the web or to a mailbox."""
    for line_break in link.find_all(["br", "hr"]):
        line_break.replace_with(NavigableString(" "))
    for block in link.find_all(sorted(_BLOCKS)):
        block.name = "span"
        block.insert_after(NavigableString(" "))
    if _inside(link, "a") or not _leads_out(link):
        link.name = "span"


def _leads_out(link: Tag) -> bool:
    address = _attribute(link, "href")
    return bool(_WEB.match(address)) or address.lower().startswith("mailto:")


def _wash_emphasis(tag: Tag) -> None:
    """Emphasis that Markdown cannot say becomes plain text."""
    kind = _EMPHASIS[tag.name]
    tag.name = kind
    if (
        _inside(tag, kind, "code", "pre")
        or tag.find(["br", *sorted(_BLOCKS)]) is not None
        or _touches(tag)
    ):
        tag.name = "span"


def _touches(tag: Tag) -> bool:
    """Marks between a letter and a punctuation mark would be shown instead of read."""
    words = tag.get_text().strip()
    if not words:
        return False
    before, after = tag.previous_sibling, tag.next_sibling
    left = before[-1:] if isinstance(before, NavigableString) else ""
    right = after[:1] if isinstance(after, NavigableString) else ""
    is_padded_left = tag.get_text()[:1].isspace()
    is_padded_right = tag.get_text()[-1:].isspace()
    return bool(
        (left.isalnum() and not is_padded_left and not words[0].isalnum())
        or (right.isalnum() and not is_padded_right and not words[-1].isalnum())
        or (isinstance(before, Tag) and before.name in _EMPHASIS.values() and not is_padded_left)
    )
