"""The parts of a proposal as one Markdown text, and back: what is edited by parts is one post.

Each part stands under a known heading in the language of the post. A line of a part that would
read as such a heading is written with a backslash before it, so that nothing changes its place.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from forum.core.text import scrub, scrub_line

_ENGLISH = {
    "missing": "What is missing",
    "serves": "Who it serves",
    "exists": "What exists already, and why it is not enough",
    "how": "How it could work",
    "who": "Who could run it",
    "risks": "What might go wrong",
    "sources": "Sources",
}
_SPANISH = {
    "missing": "Qué falta",
    "serves": "A quién sirve",
    "exists": "Qué existe ya y por qué no basta",
    "how": "Cómo podría funcionar",
    "who": "Quién podría llevarlo",
    "risks": "Qué podría salir mal",
    "sources": "Fuentes",
}
HEADINGS: Mapping[str, Mapping[str, str]] = {"en": _ENGLISH, "es": _SPANISH}
TEXTS = ("missing", "serves", "exists", "how", "who", "risks")  # in the order of the page

_PART_BY_HEADING = {
    heading.casefold(): part for names in HEADINGS.values() for part, heading in names.items()
}
_HEADING = re.compile(r"#{1,6}[ \t](?P<words>.*)")
_SOURCE = re.compile(
    r"- \[(?P<title>(?:\\.|[^\\\[\]])*)\]"
    r"\((?:<(?P<enclosed>(?:\\.|[^\\<>])*)>|(?P<bare>[^\s<>()\\]*))\)"
)
_ESCAPE = r"\\\g<0>"
_ESCAPED = re.compile(r"\\(.)")
_IN_TITLE = re.compile(r"[\\`\[\]<]")
_IN_LINK = re.compile(r"[\\<>]")
_BARE = re.compile(r"[^\s<>()\\]*")
_BLANK_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")


@dataclass(frozen=True, slots=True)
class Parts:
    """What a proposal says, part by part: Markdown sources, and sources as (title, address)."""

    missing: str
    serves: str = ""
    exists: str = ""
    how: str = ""
    who: str = ""
    risks: str = ""
    sources: tuple[tuple[str, str], ...] = ()

    def text(self, part: str) -> str:
        """The text of one of TEXTS."""
        found: str = getattr(self, part)
        return found

    def with_text(self, part: str, text: str) -> "Parts":
        """The same with another text for one of TEXTS."""
        return replace(self, **{part: text})  # type: ignore[arg-type]


def compose(parts: Parts, language: str) -> str:
    """One Markdown text with a heading before each part that says something.

    Headings are in the language where there are some of it, and else in English.
    """
    headings = HEADINGS.get(language, _ENGLISH)
    sections = [
        f"# {headings[part]}\n\n{text}"
        for part in TEXTS
        if (text := _escaped(_tidy(parts.text(part))))
    ]
    listed = [line for title, url in parts.sources if (line := _listed(title, url))]
    if listed:
        sections.append(f"# {headings['sources']}\n\n" + "\n".join(listed))
    return "\n\n".join(sections)


def parse(source: str) -> Parts:
    """The parts of a text; what stands under no known heading belongs to what is missing.

    A line under the sources that is no link is a source without an address.
    """
    texts: dict[str, list[str]] = {}
    sources: list[tuple[str, str]] = []
    for part, section in _sections(scrub(source)):
        if part == "sources":
            sources.extend(_sources(section))
        elif text := _tidy(section):
            texts.setdefault(part, []).append(text)
    joined = {part: "\n\n".join(found) for part, found in texts.items()}
    return Parts(**{"missing": "", **joined}, sources=tuple(sources))


def _sections(source: str) -> Iterator[tuple[str, str]]:
    part, lines = "missing", list[str]()
    for line in source.split("\n"):
        found = _part(line)
        if found is None:
            lines.append(line)
        elif line.startswith("\\"):
            lines.append(line[1:])
        else:
            yield part, "\n".join(lines)
            part, lines = found, []
    yield part, "\n".join(lines)


def _part(line: str) -> str | None:
    """The part whose heading a line reads as, with backslashes before it or without."""
    found = _HEADING.fullmatch(line.lstrip("\\"))
    if found is None:
        return None
    words = found["words"].strip(" \t").rstrip("#").rstrip(" \t")
    return _PART_BY_HEADING.get(words.casefold())


def _escaped(text: str) -> str:
    return "\n".join(f"\\{line}" if _part(line) else line for line in text.split("\n"))


def _tidy(text: str) -> str:
    """A text without blank lines around it; the indent of its first line may mean something."""
    return _BLANK_LINES.sub("", scrub(text)).rstrip()


def _listed(title: str, url: str) -> str:
    title, url = scrub_line(title), scrub_line(url)
    if not title and not url:
        return ""
    title = _IN_TITLE.sub(_ESCAPE, title)
    if not _BARE.fullmatch(url):
        url = f"<{_IN_LINK.sub(_ESCAPE, url)}>"
    return f"- [{title}]({url})"


def _sources(section: str) -> Iterator[tuple[str, str]]:
    for line in section.split("\n"):
        found = _SOURCE.fullmatch(line.rstrip())
        if found is not None:
            url = found["bare"] if found["enclosed"] is None else found["enclosed"]
            yield _ESCAPED.sub(r"\1", found["title"]), _ESCAPED.sub(r"\1", url)
        elif rest := scrub_line(line).removeprefix("- "):
            yield rest, ""
