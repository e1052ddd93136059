"""User names and display names: which are allowed, and which look too much like one another."""

import unicodedata
from functools import cache

from confusable_homoglyphs import categories, confusables

from forum.core.errors import Invalid
from forum.core.i18n import _
from forum.core.markup import name_key
from forum.core.text import scrub_line

SHORTEST = 2
LONGEST = 30
LONGEST_DISPLAY = 60

_PUNCTUATION = frozenset("_-.")
_MAX_MARKS = 3  # on one letter, as much as any living script needs
# Names that speak for the site, stand for nobody in particular, or are words of its addresses.
_RESERVED = (
    *("admin", "administrator", "administration", "moderator", "mod", "mods", "system", "support"),
    *("help", "helpdesk", "staff", "team", "root", "owner", "operator", "webmaster", "postmaster"),
    *("security", "abuse", "info", "contact", "official", "noreply", "service", "bot", "forum"),
    *("everyone", "everybody", "all", "here", "channel", "anonymous", "unknown", "unknown author"),
    *("nobody", "somebody", "guest", "visitor", "member", "members", "me", "you", "self", "user"),
    *("former member", "deleted", "deleted user", "withdrawn", "removed", "null", "none"),
    *("undefined", "facilitator", "facilitators", "practitioner", "common thread", "commons"),
    *("sign-in", "sign-out", "sign-up", "login", "logout", "register", "settings", "confirm"),
    *("reset", "spaces", "tags", "threads", "join", "search", "static", "api", "www", "mail"),
    *("claim", "confirm-address", "imports", "read-all", "still-here", "threads", "new", "posts"),
    *("jobs", "log", "suggestions", "preview", "services", "proposals", "inbox", "follow"),
    *("feed", "feeds", "robots.txt", "sitemap", "sitemap.xml", "sitemap-places.xml"),
    *("assets", "drafts", "searches", "styleguide", "notifications", "suspended"),
    *("reports", "moderation", "transparency", "decisions", "places", "badges", "needs", "map"),
    *("briefs", "brief", "quotes", "quote", "summary", "services.csv", "services.json"),
    *("map.csv", "map.json", "map.svg"),
)
# Titles nobody may give themselves where names are shown; "system" or "all" are harmless there.
_RESERVED_TITLES = (
    *("admin", "administrator", "moderator", "mod", "staff", "support", "system", "facilitator"),
    *("official", "former member", "unknown author", "deleted user", "common thread"),
)
# Scripts that are written together in one word.
_TOGETHER = (
    frozenset({"HAN", "HIRAGANA", "KATAKANA"}),
    frozenset({"HAN", "HANGUL"}),
    frozenset({"HAN", "BOPOMOFO"}),
)
_NO_SCRIPT = frozenset({"COMMON", "INHERITED"})
# What the eye takes for one another in most typefaces, after the table has had its say.
_ALIKE = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("|", "l"))


def check_username(text: str) -> str:
    """The user name as it is kept (NFKC); Invalid with a plain sentence when it is not one."""
    if any(_is_invisible(character) for character in text):
        raise _bad(_("A user name cannot hold invisible characters."))
    name = unicodedata.normalize("NFKC", text).strip()
    if not SHORTEST <= len(name) <= LONGEST:
        raise _bad(
            _(
                "A user name has %(shortest)s to %(longest)s characters.",
                shortest=SHORTEST,
                longest=LONGEST,
            )
        )
    if not all(_is_letter(character) or character in _PUNCTUATION for character in name):
        raise _bad(_("A user name has letters, digits, and - _ . between them; no spaces."))
    if name[0] in _PUNCTUATION or name[-1] in _PUNCTUATION or unicodedata.combining(name[0]):
        raise _bad(_("A user name begins and ends with a letter or a digit."))
    if _has_heaps_of_marks(name):
        raise _bad(_("A user name cannot pile marks on one letter."))
    if _mixes_scripts(name):
        raise _bad(_("A user name keeps to one alphabet, so that nobody is taken for another."))
    if _bare_skeleton(name) in _reserved():
        raise _bad(_("That name is kept for the site itself. Please choose another."))
    return name


def check_display_name(text: str) -> str:
    """The display name on one line; Invalid with a plain sentence when it cannot be shown."""
    if any(unicodedata.category(character) == "Cf" for character in text):
        raise Invalid(_("A name cannot hold invisible characters."), "display_name")
    name = scrub_line(text)
    if not name:
        raise Invalid(_("Please give a name to be shown."), "display_name")
    if len(name) > LONGEST_DISPLAY:
        raise Invalid(
            _(
                "A name has at most %(longest_display)s characters.",
                longest_display=LONGEST_DISPLAY,
            ),
            "display_name",
        )
    if not any(character.isalnum() for character in name):
        raise Invalid(_("A name has at least one letter or digit."), "display_name")
    if _bare_skeleton(name) in _reserved_titles():
        raise Invalid(
            _("That name is kept for the site itself. Please choose another."), "display_name"
        )
    return name


def key(name: str) -> str:
    """The form in which user names are compared: NFKC and case-folded."""
    return name_key(name)


def skeleton(name: str) -> str:
    """What a name looks like: two names with one skeleton can be taken for each other.

    Letter case is looked at before it is folded: a capital I looks like a small l, a small i
    does not.
    """
    table = _prototypes()
    seen = unicodedata.normalize("NFKC", name)
    for _round in range(2):  # folding case can bring out look-alikes of its own
        shown = unicodedata.normalize("NFD", seen)
        seen = "".join(table.get(character, character) for character in shown).casefold()
    for shape, plain in _ALIKE:
        seen = seen.replace(shape, plain)
    return unicodedata.normalize("NFC", seen)


def _bad(message: str) -> Invalid:
    return Invalid(message, "username")


def _bare_skeleton(name: str) -> str:
    """The skeleton without what can be put between letters, and stricter: "ad.m1n" is "admin"."""
    seen = skeleton(name).replace("i", "l")
    return "".join(character for character in seen if character.isalnum())


def _is_invisible(character: str) -> bool:
    """Format characters (zero width, direction), controls, surrogates, private use."""
    return unicodedata.category(character).startswith("C")


def _is_letter(character: str) -> bool:
    return unicodedata.category(character) in {"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"}


def _has_heaps_of_marks(name: str) -> bool:
    run = 0
    for character in unicodedata.normalize("NFD", name):
        run = run + 1 if unicodedata.category(character) == "Mn" else 0
        if run > _MAX_MARKS:
            return True
    return False


def _mixes_scripts(name: str) -> bool:
    scripts = {categories.alias(character) for character in name} - _NO_SCRIPT
    return len(scripts) > 1 and not any(scripts <= together for together in _TOGETHER)


@cache
def _prototypes() -> dict[str, str]:
    """Character -> what it is confused with (UTS 39), from the pairs that the package lists.

    The package lists every pair in both directions. A character that stands for many is itself
    the prototype; of a pair that stands alone, the plainer one is.
    """
    pairs = {
        _undirected(character): [_undirected(entry["c"]) for entry in entries]
        for character, entries in confusables.confusables_data.items()
    }
    table = {}
    for character, others in pairs.items():
        if len(character) > 1 or len(others) > 1:
            continue
        other = others[0]
        if len(pairs.get(other, ())) > 1 or _plainness(other) < _plainness(character):
            table[character] = other
    return table


def _undirected(text: str) -> str:
    return text.replace("\u200e", "")


def _plainness(text: str) -> tuple[bool, int, str]:
    return (not text.isascii(), len(text), text)


@cache
def _reserved() -> frozenset[str]:
    return frozenset(_bare_skeleton(word) for word in _RESERVED)


@cache
def _reserved_titles() -> frozenset[str]:
    return frozenset(_bare_skeleton(word) for word in _RESERVED_TITLES)
