"""Links and telephone numbers in a text: what a stranger's first post is held for. Pure, linear."""

import re

# An address of the web or of a mailbox, also without its scheme: "t.me/name" leads away as well.
_LINK = re.compile(
    r"https?://|mailto:|www\.|@[\w-]{1,40}\.[a-z]{2}"
    r"|[\w-]\.(?:com|net|org|info|biz|edu|gov|me|io|ly|gg|co|uk|es|mx|de|fr|ru|cn|in|us|ca|app|dev"
    r"|xyz|site|online|link|club|shop|top)\b",
    re.IGNORECASE,
)
# Digits with what people put between them; how many there are is counted afterwards.
_NUMBER = re.compile(r"(?<![\w./-])\+?\(?\d[\d ().\u2010-\u2014/-]{5,22}\d(?!\w)")
_FEWEST, _MOST = 7, 15  # digits of a number that somebody can ring
# What looks alike: a day, a span of years, an amount in thousands.
_NO_NUMBER = re.compile(
    r"\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"
    r"|(?:19|20)\d\d\s?[\u2010-\u2014/-]\s?(?:19|20)\d\d|\d{1,3}(?:[. ]\d{3}){1,4}"
)


def has_link(text: str) -> bool:
    """Whether a text leads away from the forum."""
    return _LINK.search(text) is not None


def has_phone(text: str) -> bool:
    """Whether a text holds what may be a telephone number: seven to fifteen digits in one go."""
    return any(_is_phone(found[0]) for found in _NUMBER.finditer(text))


def _is_phone(number: str) -> bool:
    if _NO_NUMBER.fullmatch(number):
        return False
    return _FEWEST <= sum(character.isdigit() for character in number) <= _MOST
